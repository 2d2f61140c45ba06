//! PostgreSQL's own tables and functions, which tools ask for what there is.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::catalog::{CatalogProvider, CatalogProviderList, MemoryCatalogProvider, MemoryCatalogProviderList};
use datafusion::common::ScalarValue;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, Volatility, create_udf};
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::Statement;
use datafusion_pg_catalog::pg_catalog::context::EmptyContextProvider;
use datafusion_pg_catalog::setup_pg_catalog;
use datafusion_pg_catalog::sql::PostgresCompatibilityParser;

use super::session::setting;
use crate::engine::{Planned, Warehouse};
use crate::error::Error;
use crate::names::{DATABASE, SCHEMA};
use crate::statement::{check_depth, from_engine};

/// Longest statement that asks the catalogs, in bytes: tools ask in less.
const MOST: usize = 16 << 10;

/// Words of statements that ask PostgreSQL's catalogs.
const SIGNS: [&str; 12] = [
    "pg_",
    "information_schema",
    "version()",
    "current_schema",
    "current_database",
    "current_catalog",
    "current_user",
    "session_user",
    "::reg",
    "to_reg",
    "current_setting",
    "has_",
];

/// A setting by its name, which is given as a text.
fn shown(arguments: &[ColumnarValue]) -> Result<ColumnarValue, DataFusionError> {
    let name = match arguments {
        [ColumnarValue::Scalar(name)] => name.try_as_str().flatten(),
        _ => None,
    };
    let name = name.ok_or_else(|| DataFusionError::Execution("current_setting takes the name of a setting".into()))?;
    let value = setting(name).ok_or_else(|| DataFusionError::Execution(format!("there is no setting {name}")))?;
    Ok(ColumnarValue::Scalar(ScalarValue::Utf8(Some(value.to_owned()))))
}

/// The engine with PostgreSQL's catalogs.
pub(super) struct Catalog {
    context: SessionContext,
    parser: PostgresCompatibilityParser,
}

impl std::fmt::Debug for Catalog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Catalog")
    }
}

impl Catalog {
    pub(super) fn new(warehouse: &Warehouse) -> Result<Self, Error> {
        let failed = |error: DataFusionError| from_engine(&error, "");
        let database = MemoryCatalogProvider::new();
        database.register_schema(SCHEMA, Arc::new(warehouse.tables_now())).map_err(failed)?;
        let catalogs = MemoryCatalogProviderList::new();
        catalogs.register_catalog(DATABASE.to_owned(), Arc::new(database));
        let context = warehouse.context_over(Arc::new(catalogs));
        setup_pg_catalog(&context, DATABASE, EmptyContextProvider).map_err(|error| failed(*error))?;
        let version = format!(
            "PostgreSQL {}, countycast {}",
            setting("server_version").unwrap_or_default(),
            env!("CARGO_PKG_VERSION")
        );
        let answer = ColumnarValue::Scalar(ScalarValue::Utf8(Some(version)));
        let version = Arc::new(move |_: &[ColumnarValue]| Ok(answer.clone()));
        context.register_udf(create_udf("version", vec![], DataType::Utf8, Volatility::Stable, version));
        let text = vec![DataType::Utf8];
        let shown = Arc::new(|arguments: &[ColumnarValue]| shown(arguments));
        context.register_udf(create_udf("current_setting", text.clone(), DataType::Utf8, Volatility::Stable, shown));
        // Drivers ask for types of extensions, of which there are none.
        let none = Arc::new(|_: &[ColumnarValue]| Ok(ColumnarValue::Scalar(ScalarValue::Int64(None))));
        context.register_udf(create_udf("to_regtype", text, DataType::Int64, Volatility::Stable, none));
        Ok(Self { context, parser: PostgresCompatibilityParser::new() })
    }

    /// Whether a statement may ask the catalogs.
    pub(super) fn is_asked(sql: &str) -> bool {
        if sql.len() > MOST {
            return false;
        }
        let sql = sql.to_ascii_lowercase();
        SIGNS.iter().any(|sign| sql.contains(sign))
    }

    /// Understands a statement that asks the catalogs.
    pub(super) async fn plan(&self, warehouse: &Warehouse, sql: &str) -> Result<Planned, Error> {
        let mut read =
            self.parser.parse(sql).map_err(|error| from_engine(&DataFusionError::SQL(Box::new(error), None), sql))?;
        match (read.pop(), read.is_empty()) {
            (Some(statement), true) => {
                let statement = Statement::Statement(Box::new(statement));
                check_depth(&statement)?;
                warehouse.plan_in(&self.context, statement, sql).await
            }
            _ => Err(Error::statement("there is no statement, or more than one", "give them one by one")),
        }
    }
}
