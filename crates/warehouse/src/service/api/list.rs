//! `ListStatements`.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::failure::Failure;
use super::super::statement::{Statement, Status};
use super::{Caller, page_size, paged, seconds, shortened};
use crate::statement::Parameter;

/// Most statements of a page.
const MOST: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct List {
    next_token: Option<String>,
    max_results: Option<i64>,
    statement_name: Option<String>,
    status: Option<String>,
    database: Option<String>,
    cluster_identifier: Option<String>,
    workgroup_name: Option<String>,
}

pub(super) fn statements(caller: &Caller<'_>, request: List) -> Result<Value, Failure> {
    let most = page_size(request.max_results, MOST)?;
    if request.cluster_identifier.is_some() && request.workgroup_name.is_some() {
        return Err(Failure::validation("give ClusterIdentifier or WorkgroupName, and not both"));
    }
    let status = match request.status.as_deref() {
        None => Some(Status::Finished),
        Some("ALL") => None,
        Some(name) => Some(Status::ALL.into_iter().find(|status| status.name() == name).ok_or_else(|| {
            Failure::validation(format!("Status must be ALL or that of a statement, and is {}", shortened(name)))
        })?),
    };
    let same = |wanted: &Option<String>, given: &Option<String>| wanted.is_none() || wanted == given;
    let mut found = caller.service.store.list(caller.owner);
    found.retain(|statement| {
        let connection = &statement.request.connection;
        status.is_none_or(|status| statement.status() == status)
            && same(&request.database, &connection.database)
            && same(&request.cluster_identifier, &connection.cluster)
            && same(&request.workgroup_name, &connection.workgroup)
            && request.statement_name.as_ref().is_none_or(|start| {
                statement.request.name.as_ref().is_some_and(|name| name.starts_with(start.as_str()))
            })
    });
    let (found, next) = paged(found, request.next_token.as_deref(), most)?;
    let mut fields = Map::new();
    fields.insert("Statements".into(), found.iter().map(|statement| listed(statement)).collect());
    if let Some(next) = next {
        fields.insert("NextToken".into(), json!(next));
    }
    Ok(Value::Object(fields))
}

fn listed(statement: &Statement) -> Value {
    let progress = statement.progress.borrow();
    let request = &statement.request;
    let mut fields = Map::new();
    let mut add = |name: &str, value: Value| drop(fields.insert(name.to_owned(), value));
    add("Id", json!(statement.id.to_string()));
    add("Status", json!(progress.status.name()));
    add("CreatedAt", seconds(statement.created));
    add("UpdatedAt", seconds(progress.updated));
    add("IsBatchStatement", json!(request.batch));
    add("ResultFormat", json!(if request.csv { "CSV" } else { "JSON" }));
    if request.batch {
        add("QueryStrings", json!(request.sqls));
    } else {
        add("QueryString", json!(request.sqls[0]));
    }
    if let Some(name) = &request.name {
        add("StatementName", json!(name));
    }
    if let Some(secret) = &request.connection.secret {
        add("SecretArn", json!(secret));
    }
    if !request.parameters.is_empty() {
        add("QueryParameters", parameters(&request.parameters));
    }
    Value::Object(fields)
}

/// Parameters as they were given.
pub(super) fn parameters(parameters: &[Parameter]) -> Value {
    parameters.iter().map(|parameter| json!({ "name": parameter.name, "value": parameter.value })).collect()
}
