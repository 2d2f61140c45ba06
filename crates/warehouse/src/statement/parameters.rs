//! Named parameters, `:name`: values that take the place of an expression. They never become text of a statement.

use std::collections::HashMap;
use std::ops::ControlFlow;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::metadata::ScalarAndMetadata;
use datafusion::common::{ParamValues, ScalarValue};
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{Expr, Statement as Sql, Value, visit_expressions, visit_expressions_mut};

use super::explain::from_engine;
use crate::error::Error;

/// A named value. The statement says what type it is read as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Name, without the colon.
    pub name: String,
    /// Value as text.
    pub value: String,
}

/// The places of a statement that parameters take, and the parameter of each.
#[derive(Debug, Default)]
pub(crate) struct Places(HashMap<String, String>);

/// Whether a statement has a place for a parameter.
pub(crate) fn has_place(statement: &Statement, parameter: &str) -> bool {
    let sql = match statement {
        Statement::Statement(sql) => sql.as_ref(),
        Statement::Explain(explain) => return has_place(&explain.statement, parameter),
        _ => return false,
    };
    let found = visit_expressions(sql, |expr| match expr {
        Expr::Value(value) if is_place(&value.value, parameter) => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    found.is_break()
}

fn is_place(value: &Value, parameter: &str) -> bool {
    matches!(value, Value::Placeholder(written) if written.strip_prefix(':') == Some(parameter))
}

/// Gives each `:name` of a statement a place of its own: the same value may be read as another type elsewhere.
pub(crate) fn replace(statement: &mut Statement, parameters: &[Parameter]) -> Result<Places, Error> {
    let mut places = Places::default();
    let Some(sql) = sql_of(statement) else { return Ok(places) };
    let found = visit_expressions_mut(sql, |expr| {
        let Expr::Value(value) = expr else { return ControlFlow::Continue(()) };
        let Value::Placeholder(written) = &mut value.value else { return ControlFlow::Continue(()) };
        let name = written.trim_start_matches(':');
        if !written.starts_with(':') || !parameters.iter().any(|parameter| parameter.name == name) {
            return ControlFlow::Break(written.clone());
        }
        let place = format!("$place_{}", places.0.len() + 1);
        places.0.insert(place.clone(), name.to_owned());
        *written = place;
        ControlFlow::Continue(())
    });
    match found {
        ControlFlow::Continue(()) => Ok(places),
        ControlFlow::Break(written) if written.starts_with(':') => Err(Error::statement(
            format!("the statement has {written}, and there is no parameter of this name"),
            "give a value for each name after a colon",
        )),
        ControlFlow::Break(written) => Err(Error::statement(
            format!("the placeholder {written} is not understood"),
            "parameters have names: `where fips = :fips`",
        )),
    }
}

/// Puts the values at their places, each as the type that its place asks for.
pub(crate) fn bind(
    plan: LogicalPlan,
    places: &Places,
    parameters: &[Parameter],
    sql: &str,
) -> Result<LogicalPlan, Error> {
    if places.0.is_empty() {
        return Ok(plan);
    }
    let types = plan.get_parameter_types().map_err(|error| from_engine(&error, sql))?;
    let mut values = HashMap::new();
    for (place, name) in &places.0 {
        let Some(parameter) = parameters.iter().find(|parameter| parameter.name == *name) else { continue };
        let kind = types.get(place).and_then(Option::as_ref).unwrap_or(&DataType::Utf8);
        let text = ScalarValue::Utf8(Some(parameter.value.clone()));
        let value = text.cast_to(kind).map_err(|_| {
            Error::statement(
                format!("the parameter :{name} is {:?}, which is no {}", parameter.value, crate::types::sql_name(kind)),
                "give a value of the type of the column that it is compared with",
            )
        })?;
        values.insert(place.trim_start_matches('$').to_owned(), ScalarAndMetadata::from(value));
    }
    plan.with_param_values(ParamValues::Map(values)).map_err(|error| from_engine(&error, sql))
}

/// The part of a statement that holds expressions.
fn sql_of(statement: &mut Statement) -> Option<&mut Sql> {
    match statement {
        Statement::Statement(sql) => Some(sql),
        Statement::Explain(explain) => sql_of(&mut explain.statement),
        _ => None,
    }
}
