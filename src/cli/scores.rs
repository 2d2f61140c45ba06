//! Readable tables of scores.

use std::fmt::{Result, Write};

use countycast_engine::Target;

use crate::evaluate::Done;
use crate::scores::Means;

/// Readable tables.
pub(super) fn text(done: &Done) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = tables(&mut text, done);
    text
}

fn tables(text: &mut String, done: &Done) -> Result {
    let data = if done.vintage { "data as published on each day" } else { "the newest data, cut at each day" };
    writeln!(text, "{} as-of days, {data}", done.as_of.len())?;
    if done.reused > 0 {
        writeln!(text, "reused {} {}", done.reused, if done.reused == 1 { "day" } else { "days" })?;
    }
    for (target, level, title) in [
        (Target::Cases, "county", "weekly cases in counties"),
        (Target::Deaths, "county", "weekly deaths in counties"),
        (Target::Cases, "state", "weekly cases in states"),
        (Target::Deaths, "state", "weekly deaths in states"),
    ] {
        let of_level = |m: &&Means| m.group.target == target && m.group.by == "level" && m.group.value == level;
        let found: Vec<&Means> = done.means.iter().filter(of_level).collect();
        let columns: [Column; 3] = [|m| m.relative_wis, |m| m.relative_error, |m| Some(m.coverage[2])];
        models(
            text,
            &format!("{title}, weeks 1 to 4: WIS and absolute error relative to flat, 95 % coverage"),
            &found,
            columns,
        )?;
    }
    for (by, title) in [
        ("quintile", "by population quintile (Q1 smallest)"),
        ("course", "by course of the epidemic"),
        ("phase", "by phase"),
    ] {
        writeln!(text, "\n{title}, weekly cases in counties, all weeks: relative WIS and 95 % coverage of the blend")?;
        let blend = |m: &&Means| {
            m.group.by == by && m.group.model == "blend" && m.group.target == Target::Cases && m.group.horizon == 0
        };
        for mean in done.means.iter().filter(blend) {
            let relative = mean.relative_wis.unwrap_or(f64::NAN);
            writeln!(text, "  {:<14}{:>9} weeks{relative:>8.3}{:>8.3}", mean.group.value, mean.n, mean.coverage[2])?;
        }
    }
    ablation(text, done)?;
    teams(text, done)
}

type Column = fn(&Means) -> Option<f64>;

/// One line per model: three values for each of four weeks.
fn models(text: &mut String, title: &str, found: &[&Means], columns: [Column; 3]) -> Result {
    if found.is_empty() {
        return Ok(());
    }
    let mut names: Vec<&str> = found.iter().map(|m| m.group.model.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let width = names.iter().map(|name| name.len()).max().unwrap_or(0);
    writeln!(text, "\n{title}")?;
    for name in names {
        let week = |h: u8| found.iter().find(|m| m.group.model == name && m.group.horizon == h);
        write!(text, "  {name:<width$}")?;
        for value in columns {
            for h in 1..=4 {
                text.push_str(&cell(week(h).and_then(|m| value(m))));
            }
            text.push_str("   ");
        }
        writeln!(text)?;
    }
    Ok(())
}

fn ablation(text: &mut String, done: &Done) -> Result {
    for (target, by, place) in [
        (Target::Cases, "phase", "cases in counties with an engine's projection"),
        (Target::Deaths, "phase", "deaths in counties with an engine's projection"),
        (Target::Cases, "level", "cases in states"),
    ] {
        let found: Vec<&Means> =
            done.ablation.iter().filter(|m| m.group.target == target && m.group.by == by).collect();
        let columns: [Column; 3] = [|m| m.relative_wis, |m| m.relative_span_error, |m| Some(m.coverage[2])];
        let title = format!("ablation, {place}, weeks 1 to 4: WIS and error of sums relative to flat, 95 % coverage");
        models(text, &title, &found, columns)?;
    }
    Ok(())
}

fn teams(text: &mut String, done: &Done) -> Result {
    if done.teams.is_empty() {
        return Ok(());
    }
    let title =
        "absolute error of summed new cases relative to COVIDhub-baseline, same counties and days, 1 to 4 weeks";
    writeln!(text, "\n{title}")?;
    let mut names: Vec<&str> = done.teams.iter().map(|score| score.model.as_str()).collect();
    names.dedup();
    for name in names {
        write!(text, "  {name:<26}")?;
        for week in 1..=4 {
            let score = done.teams.iter().find(|score| score.model == name && score.horizon == week);
            text.push_str(&cell(score.map(|score| score.relative)));
        }
        writeln!(text)?;
    }
    Ok(())
}

/// A number of a table, or a dash in its place.
fn cell(value: Option<f64>) -> String {
    value.map_or("      –".to_owned(), |value| format!("{value:>7.3}"))
}
