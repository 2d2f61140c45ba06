//! Statements that are prepared: their values have places and come later.

use datafusion::common::ParamValues;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::Statement;

use super::{Planned, Warehouse};
use crate::error::Error;
use crate::lake::LakeSchema;
use crate::redshift;
use crate::statement::{Access, from_engine, permit};

impl Planned {
    /// What the engine is to do.
    pub(crate) const fn logical(&self) -> &LogicalPlan {
        &self.plan
    }

    /// The statement with values at its places.
    pub(crate) fn with_values(self, values: ParamValues) -> Result<Self, Error> {
        let plan = self.plan.with_param_values(values).map_err(|error| from_engine(&error, &self.sql))?;
        Ok(Self { plan, ..self })
    }
}

impl Warehouse {
    /// Understands a statement whose values have places `$1`, `$2`, …: [`Planned::with_values`] gives them.
    pub(crate) async fn plan_places(&self, mut statement: Statement, sql: &str) -> Result<Planned, Error> {
        permit(&statement, self.access)?;
        let manifest = self.tables.as_ref().map(|tables| tables.current()).transpose()?;
        let context = self.context_at(manifest.as_ref());
        if let Some(listed) = self.listed(&context, &statement, sql, manifest.as_ref()).await? {
            return Ok(listed);
        }
        redshift::rewrite(&mut statement)?;
        self.understood(context, statement, sql).await
    }

    /// Understands a statement with an engine of other catalogs.
    pub(crate) async fn plan_in(
        &self,
        context: &SessionContext,
        statement: Statement,
        sql: &str,
    ) -> Result<Planned, Error> {
        permit(&statement, self.access)?;
        self.understood(context.clone(), statement, sql).await
    }

    /// The same for statements that only read.
    pub(crate) fn reading(&self) -> Self {
        Self { access: Access::Read, ..self.clone() }
    }

    /// All tables, as they are whenever one is asked for.
    pub(crate) fn tables_now(&self) -> LakeSchema {
        self.tables.as_ref().map_or_else(|| self.schema.clone(), |tables| self.schema.now(tables))
    }
}
