//! Settings that are one of a few named values.

/// One of a few values, each with a name that a person writes and a line on what it does.
pub trait Choice: Copy + Send + Sync + 'static {
    /// All values, in the order in which they are listed.
    const ALL: &'static [Self];
    /// The name, lower case.
    fn name(self) -> &'static str;
    /// What it does.
    fn about(self) -> &'static str;
}
