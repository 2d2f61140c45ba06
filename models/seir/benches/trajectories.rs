//! Trajectories of 180 days per second on one core, beside a bare loop of the same arithmetic.
//!
//! `cargo bench -p countycast-seir`

#![allow(clippy::needless_range_loop, reason = "one index over several arrays reads as the equations do")]

use std::hint::black_box;
use std::time::Instant;

use countycast_seir::{Forces, Mixing, Rates, STEPS_PER_DAY, State, Strain};

const DAYS: usize = 180;
const RATES: Rates = Rates { latent: 3.5, infectious: 3.0, heterogeneity: 1.0 };

/// Calls a second, from calls within about a second; the best of five.
fn per_second(mut once: impl FnMut() -> f64) -> f64 {
    let rate = |_| {
        let (start, mut calls) = (Instant::now(), 0.0);
        while start.elapsed().as_secs_f64() < 0.3 {
            for _ in 0..20 {
                black_box(once());
                calls += 1.0;
            }
        }
        calls / start.elapsed().as_secs_f64()
    };
    (0..5).map(rate).fold(0.0, f64::max)
}

fn model<const A: usize>(mixing: &Mixing<A>) -> f64 {
    let mut strain = Strain::<A>::NONE;
    strain.exposed[0] = [10.0; A];
    let mut state =
        State::<A, 1> { susceptible: mixing.people().map(|n| n - 10.0), strains: [strain], removed: [0.0; A] };
    let forces = Forces::reproduction(black_box(1.3));
    (0..DAYS).map(|_| state.day(&RATES, &forces, mixing)[0][0]).sum()
}

/// The same equations without strains, vaccination, waning and checks: Heun's method on flat arrays.
fn bare<const A: usize>(rates: &[[f64; A]; A], people: [f64; A]) -> f64 {
    let (step, out_e, out_i) = (1.0 / STEPS_PER_DAY as f64, 3.0 / RATES.latent, 3.0 / RATES.infectious);
    let beta = black_box(1.3) / RATES.infectious;
    let mut x = [[0.0; A]; 8];
    x[0] = people.map(|n| n - 10.0);
    x[1] = [10.0; A];
    let slope = |x: &[[f64; A]; 8]| {
        let mut d = [[0.0; A]; 8];
        let mut infectious = [0.0; A];
        for a in 0..A {
            infectious[a] = x[4][a] + x[5][a] + x[6][a];
        }
        for a in 0..A {
            let force: f64 = rates[a].iter().zip(&infectious).map(|(rate, i)| rate * i).sum();
            d[0][a] = x[0][a] * beta * force;
            for j in 1..4 {
                d[j][a] = out_e * x[j][a];
                d[j + 3][a] = out_i * x[j + 3][a];
            }
        }
        d
    };
    let advance = |x: &[[f64; A]; 8], d: &[[f64; A]; 8]| {
        let mut next = *x;
        for a in 0..A {
            next[0][a] -= step * d[0][a];
            for j in 1..8 {
                next[j][a] += step * (d[j - 1][a] - d[j][a]);
            }
        }
        next
    };
    let mut total = 0.0;
    for _ in 0..DAYS * STEPS_PER_DAY {
        let first = slope(&x);
        let second = slope(&advance(&x, &first));
        let mut mean = first;
        for (mean, second) in mean.iter_mut().flatten().zip(second.iter().flatten()) {
            *mean = 0.5 * (*mean + second);
        }
        x = advance(&x, &mean);
        total += step * mean[0][0];
    }
    total
}

fn compare<const A: usize>(name: &str) {
    let people = [1e6 / A as f64; A];
    let contacts = std::array::from_fn(|a| std::array::from_fn(|b| 1.0 + ((a * A + b) % 3) as f64));
    let mixing = Mixing::new(&contacts, &[1.0; A], people);
    let scale = 1.0 / Mixing::new(&contacts, &[1.0; A], people).people().iter().sum::<f64>();
    let rates = contacts.map(|row: [f64; A]| row.map(|c| c * scale / 2.0));
    let (ours, plain) = (per_second(|| model(&mixing)), per_second(|| bare(&rates, people)));
    println!("{name}: {ours:.0} trajectories/s, bare loop {plain:.0}/s, {:.0} %", 100.0 * ours / plain);
}

fn main() {
    compare::<1>("one group");
    compare::<8>("eight age groups");
}
