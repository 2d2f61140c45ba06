//! What the terminal shows of weekly signals.

use std::fmt::Write;

use countycast_engine::weekly::Unit;

use crate::evaluate::HubsDone;
use crate::project::SignalsDone;
use crate::scores::quantiles::{LEVELS, MEDIAN};

use super::say::wrapped;

/// Models of a table that are shown besides ours.
const SHOWN: usize = 8;

/// A run in words: the nation's next weeks, files and notices.
pub(super) fn text(done: &SignalsDone) -> String {
    let run = &done.manifest;
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "reference date {} (horizon 0), from what was published up to {}",
        run.reference_date, run.as_of
    );
    let _ = writeln!(text, "\n  {:<18}{:>7}   United States, median and 95 % interval", "signal", "areas");
    for (signal, areas) in &run.areas {
        let forecast = done.nation.iter().find(|forecast| forecast.signal.name() == signal);
        let shown = forecast.map_or_else(String::new, |forecast| {
            let value = |value: f32| match forecast.signal.unit() {
                Unit::Count => format!("{value:.0}"),
                Unit::Share => format!("{:.2} %", 100.0 * value),
            };
            let row = |place: usize| {
                let row = &forecast.rows[place];
                let end = |level: f64| LEVELS.iter().position(|known| *known == level).map_or(f32::NAN, |i| row[i]);
                format!("{} ({} – {})", value(row[MEDIAN]), value(end(0.025)), value(end(0.975)))
            };
            format!("this week {}", row(1))
        });
        let _ = writeln!(text, "  {signal:<18}{areas:>7}   {shown}");
    }
    if !run.held.is_empty() {
        let _ =
            writeln!(text, "\n  {:<18}{:>7}   held by the archive's forecasts of the last weeks", "signal", "weeks");
    }
    for (signal, held) in &run.held {
        let shares = [held.held_50, held.held_95].map(|share| 100.0 * share);
        let _ = writeln!(text, "  {signal:<18}{:>7}   50 %: {:.0} %, 95 %: {:.0} %", held.weeks, shares[0], shares[1]);
    }
    if !run.notices.is_empty() {
        text.push_str("\nnotices\n");
        run.notices.iter().for_each(|notice| text.push_str(&(wrapped(notice) + "\n")));
    }
    let _ = writeln!(text, "\nwritten to {} in {:.0} s: signals.parquet, run.json", done.out.display(), run.seconds);
    run.hub_files.iter().for_each(|file| text.push_str(&format!("  {file}\n")));
    text
}

/// The scores of the hubs' models.
pub(super) fn scores(done: &HubsDone) -> String {
    let mut text = String::new();
    for (hub, target) in done.hubs.iter().flat_map(|hub| hub.targets.iter().map(move |target| (hub, target))) {
        let _ = writeln!(
            text,
            "{}: {}, {} tasks of {} reference dates; relative WIS, the hub's baseline is 1",
            hub.hub,
            target.target,
            target.tasks,
            hub.reference_dates.len()
        );
        let _ = writeln!(
            text,
            "  {:<30}{:>7}{:>7}{:>7}{:>7}{:>7}{:>7}{:>7}",
            "model", "0", "1", "2", "3", "all", "in 50%", "in 95%"
        );
        let mut others = 0;
        for model in &target.models {
            let is_ours = done.ours.contains(&model.model);
            others += usize::from(!is_ours);
            if !is_ours && others > SHOWN {
                continue;
            }
            let number = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"));
            let name: String = model.model.chars().take(29).collect();
            let _ = write!(text, "{} {name:<30}", if is_ours { ">" } else { " " });
            model.by_horizon.iter().for_each(|value| text.push_str(&format!("{:>7}", number(*value))));
            let [half, most] = model.covered;
            let _ = writeln!(text, "{:>7}{half:>7.2}{most:>7.2}", number(model.relative));
        }
        text.push('\n');
    }
    text
}
