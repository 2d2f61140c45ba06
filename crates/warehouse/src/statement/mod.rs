//! Statements: reading them, what is allowed in them, their parameters, and what is wrong with them.

mod caret;
mod depth;
mod dialect;
mod explain;
mod parameters;
mod permit;

use std::collections::VecDeque;

use datafusion::sql::parser::{DFParserBuilder, Statement};

use crate::error::Error;

pub use caret::render;
pub(crate) use explain::from_engine;
pub use parameters::Parameter;
pub(crate) use parameters::{bind, has_place, replace};
pub use permit::Access;
pub(crate) use permit::permit;

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
        DFParserBuilder::new(sql).with_dialect(&dialect).with_recursion_limit(MOST_NESTED).build()?.parse_statements()
    };
    let statements = read().map_err(|error| from_engine(&error, sql))?;
    statements.iter().try_for_each(depth::check)?;
    Ok(statements)
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
