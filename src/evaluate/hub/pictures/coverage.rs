//! Coverage of central intervals: by their probability, and by horizon.

use countycast_signals::{By, Group, SCORED_HORIZONS};
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::words::{HEAD, LABEL, head, key, write};
use super::{Content, FAINT, INK};
use crate::pictures::{Area, Drawn};

pub(super) const SIZE: (u32, u32) = (900, 470);
/// Top and bottom of both panels, and the left and right ends of each.
const ROWS: (i32, i32) = (HEAD + 34, 420);
const LEFT: (i32, i32) = (64, 420);
const RIGHT: (i32, i32) = (524, 846);
/// Intervals that are shown by horizon.
const SHOWN: [f64; 2] = [0.5, 0.95];

pub(super) fn draw(area: &Area<'_>, content: &Content<'_>) -> Drawn {
    let Some(all) = &content.all else { return Ok(()) };
    head(
        area,
        &content.title(),
        "Share of what came that lies within the central intervals; on the thin lines it is as said.",
    )?;
    let shown = content.shown();
    let names: Vec<(String, RGBColor)> = shown.iter().map(|(_, name, colour)| (name.clone(), *colour)).collect();
    key(area, &names, (LEFT.0, HEAD + 8))?;
    for side in [LEFT, RIGHT] {
        for tick in [0.0, 0.25, 0.5, 0.75, 1.0] {
            area.draw(&PathElement::new([(side.0, y(tick)), (side.1, y(tick))], FAINT.stroke_width(1)))?;
            write(area, &format!("{:.0} %", 100.0 * tick), (side.0 - 8, y(tick)), LABEL, HPos::Right, INK)?;
        }
    }
    by_interval(area, content, all)?;
    by_horizon(area, content)
}

fn by_interval(area: &Area<'_>, content: &Content<'_>, all: &Group) -> Drawn {
    let x = |interval: f64| LEFT.0 + (f64::from(LEFT.1 - LEFT.0) * interval).round() as i32;
    area.draw(&PathElement::new([(x(0.0), y(0.0)), (x(1.0), y(1.0))], INK.stroke_width(1)))?;
    for (model, _, colour) in content.shown() {
        let Some(score) = all.model(model) else { continue };
        let points = content.scores.intervals.iter().zip(&score.held);
        line(area, points.map(|(interval, held)| (x(*interval), y(*held))).collect(), colour)?;
    }
    for tick in [0.1, 0.3, 0.5, 0.7, 0.9] {
        write(area, &format!("{:.0} %", 100.0 * tick), (x(tick), ROWS.1 + 14), LABEL, HPos::Center, INK)?;
    }
    write(area, "central interval", (i32::midpoint(LEFT.0, LEFT.1), ROWS.1 + 34), LABEL, HPos::Center, INK)
}

fn by_horizon(area: &Area<'_>, content: &Content<'_>) -> Drawn {
    let groups = content.scores.by(By::Horizon);
    let steps = SCORED_HORIZONS.len() as i32 - 1;
    let x = |place: usize| RIGHT.0 + 24 + (RIGHT.1 - RIGHT.0 - 48) * place as i32 / steps;
    for interval in SHOWN {
        let Some(place) = content.scores.interval(interval) else { continue };
        let wanted = y(interval);
        area.draw(&PathElement::new([(RIGHT.0, wanted), (RIGHT.1, wanted)], INK.stroke_width(1)))?;
        write(area, &format!("{:.0} %", 100.0 * interval), (RIGHT.1 + 6, wanted), LABEL, HPos::Left, INK)?;
        for (model, _, colour) in content.shown() {
            let point = |(step, horizon): (usize, &i8)| {
                let group = groups.iter().find(|group| group.value == horizon.to_string())?;
                Some((x(step), y(*group.model(model)?.held.get(place)?)))
            };
            line(area, SCORED_HORIZONS.iter().enumerate().filter_map(point).collect(), colour)?;
        }
    }
    for (place, horizon) in SCORED_HORIZONS.iter().enumerate() {
        write(area, &horizon.to_string(), (x(place), ROWS.1 + 14), LABEL, HPos::Center, INK)?;
    }
    let middle = i32::midpoint(RIGHT.0, RIGHT.1);
    write(area, "weeks after the reference week", (middle, ROWS.1 + 34), LABEL, HPos::Center, INK)
}

/// Where a share lies.
fn y(share: f64) -> i32 {
    ROWS.1 - (f64::from(ROWS.1 - ROWS.0) * share).round() as i32
}

fn line(area: &Area<'_>, points: Vec<(i32, i32)>, colour: RGBColor) -> Drawn {
    for point in &points {
        area.draw(&Circle::new(*point, 3, colour.filled()))?;
    }
    area.draw(&PathElement::new(points, colour.stroke_width(2)))?;
    Ok(())
}
