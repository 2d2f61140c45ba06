//! The shape of the project: what may know what, and how long a file may be.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Rust files below a folder, with paths below the project's.
fn sources(folder: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders: Vec<PathBuf> = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                // Crates with a workspace of their own build in their folders.
                if !path.ends_with("target") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root()).unwrap().display().to_string();
                found.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    assert!(!found.is_empty(), "no source in {folder}");
    found
}

/// Manifests of the model crates, by folder name: the tables of each.
fn models() -> BTreeMap<String, toml::Table> {
    let folders = fs::read_dir(root().join("models")).unwrap().map(|entry| entry.unwrap().path());
    let manifest = |folder: PathBuf| {
        let text = fs::read_to_string(folder.join("Cargo.toml")).ok()?;
        Some((folder.file_name().unwrap().to_str().unwrap().to_owned(), text.parse().unwrap()))
    };
    let models: BTreeMap<_, _> = folders.filter_map(manifest).collect();
    assert!(models.contains_key("engine") && models.contains_key("testkit") && models.len() >= 4);
    models
}

fn dependencies(manifest: &toml::Table, kind: &str) -> Vec<String> {
    manifest.get(kind).and_then(toml::Value::as_table).map(|t| t.keys().cloned().collect()).unwrap_or_default()
}

#[test]
fn models_know_neither_tables_nor_the_command_line() {
    for (model, manifest) in models() {
        for dependency in dependencies(&manifest, "dependencies") {
            let foreign = ["polars", "clap", "csv", "arrow", "parquet"];
            assert!(!foreign.iter().any(|name| dependency.starts_with(name)), "models/{model} depends on {dependency}");
        }
    }
}

#[test]
fn models_depend_on_the_contract_and_not_on_each_other() {
    for (model, manifest) in models() {
        let ours = |kind| dependencies(&manifest, kind).into_iter().filter(|name| name.starts_with("countycast"));
        for dependency in ours("dependencies") {
            assert!(["countycast-boost", "countycast-engine"].contains(&dependency.as_str()), "models/{model}");
            assert_ne!(model, "engine", "the contract depends on no crate of the project");
        }
        for dependency in ours("dev-dependencies") {
            let known = ["countycast-engine", "countycast-testkit", "countycast-reference"];
            assert!(known.contains(&dependency.as_str()), "tests of models/{model} depend on {dependency}");
        }
    }
}

#[test]
fn every_model_keeps_the_conformance_suite() {
    for model in models().keys().filter(|model| !["engine", "testkit"].contains(&model.as_str())) {
        let tests = sources(&format!("models/{model}/tests"));
        let runs = tests.values().any(|text| text.contains("conformance::check"));
        assert!(runs, "no test of models/{model} runs countycast_testkit::conformance::check");
    }
}

#[test]
fn tables_stay_at_the_edges() {
    let edges = ["finder", "lake", "output", "evaluate", "report", "tune", "what_if"];
    for (file, text) in sources("src") {
        let part = file.trim_start_matches("src/").split(['/', '.']).next().unwrap();
        let uses = text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains("polars"));
        assert!(!uses || edges.contains(&part), "{file} uses polars");
    }
}

#[test]
fn the_program_knows_engines_in_the_registry_alone() {
    let crates: Vec<String> = models()
        .keys()
        .filter(|model| !["engine", "testkit"].contains(&model.as_str()))
        .map(|model| format!("countycast_{model}"))
        .collect();
    for (file, text) in sources("src").into_iter().filter(|(file, _)| file != "src/pipeline/registry.rs") {
        for name in &crates {
            assert!(!text.contains(name.as_str()), "{file} names {name}");
        }
    }
}

#[test]
fn modules_use_only_what_stands_above_them() {
    // A module uses those of the levels above its own, and none beside it.
    let levels: [&[&str]; 15] = [
        &["panel", "scores", "recent"],
        &["error", "reproduction"],
        &["observed", "policies"],
        &["phase", "fallback", "blend", "capacity"],
        &["pipeline"],
        &["config", "weekly"],
        &["identity"],
        &["output"],
        &["finder", "lake", "pictures"],
        &["project"],
        &["evaluate", "tune", "what_if"],
        &["report"],
        &["cli"],
        &["lib"],
        &["main"],
    ];
    let level = |module: &str| levels.iter().position(|level| level.contains(&module));
    for (file, text) in sources("src") {
        let module = file.trim_start_matches("src/").split(['/', '.']).next().unwrap();
        let own = level(module).unwrap_or_else(|| panic!("{file} is on no level"));
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for rest in line.split("crate::").skip(1) {
                let used = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap();
                let known = level(used).is_none_or(|level| level < own || used == module);
                assert!(known, "{file} uses crate::{used}: {line}");
            }
        }
    }
}

#[test]
fn files_are_short() {
    let mut lengths = Vec::new();
    for folder in ["src", "crates", "models", "tests", "benches", "examples"] {
        for (file, text) in sources(folder) {
            let lines = text.lines().count();
            assert!(lines <= 400, "{file} has {lines} lines: split it");
            lengths.push(lines);
        }
    }
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(median <= 150, "half of the files have over {median} lines");
}

/// Cargo says nothing of a file that no module declares: its code is not compiled, and its tests do not run.
#[test]
fn every_source_file_is_declared_as_a_module() {
    let mut folders = vec!["src".to_owned()];
    for parent in ["crates", "models"] {
        let packages = fs::read_dir(root().join(parent)).unwrap();
        folders.extend(packages.map(|entry| format!("{parent}/{}/src", entry.unwrap().file_name().to_str().unwrap())));
    }
    let mut undeclared = Vec::new();
    for folder in folders.iter().filter(|folder| root().join(folder).is_dir()) {
        let files = sources(folder);
        for name in files.keys() {
            let path = Path::new(name);
            let (stem, parent) = (path.file_stem().unwrap().to_str().unwrap(), path.parent().unwrap());
            let (module, parent) = match stem {
                "lib" | "main" => continue,
                "mod" => (parent.file_name().unwrap().to_str().unwrap(), parent.parent().unwrap()),
                _ => (stem, parent),
            };
            let declares = |file: PathBuf| {
                let text = files.get(file.to_str().unwrap());
                text.is_some_and(|text| text.lines().any(|line| line.trim().ends_with(&format!("mod {module};"))))
            };
            let beside = ["lib.rs", "main.rs", "mod.rs"].map(|file| parent.join(file));
            if !beside.into_iter().chain([parent.with_extension("rs")]).any(declares) {
                undeclared.push(name.clone());
            }
        }
    }
    assert!(undeclared.is_empty(), "no module declares {undeclared:?}");
}
