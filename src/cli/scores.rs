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
        models(text, title, "abs. error", &found, columns)?;
    }
    for (by, title) in [
        ("quintile", "by population quintile (Q1 smallest)"),
        ("course", "by course of the epidemic"),
        ("phase", "by phase"),
    ] {
        writeln!(text, "\n{title}: the blend's weekly cases in counties")?;
        writeln!(text, "  {:<14}{:>15}{:>16}{:>15}", "", "county-weeks", "WIS over flat's", "95 % coverage")?;
        let blend = |m: &&Means| {
            m.group.by == by && m.group.model == "blend" && m.group.target == Target::Cases && m.group.horizon == 0
        };
        for mean in done.means.iter().filter(blend) {
            let relative = mean.relative_wis.unwrap_or(f64::NAN);
            writeln!(text, "  {:<14}{:>15}{relative:>16.3}{:>15.3}", mean.group.value, mean.n, mean.coverage[2])?;
        }
    }
    quarters(text, done)?;
    growth(text, done)?;
    ablation(text, done)?;
    teams(text, done)
}

/// The blend by quarter of the as-of day, with the worst fortnight of each.
fn quarters(text: &mut String, done: &Done) -> Result {
    let of = |quarter: &str, week: u8| {
        let is = |m: &&Means| {
            let group = (m.group.by, m.group.value.as_str(), m.group.model.as_str(), m.group.horizon);
            group == ("quarter", quarter, "blend", week) && m.group.target == Target::Cases
        };
        done.means.iter().find(is)
    };
    if done.worst_fortnights.is_empty() {
        return Ok(());
    }
    writeln!(text, "\nby quarter of the as-of day: the blend's weekly cases in counties")?;
    writeln!(text, "  {:<9} {:<24} {:<19} worst fortnight", "", "WIS over flat's", "95 % coverage")?;
    writeln!(text, "  {:<9} {WEEKS}    1   2   3   4", "weeks")?;
    for worst in &done.worst_fortnights {
        write!(text, "  {:<9} ", worst.quarter)?;
        (1..=4).for_each(|week| text.push_str(&cell(of(&worst.quarter, week).and_then(|m| m.relative_wis))));
        text.push(' ');
        for week in 1..=4 {
            let share = of(&worst.quarter, week).map(|m| m.coverage[2]);
            text.push_str(&share.map_or("   –".to_owned(), |share| format!("{:>4.0}", 100.0 * share)));
        }
        writeln!(text, "    {} {} {:.3}", worst.from, worst.to, worst.relative_wis)?;
    }
    Ok(())
}

/// Whether growth is projected as it comes, by the reproduction number of the as-of day.
fn growth(text: &mut String, done: &Done) -> Result {
    let of = |model: &str, class: &str, week: u8| {
        let is = |m: &&Means| {
            let group = (m.group.by, m.group.value.as_str(), m.group.model.as_str(), m.group.horizon);
            group == ("reproduction", class, model, week) && m.group.target == Target::Cases
        };
        done.means.iter().find(is)
    };
    let mut classes: Vec<&str> =
        done.means.iter().filter(|m| m.group.by == "reproduction").map(|m| m.group.value.as_str()).collect();
    // "below" before the numbers, which are in order.
    classes.sort_by_key(|class| (!class.starts_with("below"), *class));
    classes.dedup();
    if classes.is_empty() {
        return Ok(());
    }
    writeln!(text, "\nsum of projected over sum of observed weekly cases in counties, by R_t (medians)")?;
    writeln!(text, "  {:<14}{:>12}  {:<23}  flat", "", "", "blend")?;
    writeln!(text, "  {:<14}{:>12} {WEEKS} {WEEKS}", "R_t", "counties")?;
    for class in classes {
        let counties = of("blend", class, 1).map_or(0, |means| means.n);
        write!(text, "  {class:<14}{counties:>12}")?;
        for model in ["blend", "flat"] {
            text.push(' ');
            for week in 1..=4 {
                let ratio = of(model, class, week).and_then(|means| means.projected_over_observed);
                text.push_str(&ratio.map_or("     –".to_owned(), |ratio| format!("{ratio:>6.2}")));
            }
        }
        writeln!(text)?;
    }
    Ok(())
}

type Column = fn(&Means) -> Option<f64>;

/// Over the columns of weeks.
const WEEKS: &str = "     1     2     3     4";

/// One line per model: errors, named by the `second`, and coverage of each of four weeks.
fn models(text: &mut String, title: &str, second: &str, found: &[&Means], columns: [Column; 3]) -> Result {
    if found.is_empty() {
        return Ok(());
    }
    let mut names: Vec<&str> = found.iter().map(|m| m.group.model.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let width = names.iter().map(|name| name.len()).max().unwrap_or(0).max(5);
    writeln!(text, "\n{title}")?;
    writeln!(text, "  {:<width$} {:<24} {:<24} 95 % coverage", "", "WIS over flat's", format!("{second} over flat's"))?;
    writeln!(text, "  {:<width$} {WEEKS} {WEEKS}    1   2   3   4", "weeks")?;
    let [wis, error, coverage] = columns;
    for name in names {
        let week = |h: u8| found.iter().find(|m| m.group.model == name && m.group.horizon == h);
        write!(text, "  {name:<width$}")?;
        for value in [wis, error] {
            text.push(' ');
            (1..=4).for_each(|h| text.push_str(&cell(week(h).and_then(|m| value(m)))));
        }
        text.push(' ');
        for h in 1..=4 {
            let share = week(h).and_then(|m| coverage(m));
            text.push_str(&share.map_or("   –".to_owned(), |share| format!("{:>4.0}", 100.0 * share)));
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
        models(text, &format!("ablation, {place}"), "error of sums", &found, columns)?;
    }
    Ok(())
}

fn teams(text: &mut String, done: &Done) -> Result {
    if done.teams.is_empty() {
        return Ok(());
    }
    writeln!(text, "\nabsolute error of summed new cases over COVIDhub-baseline's, same counties and days")?;
    writeln!(text, "  {:<26}{WEEKS}", "weeks")?;
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
    value.map_or("     –".to_owned(), |value| format!("{value:>6.3}"))
}
