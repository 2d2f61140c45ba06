//! `ExecuteStatement` and `BatchExecuteStatement`.

use std::collections::HashSet;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::failure::Failure;
use super::super::statement::{Connection, Request, Statement};
use super::super::store::Submitted;
use super::{Caller, add_connection, seconds, shortened, wait};
use crate::statement::{MOST_BYTES, Parameter, has_place, parse_one};

/// Most statements of a batch.
const MOST_STATEMENTS: usize = 40;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Execute {
    sql: String,
    #[serde(flatten)]
    options: Options,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Batch {
    sqls: Vec<String>,
    execution_mode: Option<String>,
    #[serde(flatten)]
    options: Options,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Options {
    parameters: Option<Vec<Given>>,
    statement_name: Option<String>,
    client_token: Option<String>,
    result_format: Option<String>,
    wait_time_seconds: Option<i64>,
    session_id: Option<String>,
    session_keep_alive_seconds: Option<i64>,
    cluster_identifier: Option<String>,
    workgroup_name: Option<String>,
    database: Option<String>,
    db_user: Option<String>,
    secret_arn: Option<String>,
    /// Taken and without effect: there is no bus of events.
    #[serde(rename = "WithEvent")]
    _with_event: Option<bool>,
}

#[derive(Deserialize)]
struct Given {
    name: String,
    value: String,
}

pub(super) async fn execute(caller: &Caller<'_>, request: Execute) -> Result<Value, Failure> {
    submit(caller, vec![request.sql], false, false, request.options).await
}

pub(super) async fn batch(caller: &Caller<'_>, request: Batch) -> Result<Value, Failure> {
    if request.sqls.is_empty() || request.sqls.len() > MOST_STATEMENTS {
        let count = request.sqls.len();
        return Err(Failure::validation(format!(
            "Sqls must have between 1 and {MOST_STATEMENTS} statements, and has {count}"
        )));
    }
    let auto_commit = match request.execution_mode.as_deref() {
        None | Some("TRANSACTION") => false,
        Some("AUTO_COMMIT") => true,
        Some(other) => {
            let other = shortened(other);
            return Err(Failure::validation(format!(
                "ExecutionMode must be TRANSACTION or AUTO_COMMIT, and is {other}"
            )));
        }
    };
    submit(caller, request.sqls, true, auto_commit, request.options).await
}

async fn submit(
    caller: &Caller<'_>,
    sqls: Vec<String>,
    batch: bool,
    auto_commit: bool,
    options: Options,
) -> Result<Value, Failure> {
    if options.session_id.is_some() || options.session_keep_alive_seconds.is_some() {
        return Err(Failure::validation("sessions are not offered: leave out SessionId and SessionKeepAliveSeconds"));
    }
    for sql in &sqls {
        if sql.trim().is_empty() {
            return Err(Failure::validation("Sql must not be empty"));
        }
        if sql.len() > MOST_BYTES {
            let bytes = sql.len();
            return Err(Failure::validation(format!("Sql must have at most {MOST_BYTES} bytes, and has {bytes}")));
        }
    }
    let csv = match options.result_format.as_deref() {
        None | Some("JSON") => false,
        Some("CSV") => true,
        Some(other) => {
            return Err(Failure::validation(format!("ResultFormat must be JSON or CSV, and is {}", shortened(other))));
        }
    };
    if options.statement_name.as_ref().is_some_and(|name| name.len() > 2_048) {
        return Err(Failure::validation("StatementName must have at most 2048 letters"));
    }
    if options.client_token.as_ref().is_some_and(|token| token.is_empty() || token.len() > 64) {
        return Err(Failure::validation("ClientToken must have between 1 and 64 letters"));
    }
    let parameters = parameters(options.parameters, &sqls)?;
    let connection = Connection {
        cluster: options.cluster_identifier,
        workgroup: options.workgroup_name,
        database: options.database,
        user: options.db_user,
        secret: options.secret_arn,
    };
    let request = Request { sqls, parameters, name: options.statement_name, csv, batch, auto_commit, connection };
    let statement = match caller.service.store.submit(caller.owner, request, options.client_token)? {
        Submitted::New(statement) => {
            caller.service.runner.begin(Arc::clone(&statement));
            statement
        }
        Submitted::Known(statement) => statement,
    };
    wait::wait(&statement, options.wait_time_seconds).await?;
    Ok(taken(&statement, options.wait_time_seconds.is_some()))
}

/// Checks parameters: each has a name of its own and a place in a statement.
fn parameters(given: Option<Vec<Given>>, sqls: &[String]) -> Result<Vec<Parameter>, Failure> {
    let Some(given) = given else { return Ok(Vec::new()) };
    if given.is_empty() {
        return Err(Failure::validation("Parameters must have at least one parameter"));
    }
    let mut names = HashSet::new();
    for parameter in &given {
        let name = &parameter.name;
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(Failure::validation(format!(
                "the name of a parameter has letters, digits and _ alone, and is {}",
                shortened(name)
            )));
        }
        if parameter.value.is_empty() {
            return Err(Failure::validation(format!("the value of the parameter {} is empty", shortened(name))));
        }
        if !names.insert(name) {
            return Err(Failure::validation(format!("the parameter {} stands twice", shortened(name))));
        }
    }
    // A statement that cannot be read fails with the place where it is wrong, once it runs.
    let read: Vec<_> = sqls.iter().map(|sql| parse_one(sql)).collect();
    let unused = |name: &String| read.iter().all(|statement| statement.as_ref().is_ok_and(|s| !has_place(s, name)));
    let unused: Vec<&str> = names.iter().copied().filter(|name| unused(name)).map(String::as_str).collect();
    if !unused.is_empty() {
        let names = unused.join(", ");
        return Err(Failure::validation(format!(
            "Parameters list contains unused parameters. Unused parameters: [{names}]"
        )));
    }
    Ok(given.into_iter().map(|parameter| Parameter { name: parameter.name, value: parameter.value }).collect())
}

/// What is answered when a statement was taken on.
fn taken(statement: &Statement, waited: bool) -> Value {
    let mut fields = Map::new();
    fields.insert("Id".into(), json!(statement.id.to_string()));
    fields.insert("CreatedAt".into(), seconds(statement.created));
    add_connection(&mut fields, &statement.request.connection);
    if waited {
        let progress = statement.progress.borrow();
        fields.insert("Status".into(), json!(progress.status.name()));
        fields.insert("HasResultSet".into(), json!(progress.parts.iter().any(|part| part.rows.is_some())));
    }
    Value::Object(fields)
}
