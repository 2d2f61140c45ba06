//! What was found, told once by kind.

use std::collections::BTreeMap;

/// Findings of one kind that are listed one by one.
const LISTED: usize = 5;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The hub's validation refuses the file.
    Error,
    /// The hub takes it, but it is probably not meant.
    Warning,
}

/// Something wrong with a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The line, from 1, where it has one.
    pub line: Option<u64>,
    /// What is wrong, with the value, and what to do about it.
    pub message: String,
    /// How many rows or tasks it concerns.
    pub count: usize,
}

/// Findings by kind, so that a mistake in every row is told once.
#[derive(Debug, Default)]
pub(super) struct Findings {
    found: Vec<(&'static str, Finding)>,
    counts: BTreeMap<&'static str, usize>,
}

impl Findings {
    fn add(&mut self, kind: &'static str, severity: Severity, row: Option<usize>, message: String) {
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        if *count <= LISTED {
            let line = row.map(|row| row as u64 + 2);
            self.found.push((kind, Finding { severity, line, message, count: 1 }));
        }
    }

    pub(super) fn error(&mut self, kind: &'static str, row: impl Into<Option<usize>>, message: String) {
        self.add(kind, Severity::Error, row.into(), message);
    }

    pub(super) fn warning(&mut self, kind: &'static str, row: impl Into<Option<usize>>, message: String) {
        self.add(kind, Severity::Warning, row.into(), message);
    }

    pub(super) fn finish(self) -> Vec<Finding> {
        let Self { mut found, counts } = self;
        let mut last: BTreeMap<&str, usize> = BTreeMap::new();
        for (place, (kind, _)) in found.iter().enumerate() {
            last.insert(kind, place);
        }
        for (kind, place) in last {
            let more = counts[kind].saturating_sub(LISTED);
            if more > 0 {
                found[place].1.count = more + 1;
            }
        }
        let mut findings: Vec<Finding> = found.into_iter().map(|(_, finding)| finding).collect();
        findings.sort_by_key(|finding| (finding.severity, finding.line));
        findings
    }
}
