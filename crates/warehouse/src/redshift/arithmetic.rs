//! `date + 7` and `date - date`, which are a date and a number of days.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::error::Result;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::{Expr, ExprSchemable, Operator, binary_expr, cast, lit};
use datafusion::sql::sqlparser::ast::BinaryOperator;

/// Arithmetic of dates in days.
#[derive(Debug)]
pub(super) struct Days;

impl ExprPlanner for Days {
    fn plan_binary_op(&self, expr: RawBinaryExpr, schema: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        let operator = match expr.op {
            BinaryOperator::Plus => Operator::Plus,
            BinaryOperator::Minus => Operator::Minus,
            _ => return Ok(PlannerResult::Original(expr)),
        };
        let (Ok(left), Ok(right)) = (expr.left.get_type(schema), expr.right.get_type(schema)) else {
            return Ok(PlannerResult::Original(expr));
        };
        let planned = match (&left, operator, &right) {
            (DataType::Date32, _, days) if days.is_integer() => shifted(expr.left, operator, expr.right),
            (days, Operator::Plus, DataType::Date32) if days.is_integer() => shifted(expr.right, operator, expr.left),
            (DataType::Date32, Operator::Minus, DataType::Date32) => {
                let function = std::sync::Arc::new(super::diff::function().into());
                let arguments = vec![lit("day"), expr.right, expr.left];
                Expr::ScalarFunction(ScalarFunction::new_udf(function, arguments))
            }
            _ => return Ok(PlannerResult::Original(expr)),
        };
        Ok(PlannerResult::Planned(planned))
    }
}

/// A date some days later or earlier. Dates are days since 1970.
fn shifted(date: Expr, operator: Operator, days: Expr) -> Expr {
    cast(binary_expr(cast(date, DataType::Int32), operator, cast(days, DataType::Int32)), DataType::Date32)
}
