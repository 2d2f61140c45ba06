//! Readable summary of a search: the best trial and the influence of each parameter.

use std::fmt::Write;

use countycast_engine::{Fips, Streams};
use rand::seq::SliceRandom;
use serde::Serialize;

use super::space::Parameter;
use super::trials::Trial;
use super::{Done, Request};

/// Fewest trials from which an influence is estimated.
const LEAST_TRIALS: usize = 20;
/// Parts of a parameter's range, with an equal number of trials each.
const PARTS: usize = 5;
/// Random orders of the losses by which chance is told.
const SHUFFLES: usize = 400;
/// Trials listed.
const LISTED: usize = 5;

/// Influence of one parameter alone on the loss.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Influence {
    /// The parameter's key.
    pub key: String,
    /// Share of the variance of the loss that the parameter explains by itself, 0 to 1.
    pub share: f64,
    /// Share that only one in twenty parameters without any effect would exceed, by chance, in as many trials.
    pub chance: f64,
    /// The middle of the fifth of its values that had the least mean loss.
    pub best_near: f64,
}

/// First-order influences from the trials that were scored: the variance of the mean loss between fifths of a
/// parameter's values, over the variance of all, minus its expectation by chance (ε² of Kelley 1935).
///
/// Adaptive methods concentrate trials where the loss is small; the influence then refers to that region.
pub(super) fn influence(parameters: &[Parameter], trials: &[Trial]) -> Option<Vec<Influence>> {
    let scored: Vec<(&Trial, f64)> = trials.iter().filter_map(|trial| Some((trial, trial.loss?))).collect();
    let n = scored.len();
    if n < LEAST_TRIALS {
        return None;
    }
    let mean = scored.iter().map(|(_, loss)| loss).sum::<f64>() / n as f64;
    let total: f64 = scored.iter().map(|(_, loss)| (loss - mean).powi(2)).sum();
    let fifth = |part: usize| part * n / PARTS..(part + 1) * n / PARTS;
    let loss = |losses: &[f64]| losses.iter().sum::<f64>() / losses.len() as f64;
    // Of losses in the order of a parameter's values.
    let share = |losses: &[f64]| {
        let parts = (0..PARTS).map(|part| &losses[fifth(part)]);
        let between: f64 = parts.map(|part| part.len() as f64 * (loss(part) - mean).powi(2)).sum();
        let (within, free) = (total - between, (n - PARTS) as f64);
        let chance = (PARTS - 1) as f64 * within / free;
        if total > 0.0 { ((between - chance) / total).clamp(0.0, 1.0) } else { 0.0 }
    };
    let mut rng = Streams::new(0, "influence", Fips::US).rng("shuffle", 0);
    let mut shuffled: Vec<f64> = scored.iter().map(|(_, loss)| *loss).collect();
    let mut by_chance: Vec<f64> = (0..SHUFFLES)
        .map(|_| {
            shuffled.shuffle(&mut rng);
            share(&shuffled)
        })
        .collect();
    by_chance.sort_by(f64::total_cmp);
    let chance = by_chance[SHUFFLES * 19 / 20];
    let of = |(i, parameter): (usize, &Parameter)| {
        let mut sorted: Vec<(f64, f64)> = scored.iter().map(|(trial, loss)| (trial.values[i], *loss)).collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let losses: Vec<f64> = sorted.iter().map(|(_, loss)| *loss).collect();
        let least = (0..PARTS).min_by(|a, b| loss(&losses[fifth(*a)]).total_cmp(&loss(&losses[fifth(*b)])));
        let best_near = least.map_or(f64::NAN, |part| sorted[fifth(part)][fifth(part).len() / 2].0);
        Influence { key: parameter.key.clone(), share: share(&losses), chance, best_near }
    };
    Some(parameters.iter().enumerate().map(of).collect())
}

/// The summary.
pub(super) fn text(request: &Request, done: &Done) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut text, request, done);
    text
}

fn write(text: &mut String, request: &Request, done: &Done) -> std::fmt::Result {
    let Request { engine, objective, counts, method, from, to, every, .. } = request;
    let words = format!("{objective:?} of {counts:?}").to_lowercase();
    writeln!(text, "{words} of `{engine}` relative to `flat`, weeks 1 to 4, as of {from} to {to} every {every} days")?;
    let data = if request.vintage { "data as published on each day" } else { "the newest data, cut at each day" };
    let refused = done.trials.iter().filter(|trial| trial.loss.is_none()).count();
    writeln!(text, "{data}; {} trials by {method:?}, {refused} refused", done.trials.len())?;
    let loss = |trial: &Trial| trial.loss.map_or("refused".to_owned(), |loss| format!("{loss:.4}"));
    let (best, first) = (&done.trials[done.best], &done.trials[0]);
    let share = |share: Option<f64>| share.map_or(String::new(), |share| format!("{:.1} %", 100.0 * share));
    writeln!(text, "\nstarting settings {}, best {} (trial {})", loss(first), loss(best), done.best)?;
    writeln!(
        text,
        "95 % intervals of the best covered {} of observed values; the engine projected {}",
        share(best.coverage_95),
        share(best.answered)
    )?;
    writeln!(text, "\n{:<40}{:>9}{:>9}{:>11}{:>10}", "parameter", "given", "best", "influence", "best near")?;
    for (i, key) in done.parameters.iter().enumerate() {
        write!(text, "{key:<40}{:>9.4}{:>9.4}", first.values[i], best.values[i])?;
        match done.influence.as_ref().and_then(|all| all.get(i)) {
            Some(found) => writeln!(text, "{:>9.0} %{:>10.4}", 100.0 * found.share, found.best_near)?,
            None => writeln!(text, "{:>11}{:>10}", "–", "–")?,
        }
    }
    match done.influence {
        Some(ref all) => {
            let chance = 100.0 * all.first().map_or(0.0, |influence| influence.chance);
            writeln!(
                text,
                "influence: share of the loss's variance that the parameter explains alone in these trials;"
            )?;
            writeln!(text, "of parameters without any, one in twenty would have more than {chance:.0} % by chance")?;
        }
        None => writeln!(text, "influence requires {LEAST_TRIALS} scored trials")?,
    }
    let mut order: Vec<(usize, &Trial)> = done.trials.iter().enumerate().filter(|(_, t)| t.loss.is_some()).collect();
    order.sort_by(|a, b| a.1.loss.unwrap_or(f64::NAN).total_cmp(&b.1.loss.unwrap_or(f64::NAN)));
    writeln!(text, "\nbest trials")?;
    for (number, trial) in order.into_iter().take(LISTED) {
        let values: Vec<String> = trial.values.iter().map(|value| format!("{value:.4}")).collect();
        writeln!(text, "  {number:>5}  {}  {}", loss(trial), values.join(", "))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tune::space::Space;
    use std::path::Path;

    #[test]
    fn the_parameter_that_moves_the_loss_is_named() {
        let text =
            "\"fallback.ridge\" = { low = 1.0, high = 9.0 }\n\"fallback.weekly_shape\" = { low = 0.1, high = 1.0 }";
        let space = Space::parse(text, Path::new("space.toml"), "").unwrap();
        // 200 places of a grid: the loss is the square of the distance from 3 in one, and nothing in the other.
        let trial = |k: usize| {
            let values = vec![1.0 + 8.0 * (k % 20) as f64 / 19.0, 0.1 + 0.9 * (k / 20) as f64 / 9.0];
            let loss = Some((values[0] - 3.0).powi(2));
            Trial { values, loss, coverage_95: None, answered: None, refused: None, seconds: 0.0 }
        };
        let trials: Vec<Trial> = (0..200).map(trial).collect();
        let found = influence(space.parameters(), &trials).unwrap();
        assert!(found[0].share > 0.9, "{found:?}");
        assert!(found[1].share < 0.02, "{found:?}");
        assert!((found[0].best_near - 3.0).abs() < 1.0, "{found:?}");
        // Of 200 trials in fifths: F(4, 195) exceeds 2.42 once in twenty, which is an ε² of 0.028.
        assert!((found[0].chance - 0.028).abs() < 0.012 && found[0].chance == found[1].chance, "{found:?}");
        assert_eq!(influence(space.parameters(), &trials[..19]), None);
    }
}
