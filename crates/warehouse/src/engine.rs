//! The query engine over a lake: statements in, batches of rows out.

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray};
use datafusion::catalog::TableProvider;
use datafusion::common::TableReference;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::{SQLOptions, SessionConfig, SessionContext};
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::Statement as Sql;
use tokio::runtime::{Builder, Runtime};

use crate::error::Error;
use crate::lake::{FRESH, Lake, LakeCatalog, LakeSchema};
use crate::names::{DATABASE, SCHEMA};
use crate::redshift;
use crate::statement::{Access, Parameter, bind, from_engine, parse_one, permit, replace};
use crate::types::sql_name;
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

/// A lake that can be asked.
#[derive(Clone)]
pub struct Warehouse {
    lake: Arc<Lake>,
    context: SessionContext,
    access: Access,
}

/// A statement that has been understood.
#[derive(Debug, Clone)]
pub struct Planned {
    plan: LogicalPlan,
    sql: Arc<str>,
}

impl std::fmt::Debug for Warehouse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Warehouse").field("lake", &self.lake).field("access", &self.access).finish_non_exhaustive()
    }
}

impl Warehouse {
    /// Opens a lake.
    ///
    /// # Errors
    /// As [`Lake::open`].
    pub fn open(path: &Path, limits: &Limits, access: Access) -> Result<Self, Error> {
        let lake = Arc::new(Lake::open(path)?);
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
        let schema = Arc::new(LakeSchema::new(Arc::clone(&lake)));
        context.register_catalog(DATABASE, Arc::new(LakeCatalog(schema)));
        // The path of a file tells where the service's files lie.
        context.deregister_udf("input_file_name");
        Ok(Self { lake, context, access })
    }

    /// The lake.
    #[must_use]
    pub fn lake(&self) -> &Lake {
        &self.lake
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
        mut statement: Statement,
        sql: &str,
        parameters: &[Parameter],
    ) -> Result<Planned, Error> {
        permit(&statement, self.access)?;
        let planned = |plan| Planned { plan, sql: sql.into() };
        if let Some(batch) = self.listing(&statement, sql).await? {
            let frame = self.context.read_batch(batch).map_err(|error| from_engine(&error, sql))?;
            return Ok(planned(frame.into_unoptimized_plan()));
        }
        let places = replace(&mut statement, parameters)?;
        redshift::rewrite(&mut statement)?;
        let plan = self.context.state().statement_to_plan(statement).await.map_err(|error| from_engine(&error, sql))?;
        let mutable = self.access == Access::Write;
        let options = SQLOptions::new().with_allow_ddl(mutable).with_allow_dml(false).with_allow_statements(false);
        options.verify_plan(&plan).map_err(|error| from_engine(&error, sql))?;
        Ok(planned(bind(plan, &places, parameters, sql)?))
    }

    /// Runs a statement; rows come as they are found.
    ///
    /// # Errors
    /// [`Error::Statement`] where it fails on the data, [`Error::System`] where memory or files fail.
    pub async fn run(&self, planned: Planned) -> Result<SendableRecordBatchStream, Error> {
        let run = async || self.context.execute_logical_plan(planned.plan).await?.execute_stream().await;
        run().await.map_err(|error| from_engine(&error, &planned.sql))
    }

    /// What `show tables` and `describe` list.
    async fn listing(&self, statement: &Statement, sql: &str) -> Result<Option<RecordBatch>, Error> {
        let Statement::Statement(parsed) = statement else { return Ok(None) };
        let batch = match parsed.as_ref() {
            Sql::ShowTables { .. } => self.list_tables()?,
            Sql::ExplainTable { table_name, .. } => {
                let name = TableReference::parse_str(&table_name.to_string());
                let table = self.context.table_provider(name).await.map_err(|error| from_engine(&error, sql))?;
                columns(&table)?
            }
            _ => return Ok(None),
        };
        Ok(Some(batch))
    }

    fn list_tables(&self) -> Result<RecordBatch, Error> {
        let tables = self.lake.tables()?;
        let names: StringArray = tables.keys().map(Some).collect();
        let files: Int64Array = tables.values().map(|table| i64::try_from(table.files.len()).ok()).collect();
        let bytes = tables.values().map(|table| table.files.iter().map(|file| file.bytes).sum::<u64>());
        let bytes: Int64Array = bytes.map(|bytes| i64::try_from(bytes).ok()).collect();
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
