//! Statements as they are prepared: words of the session, the lake's tables, or PostgreSQL's catalogs.

use std::sync::Arc;

use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};
use tokio::runtime::Handle;

use super::Postgres;
use super::catalog::Catalog;
use super::session::Word;
use crate::engine::Planned;
use crate::error::Error;
use crate::location::Location;
use crate::statement::{MOST_BYTES, parse_one};

/// A statement that has been understood.
#[derive(Debug, Clone)]
pub(super) enum Prepared {
    Word(Word),
    Query(Planned),
}

impl Postgres {
    /// Understands one statement. Values have places `$1`, `$2`, ….
    pub(super) async fn prepare(self: &Arc<Self>, sql: &str) -> Result<Prepared, Error> {
        if let Some(word) = Word::read(sql) {
            return Ok(Prepared::Word(word));
        }
        // Reading files' columns and planning take as long as they take, and others are answered meanwhile.
        let (postgres, sql, handle) = (Arc::clone(self), sql.to_owned(), Handle::current());
        let planned = tokio::task::spawn_blocking(move || handle.block_on(postgres.plan(&sql))).await;
        planned.map_err(|_| Error::System {
            message: "the query engine failed on this statement".into(),
            remedy: "write it in another way".into(),
        })?
    }

    async fn plan(&self, sql: &str) -> Result<Prepared, Error> {
        if Catalog::is_asked(sql)
            && let Ok(planned) = self.catalog.plan(&self.warehouse, sql).await
        {
            return Ok(Prepared::Query(planned));
        }
        self.warehouse.plan_places(parse_one(sql)?, sql).await.map(Prepared::Query)
    }
}

/// The statements of a text, one by one.
pub(super) fn split(text: &str) -> Vec<&str> {
    let whole = || vec![text];
    if text.len() > MOST_BYTES {
        return whole();
    }
    let dialect = PostgreSqlDialect {};
    let Ok(tokens) = Tokenizer::new(&dialect, text).tokenize_with_location() else { return whole() };
    let mut parts = Vec::new();
    let mut start = 0;
    let place = |line: u64, column: u64| {
        let number = |value| usize::try_from(value).unwrap_or(usize::MAX);
        Location { line: number(line), column: number(column), length: 1 }.bytes(text).start
    };
    for token in tokens.iter().filter(|token| token.token == Token::SemiColon) {
        let end = place(token.span.start.line, token.span.start.column).max(start);
        parts.push(&text[start..end]);
        start = (end + 1).min(text.len());
    }
    parts.push(&text[start..]);
    parts.into_iter().filter(|part| !part.trim().is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn statements_are_split_where_they_end() {
        assert_eq!(
            split("begin; select ';' as \";\";\n-- a;b\nselect 2"),
            ["begin", " select ';' as \";\"", "\n-- a;b\nselect 2"]
        );
        assert_eq!(split("select 'ä;ö'; select 1;"), ["select 'ä;ö'", " select 1"]);
        assert_eq!(split("select 'open; select 1"), ["select 'open; select 1"]);
        assert!(split(" ; ;").is_empty());
    }
}
