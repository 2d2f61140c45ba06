//! The whole nation, one to one: 325 million people in 3,142 counties, built and simulated for four weeks at the
//! prevalence of October 2020 (0.06 % of people infected a day, then somewhat more). One county after the other, each thread its own.
//!
//! `cargo bench -p countycast-abm --bench nation`

use std::sync::Arc;
use std::time::Instant;

use countycast_abm::{Disease, Epidemic, Key, Plan, Population, Profile, Settings, Tables, World};
use countycast_engine::{Contacts, Severity};
use rayon::prelude::*;

const COUNTIES: usize = 3_142;
const PEOPLE: f64 = 331e6;
const DAYS: usize = 28;
/// Infections a day for each person, four of them for each of 50,000 reported cases.
const INCIDENCE: f64 = 6e-4;

fn main() {
    // Sizes like those of real counties: the largest with 10 million, the median with 26,000.
    let raw: Vec<f64> = (0..COUNTIES).map(|rank| (rank as f64 + 4.0).powf(-1.05)).collect();
    let total: f64 = raw.iter().sum();
    let sizes: Vec<usize> = raw.iter().map(|share| (share / total * PEOPLE).min(10e6) as usize).collect();
    let settings = Settings::default();
    let tables = Arc::new(Tables::new(&settings, &Severity::default()));
    let begin = Instant::now();
    let infections: u64 = sizes
        .par_iter()
        .enumerate()
        .map(|(county, &people)| {
            let key = Key::from_seed(county as u64);
            let population = Population::build(people, &Profile::default(), key);
            let disease = Disease::new(&settings, Arc::clone(&tables), Contacts::united_states(), &population);
            let plan = Plan::usual();
            let (population, disease, plan) = (&population, &disease, &plan);
            let world = World { population, disease, plan, first_weekday: 0, unit: 1.0, levels: 1 };
            let mut epidemic = Epidemic::new(population, key);
            // Three weeks of infections by chance put the chains in motion.
            let imports = |day: usize| if day < 21 { (INCIDENCE * people as f64) as usize } else { 0 };
            (0..21 + DAYS).map(|day| u64::from(epidemic.step(&world, day, 1.0, imports(day)).infections())).sum::<u64>()
        })
        .sum();
    let people: usize = sizes.iter().sum();
    println!("{people} people, 21 + {DAYS} days: {:.1} s, {infections} infections", begin.elapsed().as_secs_f64());
}
