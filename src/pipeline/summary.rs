//! Counts over a batch.

use std::collections::BTreeMap;

use super::projected::Projected;

/// Counts over a batch.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Summary {
    /// Engine failures by engine and kind.
    pub failures: BTreeMap<String, usize>,
    /// Locations by phase.
    pub phases: BTreeMap<String, usize>,
    /// Locations without a projection.
    pub without: Vec<String>,
}

impl Summary {
    /// Counts a group's results.
    pub fn add(&mut self, results: &[Projected]) {
        for projected in results {
            *self.phases.entry(projected.phase.kind().name().to_owned()).or_default() += 1;
            for failure in &projected.failures {
                *self.failures.entry(format!("{}: {}", failure.engine, failure.kind)).or_default() += 1;
            }
            if projected.blend.is_none() {
                self.without.push(projected.fips.to_string());
            }
        }
    }

    /// Adds another's counts.
    pub fn merge(&mut self, other: Self) {
        for (kind, n) in other.failures {
            *self.failures.entry(kind).or_default() += n;
        }
        for (phase, n) in other.phases {
            *self.phases.entry(phase).or_default() += n;
        }
        self.without.extend(other.without);
    }
}
