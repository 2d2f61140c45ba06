//! What became of the attacks.

use std::collections::BTreeMap;
use std::fmt::{Display, Formatter, Result};

/// Figures by kind of attack and verb.
#[derive(Default)]
pub(crate) struct Table {
    rows: BTreeMap<(&'static str, &'static str), Row>,
    losses: Vec<String>,
}

#[derive(Default, Clone, Copy)]
struct Row {
    trials: usize,
    /// Attacks that met the program at work: it was killed, ran out of disk, was refused, or named the damage.
    met: usize,
    lost: usize,
}

impl Table {
    /// Counts a trial; `loss` says what it lost, if it lost anything.
    pub(crate) fn add(
        &mut self,
        kind: &'static str,
        verb: &'static str,
        met: bool,
        loss: std::result::Result<(), String>,
    ) {
        let row = self.rows.entry((kind, verb)).or_default();
        row.trials += 1;
        row.met += usize::from(met);
        if let Err(loss) = loss {
            row.lost += 1;
            self.losses.push(format!("{kind}, {verb}: {loss}"));
        }
    }

    /// Fails if anything was lost.
    pub(crate) fn check(&self) {
        assert!(self.losses.is_empty(), "{}", self.losses.join("\n"));
        assert!(self.rows.values().all(|row| row.trials > 0));
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        writeln!(f, "| attack | verb | trials | met it at work | lost, mixed, changed, panicked or hung |")?;
        writeln!(f, "|---|---|---:|---:|---:|")?;
        let mut all = Row::default();
        for ((kind, verb), Row { trials, met, lost }) in &self.rows {
            all = Row { trials: all.trials + trials, met: all.met + met, lost: all.lost + lost };
            writeln!(f, "| {kind} | {verb} | {trials} | {met} | {lost} |")?;
        }
        writeln!(f, "| all | | {} | {} | {} |", all.trials, all.met, all.lost)
    }
}
