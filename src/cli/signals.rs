//! What the terminal shows of weekly signals.

use std::fmt::{Result, Write};

use countycast_engine::weekly::Unit;
use countycast_signals::TargetScores;

use crate::evaluate::{Behind, HubDone, HubsDone};
use crate::project::SignalsDone;
use crate::scores::quantiles::{LEVELS, MEDIAN};

use super::say::wrapped;

/// Models of a table that are shown besides ours, and places and dates that are named.
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
        let _ = writeln!(text, "\n  {:<18}{:>7}   held by the lake's forecasts of the last weeks", "signal", "weeks");
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
    if done.reused > 0 {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "reused {} {}", done.reused, if done.reused == 1 { "week" } else { "weeks" });
    }
    for hub in &done.hubs {
        for (target, behind) in hub.targets.iter().zip(&hub.behind) {
            let _ = of_target(&mut text, hub, target, &done.ours);
            let _ = worse(&mut text, behind);
            text.push('\n');
        }
    }
    // Of the data there are several each date; what was wrong with kept weeks is for now.
    let (of_lakes, others): (Vec<&String>, _) = done.notices.iter().partition(|told| told.starts_with("lake: "));
    of_lakes.iter().for_each(|notice| text.push_str(&(wrapped(notice) + "\n")));
    if !others.is_empty() {
        let _ = writeln!(text, "  summary.json has {} notices about the data of single dates", others.len());
    }
    text
}

/// The models' scores on a target: ours, and the first of the others.
fn of_target(text: &mut String, hub: &HubDone, target: &TargetScores, ours: &[String]) -> Result {
    writeln!(
        text,
        "{}: {}, {} tasks of {} reference dates; relative WIS, the hub's baseline is 1",
        hub.hub,
        target.target,
        target.all.tasks,
        hub.reference_dates.len()
    )?;
    let seasons: Vec<&str> = target.seasons.iter().map(|season| season.value.as_str()).collect();
    let seasons = if seasons.len() > 1 { seasons } else { Vec::new() };
    write!(
        text,
        "  {:<30}{:>7}{:>7}{:>7}{:>7}{:>7}{:>7}{:>7}",
        "model", "0", "1", "2", "3", "all", "in 50%", "in 95%"
    )?;
    seasons.iter().try_for_each(|season| write!(text, "{season:>9}"))?;
    text.push('\n');
    let mut others = 0;
    for model in &target.all.models {
        let is_ours = ours.contains(&model.model);
        others += usize::from(!is_ours);
        if !is_ours && others > SHOWN {
            continue;
        }
        let number = |value: Option<f64>, digits: usize| {
            value.map_or_else(|| "–".to_owned(), |value| format!("{value:.digits$}"))
        };
        let name: String = model.model.chars().take(29).collect();
        write!(text, "{} {name:<30}", if is_ours { ">" } else { " " })?;
        let relative = target.by_horizon(&model.model).into_iter().chain([model.relative]);
        relative.into_iter().try_for_each(|value| write!(text, "{:>7}", number(value, 3)))?;
        [0.5, 0.95].iter().try_for_each(|level| write!(text, "{:>7}", number(target.held(model, *level), 2)))?;
        for season in target.seasons.iter().filter(|_| !seasons.is_empty()) {
            let relative = season.model(&model.model).and_then(|model| model.relative);
            write!(text, "{:>9}", number(relative, 3))?;
        }
        text.push('\n');
    }
    Ok(())
}

/// Where and when our blend did worse than the baseline.
fn worse(text: &mut String, behind: &Behind) -> Result {
    let named = |worse: &[(String, f64)]| {
        let first = worse.iter().take(SHOWN).map(|(name, relative)| format!("{name} {relative:.2}"));
        let more = if worse.len() > SHOWN { ", …" } else { "" };
        if worse.is_empty() { String::new() } else { format!(": {}{more}", first.collect::<Vec<_>>().join(", ")) }
    };
    let of = |worse: &[(String, f64)], all: usize, what: &str| {
        (all > 0).then(|| format!("{} of {all} {what}{}", worse.len(), named(worse)))
    };
    let places = of(&behind.worse_places, behind.places, "places");
    let dates = of(&behind.worse_dates, behind.dates, "dates");
    let told: Vec<String> = places.into_iter().chain(dates).collect();
    if told.is_empty() {
        return Ok(());
    }
    writeln!(text, "{}", wrapped(&format!("the blend is behind the baseline in {}", told.join("; in "))))
}
