//! Two runs at once into one folder: one is refused, or both are whole one after the other.

use std::process::Stdio;
use std::thread::sleep;

use rand::RngExt;
use rand::rngs::StdRng;

use super::common::{scratch, text};
use super::table::Table;
use super::verb::{Verbs, Which, ended};

pub(crate) fn at_once(verbs: &Verbs, trials: usize, chance: &mut StdRng, table: &mut Table) {
    for trial in 0..trials {
        let verb = &verbs.all[trial % verbs.all.len()];
        let folder = scratch();
        verb.lay(folder.path());
        let mut start = |which| {
            let mut command = verb.command(folder.path(), which);
            let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
            sleep(verb.takes.mul_f64(0.2 * chance.random::<f64>()));
            child
        };
        let children = [start(Which::Attacked), start(Which::Other)];
        let (mut refused, mut loss) = (0, Ok(()));
        for child in children {
            loss = loss.and(ended(child).and_then(|output| match output.status.code() {
                Some(0) => Ok(()),
                Some(2) => {
                    refused += 1;
                    Ok(())
                }
                _ => Err(format!("it ended with {}: {}", output.status, text(&output.stderr))),
            }));
        }
        if refused > 1 {
            loss = Err("both were refused".to_owned());
        }
        let loss = loss.and_then(|()| verb.holds(folder.path(), &[Which::Attacked, Which::Other]));
        table.add("two runs at once", verb.name, refused == 1, loss);
    }
}
