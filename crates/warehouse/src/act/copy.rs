//! `COPY table FROM 's3://…'`: files and objects become rows of a table.

use datafusion::sql::sqlparser::ast::{CopySource, CopyTarget, Ident, Statement as Sql};
use futures::StreamExt;
use parquet::arrow::ParquetRecordBatchStreamBuilder;
use parquet::errors::ParquetError;
use tokio::runtime::Handle;

use super::Transaction;
use super::change::{changed, targets};
use super::conform::Conform;
use super::fields::Fields;
use super::options::{self, Format, Options};
use crate::error::Error;
use crate::location::Location;
use crate::statement::refused;
use crate::stores::{Place, Source, failed, find};
use crate::tables::PieceWriter;

pub(super) async fn run(transaction: &mut Transaction, copy: &Sql, sql: &str) -> Result<u64, Error> {
    let Sql::Copy {
        source: CopySource::Table { table_name, columns },
        target: CopyTarget::File { filename },
        options: listed,
        legacy_options,
        ..
    } = copy
    else {
        return Err(refused("COPY of this form"));
    };
    if !listed.is_empty() {
        return Err(refused("COPY with options in parentheses"));
    }
    let options = options::read(legacy_options, false)?;
    let place =
        transaction.warehouse.roots().admit(&Place::parse(filename)?).map_err(|error| at(error, sql, filename))?;
    let sources = find(transaction.warehouse.stores(), &place).await?;
    if sources.is_empty() {
        return Err(at(
            Error::statement(
                format!("no file has a name that begins with {place}"),
                "check the name; empty files do not count",
            ),
            sql,
            filename,
        ));
    }
    let name = changed(transaction, table_name, "COPY").await?;
    let column =
        |ident: &Ident| if ident.quote_style.is_some() { ident.value.clone() } else { ident.value.to_lowercase() };
    let columns: Vec<String> = columns.iter().map(column).collect();
    let mut writer = transaction.work().await?.writer(&name)?;
    let targets = targets(writer.schema(), &columns, &name)?;
    for source in &sources {
        if options.format == Format::Parquet {
            parquet(source, &targets, &mut writer).await?;
        } else {
            text(source, &targets, &options, &mut writer).await?;
        }
    }
    let piece = writer.finish()?;
    let rows = piece.rows;
    transaction.work().await?.add(&name, piece)?;
    Ok(rows)
}

/// The error with the place of a name in the statement.
pub(super) fn at(error: Error, sql: &str, name: &str) -> Error {
    match error {
        Error::Statement(mut inner) => {
            inner.location = inner.location.or_else(|| Location::of_text(sql, name));
            Error::Statement(inner)
        }
        other => other,
    }
}

/// Parquet's columns are taken in their order, as Redshift does.
async fn parquet(source: &Source, targets: &[usize], writer: &mut PieceWriter) -> Result<(), Error> {
    let origin = source.place.to_string();
    let unreadable = |error: &ParquetError| match error {
        ParquetError::External(inner) if inner.is::<object_store::Error>() => match inner.downcast_ref() {
            Some(inner) => failed(&origin, inner),
            None => damaged(&origin, error),
        },
        _ => damaged(&origin, error),
    };
    let builder = ParquetRecordBatchStreamBuilder::new(source.parquet()).await.map_err(|error| unreadable(&error))?;
    let mut rows = builder.build().map_err(|error| unreadable(&error))?;
    let conform = Conform::new(writer.schema(), targets.to_vec());
    while let Some(batch) = rows.next().await {
        let batch = batch.map_err(|error| unreadable(&error))?;
        writer.write(&conform.rows(&batch, &origin)?)?;
    }
    Ok(())
}

fn damaged(origin: &str, error: &ParquetError) -> Error {
    Error::input(
        format!("{origin} is no Parquet file, or a damaged one: {error}"),
        "write it again, or copy it as what it is",
    )
}

async fn text(source: &Source, targets: &[usize], options: &Options, writer: &mut PieceWriter) -> Result<(), Error> {
    let conform = Conform::new(writer.schema(), targets.to_vec());
    let schema = writer
        .schema()
        .project(targets)
        .map_err(|error| Error::statement(error.to_string(), "name columns of the table"))?;
    let origin = source.place.to_string();
    let lost =
        |_| Error::System { message: format!("{origin} could not be read"), remedy: "repeat the statement".into() };
    let (source, options, handle) = (source.clone(), options.clone(), Handle::current());
    // Reading waits for the store, and others have their turn meanwhile; between two batches it can be stopped.
    let open = tokio::task::spawn_blocking(move || Fields::open(&source, &options, schema.into(), handle));
    let mut fields = open.await.map_err(lost)?;
    loop {
        let next = tokio::task::spawn_blocking(move || {
            let batch = fields.next();
            (fields, batch)
        });
        let (read, batch) = next.await.map_err(lost)?;
        fields = read;
        let Some(batch) = batch? else { return Ok(()) };
        writer.write(&conform.rows(&batch, &origin)?)?;
    }
}
