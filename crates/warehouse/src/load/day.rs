//! One day: what has changed of it, in one transaction.

use datafusion::arrow::array::RecordBatchReader;
use futures::SinkExt;
use hyper::body::Bytes;
use tokio_postgres::{Client, CopyInSink, Transaction};

use super::binary::{self, Rows};
use super::days::{Day, File, Lake};
use super::tables::Tables;
use super::{Loaded, failure, sql};
use crate::error::Error;

/// Brings a day up to date.
pub(super) async fn load(client: &mut Client, tables: &Tables, lake: &Lake, day: &Day) -> Result<Loaded, Error> {
    let failed = |error: tokio_postgres::Error| failure::of(&error, &format!("{} cannot be loaded", day.date));
    let transaction = client.transaction().await.map_err(failed)?;
    transaction.batch_execute(sql::LOCK).await.map_err(failed)?;
    let (mut count, mut rows) = (0, 0);
    for file in &day.files {
        let known = transaction.query_opt(sql::DIGEST, &[&file.table, &day.date]).await.map_err(failed)?;
        if known.is_some_and(|row| row.get::<_, String>(0) == file.sha256) {
            continue;
        }
        // Dropped, the transaction changes nothing.
        let Some(bytes) = lake.bytes(file).await? else { return Ok(Loaded::Unfinished) };
        rows += replace(&transaction, tables, day, file, &bytes).await?;
        count += 1;
    }
    transaction.commit().await.map_err(failed)?;
    Ok(if count == 0 { Loaded::Same } else { Loaded::New { tables: count, rows } })
}

/// Replaces a table's day; the number of its rows.
async fn replace(
    transaction: &Transaction<'_>,
    tables: &Tables,
    day: &Day,
    file: &File,
    bytes: &Bytes,
) -> Result<u64, Error> {
    let failed =
        |error: tokio_postgres::Error| failure::of(&error, &format!("{} of {} cannot be loaded", file.table, day.date));
    let (reader, columns) = binary::open(bytes, file)?;
    let schema = reader.schema();
    let kinds = tables.kinds(&file.table, day.column, &schema)?;
    // The folder's day is believed rather than a column of its name.
    let wanted: Vec<usize> = (0..columns.len()).filter(|i| columns[*i] != day.column).collect();
    let columns: Vec<String> = wanted.iter().map(|i| columns[*i].clone()).collect();
    let clear = sql::clear(&file.table, day.column, None);
    transaction.execute(clear.as_str(), &[&day.date]).await.map_err(failed)?;
    let copy = sql::copy(&file.table, day.column, &columns);
    let sink: CopyInSink<Bytes> = transaction.copy_in(copy.as_str()).await.map_err(failed)?;
    futures::pin_mut!(sink);
    let mut rows = Rows::new(day.date, kinds);
    for batch in reader {
        let batch = batch.and_then(|batch| batch.project(&wanted)).map_err(|error| {
            Error::input(format!("{} is damaged: {error}", file.path), "repeat the day with countycast project --lake")
        })?;
        rows.add(&batch, file)?;
        sink.send(rows.take()).await.map_err(failed)?;
    }
    sink.send(rows.end()).await.map_err(failed)?;
    let count = sink.finish().await.map_err(failed)?;
    let number = i64::try_from(count).unwrap_or(i64::MAX);
    transaction.execute(sql::KEEP, &[&file.table, &day.date, &file.sha256, &number]).await.map_err(failed)?;
    Ok(count)
}
