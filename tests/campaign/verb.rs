//! The verbs that write, each with an earlier result, the result of the attacked run, and that of another run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rayon::prelude::*;

use super::commands::{ALL, Run, finished};
use super::common::{names, text};
use super::content::{Content, content, copy, different, results_of};
use super::run::{end, otherwise};

/// What the commands read beside their data.
const SETTINGS: [(&str, &str); 2] = [
    (
        "quick.toml",
        "draws = 100\nhorizon_days = 14\nengine_names = [\"flat\", \"trend\"]\n[blend]\nhindcast_weeks = 2\n",
    ),
    ("space.toml", "\"engines.trend.rise.cases\" = { low = 0.2, high = 1.0 }\n"),
];

/// Which of three runs: with the earlier settings, the attacked ones, or others.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    Earlier,
    Attacked,
    Other,
}

impl Which {
    pub(crate) fn seed(self) -> &'static str {
        ["1", "2", "3"][self as usize]
    }
}

/// A verb and how it is run into a folder.
pub(crate) struct Verb {
    pub(crate) name: &'static str,
    command: Run,
    /// A folder of a trial with the earlier result.
    before: PathBuf,
    /// Contents of the results: earlier, attacked, other.
    results: [Content; 3],
    /// Of an undisturbed attacked run.
    pub(crate) takes: Duration,
}

/// Verbs with their undisturbed results.
pub(crate) struct Verbs {
    pub(crate) all: Vec<Verb>,
}

impl Verbs {
    /// Makes the undisturbed results of these verbs; of all if none are named.
    pub(crate) fn new(wanted: &[&str]) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("campaign-results");
        let chosen = ALL.into_par_iter().filter(|(name, _)| wanted.is_empty() || wanted.contains(name));
        Self { all: chosen.map(|(name, command)| Verb::new(&folder.join(name), name, command)).collect() }
    }

    pub(crate) fn of_trial(&self, trial: usize) -> &Verb {
        &self.all[trial % self.all.len()]
    }

    /// Those of these names that are attacked.
    pub(crate) fn among(&self, names: &[&str]) -> Vec<&Verb> {
        self.all.iter().filter(|verb| names.contains(&verb.name)).collect()
    }
}

impl Verb {
    fn new(folder: &Path, name: &'static str, command: Run) -> Self {
        let _ = fs::remove_dir_all(folder);
        let before = folder.join("before");
        fs::create_dir_all(&before).unwrap();
        SETTINGS.iter().for_each(|(name, text)| fs::write(before.join(name), text).unwrap());
        let succeed = |command: Command| {
            let output = end(command).unwrap();
            assert!(output.status.success(), "{name}: {}", text(&output.stderr));
        };
        if name == "report" {
            [("run-1", "1"), ("run-2", "2")].iter().for_each(|(out, seed)| succeed(finished(&before, out, seed)));
        }
        // A folder of data is written once.
        if name != "data demo" {
            succeed(command(&before, Which::Earlier));
        }
        let mut results = [content(&before), Content::new(), Content::new()];
        let mut takes = Duration::ZERO;
        for which in [Which::Attacked, Which::Other] {
            let again = folder.join("again");
            copy(&before, &again);
            let began = Instant::now();
            succeed(command(&again, which));
            takes = began.elapsed();
            results[which as usize] = content(&again);
            fs::remove_dir_all(again).unwrap();
        }
        Self { name, command, before, results, takes }
    }

    /// The run, which prints as it does for people.
    pub(crate) fn command(&self, folder: &Path, which: Which) -> Command {
        (self.command)(folder, which)
    }

    /// Lays the earlier result into a new folder.
    pub(crate) fn lay(&self, folder: &Path) {
        copy(&self.before, folder);
    }

    /// An undisturbed result.
    pub(crate) fn result(&self, which: Which) -> &Content {
        &self.results[which as usize]
    }

    /// Whether the run has a lake beside its result.
    pub(crate) fn has_lake(&self) -> bool {
        self.before.join("lake").exists()
    }

    /// Whether the folder holds one of these results as a whole.
    pub(crate) fn holds(&self, folder: &Path, any: &[Which]) -> Result<(), String> {
        let found = content(folder);
        let same = |which: &Which| results_of(&self.results[*which as usize]) == results_of(&found);
        if any.iter().any(same) { Ok(()) } else { Err(different(&self.results[any[0] as usize], &found)) }
    }

    /// Runs the attacked command to its end, which has to give what it gives undisturbed, with nothing left beside it.
    pub(crate) fn recovers(&self, folder: &Path) -> Result<(), String> {
        let output = end(self.command(folder, Which::Attacked))?;
        // A folder of data that is whole is not written again.
        let whole = self.name == "data demo" && text(&output.stderr).contains("is not empty");
        if !output.status.success() && !whole {
            return otherwise(&output);
        }
        let found = content(folder);
        let expected = &self.results[Which::Attacked as usize];
        if found != *expected {
            return Err(different(expected, &found));
        }
        let hidden: Vec<String> = names(folder).into_iter().filter(|name| name.starts_with('.')).collect();
        if hidden.is_empty() { Ok(()) } else { Err(format!("{hidden:?} stayed")) }
    }
}
