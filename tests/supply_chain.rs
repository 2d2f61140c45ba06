//! Licences, sources and doubled versions of other crates are those that `deny.toml` accepts.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;
use toml::{Table, Value};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn accepted() -> Table {
    fs::read_to_string(root().join("deny.toml")).unwrap().parse().unwrap()
}

fn cargo(arguments: &[&str]) -> Vec<u8> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    let output = command.args(arguments).args(["--locked", "--offline"]).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// All packages that are built for some system, with all features, or with tests: not those that `Cargo.lock` names for
/// options of others that nobody takes.
fn packages() -> Vec<Json> {
    let tree =
        cargo(&["tree", "--workspace", "--all-features", "--target", "all", "--prefix", "none", "--format", "{p}"]);
    // `serde v1.0.1 (proc-macro) (*)`
    let built: BTreeSet<String> = String::from_utf8(tree)
        .unwrap()
        .lines()
        .map(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
        .collect();
    let metadata: Json = serde_json::from_slice(&cargo(&["metadata", "--format-version", "1"])).unwrap();
    let is_built = |package: &&Json| {
        let [name, version] = ["name", "version"].map(|field| package[field].as_str().unwrap());
        built.contains(&format!("{name} v{version}"))
    };
    metadata["packages"].as_array().unwrap().iter().filter(is_built).cloned().collect()
}

fn texts(list: &Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// Whether an expression of licences can be met with those accepted. Braces stand for what is known already.
fn is_met(expression: &str, accepted: &BTreeSet<String>) -> bool {
    if let Some((before, rest)) = expression.split_once('(') {
        let (inner, after) = rest.split_once(')').unwrap();
        let known = if is_met(inner, accepted) { "{yes}" } else { "{no}" };
        return is_met(&format!("{before}{known}{after}"), accepted);
    }
    let one = |licence: &str| licence == "{yes}" || accepted.contains(licence);
    let slashes = expression.replace(" / ", " OR ").replace('/', " OR ");
    slashes.split(" OR ").any(|all| all.split(" AND ").all(|licence| one(licence.trim())))
}

#[test]
fn every_licence_is_accepted() {
    let accepted = accepted();
    let licences = &accepted["licenses"];
    let exceptions: BTreeMap<&str, &Value> = licences["exceptions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["crate"].as_str().unwrap(), &e["allow"]))
        .collect();
    let clarified: BTreeMap<&str, &str> = licences["clarify"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["crate"].as_str().unwrap(), e["expression"].as_str().unwrap()))
        .collect();
    let refused = packages().into_iter().filter_map(|package| {
        let name = package["name"].as_str().unwrap().to_owned();
        let expression =
            package["license"].as_str().or(clarified.get(name.as_str()).copied()).unwrap_or_default().to_owned();
        let mut allowed = texts(&licences["allow"]);
        exceptions.get(name.as_str()).into_iter().for_each(|more| allowed.extend(texts(more)));
        (!is_met(&expression, &allowed)).then(|| format!("{name}: `{expression}`"))
    });
    assert_eq!(refused.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn every_crate_comes_from_an_accepted_registry() {
    let accepted = accepted();
    let registries = texts(&accepted["sources"]["allow-registry"]);
    for package in packages() {
        let Some(source) = package["source"].as_str() else { continue };
        let known = source.strip_prefix("registry+").is_some_and(|registry| registries.contains(registry));
        assert!(known, "{} comes from {source}", package["name"]);
    }
}

#[test]
fn no_crate_is_doubled_without_a_reason() {
    let accepted = accepted();
    let list = |name: &str| accepted["bans"][name].as_array().unwrap().clone();
    let skipped: BTreeSet<String> = list("skip")
        .iter()
        .chain(&list("skip-tree"))
        .map(|entry| {
            assert!(entry["reason"].as_str().is_some_and(|reason| reason.len() > 5), "{entry} has no reason");
            entry["crate"].as_str().unwrap().to_owned()
        })
        .collect();
    let mut versions = BTreeMap::<String, BTreeSet<String>>::new();
    let mut all = BTreeSet::new();
    for package in packages() {
        let [name, version] = ["name", "version"].map(|field| package[field].as_str().unwrap().to_owned());
        all.extend([name.clone(), format!("{name}@{version}")]);
        if !skipped.contains(&name) && !skipped.contains(&format!("{name}@{version}")) {
            versions.entry(name).or_default().insert(version);
        }
    }
    versions.retain(|_, versions| versions.len() > 1);
    assert_eq!(versions, BTreeMap::new(), "`cargo tree -i NAME@VERSION` tells who asks for each");
    let gone: Vec<_> = skipped.difference(&all).collect();
    assert!(gone.is_empty(), "deny.toml names what is not there any more: {gone:?}");
}

#[test]
fn nothing_from_the_network_is_piped_into_a_shell() {
    let script = fs::read_to_string(root().join(".ci/run")).unwrap();
    let piped = script.lines().find(|line| {
        line.split('|')
            .skip(1)
            .any(|command| ["sh", "bash", "sudo"].contains(&command.split_whitespace().next().unwrap_or("")))
    });
    assert_eq!(piped, None);
}

#[test]
fn expressions_of_licences() {
    let accepted = BTreeSet::from(["MIT".to_owned(), "ISC".to_owned()]);
    for met in ["MIT", "Apache-2.0/MIT", "GPL-3.0 OR ISC", "MIT AND ISC", "(MIT OR GPL-3.0) AND ISC"] {
        assert!(is_met(met, &accepted), "{met}");
    }
    for not in ["", "GPL-3.0", "MIT AND GPL-3.0", "(GPL-3.0 OR Apache-2.0) AND MIT"] {
        assert!(!is_met(not, &accepted), "{not}");
    }
}
