//! Same seed, same bytes: whatever the number of threads, whichever other counties are in the run.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use common::{assert_same, bytes, demo, manifest, project, projections, scratch, succeed, table, texts};

#[test]
fn one_thread_and_two_write_the_same_bytes() {
    let folder = scratch();
    let all = countycast::pipeline::names().join(",");
    succeed(project(demo(), folder.path(), "one", &["--jobs", "1", "--engines", &all]));
    succeed(project(demo(), folder.path(), "two", &["--jobs", "2", "--engines", &all]));
    let [one, two] = ["one", "two"].map(|out| bytes(&folder.path().join(out)));
    assert_eq!(
        one.keys().collect::<Vec<_>>(),
        [
            "capacity.parquet",
            "care.parquet",
            "counties.parquet",
            "hub/countycast-blend/2020-10-24-countycast-blend.csv",
            "projections.parquet",
            "run.json"
        ]
    );
    assert_same(&one, &two);
}

#[test]
fn another_seed_writes_other_numbers() {
    let folder = scratch();
    succeed(project(demo(), folder.path(), "a", &["--fips", "19001", "--seed", "1"]));
    succeed(project(demo(), folder.path(), "b", &["--fips", "19001", "--seed", "2"]));
    let [a, b] = ["a", "b"].map(|out| projections(&folder.path().join(out)));
    assert_eq!(a.len(), b.len());
    assert_ne!(a, b);
}

#[test]
fn a_county_alone_has_the_rows_that_it_has_among_all() {
    let folder = scratch();
    succeed(project(demo(), folder.path(), "all", &[]));
    let all = projections(&folder.path().join("all"));
    let counties = table(&folder.path().join("all/counties.parquet"));
    let phases: Vec<_> = texts(&counties, "fips").into_iter().zip(texts(&counties, "phase")).collect();
    // A county on its own, one that follows its state, and a state.
    let first = |phase: &str| phases.iter().find(|(fips, p)| fips.len() == 5 && p == phase).unwrap().0.clone();
    for fips in [first("independent"), first("fallback"), "46".to_owned(), "US".to_owned()] {
        succeed(project(demo(), folder.path(), "alone", &["--fips", &fips]));
        let alone = projections(&folder.path().join("alone"));
        let among: Vec<_> = all.iter().filter(|row| row.fips == fips).cloned().collect();
        assert!(!alone.is_empty(), "{fips}");
        assert!(alone == among, "{fips}: {} rows alone, {} among all, or other values", alone.len(), among.len());
        let lines = |out: &str| -> Vec<String> {
            let text = std::fs::read_to_string(
                folder.path().join(out).join("hub/countycast-blend/2020-10-24-countycast-blend.csv"),
            )
            .unwrap();
            text.lines().filter(|line| line.split(',').nth(4) == Some(&fips)).map(str::to_owned).collect()
        };
        assert_eq!(lines("alone"), lines("all"));
        assert_eq!(texts(&table(&folder.path().join("alone/counties.parquet")), "fips"), [fips]);
    }
}

#[test]
fn the_manifest_names_what_decides_the_bytes() {
    let folder = scratch();
    succeed(project(demo(), folder.path(), "out", &["--fips", "19001", "--seed", "7"]));
    let manifest = manifest(&folder.path().join("out"));
    assert_eq!(manifest["seed"], 7);
    assert_eq!(manifest["config"], common::QUICK);
}
