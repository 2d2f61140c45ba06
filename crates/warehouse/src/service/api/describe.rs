//! `DescribeStatement` and `CancelStatement`.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::failure::Failure;
use super::super::run;
use super::super::statement::{Part, Progress, Statement, Status};
use super::{Caller, add_connection, seconds, wait};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Describe {
    id: String,
    wait_time_seconds: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Cancel {
    id: String,
}

pub(super) async fn describe(caller: &Caller<'_>, request: Describe) -> Result<Value, Failure> {
    let named = caller.named(&request.id)?;
    let statement = &named.statement;
    wait::wait(statement, request.wait_time_seconds).await?;
    let progress = statement.progress.borrow().clone();
    let mut fields = match named.part {
        Some(part) => described(statement, part, &progress.parts[part]),
        None if statement.request.batch => whole(statement, &progress),
        None => described(statement, 0, &progress.parts[0]),
    };
    fields.insert("Id".into(), json!(request.id));
    fields.insert("ResultFormat".into(), json!(if statement.request.csv { "CSV" } else { "JSON" }));
    fields.insert("RedshiftPid".into(), json!(std::process::id()));
    add_connection(&mut fields, &statement.request.connection);
    let parameters = &statement.request.parameters;
    if !parameters.is_empty() {
        fields.insert("QueryParameters".into(), super::list::parameters(parameters));
    }
    Ok(Value::Object(fields))
}

/// A single statement, or one of a batch.
fn described(statement: &Statement, number: usize, part: &Part) -> Map<String, Value> {
    let rows = part.rows.as_ref();
    let count = |value: Option<u64>| value.map_or(json!(-1), |value| json!(value));
    let fields = json!({
        "Status": part.status.name(),
        "CreatedAt": seconds(statement.created),
        "UpdatedAt": seconds(part.updated),
        "Duration": nanoseconds(part.duration),
        "HasResultSet": rows.is_some(),
        "ResultRows": count(rows.map(|rows| rows.count).or(part.changed)),
        "ResultSize": count(rows.map(|rows| rows.bytes)),
        "QueryString": statement.request.sqls[number],
        "RedshiftQueryId": statement.number,
    });
    let Value::Object(mut fields) = fields else { return Map::new() };
    if let Some(error) = &part.error {
        fields.insert("Error".into(), json!(error));
    }
    fields
}

/// A batch as a whole, with its statements.
fn whole(statement: &Statement, progress: &Progress) -> Map<String, Value> {
    let parts = progress.parts.iter().enumerate().map(|(i, part)| {
        let mut fields = described(statement, i, part);
        fields.insert("Id".into(), json!(format!("{}:{}", statement.id, i + 1)));
        Value::Object(fields)
    });
    let fields = json!({
        "Status": progress.status.name(),
        "CreatedAt": seconds(statement.created),
        "UpdatedAt": seconds(progress.updated),
        "Duration": nanoseconds(progress.parts.iter().map(|part| part.duration).sum()),
        "HasResultSet": progress.parts.iter().any(|part| part.rows.is_some()),
        "ResultRows": -1,
        "ResultSize": -1,
        "RedshiftQueryId": statement.number,
        "ExecutionMode": if statement.request.auto_commit { "AUTO_COMMIT" } else { "TRANSACTION" },
        "SubStatements": parts.collect::<Vec<Value>>(),
    });
    let Value::Object(mut fields) = fields else { return Map::new() };
    if let Some(error) = &progress.error {
        fields.insert("Error".into(), json!(error));
    }
    fields
}

fn nanoseconds(duration: Duration) -> Value {
    json!(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX))
}

pub(super) fn cancel(caller: &Caller<'_>, request: Cancel) -> Result<Value, Failure> {
    let named = caller.named(&request.id)?;
    if named.part.is_some() {
        return Err(Failure::validation("a statement of a batch cannot be cancelled alone; give the batch's id"));
    }
    let status: Status = named.statement.status();
    if status.is_final() {
        let (id, name) = (&request.id, status.name());
        return Err(Failure::validation(format!(
            "Could not cancel a query that is already in {name} state with ID: {id}"
        )));
    }
    run::cancel(&named.statement);
    Ok(json!({ "Status": true }))
}
