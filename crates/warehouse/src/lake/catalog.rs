//! The lake as the query engine sees it: one schema, whose tables are looked up when a statement names them.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::DataType;
use datafusion::catalog::{CatalogProvider, MemorySchemaProvider, SchemaProvider, TableProvider};
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::error::{DataFusionError, Result};
use url::Url;

use super::Lake;
use super::find::{EXTENSION, Table, unusable};
use super::schema::Columns;
use crate::error::Error;
use crate::names::SCHEMA;
use crate::tables::{Manifest, Tables};

/// The database: the lake's schema alone.
#[derive(Debug)]
pub(crate) struct LakeCatalog(pub(crate) Arc<LakeSchema>);

impl CatalogProvider for LakeCatalog {
    fn schema_names(&self) -> Vec<String> {
        vec![SCHEMA.to_owned()]
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        (name == SCHEMA).then(|| Arc::clone(&self.0) as Arc<dyn SchemaProvider>)
    }
}

/// The tables of the lake, those that statements made, and the views and tables of the session.
#[derive(Debug, Clone)]
pub(crate) struct LakeSchema {
    lake: Arc<Lake>,
    session: Arc<MemorySchemaProvider>,
    made: Option<Made>,
}

/// Tables that statements made: as they were at a moment, or as they are whenever one is asked for.
#[derive(Debug, Clone)]
struct Made {
    tables: Arc<Tables>,
    moment: Option<Arc<Manifest>>,
}

impl Made {
    fn manifest(&self) -> std::result::Result<Arc<Manifest>, Error> {
        self.moment.as_ref().map_or_else(|| self.tables.current(), |moment| Ok(Arc::clone(moment)))
    }
}

impl LakeSchema {
    pub(crate) fn new(lake: Arc<Lake>) -> Self {
        Self { lake, session: Arc::new(MemorySchemaProvider::new()), made: None }
    }

    /// The same with the tables that statements made, as they were at a moment.
    pub(crate) fn at(&self, tables: &Arc<Tables>, manifest: &Arc<Manifest>) -> Self {
        let made = Made { tables: Arc::clone(tables), moment: Some(Arc::clone(manifest)) };
        Self { made: Some(made), ..self.clone() }
    }

    /// The same with the tables that statements made, as they are whenever one is asked for.
    pub(crate) fn now(&self, tables: &Arc<Tables>) -> Self {
        Self { made: Some(Made { tables: Arc::clone(tables), moment: None }), ..self.clone() }
    }

    /// The tables that statements made, where they are known.
    fn manifest(&self) -> std::result::Result<Option<Arc<Manifest>>, Error> {
        self.made.as_ref().map(Made::manifest).transpose()
    }
}

#[async_trait]
impl SchemaProvider for LakeSchema {
    fn table_names(&self) -> Vec<String> {
        // A folder that has become unreadable is told of when a table of it is asked for.
        let mut names: Vec<String> =
            self.lake.tables().map(|tables| tables.keys().cloned().collect()).unwrap_or_default();
        names.extend(self.session.table_names());
        if let Ok(Some(manifest)) = self.manifest() {
            names.extend(manifest.listed().map(|(name, ..)| name.clone()));
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        if let Some(table) = self.session.table(name).await? {
            return Ok(Some(table));
        }
        let external = |error| DataFusionError::External(Box::new(error));
        if let Some(made) = &self.made {
            let manifest = made.manifest().map_err(external)?;
            if let Some(table) = made.tables.provider(&manifest, name).map_err(external)? {
                return Ok(Some(table));
            }
        }
        self.lake.table(name).map_err(external)
    }

    fn register_table(&self, name: String, table: Arc<dyn TableProvider>) -> Result<Option<Arc<dyn TableProvider>>> {
        self.session.register_table(name, table)
    }

    fn deregister_table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        self.session.deregister_table(name)
    }

    fn table_exist(&self, name: &str) -> bool {
        self.session.table_exist(name)
            || self.manifest().is_ok_and(|manifest| manifest.is_some_and(|manifest| manifest.table(name).is_some()))
            || self.lake.tables().is_ok_and(|tables| tables.contains_key(name))
    }
}

/// The reader of a table.
pub(super) fn provider(
    url: Url,
    table: &Table,
    columns: Columns,
) -> std::result::Result<Arc<dyn TableProvider>, Error> {
    let unusable = || unusable(&table.path);
    let url = ListingTableUrl::try_new(url, None).map_err(|_| unusable())?;
    let partitions: Vec<(String, DataType)> = columns.partitions;
    let options = ListingOptions::new(Arc::new(ParquetFormat::default()))
        .with_file_extension(format!(".{EXTENSION}"))
        .with_table_partition_cols(partitions);
    let config = ListingTableConfig::new(url).with_listing_options(options).with_schema(columns.files);
    let table = ListingTable::try_new(config).map_err(|_| unusable())?;
    Ok(Arc::new(table))
}
