//! Patterns of a column, of which nearly always one stands in all rows.

use datafusion::error::{DataFusionError, Result};

/// Reads a column's patterns, one that repeats only once.
pub(super) struct LastRead<'a, P> {
    function: &'static str,
    read: fn(&str) -> Result<P, String>,
    last: Option<(&'a str, P)>,
}

impl<'a, P> LastRead<'a, P> {
    /// For this function's patterns, which are understood by `read`.
    pub(super) const fn new(function: &'static str, read: fn(&str) -> Result<P, String>) -> Self {
        Self { function, read, last: None }
    }

    /// What a pattern says.
    ///
    /// # Errors
    /// Where it is not understood.
    pub(super) fn of(&mut self, pattern: &'a str) -> Result<&P> {
        let last = match self.last.take().filter(|(known, _)| *known == pattern) {
            Some(last) => last,
            None => (
                pattern,
                (self.read)(pattern).map_err(|reason| {
                    DataFusionError::Execution(format!("{} does not understand {reason}", self.function))
                })?,
            ),
        };
        Ok(&self.last.insert(last).1)
    }
}
