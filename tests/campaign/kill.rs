//! `kill -9`, at random instants and before each kind of system call.

use std::process::{Command, Stdio};
use std::thread::sleep;

use rand::RngExt;
use rand::rngs::StdRng;

use super::common::scratch;
use super::table::Table;
use super::verb::{Verbs, Which, end, ended};

/// System calls that change what lies on the disk, or let go of it, and about how many of each a thread makes.
const CALLS: [(&str, usize); 12] = [
    ("openat", 80),
    ("write", 60),
    ("fsync", 30),
    ("rename", 12),
    ("renameat2", 1),
    ("mkdir", 12),
    ("unlink", 4),
    ("unlinkat", 20),
    ("rmdir", 3),
    ("linkat", 8),
    ("flock", 4),
    ("close", 80),
];

pub(crate) fn at_random_instants(verbs: &Verbs, trials: usize, chance: &mut StdRng, table: &mut Table) {
    for trial in 0..trials {
        let verb = &verbs.all[trial % verbs.all.len()];
        let folder = scratch();
        verb.lay(folder.path());
        let mut child =
            verb.command(folder.path(), Which::Attacked).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        sleep(verb.takes.mul_f64(chance.random::<f64>()));
        let met = child.try_wait().unwrap().is_none();
        let _ = child.kill();
        let loss = ended(child).map(drop);
        let loss = loss.and_then(|()| verb.holds(folder.path(), &[Which::Earlier, Which::Attacked]));
        table.add("kill -9 at an instant", verb.name, met, loss.and_then(|()| verb.recovers(folder.path())));
    }
}

pub(crate) fn before_system_calls(verbs: &Verbs, trials: usize, chance: &mut StdRng, table: &mut Table) {
    if Command::new("strace").arg("--version").output().is_err() {
        println!("kills before system calls: not run, there is no strace");
        return;
    }
    for trial in 0..trials {
        let verb = &verbs.all[trial % verbs.all.len()];
        let (call, most) = CALLS[(trial / verbs.all.len() + trial) % CALLS.len()];
        let folder = scratch();
        verb.lay(folder.path());
        let run = verb.command(folder.path(), Which::Attacked);
        let number = chance.random_range(1..=most);
        let mut traced = Command::new("strace");
        traced.args(["-f", "-qqq", "-o", "/dev/null", "-e", &format!("trace={call}")]);
        traced.args(["-e", &format!("inject={call}:signal=KILL:when={number}")]);
        traced.arg(run.get_program()).args(run.get_args());
        for variable in ["COUNTYCAST_DATA_DIR", "XDG_CACHE_HOME", "HOME"] {
            traced.env_remove(variable);
        }
        let ended = end(traced);
        let met = ended.as_ref().is_ok_and(|output| !output.status.success());
        let loss = ended.map(drop);
        let loss = loss.and_then(|()| verb.holds(folder.path(), &[Which::Earlier, Which::Attacked]));
        table.add("kill -9 before a call", verb.name, met, loss.and_then(|()| verb.recovers(folder.path())));
    }
}
