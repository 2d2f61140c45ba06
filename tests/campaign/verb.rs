//! The verbs that write, each with an earlier result, the result of the attacked run, and that of another run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::common;

/// Contents of a folder, less clocks and paths.
pub(crate) type Content = BTreeMap<String, Vec<u8>>;

/// Longer than any run of this campaign takes on a busy machine.
const LONGEST: Duration = Duration::from_secs(300);

/// Makes the command of a run into a folder.
type Run = fn(&Path, Which) -> Command;

/// A verb and how it is run into a folder: with the earlier settings, the attacked ones, or others.
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

/// Which of three runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    Earlier,
    Attacked,
    Other,
}

/// All verbs, and the folder that holds their earlier results.
pub(crate) struct Verbs {
    pub(crate) all: Vec<Verb>,
    _folder: tempfile::TempDir,
}

fn program(arguments: &[&str]) -> Command {
    let mut command =
        Command::new(std::env::var_os("COUNTYCAST_PROGRAM").unwrap_or(env!("CARGO_BIN_EXE_countycast").into()));
    for variable in ["COUNTYCAST_DATA_DIR", "XDG_CACHE_HOME", "HOME"] {
        command.env_remove(variable);
    }
    command.args(arguments);
    command
}

impl Which {
    fn seed(self) -> &'static str {
        ["1", "2", "3"][self as usize]
    }
}

fn project(folder: &Path, which: Which) -> Command {
    let mut command = program(&["project", "--as-of", "2020-10-24", "--seed", which.seed(), "--data"]);
    command.arg(common::demo()).arg("--out").arg(folder.join("out")).arg("--archive").arg(folder.join("archive"));
    command.arg("--config").arg(folder.join("quick.toml"));
    command
}

fn what_if(folder: &Path, which: Which) -> Command {
    let mut command =
        program(&["what-if", "--set", "masks.strength=1", "--fips", "19001", "--draws", "20", "--horizon"]);
    command.args(["14", "--engines", "flat,seir", "--seed", which.seed(), "--data"]);
    command.arg(common::demo()).arg("--out").arg(folder.join("out"));
    command
}

fn tune(folder: &Path, which: Which) -> Command {
    // The trials of one search are not replaced by those of another: the earlier result is one of fewer trials.
    let budget = if which == Which::Earlier { "1" } else { "4" };
    let mut command = program(&["tune", "--engine", "trend", "--state", "IA", "--from", "2020-08-29", "--to"]);
    command.args(["2020-08-29", "--budget", budget, "--data"]).arg(common::demo());
    command.arg("--space").arg(folder.join("space.toml")).arg("--config").arg(folder.join("quick.toml"));
    command.arg("--out").arg(folder.join("out"));
    command
}

fn evaluate(folder: &Path, which: Which) -> Command {
    let to = if which == Which::Earlier { "2020-09-12" } else { "2020-09-19" };
    let mut command = program(&["evaluate", "--archive", "--from", "2020-09-12", "--to", to, "--data"]);
    command.arg(common::demo()).arg("--config").arg(folder.join("quick.toml")).arg("--out").arg(folder.join("out"));
    command
}

fn report(folder: &Path, which: Which) -> Command {
    let run = if which == Which::Earlier { "run-1" } else { "run-2" };
    let mut command = program(&["report"]);
    command.arg(folder.join(run)).arg("--data").arg(common::demo()).arg("--site").arg(folder.join("out"));
    command
}

fn data_demo(folder: &Path, _: Which) -> Command {
    let mut command = program(&["data", "demo"]);
    command.arg(folder.join("out"));
    command
}

impl Verbs {
    pub(crate) fn new(names: &[&str]) -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let mut all = Vec::new();
        let verbs: [(&'static str, Run); 6] = [
            ("project", project),
            ("what-if", what_if),
            ("tune", tune),
            ("evaluate", evaluate),
            ("report", report),
            ("data demo", data_demo),
        ];
        for (name, command) in verbs.into_iter().filter(|(name, _)| names.contains(name)) {
            all.push(Verb::new(&folder.path().join(name.replace(' ', "-")), name, command));
        }
        Self { all, _folder: folder }
    }
}

impl Verb {
    fn new(folder: &Path, name: &'static str, command: Run) -> Self {
        let settings =
            "draws = 100\nhorizon_days = 14\nengine_names = [\"flat\", \"trend\"]\n[blend]\nhindcast_weeks = 2\n";
        let space = "\"engines.trend.rise.cases\" = { low = 0.2, high = 1.0 }\n";
        let mut verb =
            Self { name, command, before: folder.join("before"), results: Default::default(), takes: Duration::ZERO };
        let run = |folder: &Path, which: Which| {
            let output = end(verb.command(folder, which)).unwrap();
            assert!(output.status.success(), "{name}: {}", common::text(&output.stderr));
        };
        fs::create_dir_all(&verb.before).unwrap();
        fs::write(verb.before.join("quick.toml"), settings).unwrap();
        fs::write(verb.before.join("space.toml"), space).unwrap();
        if name == "report" {
            for (number, seed) in ["1", "2"].into_iter().enumerate() {
                let mut command = program(&["project", "--seed", seed, "--state", "IA", "--data"]);
                command.arg(common::demo()).arg("--config").arg(verb.before.join("quick.toml"));
                command.arg("--out").arg(verb.before.join(format!("run-{}", number + 1)));
                assert!(end(command).unwrap().status.success());
            }
        }
        // A folder of data is written once.
        if name != "data demo" {
            run(&verb.before, Which::Earlier);
        }
        let mut results = [content(&verb.before), Content::new(), Content::new()];
        let mut takes = Duration::ZERO;
        for which in [Which::Attacked, Which::Other] {
            let again = folder.join("again");
            copy(&verb.before, &again);
            let began = Instant::now();
            run(&again, which);
            takes = began.elapsed();
            results[which as usize] = content(&again);
            fs::remove_dir_all(again).unwrap();
        }
        (verb.results, verb.takes) = (results, takes);
        verb
    }

    /// The run, which prints as it does for people.
    pub(crate) fn command(&self, folder: &Path, which: Which) -> Command {
        (self.command)(folder, which)
    }

    /// Lays the earlier result into a new folder.
    pub(crate) fn lay(&self, folder: &Path) {
        copy(&self.before, folder);
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
        let whole = self.name == "data demo" && folder.join("out").exists();
        if !output.status.success() && !whole {
            return Err(format!("the next run: {}", common::text(&output.stderr)));
        }
        let found = content(folder);
        let expected = &self.results[Which::Attacked as usize];
        if found != *expected {
            return Err(different(expected, &found));
        }
        if !output.status.success() {
            // Nothing runs there any more that would remove a lock file.
            return Ok(());
        }
        let hidden = common::names(folder).into_iter().filter(|name| name.starts_with('.')).collect::<Vec<_>>();
        if hidden.is_empty() { Ok(()) } else { Err(format!("{hidden:?} stayed")) }
    }
}

/// The results alone: an archive may hold a day that its run was killed after.
fn results_of(content: &Content) -> Content {
    content.iter().filter(|(name, _)| !name.starts_with("archive/")).map(|(n, b)| (n.clone(), b.clone())).collect()
}

fn different(expected: &Content, found: &Content) -> String {
    let names = expected.keys().chain(found.keys()).filter(|name| expected.get(*name) != found.get(*name));
    let names: std::collections::BTreeSet<_> = names.collect();
    format!("other files: {:?}", names.into_iter().take(6).collect::<Vec<_>>())
}

/// Results and archive; what depends on clocks and on what was reused is left out.
fn content(folder: &Path) -> Content {
    let mut content = Content::new();
    for part in ["out", "archive"] {
        if !folder.join(part).exists() {
            continue;
        }
        for (name, mut bytes) in common::files(&folder.join(part)) {
            if name.ends_with("trials.parquet")
                || name.ends_with("summary.txt")
                || name == "key"
                || name.contains("response.")
            {
                // With the seconds of each trial.
                bytes.clear();
            }
            if name.ends_with("run.json") || name == "summary.json" {
                let mut document: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
                let fields = document.as_object_mut().unwrap();
                ["stages", "data", "notices", "reused"].iter().for_each(|field| drop(fields.remove(*field)));
                bytes = serde_json::to_vec(&document).unwrap();
            }
            content.insert(format!("{part}/{name}"), bytes);
        }
    }
    content
}

/// Runs a command to its end; one that panics or hangs is a loss.
pub(crate) fn end(mut command: Command) -> Result<Output, String> {
    ended(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap())
}

/// Waits for a run.
pub(crate) fn ended(mut child: std::process::Child) -> Result<Output, String> {
    let start = Instant::now();
    let mut stderr = child.stderr.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut told = Vec::new();
        std::io::Read::read_to_end(&mut stderr, &mut told).map(|_| told).unwrap_or_default()
    });
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if start.elapsed() > LONGEST => {
                child.kill().unwrap();
                child.wait().unwrap();
                return Err("it hung".to_owned());
            }
            None => sleep(Duration::from_millis(2)),
        }
    };
    let stderr = reader.join().unwrap();
    let told = common::text(&stderr);
    if status.code() == Some(101) || told.contains("panicked") {
        return Err(format!("it panicked: {told}"));
    }
    Ok(Output { status, stdout: Vec::new(), stderr })
}

/// Copies a folder with all that it holds.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(drop).unwrap() }
    }
}
