//! Damaged files of a lake and of a result: named and left out, or refused; never shown, never a panic.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rand::RngExt;
use rand::rngs::StdRng;

use super::common::{scratch, text};
use super::content::files;
use super::run::{end, otherwise};
use super::table::{Outcome, Table};
use super::verb::{Verbs, Which};

/// Verbs that read what an earlier run wrote, where it lies, and whether what is damaged is made again: the result is then that of an
/// undisturbed run.
const READ: [(&str, &str, bool); 6] = [
    ("project", "lake", false),
    ("project --signal", "lake", false),
    ("report", "run-2", false),
    ("evaluate", "out", false),
    ("evaluate --hub", "out/lake", true),
    ("tune", "out", false),
];

pub(crate) fn files_of_runs(verbs: &Verbs, trials: usize, table: &mut Table) {
    let attacked = verbs.among(&READ.map(|(name, ..)| name));
    table.make("damaged file", trials, |trial, chance| {
        let verb = attacked[trial % attacked.len()];
        let read = READ.iter().find(|(name, ..)| *name == verb.name);
        let (read, made_again) = read.map_or(("out", false), |(_, folder, again)| (*folder, *again));
        let folder = scratch();
        verb.lay(folder.path());
        let damaged = damage(&folder.path().join(read), chance);
        let before = files(&folder.path().join("out"));
        let output = end(verb.command(folder.path(), Which::Attacked));
        let refused = output.as_ref().is_ok_and(|output| !output.status.success());
        let told = refused || says_so(&folder.path().join("out"));
        let loss = output.and_then(|output| match output.status.code() {
            // Other numbers than from a whole lake have a notice that says why.
            Some(0) if told && !made_again => Ok(()),
            Some(0) => verb.holds(folder.path(), &[Which::Attacked]),
            Some(2) if files(&folder.path().join("out")) == before && text(&output.stderr).contains("help: ") => Ok(()),
            Some(2) => Err(format!("it changed the result, or told no remedy: {}", text(&output.stderr))),
            _ => otherwise(&output),
        });
        Outcome { verb: verb.name, met: told, loss: loss.map_err(|loss| format!("{}: {loss}", damaged.display())) }
    });
}

/// Damages a file: a bit turned, cut, filled with zeros, emptied, of something else, or a pipe.
fn damage(folder: &Path, chance: &mut StdRng) -> PathBuf {
    let all: Vec<String> = files(folder).into_keys().collect();
    let path = folder.join(&all[chance.random_range(0..all.len())]);
    let mut bytes = fs::read(&path).unwrap();
    let place = chance.random_range(0..bytes.len().max(1)).min(bytes.len().saturating_sub(1));
    match chance.random_range(0..6) {
        0 => bytes[place] ^= 1 << chance.random_range(0..8),
        1 => bytes.truncate(place),
        2 => bytes[place..].fill(0),
        3 => bytes.clear(),
        4 => bytes = b"something else".to_vec(),
        _ => {
            fs::remove_file(&path).unwrap();
            assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
            return path;
        }
    }
    fs::write(&path, bytes).unwrap();
    path
}

/// Whether a run says that it left out, or made again, what was damaged in its lake.
fn says_so(out: &Path) -> bool {
    let tells = |name: &String| name.ends_with("run.json") || name.ends_with("summary.json");
    let manifests = files(out).into_iter().filter(|(name, _)| tells(name));
    manifests.map(|(_, text)| text).any(|text| {
        let manifest: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
        manifest["notices"].to_string().contains("lake: ")
    })
}
