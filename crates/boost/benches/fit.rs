//! Trees for as many rows and columns as three thousand counties have in half a year.
//!
//! `cargo bench -p countycast-boost`

use std::hint::black_box;
use std::time::Instant;

use countycast_boost::{Bins, Booster, Loss, Params};

const ROWS: usize = 170_000;
const COLUMNS: usize = 70;
const TREES: usize = 40;

/// A number from 0 to 1 that looks random.
fn noise(row: usize, column: usize) -> f32 {
    let mixed = (row as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15 ^ ((column as u64) << 17)).rotate_left(23);
    (mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40) as f32 / (1 << 24) as f32
}

fn main() {
    let features = |row| -> [f32; COLUMNS] {
        std::array::from_fn(|column| match column % 5 {
            0 if row % 11 == 0 => f32::NAN,
            1 => (4.0 * noise(row, column)).floor(),
            _ => noise(row, column),
        })
    };
    let rows: Vec<[f32; COLUMNS]> = (0..ROWS).map(features).collect();
    let target = |row: &[f32; COLUMNS]| f64::from(row[2] * row[3] + 0.3 * row[1] - row[4] * row[4] + 0.5 * row[7]);
    let targets: Vec<f64> = rows.iter().enumerate().map(|(r, row)| target(row) + f64::from(noise(r, 99))).collect();
    let weights = vec![1.0; ROWS];
    let numbers: Vec<u32> = (0..ROWS as u32).collect();
    let params = Params {
        loss: Loss::Squared,
        trees: TREES,
        learning_rate: 0.06,
        leaf_weight: 20.0,
        ridge: 10.0,
        row_share: 0.35,
        column_share: 0.3,
        ..Params::default()
    };

    let time = |what: &str, per: usize, unit: &str, work: &mut dyn FnMut()| {
        let best = (0..3).map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64() / per as f64
        });
        println!("{what}: {:.3} {unit}", best.fold(f64::INFINITY, f64::min) * if unit == "ms" { 1e3 } else { 1e9 });
    };
    time("bins of all rows", 1, "ms", &mut || drop(black_box(Bins::new(&rows, &weights))));
    let bins = Bins::new(&rows, &weights);
    let fit = || Booster::fit(&bins, &numbers, &targets, &weights, &params);
    time("a tree", TREES, "ms", &mut || drop(black_box(fit())));
    let Ok(fit) = fit() else { return };
    let sum = || rows.iter().map(|row| fit.booster.predict(row)).sum::<f64>();
    time("an answer of a tree", TREES * ROWS, "ns", &mut || {
        black_box(sum());
    });
}
