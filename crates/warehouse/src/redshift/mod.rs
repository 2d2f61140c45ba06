//! Words of Redshift's SQL that the query engine lacks, or means otherwise.
//!
//! Some are rewritten when the statement is read ([`rewrite`]); the others are functions.

mod add;
mod arithmetic;
mod arrays;
mod diff;
mod from_text;
mod function;
mod last_read;
mod month;
mod numeral;
mod part;
mod pattern;
mod rewrite;
mod to_char;

use std::sync::Arc;

use datafusion::execution::SessionState;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::logical_expr::ScalarUDF;

pub(crate) use rewrite::rewrite;

/// Adds the functions and operators.
pub(crate) fn with_words(builder: SessionStateBuilder) -> SessionState {
    let functions = [
        add::function(),
        diff::function(),
        month::add_months(),
        month::last_day(),
        to_char::function(),
        from_text::to_date(),
        from_text::to_timestamp(),
    ];
    let mut builder = builder;
    // Where two have one name, the later is kept: ours.
    builder
        .scalar_functions()
        .get_or_insert_default()
        .extend(functions.into_iter().map(|function| Arc::new(ScalarUDF::from(function))));
    builder.expr_planners().get_or_insert_default().insert(0, Arc::new(arithmetic::Days));
    builder.build()
}
