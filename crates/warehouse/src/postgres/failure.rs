//! What is wrong, in PostgreSQL's form: a code, a hint, and a position in the statement.

use pgwire::error::{ErrorInfo, PgWireError};

use crate::error::{Error, StatementError};

/// An error as the client is told of it.
pub(super) fn told(error: &Error, sql: &str) -> PgWireError {
    let code = match error {
        Error::Statement(inner) => code(inner),
        Error::Input { .. } => "58030",
        Error::System { .. } => "53000",
        Error::Interrupted => "57014",
    };
    let mut info = ErrorInfo::new("ERROR".to_owned(), code.to_owned(), error.to_string());
    info.hint = error.remedy().map(str::to_owned);
    if let Error::Statement(StatementError { location: Some(location), .. }) = error {
        let before = &sql[..location.bytes(sql).start];
        info.position = Some((before.chars().count() + 1).to_string());
    }
    PgWireError::UserError(Box::new(info))
}

/// An error of the protocol's use.
pub(super) fn plain(code: &str, message: &str) -> PgWireError {
    PgWireError::UserError(Box::new(ErrorInfo::new("ERROR".to_owned(), code.to_owned(), message.to_owned())))
}

fn code(error: &StatementError) -> &'static str {
    let text = &error.message;
    if text.contains("is not allowed") || text.contains("is not offered") {
        "25006"
    } else if text.starts_with("there is no table") {
        "42P01"
    } else if text.starts_with("there is no column") {
        "42703"
    } else if text.starts_with("there is no function") {
        "42883"
    } else if text.contains("Divide by zero") {
        "22012"
    } else {
        "42601"
    }
}
