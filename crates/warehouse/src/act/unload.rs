//! `UNLOAD ('select …') TO 's3://…'`: rows become a file or an object, which appears when it is complete.

use datafusion::execution::SendableRecordBatchStream;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::Statement as Sql;
use futures::StreamExt;

use super::Transaction;
use super::copy::at;
use super::options::{self, Format, Options};
use super::text::{Buffer, Encoder};
use crate::error::{Error, StatementError};
use crate::output::Sink;
use crate::statement::{Parameter, from_engine, parse_one, refused};
use crate::stores::{Place, find};

/// Bytes that are gathered before they are written.
const BYTES: usize = 1 << 20;

pub(super) async fn run(
    transaction: &mut Transaction,
    unload: &Sql,
    sql: &str,
    parameters: &[Parameter],
) -> Result<u64, Error> {
    let Sql::Unload { query, query_text, to, with, options, .. } = unload else {
        return Err(refused("UNLOAD of this form"));
    };
    if !with.is_empty() {
        return Err(refused("UNLOAD with WITH (…)"));
    }
    let options = options::read(options, true)?;
    let prefix =
        transaction.warehouse.admit_writing(&Place::parse(&to.value)?).map_err(|error| at(error, sql, &to.value))?;
    let statement = match (query, query_text) {
        (Some(query), _) => Statement::Statement(Box::new(Sql::Query(query.clone()))),
        (None, Some(text)) => parse_one(text).map_err(of_inner)?,
        (None, None) => return Err(refused("UNLOAD without a query")),
    };
    if !matches!(&statement, Statement::Statement(inner) if matches!(inner.as_ref(), Sql::Query(_))) {
        return Err(Error::statement("UNLOAD takes a query", "unload ('select …') to 's3://BUCKET/NAME_'"));
    }
    if !options.overwrite
        && let Some(found) = find(transaction.warehouse.stores(), &prefix).await?.first()
    {
        let error = Error::statement(
            format!("there is {} already", found.place),
            "choose another name, or give ALLOWOVERWRITE",
        );
        return Err(at(error, sql, &to.value));
    }
    let text = query_text.as_deref().unwrap_or(sql);
    let planned = transaction.plan(statement, text, parameters).await.map_err(of_inner)?;
    let rows = transaction.warehouse.run(planned).await.map_err(of_inner)?;
    let target = prefix.followed_by(&name(&options));
    let mut sink = Sink::begin(transaction.warehouse.stores(), &target)?;
    match write(rows, &options, &mut sink, text).await {
        Ok(count) => {
            sink.keep().await?;
            Ok(count)
        }
        Err(error) => {
            sink.abandon().await;
            Err(error)
        }
    }
}

/// The end of the file's name, as Redshift writes it.
fn name(options: &Options) -> String {
    let number = if options.parallel { "0000_part_00" } else { "000" };
    let format = if options.format == Format::Parquet { ".parquet" } else { "" };
    let extension =
        options.extension.as_ref().map(|text| format!(".{}", text.trim_start_matches('.'))).unwrap_or_default();
    let gzip = if options.gzip { ".gz" } else { "" };
    format!("{number}{extension}{}{gzip}", if extension.is_empty() { format } else { "" })
}

/// Places of a query that stands in quotes are not those of the statement.
fn of_inner(error: Error) -> Error {
    match error {
        Error::Statement(inner) => Error::Statement(StatementError { location: None, ..inner }),
        other => other,
    }
}

async fn write(
    mut rows: SendableRecordBatchStream,
    options: &Options,
    sink: &mut Sink,
    sql: &str,
) -> Result<u64, Error> {
    let wrong = |error: std::io::Error| {
        Error::statement(
            format!("the rows cannot be unloaded: {error}"),
            "cast or replace such values, or unload as PARQUET",
        )
    };
    let buffer = Buffer::default();
    let mut encoder = Encoder::new(options, &rows.schema(), buffer.clone()).map_err(wrong)?;
    let (mut count, mut gathered) = (0, Vec::new());
    while let Some(batch) = rows.next().await {
        let batch = batch.map_err(|error| of_inner(from_engine(&error, sql)))?;
        count += batch.num_rows() as u64;
        encoder.write(&batch).map_err(wrong)?;
        gathered.append(&mut buffer.take());
        if gathered.len() >= BYTES {
            sink.write(std::mem::take(&mut gathered)).await?;
        }
    }
    encoder.finish().map_err(wrong)?;
    gathered.append(&mut buffer.take());
    sink.write(gathered).await?;
    Ok(count)
}
