//! Operations of the Data API: a file for each group.

mod catalog;
mod describe;
mod execute;
mod list;
mod result;
mod wait;

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::Service;
use super::failure::Failure;
use super::statement::{Connection, Statement};

/// Runs an operation.
pub(super) async fn call(service: &Arc<Service>, operation: &str, owner: &str, body: &[u8]) -> Result<Value, Failure> {
    let caller = Caller { service, owner };
    match operation {
        "ExecuteStatement" => execute::execute(&caller, read(body)?).await,
        "BatchExecuteStatement" => execute::batch(&caller, read(body)?).await,
        "DescribeStatement" => describe::describe(&caller, read(body)?).await,
        "CancelStatement" => describe::cancel(&caller, read(body)?),
        "GetStatementResult" => result::json(&caller, read(body)?).await,
        "GetStatementResultV2" => result::csv(&caller, read(body)?).await,
        "ListStatements" => list::statements(&caller, read(body)?),
        "ListDatabases" => catalog::databases(&read(body)?),
        "ListSchemas" => catalog::schemas(&read(body)?),
        "ListTables" => catalog::tables(&caller, &read(body)?).await,
        "DescribeTable" => catalog::describe(&caller, &read(body)?).await,
        other => Err(Failure::unknown_operation(other)),
    }
}

/// Who asks.
struct Caller<'a> {
    service: &'a Arc<Service>,
    owner: &'a str,
}

/// A statement that is named by its id, and the number of a part of a batch, from 0, if the id has one.
struct Named {
    statement: Arc<Statement>,
    part: Option<usize>,
}

impl Caller<'_> {
    /// The caller's statement of an id: `UUID`, or `UUID:2` for the second of a batch.
    fn named(&self, id: &str) -> Result<Named, Failure> {
        let (whole, part) = id.split_once(':').map_or((id, None), |(whole, part)| (whole, Some(part)));
        let uuid = Uuid::try_parse(whole).ok().filter(|_| whole.len() == 36).ok_or_else(|| {
            Failure::validation(format!(
                "id must satisfy regex pattern: ^[a-z0-9]{{8}}(-[a-z0-9]{{4}}){{3}}-[a-z0-9]{{12}}(:\\d+)?$, and is {}",
                shortened(id)
            ))
        })?;
        let unknown = || Failure::not_found("Query not found.", id);
        let statement = self.service.store.find(self.owner, uuid).ok_or_else(unknown)?;
        let part = match part {
            None => None,
            Some(text) => {
                let number = text.parse::<usize>().ok().filter(|n| (1..=statement.request.sqls.len()).contains(n));
                Some(number.filter(|_| statement.request.batch).ok_or_else(unknown)? - 1)
            }
        };
        Ok(Named { statement, part })
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| {
        if error.is_data() && error.to_string().starts_with("missing field") {
            Failure::validation(error.to_string())
        } else {
            Failure::serialization(error.to_string())
        }
    })
}

/// Seconds since 1970.
fn seconds(moment: SystemTime) -> Value {
    let micros = moment.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of this century are exact")]
    let seconds = micros as f64 / 1_000.0;
    json!(seconds)
}

/// Adds the fields of a connection that were given.
fn add_connection(fields: &mut Map<String, Value>, connection: &Connection) {
    let given = [
        ("ClusterIdentifier", &connection.cluster),
        ("WorkgroupName", &connection.workgroup),
        ("Database", &connection.database),
        ("DbUser", &connection.user),
        ("SecretArn", &connection.secret),
    ];
    for (name, value) in given {
        if let Some(value) = value {
            fields.insert(name.to_owned(), json!(value));
        }
    }
}

/// A page of a list, and where the next begins.
fn paged<T>(items: Vec<T>, token: Option<&str>, most: usize) -> Result<(Vec<T>, Option<String>), Failure> {
    let start = match token.filter(|token| !token.is_empty()) {
        None => 0,
        Some(token) => {
            token.strip_prefix("from-").and_then(|start| start.parse::<usize>().ok()).ok_or_else(wrong_token)?
        }
    };
    let next = start.saturating_add(most);
    let more = (next < items.len()).then(|| format!("from-{next}"));
    Ok((items.into_iter().skip(start).take(most).collect(), more))
}

fn wrong_token() -> Failure {
    Failure::validation("NextToken is not one that was given for this request")
}

/// How many items a page has: what was asked for, at most `most`.
fn page_size(wanted: Option<i64>, most: usize) -> Result<usize, Failure> {
    match wanted {
        None | Some(0) => Ok(most),
        Some(wanted) => usize::try_from(wanted)
            .ok()
            .filter(|wanted| *wanted <= most)
            .ok_or_else(|| Failure::validation(format!("MaxResults must be between 0 and {most}, and is {wanted}"))),
    }
}

/// A value of a request in a message.
fn shortened(text: &str) -> String {
    let start: String = text.chars().take(60).collect();
    format!("{start:?}{}", if text.chars().nth(60).is_some() { "…" } else { "" })
}
