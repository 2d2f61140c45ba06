//! Damaged files of an archive and of a result: named and left out, or refused; never shown, never a panic.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rand::RngExt;
use rand::rngs::StdRng;

use super::common::{self, scratch, text};
use super::table::Table;
use super::verb::{Verbs, Which, end};

/// Damages a file: a bit turned, cut, filled with zeros, emptied, of something else, or a pipe.
fn damage(path: &Path, chance: &mut StdRng) {
    let mut bytes = fs::read(path).unwrap();
    let place = chance.random_range(0..bytes.len().max(1)).min(bytes.len().saturating_sub(1));
    match chance.random_range(0..6) {
        0 => bytes[place] ^= 1 << chance.random_range(0..8),
        1 => bytes.truncate(place),
        2 => bytes[place..].fill(0),
        3 => bytes.clear(),
        4 => bytes = b"something else".to_vec(),
        _ => {
            fs::remove_file(path).unwrap();
            assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
            return;
        }
    }
    fs::write(path, bytes).unwrap();
}

fn one_of(folder: &Path, chance: &mut StdRng) -> PathBuf {
    let all: Vec<String> = common::files(folder).into_keys().collect();
    folder.join(&all[chance.random_range(0..all.len())])
}

fn verb_of(verbs: &Verbs, name: &str) -> usize {
    verbs.all.iter().position(|verb| verb.name == name).unwrap()
}

pub(crate) fn files(verbs: &Verbs, trials: usize, chance: &mut StdRng, table: &mut Table) {
    for trial in 0..trials {
        let folder = scratch();
        if trial % 2 == 0 {
            let verb = &verbs.all[verb_of(verbs, "project")];
            verb.lay(folder.path());
            let (out, archive) = (folder.path().join("out"), folder.path().join("archive"));
            damage(&one_of(&archive, chance), chance);
            let loss = end(verb.command(folder.path(), Which::Attacked)).and_then(|output| {
                if !output.status.success() {
                    return Err(text(&output.stderr));
                }
                // Other numbers than from a whole archive have a notice that says why.
                let same = verb.holds(folder.path(), &[Which::Attacked]);
                let notices = common::manifest(&out)["notices"].to_string();
                if notices.contains("archive: ") { Ok(()) } else { same }
            });
            let notices = common::manifest(&out)["notices"].to_string();
            table.add("damaged file", "project, archive", notices.contains("archive: "), loss);
        } else {
            let verb = &verbs.all[verb_of(verbs, "report")];
            verb.lay(folder.path());
            let damaged = one_of(&folder.path().join("run-2"), chance);
            damage(&damaged, chance);
            let ended = end(verb.command(folder.path(), Which::Attacked));
            let met = ended.as_ref().is_ok_and(|output| !output.status.success());
            let loss = ended.and_then(|output| match output.status.code() {
                // The hub file of the run's own day is not read.
                Some(0) => verb.holds(folder.path(), &[Which::Attacked]),
                Some(2) => verb.holds(folder.path(), &[Which::Earlier]),
                _ => Err(format!("it ended with {}: {}", output.status, text(&output.stderr))),
            });
            table.add("damaged file", "report, run", met, loss);
        }
    }
}
