//! Who watches a fetch, and may stop it.

/// Told what happens; asked whether to go on.
pub trait Watch {
    /// Whether to stop.
    fn stopped(&self) -> bool {
        false
    }

    /// So many bytes have come.
    fn received(&self, _bytes: u64) {}

    /// Something worth telling: a wait, a second attempt.
    fn note(&self, _text: &str) {}
}

impl Watch for () {}
