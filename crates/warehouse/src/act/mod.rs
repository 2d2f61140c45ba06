//! What a statement does: it answers with rows, or it changes something within a transaction.

mod change;
mod conform;
mod copy;
mod fields;
mod options;
mod text;
mod unload;

use std::sync::Arc;

use datafusion::execution::SendableRecordBatchStream;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{ObjectType, Statement as Sql};

use crate::engine::{Planned, Warehouse};
use crate::error::Error;
use crate::statement::{Access, Parameter, permit};
use crate::tables::{Manifest, Work};

/// What came of a statement.
pub enum Outcome {
    /// Rows, as they are found.
    Rows(SendableRecordBatchStream),
    /// A change of so many rows.
    Changed(u64),
}

impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rows(_) => f.write_str("Rows"),
            Self::Changed(rows) => write!(f, "Changed({rows})"),
        }
    }
}

/// Statements whose changes are seen together, or not at all. What is not committed has never been.
#[derive(Debug)]
pub struct Transaction {
    warehouse: Warehouse,
    /// From the first change on.
    work: Option<Work>,
    /// Tables that go with the transaction.
    temporary: Vec<String>,
}

impl Transaction {
    /// Begins a transaction; others wait for it from its first change on.
    #[must_use]
    pub fn new(warehouse: &Warehouse) -> Self {
        Self { warehouse: warehouse.clone(), work: None, temporary: Vec::new() }
    }

    /// Runs a statement, which was read from a text.
    ///
    /// # Errors
    /// As [`Warehouse::plan`] and [`Warehouse::run`]; [`Error::Input`] where files that are loaded cannot be used,
    /// [`Error::System`] where files or stores fail. The transaction is then to be given up.
    pub async fn run(&mut self, statement: Statement, sql: &str, parameters: &[Parameter]) -> Result<Outcome, Error> {
        permit(&statement, self.warehouse.access())?;
        let Statement::Statement(parsed) = &statement else { return self.rows(statement, sql, parameters).await };
        let session = self.warehouse.tables().is_none() && self.warehouse.access() == Access::Write;
        let rows = match parsed.as_ref() {
            Sql::Copy { .. } => copy::run(self, parsed, sql).await?,
            Sql::Unload { .. } => unload::run(self, parsed, sql, parameters).await?,
            Sql::Insert(insert) => change::insert(self, insert, sql, parameters).await?,
            Sql::Delete(delete) => change::delete(self, delete, sql, parameters).await?,
            Sql::CreateTable(table) if table.query.is_none() || !session => {
                change::create(self, table, sql, parameters).await?
            }
            Sql::Drop { object_type: ObjectType::Table, names, if_exists, .. } if !session => {
                change::drop_tables(self, names, *if_exists).await?
            }
            _ => return self.rows(statement, sql, parameters).await,
        };
        Ok(Outcome::Changed(rows))
    }

    /// Ends the transaction: from now on all see its changes.
    ///
    /// # Errors
    /// [`Error::System`] where they cannot be written; then nothing has changed.
    pub fn commit(mut self) -> Result<(), Error> {
        let Some(mut work) = self.work.take() else { return Ok(()) };
        for name in &self.temporary {
            work.remove(name);
        }
        work.commit()
    }

    async fn rows(&self, statement: Statement, sql: &str, parameters: &[Parameter]) -> Result<Outcome, Error> {
        let planned = self.plan(statement, sql, parameters).await?;
        self.warehouse.run(planned).await.map(Outcome::Rows)
    }

    /// Understands a statement that answers with rows, over the tables as the transaction sees them.
    async fn plan(&self, statement: Statement, sql: &str, parameters: &[Parameter]) -> Result<Planned, Error> {
        let manifest = self.manifest()?;
        self.warehouse.plan_at(statement, sql, parameters, manifest.as_ref()).await
    }

    fn manifest(&self) -> Result<Option<Arc<Manifest>>, Error> {
        match (&self.work, self.warehouse.tables()) {
            (Some(work), _) => Ok(Some(work.manifest())),
            (None, Some(tables)) => tables.current().map(Some),
            (None, None) => Ok(None),
        }
    }

    /// The transaction's changes, which begin now if there are none yet.
    async fn work(&mut self) -> Result<&mut Work, Error> {
        let work = match self.work.take() {
            Some(work) => work,
            None => {
                let tables = self.warehouse.tables().ok_or_else(|| {
                    Error::statement(
                        "there are no tables that statements may change",
                        "give the program a folder for them: --tables FOLDER",
                    )
                })?;
                Work::begin(tables).await?
            }
        };
        Ok(self.work.insert(work))
    }
}
