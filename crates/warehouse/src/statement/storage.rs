//! Words of CREATE TABLE that say how Redshift stores a table: they are read, and have no meaning here.

use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan};

/// Leaves out `DISTSTYLE …`, `DISTKEY (…)`, `COMPOUND SORTKEY (…)`, `ENCODE …` and `BACKUP …`, of columns and of tables.
pub(super) fn without_storage(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let mut kept: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    let mut rest = tokens.into_iter().peekable();
    let mut state = State::Start;
    while let Some(token) = rest.next() {
        state = state.after(&token.token);
        let follows_a_type =
            !kept.iter().rev().map(|token| &token.token).find(|token| !is_space(token)).is_none_or(begins);
        if !matches!(state, State::Table) || !follows_a_type {
            kept.push(token);
            continue;
        }
        let mut skip_space = || while rest.next_if(|next| is_space(&next.token)).is_some() {};
        match word(&token.token).as_str() {
            "COMPOUND" | "INTERLEAVED" => {}
            "DISTSTYLE" | "ENCODE" | "BACKUP" => {
                skip_space();
                rest.next();
            }
            "DISTKEY" | "SORTKEY" => {
                skip_space();
                if rest.peek().is_some_and(|next| next.token == Token::LParen) {
                    for next in rest.by_ref() {
                        if next.token == Token::RParen {
                            break;
                        }
                    }
                }
            }
            _ => kept.push(token),
        }
    }
    kept
}

/// Where in a statement the tokens are.
enum State {
    Start,
    Create,
    Table,
    Other,
}

impl State {
    fn after(self, token: &Token) -> Self {
        if token == &Token::SemiColon {
            return Self::Start;
        }
        if is_space(token) {
            return self;
        }
        match (self, token) {
            (Self::Start, Token::Word(word)) if word.keyword == Keyword::CREATE => Self::Create,
            (Self::Create, Token::Word(word)) if word.keyword == Keyword::TABLE => Self::Table,
            (Self::Create, Token::Word(word))
                if matches!(word.keyword, Keyword::TEMP | Keyword::TEMPORARY | Keyword::LOCAL) =>
            {
                Self::Create
            }
            // What follows AS is a query, whose columns may have such names.
            (Self::Table, Token::Word(word)) if word.keyword == Keyword::AS => Self::Other,
            (Self::Table, _) => Self::Table,
            _ => Self::Other,
        }
    }
}

fn is_space(token: &Token) -> bool {
    matches!(token, Token::Whitespace(_))
}

/// Whether a name follows, and not a word.
fn begins(token: &Token) -> bool {
    matches!(token, Token::LParen | Token::Comma | Token::Period)
        || matches!(token, Token::Word(word) if word.keyword == Keyword::TABLE || word.keyword == Keyword::EXISTS)
}

fn word(token: &Token) -> String {
    match token {
        Token::Word(word) if word.quote_style.is_none() => word.value.to_uppercase(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::statement::parse_one;

    #[test]
    fn words_of_storage_are_left_out_and_names_are_kept() {
        for (sql, plain) in [
            (
                "create table t (a int not null distkey sortkey, b char(2) encode zstd)",
                "CREATE TABLE t (a INT NOT NULL, b CHAR(2))",
            ),
            (
                "create table t (a int, b date) diststyle key distkey(a) compound sortkey (a, b)",
                "CREATE TABLE t (a INT, b DATE)",
            ),
            ("create table t (a int) interleaved sortkey(a) distkey (a) backup no", "CREATE TABLE t (a INT)"),
            ("create table t (encode int, sortkey int)", "CREATE TABLE t (encode INT, sortkey INT)"),
            ("create table t sortkey(a) as select distkey from x", "CREATE TABLE t AS SELECT distkey FROM x"),
            ("select sortkey from x", "SELECT sortkey FROM x"),
        ] {
            assert_eq!(parse_one(sql).unwrap().to_string(), plain, "{sql}");
        }
    }
}
