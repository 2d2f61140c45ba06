//! Full disks: small ones that are mounted for one run, or, where no test may mount one, a limit on the size of files.

use std::fs;
use std::process::Command;

use rand::RngExt;

use super::common::scratch;
use super::content::files;
use super::run::{argument, end, otherwise, under};
use super::table::{Outcome, Table};
use super::verb::{Verbs, Which};

/// Mounts a disk of so many kB, lays the first folder onto it, runs, and copies what is there then to the last folder.
const MOUNTED: &str = "mount -t tmpfs -o size=$1k none \"$2\" && cp -a \"$3/.\" \"$2\" || exit 90
result=$4; disk=$2; shift 4; \"$@\"; code=$?; cp -a \"$disk/.\" \"$result\" || exit 91; exit $code";
/// No file may grow above so many blocks of 512 bytes: the system refuses to write.
const LIMITED: &str = "trap '' XFSZ; ulimit -f $1; shift; exec \"$@\"";
/// What a disk gives to a file at least.
const BLOCK: usize = 4_096;

pub(crate) fn full(verbs: &Verbs, trials: usize, table: &mut Table) {
    let mounts = Command::new("unshare").args(["-Urm", "true"]).output().is_ok_and(|output| output.status.success());
    table.make("full disk", trials, |trial, chance| {
        let verb = verbs.of_trial(trial);
        let folder = scratch();
        let [before, disk, result] = ["before", "disk", "result"].map(|name| folder.path().join(name));
        [&disk, &result].iter().for_each(|folder| fs::create_dir(folder).unwrap());
        let share = chance.random::<f64>();
        let limited = if mounts {
            verb.lay(&before);
            let more = 1.2 * share * kilobytes(verb.result(Which::Attacked).values()) as f64;
            let size = kilobytes(files(&before).values()) + 4 + more as usize;
            let mut arguments = ["-Urm", "sh", "-c", MOUNTED, "sh", &size.to_string()].map(str::to_owned).to_vec();
            arguments.extend([&disk, &before, &result].map(|folder| argument(folder).to_owned()));
            under("unshare", &arguments, &verb.command(&disk, Which::Attacked))
        } else {
            verb.lay(&result);
            let blocks = (2_000.0 * share.powi(3)) as usize;
            let arguments = ["-c", LIMITED, "sh", &blocks.to_string()].map(str::to_owned);
            under("sh", &arguments, &verb.command(&result, Which::Attacked))
        };
        let output = end(limited);
        let met = output.as_ref().is_ok_and(|output| !output.status.success());
        let loss = output.and_then(|output| match output.status.code() {
            Some(0) => verb.holds(&result, &[Which::Attacked]),
            Some(1) => verb.holds(&result, &[Which::Earlier]),
            _ => otherwise(&output),
        });
        Outcome { verb: verb.name, met, loss: loss.and_then(|()| verb.recovers(&result)) }
    });
}

/// What files take of a disk.
fn kilobytes<'a>(files: impl Iterator<Item = &'a Vec<u8>>) -> usize {
    files.map(|bytes| bytes.len().div_ceil(BLOCK) * BLOCK / 1_024).sum()
}
