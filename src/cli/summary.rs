//! Readable summary at the end of a run.

use std::fmt::Write;

use jiff::ToSpan;
use jiff::civil::Weekday;

use super::say::wrapped;
use crate::capacity::Bed;
use crate::output::capacity::{Area, CapacityRow};
use crate::project::{Done, rising};

/// Counties below this many cases per week are left out of the list of fastest growth: their growth is mostly chance.
const LEAST_CASES: f64 = 50.0;
/// Most counties listed by need of beds.
const MOST_NEEDY: u32 = 10;
/// Least probability of overflow that is listed.
const LEAST_OVERFLOW: f64 = 0.1;

/// The report.
pub(super) fn text(done: &Done) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut text, done);
    text
}

fn write(text: &mut String, done: &Done) -> std::fmt::Result {
    let run = &done.manifest;
    if run.synthetic {
        writeln!(text, "SYNTHETIC DATA: no --data was given, so this is the built-in demonstration panel.\n")?;
    }
    writeln!(text, "as of {}, {} days ahead, engines {}", run.as_of, run.horizon_days, run.engines.join(", "))?;
    if run.as_of.weekday() != Weekday::Saturday {
        let (first, last) = (run.as_of.saturating_add(1.day()).weekday(), run.as_of.weekday());
        writeln!(text, "weeks run from {first:?} to {last:?}; those of the hubs end on Saturday")?;
    }
    if done.resumed > 0 {
        writeln!(text, "resumed an interrupted run: {} groups were complete", done.resumed)?;
    }
    let reused: Vec<&str> = run.models.iter().filter(|model| model.reused).map(|model| model.engine.as_str()).collect();
    if !reused.is_empty() {
        writeln!(text, "models trained by an earlier run on the same data: {}", reused.join(", "))?;
    }
    section(text, "locations", run.phases.iter())?;
    section(text, "engine failures", run.failures.iter())?;
    section(text, "repairs in counties", run.repairs.iter().filter(|(_, n)| **n > 0))?;
    if !run.without_projection.is_empty() {
        writeln!(text, "\nWITHOUT A PROJECTION: {}", run.without_projection.join(", "))?;
    }
    if run.synthetic {
        // What the demonstration panel lacks is nobody's to mend.
        writeln!(
            text,
            "\n{} notices about the demonstration panel's own files: run.json lists them",
            run.notices.len()
        )?;
    } else if !run.notices.is_empty() {
        writeln!(text, "\nnotices")?;
        run.notices.iter().try_for_each(|notice| writeln!(text, "{}", wrapped(notice)))?;
    }
    let rising = rising(&done.rows, LEAST_CASES, 10);
    if !rising.is_empty() {
        writeln!(text, "\nrising fastest (at least {LEAST_CASES} cases per week)")?;
        writeln!(
            text,
            "  {:<6}{:<26}{:>11}{:>11}{:>6}  90 % interval",
            "fips", "county", "last week", "next week", "R_t"
        )?;
        for (row, rt) in rising {
            let [_, low, high] = row.reproduction.unwrap_or_default();
            let next = row.next_week.unwrap_or_default();
            let (name, last) = (short(&row.name), row.last_week);
            writeln!(text, "  {:<6}{name:<26}{last:>11.0}{next:>11.0}{rt:>6.2}  {low:.2}–{high:.2}", row.fips)?;
        }
    }
    capacity(text, done)?;
    writeln!(text, "\n{:<12}{:>8}{:>8}", "stage", "wall s", "cpu s")?;
    for stage in &run.stages {
        writeln!(text, "{:<12}{:>8.2}{:>8.2}", stage.name, stage.wall_seconds, stage.cpu_seconds)?;
    }
    writeln!(text, "\nwritten to {}", done.out.display())
}

/// The counties with the greatest need of intensive care, if overflow is likely enough.
fn capacity(text: &mut String, done: &Done) -> std::fmt::Result {
    let mut needy: Vec<(&CapacityRow, f64)> = done
        .capacity
        .iter()
        .filter(|row| {
            row.area == Area::Hospitals && row.bed == Bed::Icu && row.rank.is_some_and(|rank| rank <= MOST_NEEDY)
        })
        .filter_map(|row| Some((row, row.need.overflow.filter(|p| *p >= LEAST_OVERFLOW)?)))
        .collect();
    if needy.is_empty() {
        return Ok(());
    }
    needy.sort_by_key(|(row, _)| row.rank);
    writeln!(text, "\ngreatest need of intensive care, by expected shortfall per bed")?;
    let [fips, place, free, peak, overflow, first, lacking] = HEAD;
    writeln!(text, "  {fips:<6}{place:<22}{free:>5}{peak:>12}{overflow:>10}{first:>8}{lacking:>13}")?;
    for (row, probability) in needy {
        let name = done.rows.iter().find(|county| county.fips == row.fips).map_or("", |county| &county.name);
        let name: String = name.chars().take(21).collect();
        let need = &row.need;
        let free = need.beds.zip(need.others).map_or(0.0, |(beds, others)| beds - others);
        let both = |values: [f64; 3]| format!("{:.0} ({:.0})", values[0], values[1]);
        let (peak, lacking) = (both(need.peak), need.gap.map_or_else(String::new, both));
        let first = need.first_overflow.map(|days| done.manifest.as_of.saturating_add((days as i64).days()));
        let first = first.map_or_else(String::new, |day| day.strftime("%b %e").to_string());
        let overflow = format!("{:.0} %", 100.0 * probability);
        writeln!(text, "  {:<6}{name:<22}{free:>5.0}{peak:>12}{overflow:>10}{first:>8}{lacking:>13}", row.fips)?;
    }
    Ok(())
}

/// Columns of the table of hospitals; in brackets the 90 % quantile.
const HEAD: [&str; 7] = ["fips", "hospitals of", "free", "peak (90 %)", "overflow", "from", "lack (90 %)"];

/// A name that fits into its column.
fn short(name: &str) -> String {
    name.chars().take(25).collect()
}

fn section<'a>(
    text: &mut String,
    title: &str,
    counts: impl Iterator<Item = (&'a String, &'a usize)>,
) -> std::fmt::Result {
    let mut counts = counts.peekable();
    if counts.peek().is_some() {
        writeln!(text, "\n{title}")?;
        for (kind, n) in counts {
            writeln!(text, "  {n:>7}  {kind}")?;
        }
    }
    Ok(())
}
