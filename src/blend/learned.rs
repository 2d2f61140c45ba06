//! What the archive teaches the blend.

use countycast_engine::{Date, Target};

use super::settings::Settings;
use super::shares::{self, Shares};
use super::stratum::Stratum;
use crate::evaluate::{Run, Scored, Truth, score};
use crate::quantiles::Row;

/// Shares of the engines, learned from past projections and what came true.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Learned {
    shares: Shares,
    /// As-of days that were learned from.
    pub days: usize,
}

impl Learned {
    /// Learns from runs whose truth has at least partly come in by `as_of`. `truth` ends there.
    #[must_use]
    pub fn from(past: &[Run], truth: &Truth, as_of: Date, settings: &Settings) -> Self {
        let scored: Vec<(Date, Vec<Scored>)> =
            past.iter().map(|run| (run.as_of, score(run, truth))).filter(|(_, scored)| !scored.is_empty()).collect();
        Self { days: scored.len(), shares: shares::learn(&scored, as_of, settings) }
    }

    /// Shares of these engines, which add up to 1. One that was never scored has the mean share of the others.
    #[must_use]
    pub fn shares(&self, target: Target, stratum: Stratum, engines: &[&str]) -> Vec<f64> {
        let known = self.shares.get(&(target, stratum));
        let share = |engine: &&str| known.and_then(|known| known.get(*engine)).copied();
        let found: Vec<f64> = engines.iter().filter_map(share).collect();
        let mean = if found.is_empty() { 1.0 } else { found.iter().sum::<f64>() / found.len() as f64 };
        let raw: Vec<f64> = engines.iter().map(|engine| share(engine).unwrap_or(mean)).collect();
        let sum: f64 = raw.iter().sum();
        raw.into_iter().map(|share| share / sum).collect()
    }

    /// All shares as rows: target, stratum, engine, share.
    pub fn rows(&self) -> impl Iterator<Item = (Target, Stratum, &str, f64)> {
        self.shares.iter().flat_map(|((target, stratum), engines)| {
            engines.iter().map(|(engine, share)| (*target, *stratum, engine.as_str(), *share))
        })
    }
}

/// The weighted mean of rows, level by level.
pub(super) fn average<'a>(rows: impl Iterator<Item = &'a Row>, shares: &[f64]) -> Row {
    let mut sums = [0.0_f64; 23];
    for (row, share) in rows.zip(shares) {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += share * f64::from(*value);
        }
    }
    sums.map(|sum| sum as f32)
}
