//! The synthetic counties.

use countycast_engine::{Fips, Streams};
use rand::RngExt;

/// Columns of a state's grid of counties; it has [`ROWS`] rows.
pub(super) const COLUMNS: usize = 8;
/// Rows of a state's grid.
pub(super) const ROWS: usize = 5;
/// Counties per state with almost no history: the last ones of its grid.
const SPARSE: usize = 7;

/// A state and the course of its epidemic.
#[derive(Debug, Clone, Copy)]
pub(super) struct State {
    pub(super) fips: u32,
    pub(super) name: &'static str,
    pub(super) short: &'static str,
    /// Its first county's number; the others follow in steps of two, as real ones do.
    pub(super) first_county: u32,
    /// Reproduction number before any response.
    pub(super) first_peak: f64,
    /// Day on which the first wave is brought under control, since the first day.
    pub(super) first_end: f64,
    /// Reproduction number of the second wave.
    pub(super) second_peak: f64,
    /// First and last day of the second wave.
    pub(super) second: [f64; 2],
    /// Share of infections reported at the start and at the end.
    pub(super) ascertainment: [f64; 2],
    /// Factor of each weekday on reports, Sunday first, mean 1.
    pub(super) weekday: [f64; 7],
}

/// Real codes; everything else is synthetic.
pub(super) const STATES: [State; 3] = [
    State {
        fips: 19,
        name: "Iowa",
        short: "IA",
        first_county: 1,
        first_peak: 2.3,
        first_end: 68.0,
        second_peak: 1.22,
        second: [150.0, 222.0],
        ascertainment: [0.10, 0.30],
        weekday: [0.75, 0.85, 1.05, 1.1, 1.15, 1.15, 0.95],
    },
    State {
        fips: 31,
        name: "Nebraska",
        short: "NE",
        first_county: 1,
        first_peak: 2.5,
        first_end: 64.0,
        second_peak: 1.25,
        second: [185.0, 250.0],
        ascertainment: [0.12, 0.28],
        weekday: [0.35, 0.9, 1.2, 1.25, 1.2, 1.15, 0.95],
    },
    State {
        fips: 46,
        name: "South Dakota",
        short: "SD",
        first_county: 3,
        first_peak: 2.1,
        first_end: 72.0,
        second_peak: 1.28,
        second: [215.0, 320.0],
        ascertainment: [0.08, 0.25],
        // No reports on Sundays: Mondays include them.
        weekday: [0.02, 1.58, 1.1, 1.1, 1.15, 1.15, 0.9],
    },
];

/// A synthetic county.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) fips: Fips,
    /// Position of its state in [`STATES`].
    pub(super) state: usize,
    /// Position within the state's grid, row by row.
    pub(super) cell: usize,
    pub(super) name: String,
    pub(super) population: f64,
    /// Share of residents over 65.
    pub(super) over_65: f64,
    /// Social vulnerability, 0 to 1.
    pub(super) vulnerability: f64,
    /// Staffed beds; none where there is no hospital.
    pub(super) beds: Option<f64>,
    pub(super) sparse: bool,
    /// Days by which its waves come after the state's.
    pub(super) lag: f64,
    /// Factor on the state's reproduction number.
    pub(super) pace: f64,
}

impl Place {
    pub(super) fn state(&self) -> &'static State {
        &STATES[self.state]
    }

    /// Random streams of the demonstration in this county.
    pub(super) fn streams(&self, seed: u64) -> Streams {
        Streams::new(seed, "demo", self.fips)
    }
}

/// All counties, by FIPS code.
pub(super) fn all(seed: u64) -> Vec<Place> {
    let cells = (0..STATES.len()).flat_map(|state| (0..COLUMNS * ROWS).map(move |cell| (state, cell)));
    cells
        .enumerate()
        .filter_map(|(i, (state, cell))| {
            let code = STATES[state].fips * 1_000 + STATES[state].first_county + 2 * cell as u32;
            Fips::from_county(code).map(|fips| invent(seed, fips, state, cell, i + 1))
        })
        .collect()
}

fn invent(seed: u64, fips: Fips, state: usize, cell: usize, number: usize) -> Place {
    let mut rng = Streams::new(seed, "demo", fips).rng("place", 0);
    let sparse = cell >= COLUMNS * ROWS - SPARSE;
    // Log-uniform: two cities, a few towns, many small counties; the sparse ones are hamlets.
    let u: f64 = rng.random();
    let population: f64 = match cell {
        _ if sparse => 400.0 + 900.0 * u,
        10 => 450_000.0 + 150_000.0 * u,
        21 => 180_000.0 + 80_000.0 * u,
        _ => 3_000.0 * (30.0_f64).powf(u * u),
    };
    let vulnerability: f64 = rng.random();
    let rural = (1.0 - (population / 500_000.0).powf(0.3)).clamp(0.0, 1.0);
    let over_65 = 0.13 + 0.1 * rural + 0.03 * (rng.random::<f64>() - 0.5);
    let has_hospital = population > 20_000.0 || (!sparse && rng.random_bool(0.5));
    Place {
        fips,
        state,
        cell,
        name: format!("Demo {number}"),
        population: population.round(),
        over_65,
        vulnerability,
        beds: has_hospital.then(|| (population * (0.0015 + 0.002 * rng.random::<f64>())).ceil().max(10.0)),
        sparse,
        lag: 14.0 * rural * rng.random::<f64>(),
        pace: (if sparse { 0.75 } else { 1.0 }) * (0.96 + 0.06 * rng.random::<f64>() + 0.03 * vulnerability),
    }
}
