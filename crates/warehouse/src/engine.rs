//! The query engine over a lake: statements in, batches of rows out.

mod listing;
mod prepared;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::datatypes::Fields;
use datafusion::catalog::{CatalogProviderList, MemoryCatalogProviderList, TableProvider};
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::logical_expr::{DdlStatement, LogicalPlan};
use datafusion::prelude::{SQLOptions, SessionConfig, SessionContext};
use datafusion::sql::parser::Statement;
use tokio::runtime::{Builder, Runtime};
use url::Url;

use crate::error::Error;
use crate::lake::{FRESH, Lake, LakeCatalog, LakeSchema};
use crate::names::{DATABASE, SCHEMA};
use crate::redshift;
use crate::statement::{Access, Parameter, bind, from_engine, parse_one, permit, replace};
use crate::stores::{Place, Roots, Stores};
use crate::tables::{Manifest, Tables};
use crate::yielding::Yielding;

/// Most bytes of temporary files of all statements together.
const MOST_TEMPORARY: u64 = 20 << 30;
/// Bytes of Parquet footers that are kept between statements.
const FOOTERS: usize = 64 << 20;

/// What statements may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Memory of sorting, joining and grouping, in bytes; beyond it they write temporary files.
    pub memory: usize,
    /// Threads of a statement.
    pub threads: usize,
}

/// Bytes of the stack of a thread that reads statements. A chain of as many terms as a statement may have is read, refused and
/// removed again within it; only what is used takes memory.
pub const STACK: usize = 64 << 20;

/// Threads on which statements run.
///
/// # Errors
/// [`Error::System`] where the system starts none.
pub fn runtime(threads: usize) -> Result<Runtime, Error> {
    let builder = &mut Builder::new_multi_thread();
    builder.worker_threads(threads).thread_stack_size(STACK).enable_all().build().map_err(|source| Error::System {
        message: format!("no threads could be started: {source}"),
        remedy: "end other programs, or ask for fewer with --jobs".into(),
    })
}

/// What statements may change and reach beside the lake.
#[derive(Debug, Clone, Default)]
pub struct Holdings {
    /// Folder of the tables that statements make.
    pub tables: Option<PathBuf>,
    /// Where COPY reads from and UNLOAD writes to.
    pub roots: Roots,
}

/// A lake that can be asked.
#[derive(Clone)]
pub struct Warehouse {
    lake: Arc<Lake>,
    schema: LakeSchema,
    tables: Option<Arc<Tables>>,
    stores: Stores,
    roots: Roots,
    context: SessionContext,
    access: Access,
}

/// A statement that has been understood.
#[derive(Debug, Clone)]
pub struct Planned {
    plan: LogicalPlan,
    sql: Arc<str>,
    /// The engine that understood it, and runs it.
    context: PlannedBy,
}

/// An engine, which has nothing to show.
#[derive(Clone)]
struct PlannedBy(SessionContext);

impl std::fmt::Debug for PlannedBy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("engine")
    }
}

impl Planned {
    /// The columns of its rows, or those of the table that it makes.
    pub(crate) fn fields(&self) -> Fields {
        match &self.plan {
            LogicalPlan::Ddl(DdlStatement::CreateMemoryTable(table)) => table.input.schema().fields().clone(),
            plan => plan.schema().fields().clone(),
        }
    }
}

impl std::fmt::Debug for Warehouse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Warehouse").field("lake", &self.lake).field("access", &self.access).finish_non_exhaustive()
    }
}

impl Warehouse {
    /// Opens a lake: a path, or `s3://BUCKET/FOLDER`.
    ///
    /// # Errors
    /// As [`Lake::open`].
    pub fn open(path: &Path, limits: &Limits, access: Access) -> Result<Self, Error> {
        Self::open_with(path, limits, access, Holdings::default())
    }

    /// Opens a lake, and what else statements may change and reach.
    ///
    /// # Errors
    /// As [`Lake::open`] and [`Tables::open`].
    pub fn open_with(path: &Path, limits: &Limits, access: Access, holdings: Holdings) -> Result<Self, Error> {
        let stores = Stores::default();
        let lake = Arc::new(Lake::open(path, &stores)?);
        let tables =
            holdings.tables.map(|folder| Tables::open(&folder, access != Access::Read)).transpose()?.map(Arc::new);
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(limits.memory)))
            .with_max_temp_directory_size(MOST_TEMPORARY)
            .with_metadata_cache_limit(FOOTERS.min(limits.memory / 4))
            .with_object_list_cache_ttl(Some(FRESH))
            .build_arc()
            .map_err(|error| from_engine(&error, ""))?;
        let mut config = SessionConfig::new()
            .with_target_partitions(limits.threads)
            .with_default_catalog_and_schema(DATABASE, SCHEMA)
            .with_create_default_catalog_and_schema(false)
            .with_information_schema(true);
        config.options_mut().sql_parser.collect_spans = true;
        config.options_mut().execution.listing_table_ignore_subdirectory = false;
        let builder = SessionStateBuilder::new()
            .with_config(config)
            .with_runtime_env(runtime)
            .with_default_features()
            .with_physical_optimizer_rule(Arc::new(Yielding));
        let context = SessionContext::new_with_state(redshift::with_words(builder));
        let schema = LakeSchema::new(Arc::clone(&lake));
        context.register_catalog(DATABASE, Arc::new(LakeCatalog(Arc::new(schema.clone()))));
        if let Some(bucket) = lake.bucket() {
            let url = Url::parse(&format!("s3://{bucket}"))
                .map_err(|error| from_engine(&DataFusionError::External(error.into()), ""))?;
            context.register_object_store(&url, stores.bucket(bucket)?);
        }
        // The path of a file tells where the service's files lie.
        context.deregister_udf("input_file_name");
        Ok(Self { lake, schema, tables, stores, roots: holdings.roots, context, access })
    }

    /// The lake.
    #[must_use]
    pub fn lake(&self) -> &Lake {
        &self.lake
    }

    /// Names of all tables, in their order.
    ///
    /// # Errors
    /// As [`Lake::tables`].
    pub fn table_names(&self) -> Result<Vec<String>, Error> {
        let mut names: Vec<String> = self.lake.tables()?.keys().cloned().collect();
        if let Some(tables) = &self.tables {
            names.extend(tables.current()?.listed().map(|(name, ..)| name.clone()));
        }
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// A table of any kind; none of a name that no table has.
    ///
    /// # Errors
    /// As [`Lake::table`].
    pub fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>, Error> {
        if let Some(tables) = &self.tables {
            let manifest = tables.current()?;
            if let Some(table) = tables.provider(&manifest, name)? {
                return Ok(Some(table));
            }
        }
        self.lake.table(name)
    }

    /// The tables that statements make.
    pub(crate) const fn tables(&self) -> Option<&Arc<Tables>> {
        self.tables.as_ref()
    }

    /// The stores that are used.
    pub(crate) const fn stores(&self) -> &Stores {
        &self.stores
    }

    /// The places that statements may use.
    pub(crate) const fn roots(&self) -> &Roots {
        &self.roots
    }

    /// The place by the system's own path, where statements may write to it: not where the lake or tables lie.
    pub(crate) fn admit_writing(&self, place: &Place) -> Result<Place, Error> {
        let place = self.roots.admit(place)?;
        if self.lake.holds(&place) || self.tables.as_ref().is_some_and(|tables| tables.holds(&place)) {
            return Err(Error::statement(
                format!("{place} is among the lake's or the tables' own files, which are not written over"),
                "unload to another folder",
            ));
        }
        Ok(place)
    }

    /// What its statements may do.
    #[must_use]
    pub const fn access(&self) -> Access {
        self.access
    }

    /// Understands a text that holds one statement. Nothing is read but the tables' columns.
    ///
    /// # Errors
    /// [`Error::Statement`] with the place where it is wrong, or the name of what is not allowed; and as [`Lake::table`].
    pub async fn plan(&self, sql: &str, parameters: &[Parameter]) -> Result<Planned, Error> {
        self.plan_statement(parse_one(sql)?, sql, parameters).await
    }

    /// Understands a statement that was read from a text.
    ///
    /// # Errors
    /// As [`Warehouse::plan`].
    pub async fn plan_statement(
        &self,
        statement: Statement,
        sql: &str,
        parameters: &[Parameter],
    ) -> Result<Planned, Error> {
        let manifest = self.tables.as_ref().map(|tables| tables.current()).transpose()?;
        self.plan_at(statement, sql, parameters, manifest.as_ref()).await
    }

    /// The same with the tables that statements made as they were at a moment.
    pub(crate) async fn plan_at(
        &self,
        mut statement: Statement,
        sql: &str,
        parameters: &[Parameter],
        manifest: Option<&Arc<Manifest>>,
    ) -> Result<Planned, Error> {
        permit(&statement, self.access)?;
        let context = self.context_at(manifest);
        if let Some(listed) = self.listed(&context, &statement, sql, manifest).await? {
            return Ok(listed);
        }
        let places = replace(&mut statement, parameters)?;
        redshift::rewrite(&mut statement)?;
        let planned = self.understood(context, statement, sql).await?;
        Ok(Planned { plan: bind(planned.plan, &places, parameters, sql)?, ..planned })
    }

    async fn listed(
        &self,
        context: &SessionContext,
        statement: &Statement,
        sql: &str,
        manifest: Option<&Arc<Manifest>>,
    ) -> Result<Option<Planned>, Error> {
        let Some(batch) = self.listing(context, statement, sql, manifest).await? else { return Ok(None) };
        let frame = context.read_batch(batch).map_err(|error| from_engine(&error, sql))?;
        let plan = frame.into_unoptimized_plan();
        Ok(Some(Planned { plan, sql: sql.into(), context: PlannedBy(context.clone()) }))
    }

    async fn understood(&self, context: SessionContext, statement: Statement, sql: &str) -> Result<Planned, Error> {
        let plan = context.state().statement_to_plan(statement).await.map_err(|error| from_engine(&error, sql))?;
        let mutable = self.access != Access::Read;
        let options = SQLOptions::new().with_allow_ddl(mutable).with_allow_dml(false).with_allow_statements(false);
        options.verify_plan(&plan).map_err(|error| from_engine(&error, sql))?;
        Ok(Planned { plan, sql: sql.into(), context: PlannedBy(context) })
    }

    /// The engine over other catalogs.
    pub(crate) fn context_over(&self, catalogs: Arc<dyn CatalogProviderList>) -> SessionContext {
        // A copy by the builder might take the query engine's own words in the place of Redshift's, where they share a name.
        let context = SessionContext::new_with_state(self.context.state());
        context.register_catalog_list(catalogs);
        context
    }

    /// The engine with the tables that statements made, as they were at a moment.
    fn context_at(&self, manifest: Option<&Arc<Manifest>>) -> SessionContext {
        let (Some(tables), Some(manifest)) = (&self.tables, manifest) else { return self.context.clone() };
        let catalogs = MemoryCatalogProviderList::new();
        let schema = Arc::new(self.schema.at(tables, manifest));
        catalogs.register_catalog(DATABASE.to_owned(), Arc::new(LakeCatalog(schema)));
        self.context_over(Arc::new(catalogs))
    }

    /// Runs a statement; rows come as they are found.
    ///
    /// # Errors
    /// [`Error::Statement`] where it fails on the data, [`Error::System`] where memory or files fail.
    pub async fn run(&self, planned: Planned) -> Result<SendableRecordBatchStream, Error> {
        let run = async || planned.context.0.execute_logical_plan(planned.plan).await?.execute_stream().await;
        run().await.map_err(|error| from_engine(&error, &planned.sql))
    }
}
