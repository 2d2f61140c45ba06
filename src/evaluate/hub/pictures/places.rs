//! Places by the blend's relative score, worst first: those where it is behind the baseline stand out.

use countycast_signals::By;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::words::{HEAD, LABEL, head, write};
use super::{BEHIND, Content, ENSEMBLE, FAINT, INK, OURS};
use crate::evaluate::hub::done::place_name;
use crate::pictures::{Area, Drawn};

const ROW: i32 = 19;
/// Most places below each other.
const MOST_ROWS: usize = 27;
/// Of a column of places: its width, the ends of its scale, and the right end of its numbers.
const COLUMN: i32 = 450;
const SCALE: (i32, i32) = (196, 384);
const NUMBER: i32 = 430;
/// Relative scores beyond which nothing is drawn to scale.
const MOST: f64 = 1.5;
/// Longest name, letters.
const LONGEST: usize = 26;
/// Above and below the rows.
const TOP: i32 = HEAD + 30;
const FOOT: i32 = 34;

/// A place with the relative scores of the blend and of the hub's ensemble.
struct Place {
    name: String,
    ours: f64,
    ensemble: Option<f64>,
}

fn places(content: &Content<'_>) -> Vec<Place> {
    let ensemble = content.hub.ensemble.as_deref();
    let place = |group: &countycast_signals::Group| {
        let relative = |name: &str| group.model(name)?.relative;
        let ours = relative(content.blend)?;
        // Of a Health Service Area the county with its city, which stands first.
        let name = place_name(&group.value, &content.read.geography);
        let name = name.split(" - ").next().unwrap_or_default().to_owned();
        Some(Place { name, ours, ensemble: ensemble.and_then(relative) })
    };
    let mut places: Vec<Place> = content.scores.by(By::Location).iter().filter_map(place).collect();
    places.sort_by(|a, b| b.ours.total_cmp(&a.ours));
    places
}

/// Columns and rows of so many places.
fn layout(places: usize) -> (usize, usize) {
    let columns = places.div_ceil(MOST_ROWS).max(2);
    (columns, places.div_ceil(columns).max(1))
}

pub(super) fn size(content: &Content<'_>) -> (u32, u32) {
    let (columns, rows) = layout(places(content).len());
    ((columns as i32 * COLUMN) as u32, (TOP + rows as i32 * ROW + FOOT) as u32)
}

pub(super) fn draw(area: &Area<'_>, content: &Content<'_>) -> Drawn {
    let places = places(content);
    let (columns, rows) = layout(places.len());
    let worse = places.iter().filter(|place| place.ours > 1.0).count();
    let note = format!(
        "Score of {} relative to the hub's baseline by place, worst first: behind the baseline in {worse} of {}.",
        content.blend,
        places.len()
    );
    head(area, &content.title(), &note)?;
    key(area, content)?;
    for column in 0..columns {
        let left = column as i32 * COLUMN;
        let bottom = TOP + rows as i32 * ROW;
        for tick in [0.0, 0.5, 1.0, 1.5] {
            let style = if tick == 1.0 { INK.stroke_width(1) } else { FAINT.stroke_width(1) };
            area.draw(&PathElement::new([(left + x(tick), TOP), (left + x(tick), bottom)], style))?;
            write(area, &format!("{tick}"), (left + x(tick), bottom + 14), LABEL, HPos::Center, INK)?;
        }
    }
    for (rank, place) in places.iter().enumerate() {
        let at = ((rank / rows) as i32 * COLUMN, TOP + (rank % rows) as i32 * ROW + ROW / 2);
        draw_row(area, place, at)?;
    }
    Ok(())
}

fn draw_row(area: &Area<'_>, place: &Place, (left, y): (i32, i32)) -> Drawn {
    let behind = place.ours > 1.0;
    let (colour, letters) = if behind { (BEHIND, BEHIND) } else { (OURS, INK) };
    if behind {
        let row = [(left + 8, y - ROW / 2), (left + COLUMN - 12, y + ROW / 2)];
        area.draw(&Rectangle::new(row, BEHIND.mix(0.08).filled()))?;
    }
    let mut name: String = place.name.chars().take(LONGEST).collect();
    if name.len() < place.name.len() {
        name.push('…');
    }
    write(area, &name, (left + SCALE.0 - 10, y), LABEL, HPos::Right, letters)?;
    if let Some(ensemble) = place.ensemble {
        area.draw(&Circle::new((left + x(ensemble), y), 4, ENSEMBLE.stroke_width(2)))?;
    }
    let at = (left + x(place.ours), y);
    area.draw(&PathElement::new([(left + x(1.0), y), at], colour.stroke_width(2)))?;
    if place.ours > MOST {
        area.draw(&TriangleMarker::new(at, 6, colour.filled()))?;
    } else {
        area.draw(&Circle::new(at, 5, colour.filled()))?;
    }
    write(area, &format!("{:.2}", place.ours), (left + NUMBER, y), LABEL, HPos::Right, letters)
}

/// Where a relative score lies in its column.
fn x(relative: f64) -> i32 {
    let (left, right) = SCALE;
    left + (f64::from(right - left) * relative.min(MOST) / MOST).round() as i32
}

fn key(area: &Area<'_>, content: &Content<'_>) -> Drawn {
    let y = HEAD + 10;
    area.draw(&Circle::new((20, y), 5, OURS.filled()))?;
    write(area, &format!("{}, better than the baseline", content.blend), (32, y), LABEL, HPos::Left, INK)?;
    area.draw(&Circle::new((290, y), 5, BEHIND.filled()))?;
    write(area, "worse than the baseline", (302, y), LABEL, HPos::Left, INK)?;
    area.draw(&Circle::new((480, y), 4, ENSEMBLE.stroke_width(2)))?;
    write(area, "the hub's ensemble", (492, y), LABEL, HPos::Left, INK)
}
