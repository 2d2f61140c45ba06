//! `kill -9`, at random instants and before each kind of system call.

use std::collections::BTreeMap;
use std::fs;
use std::thread::sleep;

use rand::RngExt;

use super::common::{scratch, text};
use super::run::{argument, end, ended, start, there_is, under};
use super::table::{Outcome, Table};
use super::verb::{Verb, Verbs, Which};

/// System calls that change what lies on the disk, or let go of it: they are met more often than the others.
const CHANGES: [&str; 13] = [
    "openat",
    "write",
    "fsync",
    "rename",
    "renameat2",
    "mkdir",
    "unlink",
    "unlinkat",
    "rmdir",
    "linkat",
    "link",
    "flock",
    "close",
];
/// Calls of threads that wait for each other: too many to be counted.
const WAITS: [&str; 2] = ["futex", "sched_yield"];
/// Before one of so many of them a run is killed.
const MOST_WAITS: usize = 30;
/// Kills of a verb before a call of each kind that changes something.
const TIMES: usize = 4;

pub(crate) fn at_random_instants(verbs: &Verbs, trials: usize, table: &mut Table) {
    table.make("kill -9 at an instant", trials, |trial, chance| {
        let verb = verbs.of_trial(trial);
        let folder = scratch();
        verb.lay(folder.path());
        let mut child = start(verb.command(folder.path(), Which::Attacked));
        sleep(verb.takes.mul_f64(chance.random::<f64>()));
        let met = child.try_wait().unwrap().is_none();
        let _ = child.kill();
        let loss = ended(child).map(drop).and_then(|()| {
            verb.holds(folder.path(), &[Which::Earlier, Which::Attacked])?;
            verb.recovers(folder.path())
        });
        Outcome { verb: verb.name, met, loss }
    });
}

/// A kill before one of so many calls of a verb.
struct Planned<'a> {
    verb: &'a Verb,
    call: String,
    most: usize,
    /// Whether the file system can swap two folders.
    swaps: bool,
}

/// A kill before one call of each kind that a verb makes, a few before one that changes the disk; `few` of all these if
/// they are to be fewer.
pub(crate) fn before_system_calls(verbs: &Verbs, few: Option<usize>, table: &mut Table) {
    if !there_is("strace") {
        println!("kills before system calls: not run, there is no strace");
        return;
    }
    let mut planned = Vec::new();
    for verb in &verbs.all {
        for (call, most) in calls(verb, few.is_some()) {
            let times = if CHANGES.contains(&call.as_str()) { TIMES } else { 1 };
            planned.extend((0..times).map(|_| Planned { verb, call: call.clone(), most, swaps: true }));
            if call == "rename" {
                // The two steps that stand for a swap are renames.
                planned.extend((0..TIMES).map(|_| Planned { verb, call: call.clone(), most: most + 2, swaps: false }));
            }
        }
    }
    let trials = few.map_or(planned.len(), |few| few.min(planned.len()));
    table.make("kill -9 before a system call", trials, |trial, chance| {
        let place = if few.is_some() { chance.random_range(0..planned.len()) } else { trial };
        let Planned { verb, call, most, swaps } = &planned[place];
        let folder = scratch();
        verb.lay(folder.path());
        let number = chance.random_range(1..=*most);
        let traced = format!("trace={call},renameat2");
        let inject = format!("inject={call}:signal=KILL:when={number}");
        let mut quiet = ["-f", "-qqq", "-o", "/dev/null", "-e", &traced, "-e", &inject].map(str::to_owned).to_vec();
        if !swaps {
            quiet.extend(["-e", "inject=renameat2:error=EINVAL"].map(str::to_owned));
        }
        let output = end(under("strace", &quiet, &verb.command(folder.path(), Which::Attacked)));
        let met = output.as_ref().is_ok_and(|output| !output.status.success());
        let loss = output.and_then(|output| {
            // What ended by itself ended as a run that was not traced.
            let told = text(&output.stderr);
            if told.contains("strace: ") {
                return Err(told);
            }
            verb.holds(folder.path(), &[Which::Earlier, Which::Attacked])?;
            verb.recovers(folder.path())
        });
        Outcome { verb: verb.name, met, loss: loss.map_err(|loss| format!("before {call} {number}: {loss}")) }
    });
}

/// The system calls of an undisturbed run, or those of them that change the disk, and how many of each the thread makes
/// that makes most.
fn calls(verb: &Verb, changes: bool) -> BTreeMap<String, usize> {
    let folder = scratch();
    verb.lay(folder.path());
    let log = folder.path().join("calls");
    let traced = if changes { CHANGES.join(",") } else { format!("!{}", WAITS.join(",")) };
    let traced = format!("trace={traced}");
    let arguments = ["-f", "-qqq", "--seccomp-bpf", "-o", argument(&log), "-e", &traced];
    let run = under("strace", &arguments.map(str::to_owned), &verb.command(folder.path(), Which::Attacked));
    let output = end(run).unwrap();
    assert!(output.status.success(), "{}: {}", verb.name, text(&output.stderr));
    let mut by_thread = BTreeMap::<(&str, &str), usize>::new();
    let log = fs::read_to_string(log).unwrap();
    // `1234 openat(AT_FDCWD, …) = 3`
    for (thread, rest) in log.lines().filter_map(|line| line.split_once(' ')) {
        if let Some((call, _)) = rest.trim_start().split_once('(').filter(|(call, _)| is_name(call)) {
            *by_thread.entry((thread, call)).or_default() += 1;
        }
    }
    let mut most = BTreeMap::<String, usize>::new();
    for ((_, call), number) in by_thread {
        let known = most.entry(call.to_owned()).or_default();
        *known = number.max(*known);
    }
    if !changes {
        most.extend(WAITS.map(|call| (call.to_owned(), MOST_WAITS)));
    }
    most
}

fn is_name(call: &str) -> bool {
    call.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
