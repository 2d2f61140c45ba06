//! `run.json`: inputs, settings, timings and failures of a run.

use std::collections::BTreeMap;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::pipeline::Moved;

/// The manifest of a run.
#[derive(Debug, Clone, Serialize)]
pub struct Manifest {
    /// Program version.
    pub version: &'static str,
    /// Last day of data used.
    pub as_of: String,
    /// Days projected.
    pub horizon_days: usize,
    /// Seed of all random streams.
    pub seed: u64,
    /// Engines, in the order of the output.
    pub engines: Vec<&'static str>,
    /// Whether counts were read as published on the as-of day.
    pub vintage: bool,
    /// Whether every resident was simulated: `--full-scale`.
    pub full_scale: bool,
    /// Past as-of days that the blend has learned from; 0 without an archive.
    pub learned_from_days: usize,
    /// As-of day of the archived parameters that fits started from, if there were any.
    pub fits_begun_with: Option<String>,
    /// Share of each engine in the blend by target and stratum, where the blend has learned.
    pub weights: Vec<WeightRow>,
    /// Calibration factors of county intervals, where the blend has learned them.
    pub calibration: Vec<CalibrationRow>,
    /// Whether the panel is synthetic.
    pub synthetic: bool,
    /// Hash of everything except the data that determines the result: version, settings, places, as-of day, vintage.
    pub settings_sha256: String,
    /// Settings given by the user, as written; empty for the defaults.
    pub config: String,
    /// Files read.
    pub inputs: Vec<Input>,
    /// Notices of the reader.
    pub notices: Vec<String>,
    /// Time per stage.
    pub stages: Vec<Stage>,
    /// Locations by phase.
    pub phases: BTreeMap<String, usize>,
    /// Engine failures by engine and kind.
    pub failures: BTreeMap<String, usize>,
    /// Repairs by kind.
    pub repairs: BTreeMap<String, usize>,
    /// Locations without a projection.
    pub without_projection: Vec<String>,
    /// Effect of one standard deviation of each determinant on the log risk of cases and of deaths.
    pub fallback_coefficients: BTreeMap<&'static str, [f64; 2]>,
    /// How far they have moved, if the archive has past ones.
    pub fallback_drift: Option<Drift>,
    /// States and the nation as sums of their counties: which projections were replaced, by target.
    pub coherence: Vec<Moved>,
    /// Models of many places: what they were trained on.
    pub models: Vec<ModelRow>,
}

/// How far the fallback's coefficients have moved.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drift {
    /// As-of day of the oldest run in the blend's window whose coefficients are known.
    pub since: String,
    /// Change since then of the effect on cases and on deaths.
    pub changes: BTreeMap<&'static str, [f64; 2]>,
}

/// A model of many places that took part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelRow {
    /// The engine.
    pub engine: String,
    /// As-of day of the run that trained it.
    pub trained_as_of: String,
    /// First day of the counts that it was trained on.
    pub first_day: String,
    /// Last day of them.
    pub last_day: String,
    /// Counties.
    pub counties: usize,
    /// Number of training rows (past days of places).
    pub rows: usize,
}

/// Share of an engine in the blend of a class of places.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WeightRow {
    /// `inc case` or `inc death`.
    pub target: &'static str,
    /// `Q1` (smallest counties) to `Q5`, or `region`.
    pub stratum: String,
    /// The engine.
    pub model: String,
    /// Its share, 0 to 1.
    pub share: f64,
}

/// Factors on the distance from the median, on the scale of log(x + 1), of weekly cases in a class of counties.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalibrationRow {
    /// Population quintile, 1 (smallest) to 5.
    pub quintile: u8,
    /// `growing`, `turning` or `declining`.
    pub course: &'static str,
    /// Weeks after the as-of day.
    pub week: u8,
    /// At 10, 25, 75 and 90 %.
    pub factors: [f64; 4],
}

/// A file read.
#[derive(Debug, Clone, Serialize)]
pub struct Input {
    /// Path within the data folder.
    pub path: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Last day in it, where it has days.
    pub last_day: Option<String>,
}

/// Time of a stage.
#[derive(Debug, Clone, Serialize)]
pub struct Stage {
    /// Its name.
    pub name: &'static str,
    /// Wall-clock seconds.
    pub wall_seconds: f64,
    /// CPU seconds over all cores.
    pub cpu_seconds: f64,
}

/// Measures stages.
pub struct Stopwatch {
    since: (Instant, f64),
    stages: Vec<Stage>,
}

impl Default for Stopwatch {
    fn default() -> Self {
        Self { since: (Instant::now(), cpu_seconds()), stages: Vec::new() }
    }
}

impl Stopwatch {
    /// Ends the current stage and begins the next.
    pub fn lap(&mut self, name: &'static str) {
        let (wall, cpu) = (self.since.0.elapsed().as_secs_f64(), cpu_seconds());
        self.stages.push(Stage { name, wall_seconds: wall, cpu_seconds: cpu - self.since.1 });
        self.since = (Instant::now(), cpu);
    }

    /// The stages so far.
    #[must_use]
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }
}

fn cpu_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}
