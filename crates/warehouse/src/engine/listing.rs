//! What `show tables` and `describe` list.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray};
use datafusion::catalog::TableProvider;
use datafusion::common::TableReference;
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::Statement as Sql;

use super::Warehouse;
use crate::error::Error;
use crate::lake::Table;
use crate::statement::from_engine;
use crate::tables::Manifest;
use crate::types::sql_name;

impl Warehouse {
    /// What `show tables` and `describe` list.
    pub(super) async fn listing(
        &self,
        context: &SessionContext,
        statement: &Statement,
        sql: &str,
        manifest: Option<&Arc<Manifest>>,
    ) -> Result<Option<RecordBatch>, Error> {
        let Statement::Statement(parsed) = statement else { return Ok(None) };
        let batch = match parsed.as_ref() {
            Sql::ShowTables { .. } => self.list_tables(manifest)?,
            Sql::ExplainTable { table_name, .. } => {
                let name = TableReference::parse_str(&table_name.to_string());
                let table = context.table_provider(name).await.map_err(|error| from_engine(&error, sql))?;
                columns(&table)?
            }
            _ => return Ok(None),
        };
        Ok(Some(batch))
    }

    fn list_tables(&self, manifest: Option<&Arc<Manifest>>) -> Result<RecordBatch, Error> {
        let tables = self.lake.tables()?;
        let bytes = |table: &Table| table.files.iter().map(|file| file.bytes).sum();
        let mut all: BTreeMap<&String, (usize, u64)> =
            tables.iter().map(|(name, table)| (name, (table.files.len(), bytes(table)))).collect();
        all.extend(
            manifest.iter().flat_map(|manifest| manifest.listed()).map(|(name, files, bytes)| (name, (files, bytes))),
        );
        let names: StringArray = all.keys().map(Some).collect();
        let files: Int64Array = all.values().map(|(files, _)| i64::try_from(*files).ok()).collect();
        let bytes: Int64Array = all.values().map(|(_, bytes)| i64::try_from(*bytes).ok()).collect();
        batch([("table_name", Arc::new(names) as ArrayRef), ("files", Arc::new(files)), ("bytes", Arc::new(bytes))])
    }
}

/// The columns of a table, with the names of SQL's types.
fn columns(table: &Arc<dyn TableProvider>) -> Result<RecordBatch, Error> {
    let schema = table.schema();
    let names: StringArray = schema.fields().iter().map(|field| Some(field.name())).collect();
    let types: StringArray = schema.fields().iter().map(|field| Some(sql_name(field.data_type()))).collect();
    let nullable: BooleanArray = schema.fields().iter().map(|field| Some(field.is_nullable())).collect();
    batch([
        ("column_name", Arc::new(names) as ArrayRef),
        ("data_type", Arc::new(types)),
        ("nullable", Arc::new(nullable)),
    ])
}

fn batch(columns: [(&str, ArrayRef); 3]) -> Result<RecordBatch, Error> {
    RecordBatch::try_from_iter(columns).map_err(|error| from_engine(&error.into(), ""))
}
