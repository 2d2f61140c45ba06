//! What the query engine found wrong with a statement, in the program's words and at its place.

use datafusion::common::{SchemaError, Span};
use datafusion::error::DataFusionError;
use datafusion::sql::sqlparser::parser::ParserError;

use crate::error::{Error, StatementError, brief};
use crate::location::Location;
use crate::names::{DATABASE, SCHEMA};

/// Most names that a message lists.
const MOST_NAMES: usize = 12;

/// An error of the query engine in the program's words. `sql` is the text of the statement, in which it is located.
pub(crate) fn from_engine(error: &DataFusionError, sql: &str) -> Error {
    match error.find_root() {
        DataFusionError::External(inner) if inner.is::<Error>() => {
            inner.downcast_ref::<Error>().map_or(Error::Interrupted, Clone::clone)
        }
        DataFusionError::ResourcesExhausted(message) => Error::System {
            message: format!("the statement needs more memory or temporary space than it may have: {}", brief(message)),
            remedy: "ask for fewer rows or columns, or raise --memory".into(),
        },
        DataFusionError::IoError(source) => Error::System {
            message: format!("a file could not be read or written: {source}"),
            remedy: "repeat the statement; if a file was replaced meanwhile, that suffices".into(),
        },
        DataFusionError::ObjectStore(source) => Error::System {
            message: format!("a file of the lake could not be read: {source}"),
            remedy: "repeat the statement; if a file was replaced meanwhile, that suffices".into(),
        },
        DataFusionError::ParquetError(source) => Error::Input {
            message: format!("a file of the lake is damaged: {source}"),
            remedy: "write it again, or move it out of the lake".into(),
        },
        _ => Error::Statement(explain(error, sql)),
    }
}

/// What is wrong with a statement.
fn explain(error: &DataFusionError, sql: &str) -> StatementError {
    let root = error.find_root();
    let span = error.diagnostic().and_then(|found| found.span).and_then(placed);
    let (message, remedy, name) = match root {
        DataFusionError::SQL(parser, _) => return of_parser(parser, sql),
        DataFusionError::SchemaError(schema, _) => of_schema(schema),
        other => of_text(&other.strip_backtrace()),
    };
    let location = span.or_else(|| Location::of_word(sql, name.as_deref()?));
    StatementError { message, remedy, location }
}

/// What the reader of SQL says: `…, found: X at Line: 1, Column: 8`.
fn of_parser(error: &ParserError, sql: &str) -> StatementError {
    // Words of a warehouse's care, whose forms are not read.
    let first = sql.split_whitespace().next().unwrap_or_default().to_uppercase();
    if ["VACUUM", "GRANT", "CALL"].contains(&first.as_str()) {
        return StatementError {
            message: format!("{first} of this form is not offered: statements only read"),
            remedy: Some("select from the tables; `show tables` lists them".to_owned()),
            location: Location::of_word(sql, &first),
        };
    }
    let text = match error {
        ParserError::ParserError(text) | ParserError::TokenizerError(text) => text.as_str(),
        ParserError::RecursionLimitExceeded => "the statement is nested too deeply",
    };
    let (message, place) =
        text.rsplit_once(" at Line: ").map_or((text, None), |(message, place)| (message, Some(place)));
    let location = place.and_then(|place| {
        let (line, column) = place.split_once(", Column: ")?;
        Some(Location { line: line.trim().parse().ok()?, column: column.trim().parse().ok()?, length: found(message) })
    });
    let message = message.replacen("Expected: ", "expected ", 1).replacen(", found: ", ", found ", 1);
    let remedy = match error {
        ParserError::RecursionLimitExceeded => Some("use fewer parentheses, or WITH for the inner queries".to_owned()),
        _ => None,
    };
    StatementError { message: brief(&message).to_owned(), remedy, location }
}

/// Letters of what was found at the place of an error.
fn found(message: &str) -> usize {
    message.rsplit_once(", found: ").map_or(1, |(_, word)| if word == "EOF" { 1 } else { word.chars().count().max(1) })
}

fn of_schema(error: &SchemaError) -> (String, Option<String>, Option<String>) {
    match error {
        SchemaError::FieldNotFound { field, valid_fields } => {
            let names: Vec<String> = valid_fields.iter().map(|field| quoted(field.name())).collect();
            let near = names.iter().find(|name| name.trim_matches('"').eq_ignore_ascii_case(field.name()));
            let remedy = match near {
                Some(name) => format!("write {name}: names with capitals, points or spaces stand in double quotes"),
                None if names.is_empty() => "no table of the statement has columns at this place".to_owned(),
                None => format!("there are {}", listed(&names)),
            };
            (format!("there is no column {}", quoted(field.name())), Some(remedy), Some(field.name().to_owned()))
        }
        SchemaError::AmbiguousReference { field } => (
            format!("the column {} is in more than one table", quoted(field.name())),
            Some("write the table's name before it, with a point".to_owned()),
            Some(field.name().to_owned()),
        ),
        SchemaError::DuplicateQualifiedField { name, .. } | SchemaError::DuplicateUnqualifiedField { name } => (
            format!("the column {} stands twice", quoted(name)),
            Some("name one of the two with AS".to_owned()),
            Some(name.clone()),
        ),
    }
}

/// Plain messages, some of which name a table or a function.
fn of_text(text: &str) -> (String, Option<String>, Option<String>) {
    let kinds = [
        "Error during planning: ",
        "Execution error: ",
        "This feature is not implemented: ",
        "Arrow error: ",
        "SQL error: ",
    ];
    let message = kinds.iter().fold(text, |text, kind| text.strip_prefix(kind).unwrap_or(text));
    if let Some(name) = between(message, "table '", "' not found") {
        let name = name.strip_prefix(&format!("{DATABASE}.{SCHEMA}.")).unwrap_or(name);
        let remedy = "`show tables` lists what there is".to_owned();
        let last = name.rsplit('.').next().unwrap_or(name).to_owned();
        return (format!("there is no table {name}"), Some(remedy), Some(last));
    }
    if let Some(name) = between(message, "Invalid function '", "'") {
        let guess = between(message, "Did you mean '", "'").map(|guess| format!("did you mean {guess}?"));
        return (format!("there is no function {name}"), guess, Some(name.to_owned()));
    }
    let mut lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
    (lines.next().unwrap_or(message).to_owned(), None, None)
}

/// The text between two others.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after)?.0)
}

fn placed(span: Span) -> Option<Location> {
    let number = |value: u64| usize::try_from(value).ok().filter(|value| *value > 0);
    let (line, column) = (number(span.start.line)?, number(span.start.column)?);
    let end = if span.end.line == span.start.line { number(span.end.column)? } else { column + 1 };
    Some(Location { line, column, length: end.saturating_sub(column).max(1) })
}

/// A name as it is written in a statement: in double quotes where it needs them.
pub(crate) fn quoted(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

fn listed(names: &[String]) -> String {
    let shown = names[..names.len().min(MOST_NAMES)].join(", ");
    if names.len() > MOST_NAMES { format!("{shown} and {} more", names.len() - MOST_NAMES) } else { shown }
}
