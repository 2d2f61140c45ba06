//! `GetStatementResult` and `GetStatementResultV2`.

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::error::ArrowError;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::columns;
use super::super::failure::Failure;
use super::super::results::Rows;
use super::{Caller, wait, wrong_token};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Get {
    id: String,
    next_token: Option<String>,
    wait_time_seconds: Option<i64>,
}

/// Rows as typed fields.
pub(super) async fn json(caller: &Caller<'_>, request: Get) -> Result<Value, Failure> {
    page(caller, request, false, |batch| columns::records(batch).map(Value::Array)).await
}

/// Rows as CSV.
pub(super) async fn csv(caller: &Caller<'_>, request: Get) -> Result<Value, Failure> {
    let mut answer = page(caller, request, true, |batch| Ok(json!([{ "CSVRecords": columns::csv(batch)? }]))).await?;
    if let Value::Object(fields) = &mut answer {
        fields.insert("ResultFormat".into(), json!("CSV"));
    }
    Ok(answer)
}

async fn page(
    caller: &Caller<'_>,
    request: Get,
    csv: bool,
    write: impl FnOnce(&RecordBatch) -> Result<Value, ArrowError> + Send + 'static,
) -> Result<Value, Failure> {
    let named = caller.named(&request.id)?;
    let statement = &named.statement;
    if statement.request.csv != csv {
        let (format, operation) = if csv { ("JSON", "GetStatementResult") } else { ("CSV", "GetStatementResultV2") };
        return Err(Failure::validation(format!(
            "the statement's ResultFormat is {format}: fetch its rows with {operation}"
        )));
    }
    let part = match named.part {
        Some(part) => part,
        None if statement.request.batch => {
            let id = &request.id;
            return Err(Failure::validation(format!(
                "the statements of a batch have results of their own: {id}:1 and so on"
            )));
        }
        None => 0,
    };
    wait::wait(statement, request.wait_time_seconds).await?;
    let rows = statement.progress.borrow().parts[part].rows.clone();
    let rows = rows.ok_or_else(|| {
        Failure::not_found("Query does not have result. Please check query status with DescribeStatement.", &request.id)
    })?;
    let number = match request.next_token.as_deref().filter(|token| !token.is_empty()) {
        None => 0,
        Some(token) => token
            .strip_prefix("page-")
            .and_then(|page| page.parse::<usize>().ok())
            .filter(|page| *page < rows.pages)
            .ok_or_else(wrong_token)?,
    };
    // Reading and writing a page takes milliseconds, in which others are answered.
    tokio::task::spawn_blocking(move || answer(&rows, number, write))
        .await
        .map_err(|_| Failure::internal("the page could not be written"))?
        .map_err(|error| Failure::internal(format!("the result could not be read: {error}")))
}

fn answer(
    rows: &Arc<Rows>,
    number: usize,
    write: impl FnOnce(&RecordBatch) -> Result<Value, ArrowError>,
) -> Result<Value, ArrowError> {
    let mut fields = Map::new();
    fields.insert("Records".into(), write(&rows.page(number)?)?);
    fields.insert("TotalNumRows".into(), json!(rows.count));
    let known = rows.schema.fields().iter().map(|field| columns::metadata(field, None));
    fields.insert("ColumnMetadata".into(), known.collect());
    if number + 1 < rows.pages {
        fields.insert("NextToken".into(), json!(format!("page-{}", number + 1)));
    }
    Ok(Value::Object(fields))
}
