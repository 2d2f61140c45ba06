//! Two runs at once into one folder: one is refused, or both are whole one after the other. Two with one lake: both are
//! whole.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::thread::sleep;

use rand::RngExt;

use super::common::scratch;
use super::run::{ended, otherwise, start};
use super::table::{Outcome, Table};
use super::verb::{Verbs, Which};

pub(crate) fn at_once(verbs: &Verbs, trials: usize, table: &mut Table) {
    table.make("two runs at once", trials, |trial, chance| {
        let verb = verbs.of_trial(trial);
        let (folder, beside) = (scratch(), scratch());
        verb.lay(folder.path());
        // Every other time of those with a lake, into two folders.
        let apart = verb.has_lake() && (trial / verbs.all.len()) % 2 == 1;
        if apart {
            verb.lay(beside.path());
            share(&folder.path().join("lake"), &beside.path().join("lake"));
        }
        let second = if apart { (beside.path(), Which::Attacked) } else { (folder.path(), Which::Other) };
        let mut begin = |(folder, which): (&Path, Which)| {
            let child = start(verb.command(folder, which));
            sleep(verb.takes.mul_f64(0.2 * chance.random::<f64>()));
            child
        };
        let children = [begin((folder.path(), Which::Attacked)), begin(second)];
        let (mut refused, mut loss) = (0, Ok(()));
        for child in children {
            loss = loss.and(ended(child).and_then(|output| match output.status.code() {
                Some(0) => Ok(()),
                Some(2) if !apart => {
                    refused += 1;
                    Ok(())
                }
                _ => otherwise(&output),
            }));
        }
        if refused > 1 {
            loss = Err("both were refused".to_owned());
        }
        let one = if apart { &[Which::Attacked][..] } else { &[Which::Attacked, Which::Other] };
        let loss = loss.and_then(|()| verb.holds(folder.path(), one));
        let loss = loss.and_then(|()| if apart { verb.holds(beside.path(), one) } else { Ok(()) });
        Outcome { verb: verb.name, met: apart || refused == 1, loss }
    });
}

/// Lets a folder be the same as another.
fn share(lake: &Path, beside: &Path) {
    fs::remove_dir_all(beside).unwrap();
    symlink(lake, beside).unwrap();
}
