//! What a server refuses, in words a person can act on.

use std::error::Error as _;

use tokio_postgres::error::{DbError, SqlState};

use crate::error::{Error, brief};

/// Why there is no connection to `server`.
pub(super) fn of_connection(error: &tokio_postgres::Error, server: &str) -> Error {
    let Some(refusal) = error.as_db_error() else {
        let why = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        return Error::input(
            format!("there is no connection to {server}: {}", brief(&why)),
            "start the server, or check the host, the port and sslmode of --into; certificates are checked wherever TLS is used",
        );
    };
    let remedy = match *refusal.code() {
        SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
            "check the user of --into and the password in PGPASSWORD, and the server's pg_hba.conf"
        }
        SqlState::INVALID_CATALOG_NAME => "make the database: createdb NAME",
        SqlState::TOO_MANY_CONNECTIONS | SqlState::CANNOT_CONNECT_NOW => "repeat the command later",
        _ => "check --into, and what the server's log says",
    };
    Error::input(format!("{server} refuses the connection: {}", told(refusal)), remedy)
}

/// Why the server does not do something, which is `what`.
pub(super) fn of(error: &tokio_postgres::Error, what: &str) -> Error {
    let Some(refusal) = error.as_db_error() else {
        let why = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        return Error::System {
            message: format!("{what}: {}", brief(&why)),
            remedy: "repeat the command: days that were committed are not loaded again".into(),
        };
    };
    let message = format!("{what}: {}", told(refusal));
    match *refusal.code() {
        SqlState::INSUFFICIENT_PRIVILEGE => Error::input(
            message,
            "have the owner run config/warehouse/schema.sql and grants.sql, and grant countycast_load to the user",
        ),
        SqlState::READ_ONLY_SQL_TRANSACTION => {
            Error::input(message, "load into the primary server, not into a standby")
        }
        SqlState::UNIQUE_VIOLATION | SqlState::NOT_NULL_VIOLATION | SqlState::CHECK_VIOLATION => Error::input(
            message,
            "the table has other keys or constraints than config/warehouse/schema.sql: change it back",
        ),
        _ => Error::System {
            message,
            remedy: "repeat the command: days that were committed are not loaded again".into(),
        },
    }
}

fn told(refusal: &DbError) -> String {
    match refusal.detail() {
        Some(detail) => format!("{} ({})", brief(refusal.message()), brief(detail)),
        None => brief(refusal.message()).to_owned(),
    }
}
