//! Progress and cancellation of a run.

/// Follows a run and may stop it.
pub trait Monitor: Sync {
    /// A stage of `total` steps begins.
    fn begin(&self, stage: &'static str, total: usize);
    /// One step of the stage is done.
    fn step(&self);
    /// A named step is done.
    fn finished(&self, _name: &str) {
        self.step();
    }
    /// Something to know before the run is done.
    fn note(&self, _text: &str) {}
    /// Whether the run should stop now.
    fn cancelled(&self) -> bool {
        false
    }
}

/// Follows nothing and never stops a run.
impl Monitor for () {
    fn begin(&self, _: &'static str, _: usize) {}
    fn step(&self) {}
}
