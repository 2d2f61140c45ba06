//! A campaign of attacks on every verb that writes: kills, full disks, two runs at once, damaged files.
//!
//! `cargo test` runs a few of each kind. The whole campaign, which prints its figures as tables, is
//! `cargo test --workspace --locked --test campaign -- --ignored --nocapture --test-threads 1`; a name selects a part.
//! `COUNTYCAST_PROGRAM` names another build of the program to be attacked, `COUNTYCAST_PERCENT` a share of the trials.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

#[path = "../common/mod.rs"]
mod common;

mod commands;
mod content;
mod damage;
mod data;
mod disk;
mod kill;
mod pair;
mod run;
mod table;
mod verb;

use std::sync::OnceLock;

use table::Table;
use verb::Verbs;

#[test]
fn a_few_attacks_of_each_kind_lose_nothing() {
    let verbs = Verbs::new(&["project", "evaluate --hub", "report", "data demo"]);
    let mut table = Table::default();
    kill::at_random_instants(&verbs, 8, &mut table);
    kill::before_system_calls(&verbs, Some(4), &mut table);
    disk::full(&verbs, 2, &mut table);
    pair::at_once(&verbs, 2, &mut table);
    damage::files_of_runs(&verbs, 4, &mut table);
    table.end();
}

/// All verbs.
fn all() -> &'static Verbs {
    static ALL: OnceLock<Verbs> = OnceLock::new();
    ALL.get_or_init(|| Verbs::new(&[]))
}

/// So many trials of an attack on all verbs, unless the environment asks for another share of them.
fn whole(trials: usize, attack: fn(&Verbs, usize, &mut Table)) {
    let percent = std::env::var("COUNTYCAST_PERCENT").ok().and_then(|percent| percent.parse().ok()).unwrap_or(100);
    let mut table = Table::default();
    attack(all(), (trials * percent).div_ceil(100), &mut table);
    table.end();
}

#[test]
#[ignore = "takes long: a part of the whole campaign"]
fn kills_at_random_instants_lose_nothing() {
    whole(1_000, kill::at_random_instants);
}

#[test]
#[ignore = "takes long: a part of the whole campaign"]
fn kills_before_each_kind_of_system_call_lose_nothing() {
    let mut table = Table::default();
    kill::before_system_calls(all(), None, &mut table);
    table.end();
}

#[test]
#[ignore = "takes long: a part of the whole campaign"]
fn full_disks_lose_nothing() {
    whole(200, disk::full);
}

#[test]
#[ignore = "takes long: a part of the whole campaign"]
fn two_runs_at_once_mix_nothing() {
    whole(200, pair::at_once);
}

#[test]
#[ignore = "takes long: a part of the whole campaign"]
fn damaged_files_are_named_and_never_shown() {
    whole(500, damage::files_of_runs);
}
