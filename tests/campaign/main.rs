//! A campaign of attacks on every verb that writes: kills, full disks, two runs at once, damaged files.
//!
//! `cargo test` runs a few of each kind. The whole campaign, which prints its figures as a table, is
//! `COUNTYCAST_TRIALS=1000 cargo test --release --locked -p countycast --test campaign -- --ignored --nocapture`;
//! `COUNTYCAST_PROGRAM` names another build of the program to be attacked.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

#[path = "../common/mod.rs"]
mod common;

mod damage;
mod disk;
mod kill;
mod pair;
mod table;
mod verb;

use rand::SeedableRng;
use rand::rngs::StdRng;

use table::Table;
use verb::Verbs;

/// The verbs that write.
const ALL: [&str; 6] = ["project", "what-if", "tune", "evaluate", "report", "data demo"];

/// Kinds of attack, each with a share of the trials, on some verbs.
fn campaign(verbs: &[&str], trials: usize) -> Table {
    let verbs = Verbs::new(verbs);
    let mut chance = StdRng::seed_from_u64(23);
    let mut table = Table::default();
    kill::at_random_instants(&verbs, trials, &mut chance, &mut table);
    kill::before_system_calls(&verbs, trials, &mut chance, &mut table);
    disk::full(&verbs, trials.div_ceil(5), &mut chance, &mut table);
    pair::at_once(&verbs, trials.div_ceil(5), &mut chance, &mut table);
    damage::files(&verbs, trials.div_ceil(2), &mut chance, &mut table);
    table
}

#[test]
fn a_few_attacks_of_each_kind_lose_nothing() {
    let table = campaign(&["project", "what-if", "report"], 3);
    println!("{table}");
    table.check();
}

#[test]
#[ignore = "hours: see the head of this file"]
fn the_whole_campaign_loses_nothing() {
    let trials = std::env::var("COUNTYCAST_TRIALS").ok().and_then(|trials| trials.parse().ok()).unwrap_or(1_000);
    let table = campaign(&ALL, trials);
    println!("{table}");
    table.check();
}
