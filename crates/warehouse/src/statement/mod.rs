//! Statements: reading them, what is allowed in them, their parameters, and what is wrong with them.

mod caret;
mod depth;
mod dialect;
mod explain;
mod parameters;
mod permit;
mod storage;

use std::collections::VecDeque;

use datafusion::error::DataFusionError;
use datafusion::sql::parser::{DFParser, DFParserBuilder, Statement};
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::ParserError;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};

use crate::error::Error;

pub use caret::render;
pub(crate) use depth::check as check_depth;
pub(crate) use explain::{from_engine, quoted};
pub use parameters::Parameter;
pub(crate) use parameters::{bind, has_place, replace};
pub use permit::Access;
pub(crate) use permit::{permit, refused};

/// Longest statement in bytes: 100 KB, as the Data API has it.
pub const MOST_BYTES: usize = 100 * 1024;

/// How deeply expressions and subqueries may be nested.
const MOST_NESTED: usize = 64;

/// Reads the statements in a text, in the dialect of Redshift.
///
/// # Errors
/// [`Error::Statement`] with the line and column where the text cannot be understood, or where it is too long or nested too
/// deeply.
pub fn parse(sql: &str) -> Result<VecDeque<Statement>, Error> {
    if sql.len() > MOST_BYTES {
        return Err(Error::statement(
            format!("the statement has {} bytes, and {MOST_BYTES} are the most", sql.len()),
            "shorten it; long lists of values belong in a Parquet file that is joined",
        ));
    }
    let dialect = dialect::Redshift::default();
    let read = || {
        let tokens = Tokenizer::new(&dialect, sql).tokenize_with_location().map_err(|error| of_reader(error.into()))?;
        let tokens = storage::without_storage(tokens);
        read_all(DFParserBuilder::new(tokens).with_dialect(&dialect).with_recursion_limit(MOST_NESTED).build()?)
    };
    let statements = read().map_err(|error| from_engine(&error, sql))?;
    statements.iter().try_for_each(depth::check)?;
    Ok(statements)
}

fn read_all(mut parser: DFParser<'_>) -> Result<VecDeque<Statement>, DataFusionError> {
    let mut statements = VecDeque::new();
    loop {
        while parser.parser.consume_token(&Token::SemiColon) {}
        if parser.parser.peek_token_ref().token == Token::EOF {
            return Ok(statements);
        }
        statements.push_back(if loads(&parser) {
            Statement::Statement(Box::new(parser.parser.parse_statement().map_err(of_reader)?))
        } else {
            parser.parse_statement()?
        });
        let next = parser.parser.peek_token_ref();
        if next.token != Token::SemiColon && next.token != Token::EOF {
            return parser.parser.expected_ref("end of statement", next).map_err(of_reader);
        }
    }
}

/// Whether the next statement is `COPY table FROM`: the query engine's own COPY only writes.
fn loads(parser: &DFParser<'_>) -> bool {
    let keyword = |n| match parser.parser.peek_nth_token_ref(n) {
        token if token.token == Token::EOF || token.token == Token::SemiColon => None,
        token => Some(match &token.token {
            Token::Word(word) => word.keyword,
            _ => Keyword::NoKeyword,
        }),
    };
    let copies = keyword(0) == Some(Keyword::COPY);
    copies
        && (1..).map_while(keyword).find(|word| matches!(word, Keyword::FROM | Keyword::TO | Keyword::SELECT))
            == Some(Keyword::FROM)
}

fn of_reader(error: ParserError) -> DataFusionError {
    DataFusionError::SQL(Box::new(error), None)
}

/// Reads a text that holds one statement.
///
/// # Errors
/// As [`parse`]; and where there is none, or more than one.
pub fn parse_one(sql: &str) -> Result<Statement, Error> {
    let mut found = parse(sql)?;
    match (found.pop_front(), found.len()) {
        (Some(statement), 0) => Ok(statement),
        (None, _) => Err(Error::statement("there is no statement", "write one: select 1")),
        (Some(_), more) => Err(Error::statement(
            format!("{} statements were given where one is run", more + 1),
            "give one statement, or BatchExecuteStatement several",
        )),
    }
}
