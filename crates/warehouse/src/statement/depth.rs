//! How deeply a statement may be nested, once it has been read.

use std::ops::ControlFlow;

use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{Expr, Visit, Visitor};

use crate::error::Error;

/// Most expressions within each other. A sum of as many terms is nested as deeply, without a parenthesis.
const MOST: usize = 1_000;

/// Refuses a statement whose planning would take minutes, or more stack than there is.
pub(crate) fn check(statement: &Statement) -> Result<(), Error> {
    let sql = match statement {
        Statement::Statement(sql) => sql,
        Statement::Explain(explain) => return check(&explain.statement),
        _ => return Ok(()),
    };
    match sql.visit(&mut Depth(0)) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(Error::statement(
            format!("the statement is nested too deeply: {MOST} expressions within each other are the most"),
            "write long sums and conditions as a list: `x in (…)`, or a join with a table of the values",
        )),
    }
}

struct Depth(usize);

impl Visitor for Depth {
    type Break = ();

    fn pre_visit_expr(&mut self, _: &Expr) -> ControlFlow<()> {
        self.0 += 1;
        if self.0 > MOST { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn post_visit_expr(&mut self, _: &Expr) -> ControlFlow<()> {
        self.0 -= 1;
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::STACK;
    use crate::statement::parse;

    #[test]
    fn long_lists_are_fine_and_long_chains_are_not() {
        std::thread::Builder::new().stack_size(STACK).spawn(check_all).unwrap().join().unwrap();
    }

    fn check_all() {
        assert!(parse(&format!("select 1 where 1 in ({}1)", "1,".repeat(20_000))).is_ok());
        assert!(parse(&format!("select {}1", "1+".repeat(900))).is_ok());
        for sql in
            [format!("select {}1", "1+".repeat(51_000)), format!("select 1 where {}true", "true or ".repeat(10_000))]
        {
            let message = parse(&sql).unwrap_err().to_string();
            assert!(message.contains("nested too deeply"), "{message}");
        }
    }
}
