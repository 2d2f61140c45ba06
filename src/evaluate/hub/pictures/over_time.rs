//! Relative scores by reference date, above the course of what was forecast.

use std::collections::BTreeMap;

use countycast_engine::Date;
use countycast_engine::weekly::{Unit, Week};
use countycast_signals::{By, Group};
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::words::{HEAD, LABEL, head, key, thousands, write};
use super::{BEHIND, Content, FAINT, INK};
use crate::pictures::{Area, Drawn};

pub(super) const SIZE: (u32, u32) = (900, 560);
/// Left and right ends of both panels, the scores' top and bottom, and those of the course.
const SIDES: (i32, i32) = (64, 880);
const SCORES: (i32, i32) = (HEAD + 30, 390);
const COURSE: (i32, i32) = (425, 520);
/// Least and greatest top of the scale of scores.
const TOPS: (f64, f64) = (1.2, 2.5);
/// Weeks after which a line begins anew: between seasons hubs rest.
const REST: i32 = 2;

pub(super) fn draw(area: &Area<'_>, content: &Content<'_>) -> Drawn {
    let groups = content.scores.by(By::ReferenceDate);
    let dated: Vec<(Week, &Group)> =
        groups.iter().filter_map(|group| Some((Week::ending(group.value.parse().ok()?)?, group))).collect();
    let (Some((first, _)), Some((last, _))) = (dated.first(), dated.last()) else { return Ok(()) };
    head(
        area,
        &content.title(),
        "Weighted interval score relative to the hub's baseline (1), by reference date; all horizons and places.",
    )?;
    let shown = content.shown();
    let names: Vec<(String, RGBColor)> = shown.iter().map(|(_, name, colour)| (name.clone(), *colour)).collect();
    key(area, &names, (SIDES.0, HEAD + 12))?;
    let span = f64::from(last.since(*first).max(1));
    let x = |week: Week| SIDES.0 + (f64::from(SIDES.1 - SIDES.0) * f64::from(week.since(*first)) / span).round() as i32;
    let lines: Vec<(Vec<(Week, f64)>, RGBColor)> = shown
        .iter()
        .map(|(model, _, colour)| {
            let of = |(week, group): &(Week, &Group)| Some((*week, group.model(model)?.relative?));
            (dated.iter().filter_map(of).collect(), *colour)
        })
        .collect();
    let highest = lines.iter().flat_map(|(line, _)| line).map(|(_, relative)| *relative).fold(0.0, f64::max);
    let top = (1.05 * highest).clamp(TOPS.0, TOPS.1);
    let y = |relative: f64| {
        let (above, below) = SCORES;
        below - (f64::from(below - above) * (relative / top).min(1.0)).round() as i32
    };
    // Behind the baseline.
    area.draw(&Rectangle::new([(SIDES.0, y(top)), (SIDES.1, y(1.0))], BEHIND.mix(0.06).filled()))?;
    for tick in (0..).map(|tick| 0.25 * f64::from(tick)).take_while(|tick| *tick <= top) {
        let style = if tick == 1.0 { INK.stroke_width(1) } else { FAINT.stroke_width(1) };
        area.draw(&PathElement::new([(SIDES.0, y(tick)), (SIDES.1, y(tick))], style))?;
        write(area, &format!("{tick}"), (SIDES.0 - 8, y(tick)), LABEL, HPos::Right, INK)?;
    }
    if lines.iter().all(|(line, _)| line.is_empty()) {
        let middle = (i32::midpoint(SIDES.0, SIDES.1), i32::midpoint(SCORES.0, SCORES.1));
        write(area, "too few tasks on each date for models to be compared", middle, LABEL, HPos::Center, INK)?;
    }
    write(area, "worse than the baseline", (SIDES.0 + 8, y(top) + 10), LABEL, HPos::Left, BEHIND)?;
    for (line, colour) in &lines {
        for run in runs(line) {
            let points: Vec<(i32, i32)> = run.iter().map(|(week, relative)| (x(*week), y(*relative))).collect();
            area.draw(&PathElement::new(points.clone(), colour.stroke_width(2)))?;
            for point in points {
                area.draw(&Circle::new(point, 3, colour.filled()))?;
            }
        }
    }
    course(area, content, (*first, *last), &x)?;
    dates(area, (*first, *last), &x)
}

/// What came in the reference weeks: people in all places together, or the mean share of places.
fn course(area: &Area<'_>, content: &Content<'_>, (first, last): (Week, Week), x: &dyn Fn(Week) -> i32) -> Drawn {
    let mut weeks: BTreeMap<Week, BTreeMap<&str, f64>> = BTreeMap::new();
    for (task, score) in content.scores.models.values().flatten() {
        let week = task.reference.plus(i32::from(task.horizon));
        weeks.entry(week).or_default().insert(&task.location, score.observed);
    }
    let is_count = content.scores.signal.unit() == Unit::Count;
    let value = |places: &BTreeMap<&str, f64>| {
        let sum: f64 = places.values().sum();
        if is_count { sum } else { sum / places.len() as f64 }
    };
    let course: Vec<(Week, f64)> = weeks.range(first..=last).map(|(week, places)| (*week, value(places))).collect();
    let highest = course.iter().map(|(_, value)| *value).fold(f64::MIN_POSITIVE, f64::max);
    let (above, below) = COURSE;
    let y = |value: f64| below - (f64::from(below - above) * value / highest).round() as i32;
    for run in runs(&course) {
        let line: Vec<(i32, i32)> = run.iter().map(|(week, value)| (x(*week), y(*value))).collect();
        let (Some(start), Some(end)) = (line.first(), line.last()) else { continue };
        let under = [&[(start.0, below)], line.as_slice(), &[(end.0, below)]].concat();
        area.draw(&Polygon::new(under, INK.mix(0.12)))?;
        area.draw(&PathElement::new(line, INK.stroke_width(2)))?;
    }
    area.draw(&PathElement::new([(SIDES.0, below), (SIDES.1, below)], INK.stroke_width(1)))?;
    let scale = content.target.map_or(1.0, |target| target.scale);
    let (what, top) = if is_count {
        ("what came: people, all places together", thousands(highest))
    } else {
        ("what came: mean share of visits over the places", format!("{:.1} %", 100.0 * highest / scale))
    };
    write(area, what, (SIDES.0, above - 14), LABEL, HPos::Left, INK)?;
    write(area, &top, (SIDES.0 - 8, above), LABEL, HPos::Right, INK)?;
    write(area, "0", (SIDES.0 - 8, below), LABEL, HPos::Right, INK)
}

/// Names of months, or of weeks where they are few.
fn dates(area: &Area<'_>, (first, last): (Week, Week), x: &dyn Fn(Week) -> i32) -> Drawn {
    let weeks = last.since(first).max(1);
    let all = (0..=weeks).map(|place| first.plus(place));
    let begins_month = |week: &Week| week.saturday().day() <= 7;
    let named: Vec<Week> = if weeks <= 16 { all.collect() } else { all.filter(begins_month).collect() };
    let every = named.len().div_ceil(14);
    for week in named.into_iter().step_by(every) {
        let day: Date = week.saturday();
        let format = if weeks <= 16 { "%b %-d" } else { "%b %y" };
        area.draw(&PathElement::new([(x(week), COURSE.1), (x(week), COURSE.1 + 5)], INK.stroke_width(1)))?;
        write(area, &day.strftime(format).to_string(), (x(week), COURSE.1 + 16), LABEL, HPos::Center, INK)?;
    }
    Ok(())
}

/// Weeks without a long rest between them.
fn runs(line: &[(Week, f64)]) -> impl Iterator<Item = &[(Week, f64)]> {
    line.chunk_by(|before, after| after.0.since(before.0) <= REST)
}
