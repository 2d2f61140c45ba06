//! The wheel is built from the same crates as the workspace's tests.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// By package with its version, the features that it is built with, for programs and for macros.
fn features(arguments: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    command.args(["tree", "--locked", "--offline", "--prefix", "none", "--format", "{p}|{f}"]).args(arguments);
    let output = command.current_dir(root).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut found = BTreeMap::<String, BTreeSet<String>>::new();
    // Lines between kinds of dependencies are empty.
    for line in String::from_utf8(output.stdout).unwrap().lines().filter(|line| line.contains('|')) {
        let (package, features) = line.trim_end_matches(" (*)").split_once('|').unwrap();
        found.entry(package.to_owned()).or_default().insert(features.to_owned());
    }
    found
}

/// With other features a crate and all that use it are compiled once more, for polars a matter of many minutes. What this test
/// names is added to `python/Cargo.toml`, where the like stands.
#[test]
fn alone_it_has_the_features_of_the_workspace() {
    let (alone, workspace) =
        (features(&["--package", "countycast-python", "--edges", "no-dev"]), features(&["--workspace"]));
    assert!(alone.len() > 100 && alone.keys().any(|package| package.starts_with("polars-core v")));
    let other: Vec<String> = alone
        .iter()
        .filter(|(package, features)| !features.is_subset(&workspace[*package]))
        .map(|(package, features)| format!("{package} has {features:?}, in the workspace {:?}", workspace[package]))
        .collect();
    assert!(other.is_empty(), "{}", other.join("\n"));
}
