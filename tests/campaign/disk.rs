//! Disks that are full after some blocks: no file may grow further, and the system refuses to write.

use std::process::Command;

use rand::RngExt;
use rand::rngs::StdRng;

use super::common::{scratch, text};
use super::table::Table;
use super::verb::{Verbs, Which, end};

pub(crate) fn full(verbs: &Verbs, trials: usize, chance: &mut StdRng, table: &mut Table) {
    for trial in 0..trials {
        let verb = &verbs.all[trial % verbs.all.len()];
        let folder = scratch();
        verb.lay(folder.path());
        let run = verb.command(folder.path(), Which::Attacked);
        let blocks = (2_000.0 * chance.random::<f64>().powi(3)) as usize;
        let mut limited = Command::new("sh");
        limited.args(["-c", "trap '' XFSZ; ulimit -f $1; shift; exec \"$@\"", "sh", &blocks.to_string()]);
        limited.arg(run.get_program()).args(run.get_args());
        for variable in ["COUNTYCAST_DATA_DIR", "XDG_CACHE_HOME", "HOME"] {
            limited.env_remove(variable);
        }
        let ended = end(limited);
        let met = ended.as_ref().is_ok_and(|output| !output.status.success());
        let loss = ended.and_then(|output| match output.status.code() {
            Some(0) => verb.holds(folder.path(), &[Which::Attacked]),
            Some(1) => verb.holds(folder.path(), &[Which::Earlier]),
            _ => Err(format!("it ended with {}: {}", output.status, text(&output.stderr))),
        });
        table.add("full disk", verb.name, met, loss.and_then(|()| verb.recovers(folder.path())));
    }
}
