//! `copy (select …) to 'file'`: rows to a file, which appears when it is complete.

use std::path::PathBuf;

use datafusion::sql::parser::{CopyToSource, Statement};

use super::tell;
use crate::engine::Warehouse;
use crate::error::Error;
use crate::output::{Format, to_file};
use crate::statement::{Access, Parameter, permit};

/// What a COPY asks for.
pub(super) struct Job {
    query: String,
    target: PathBuf,
    format: Format,
}

/// The work of a statement that is a COPY; none of another.
pub(super) fn job(statement: &Statement, sql: &str, access: Access) -> Result<Option<Job>, Error> {
    let Statement::CopyTo(copy) = statement else { return Ok(None) };
    permit(statement, access)?;
    if !copy.options.is_empty() || !copy.partitioned_by.is_empty() {
        return Err(Error::statement(
            "COPY with OPTIONS or PARTITIONED BY is not offered",
            "write one file: copy (select …) to 'file.parquet'",
        ));
    }
    let query = match &copy.source {
        CopyToSource::Query(query) => query.to_string(),
        CopyToSource::Relation(table) => format!("select * from {table}"),
    };
    let target = PathBuf::from(&copy.target);
    let format = match copy.stored_as.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None => Format::of_file(&target)?,
        Some("csv") => Format::Csv,
        Some("json") => Format::Json,
        Some("parquet") => Format::Parquet,
        Some("arrow") => Format::Arrow,
        Some(other) => {
            let mut error = crate::error::StatementError {
                message: format!("COPY does not know the format {other}"),
                remedy: Some("CSV, JSON, PARQUET and ARROW are known".into()),
                location: None,
            };
            error.location = crate::location::Location::of_word(sql, other);
            return Err(Error::Statement(error));
        }
    };
    Ok(Some(Job { query, target, format }))
}

/// Writes the rows.
pub(super) async fn run(warehouse: &Warehouse, job: Job, sql: &str, parameters: &[Parameter]) -> Result<(), Error> {
    let rows = warehouse.run(warehouse.plan(&job.query, parameters).await?).await?;
    let count = to_file(rows, job.format, &job.target, sql).await?;
    tell(&format!("{count} rows in {}", crate::error::shown(&job.target)));
    Ok(())
}
