//! Trials, and what became of them.

use std::collections::BTreeMap;
use std::fmt::{Display, Formatter};
use std::hash::{DefaultHasher, Hash, Hasher};

use rand::SeedableRng;
use rand::rngs::StdRng;
use rayon::prelude::*;

/// What became of a trial.
pub(crate) struct Outcome {
    pub(crate) verb: &'static str,
    /// Whether it met the program at work: it was killed, ran out of disk, was refused, or named the damage.
    pub(crate) met: bool,
    /// What was lost, if anything was.
    pub(crate) loss: Result<(), String>,
}

/// Figures by kind of attack and verb.
#[derive(Default)]
pub(crate) struct Table {
    rows: BTreeMap<(&'static str, &'static str), Row>,
    losses: Vec<String>,
}

#[derive(Default, Clone, Copy)]
struct Row {
    trials: usize,
    met: usize,
    lost: usize,
}

impl Table {
    /// Makes trials side by side, each with random numbers of its own.
    pub(crate) fn make(
        &mut self,
        kind: &'static str,
        trials: usize,
        one: impl Fn(usize, &mut StdRng) -> Outcome + Sync,
    ) {
        let trial = |number: usize| {
            let mut hasher = DefaultHasher::new();
            (kind, number).hash(&mut hasher);
            one(number, &mut StdRng::seed_from_u64(hasher.finish()))
        };
        let outcomes: Vec<Outcome> = (0..trials).into_par_iter().map(trial).collect();
        for (number, Outcome { verb, met, loss }) in outcomes.into_iter().enumerate() {
            let row = self.rows.entry((kind, verb)).or_default();
            row.trials += 1;
            row.met += usize::from(met);
            if let Err(loss) = loss {
                row.lost += 1;
                self.losses.push(format!("{kind}, trial {number}, {verb}: {loss}"));
            }
        }
    }

    /// Prints the figures, and fails if anything was lost.
    pub(crate) fn end(&self) {
        println!("{self}");
        assert!(self.losses.is_empty(), "{}", self.losses.join("\n"));
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "| attack | verb | trials | met it at work | lost, mixed, changed, panicked or hung |")?;
        writeln!(f, "|---|---|---:|---:|---:|")?;
        let mut all = Row::default();
        for ((kind, verb), Row { trials, met, lost }) in &self.rows {
            all = Row { trials: all.trials + trials, met: all.met + met, lost: all.lost + lost };
            writeln!(f, "| {kind} | `{verb}` | {trials} | {met} | {lost} |")?;
        }
        writeln!(f, "| all | | {} | {} | {} |", all.trials, all.met, all.lost)
    }
}
