//! Models by their relative scores, with their coverage and the share of tasks that they answered.

use countycast_signals::{By, Group, ModelScore, SCORED_HORIZONS};
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::words::{HEAD, LABEL, NOTE, head, write};
use super::{Content, ENSEMBLE, FAINT, INK, LEAST_SHARE, OTHERS, OURS};
use crate::pictures::{Area, Drawn};

const WIDE: i32 = 900;
const ROW: i32 = 30;
/// Dots of all horizons lie so far above the middle of a row, and those of one below it.
const ABOVE: i32 = 3;
const BELOW: i32 = 9;
/// Left and right ends of the scale.
const SCALE: (i32, i32) = (260, 640);
/// Relative scores beyond which nothing is drawn to scale.
const MOST: f64 = 2.0;
/// Places of the columns of numbers, by their right ends.
const COLUMNS: [(i32, &str); 4] = [(700, "WIS"), (762, "in 50 %"), (824, "in 95 %"), (886, "tasks")];
/// Below the rows: the scale, and the key of the horizons.
const FOOT: i32 = 62;
/// Above the rows: names of columns.
const NAMES: i32 = 26;

pub(super) fn size(content: &Content<'_>) -> (u32, u32) {
    let rows = content.all.as_ref().map_or(0, |group| group.models.len()) as i32;
    (WIDE as u32, (HEAD + NAMES + rows * ROW + FOOT) as u32)
}

pub(super) fn draw(area: &Area<'_>, content: &Content<'_>) -> Drawn {
    let Some(group) = &content.all else { return Ok(()) };
    let note = format!(
        "Weighted interval score relative to the hub's baseline: below 1 is better than it. {} tasks, the nation left out.",
        group.tasks
    );
    head(area, &content.title(), &note)?;
    let top = HEAD + NAMES;
    let bottom = top + group.models.len() as i32 * ROW;
    for (x, name) in COLUMNS {
        write(area, name, (x, HEAD + NAMES / 2), LABEL, HPos::Right, INK)?;
    }
    for tick in [0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0] {
        let x = place(tick);
        let style = if tick == 1.0 { INK.stroke_width(1) } else { FAINT.stroke_width(1) };
        area.draw(&PathElement::new([(x, top), (x, bottom)], style))?;
        if (tick * 2.0).fract() == 0.0 {
            write(area, &format!("{tick}"), (x, bottom + 14), LABEL, HPos::Center, INK)?;
        }
    }
    let horizons = content.scores.by(By::Horizon);
    for (row, model) in group.models.iter().enumerate() {
        draw_row(area, content, model, &horizons, top + row as i32 * ROW + ROW / 2)?;
    }
    key(area, bottom + 42)
}

fn draw_row(area: &Area<'_>, content: &Content<'_>, model: &ModelScore, horizons: &[Group], y: i32) -> Drawn {
    let ours = content.is_ours(&model.model);
    let colour = if ours {
        OURS
    } else if content.hub.ensemble.as_ref() == Some(&model.model) {
        ENSEMBLE
    } else {
        OTHERS
    };
    if ours {
        area.draw(&Rectangle::new([(6, y - ROW / 2), (WIDE - 6, y + ROW / 2)], OURS.mix(0.08).filled()))?;
    }
    write(area, &model.model, (SCALE.0 - 12, y), NOTE, HPos::Right, INK)?;
    for horizon in horizons {
        let relative =
            horizon.model(&model.model).and_then(|model| model.relative).filter(|relative| *relative <= MOST);
        if let Some(relative) = relative {
            let at = (place(relative), y + BELOW);
            area.draw(&Circle::new(at, 3, colour.mix(strength(&horizon.value)).filled()))?;
        }
    }
    let few = model.share < LEAST_SHARE;
    if let Some(relative) = model.relative {
        let at = (place(relative.min(MOST)), y - ABOVE);
        if relative > MOST {
            area.draw(&TriangleMarker::new(at, 7, colour.filled()))?;
        } else if few {
            area.draw(&Circle::new(at, 6, WHITE.filled()))?;
            area.draw(&Circle::new(at, 6, colour.stroke_width(2)))?;
        } else {
            area.draw(&Circle::new(at, 6, colour.filled()))?;
        }
    }
    let held = |interval: f64| {
        let place = content.scores.interval(interval)?;
        model.held.get(place).map(|held| format!("{:.0} %", 100.0 * held))
    };
    let relative = model.relative.map(|relative| format!("{relative:.3}"));
    let cells = [relative, held(0.5), held(0.95), Some(format!("{:.0} %", 100.0 * model.share))];
    for ((x, _), cell) in COLUMNS.iter().zip(cells) {
        write(area, cell.as_deref().unwrap_or("–"), (*x, y), LABEL, HPos::Right, INK)?;
    }
    Ok(())
}

/// Where a relative score lies.
fn place(relative: f64) -> i32 {
    let (left, right) = SCALE;
    left + (f64::from(right - left) * relative / MOST).round() as i32
}

/// Farther weeks are fainter.
fn strength(horizon: &str) -> f64 {
    let place = SCORED_HORIZONS.iter().position(|known| known.to_string() == horizon).unwrap_or_default();
    0.85 - 0.2 * place as f64
}

fn key(area: &Area<'_>, y: i32) -> Drawn {
    let mut x = 14;
    let mut entry = |mark: &dyn Fn(i32) -> Drawn, text: &str, wide: i32| -> Drawn {
        mark(x)?;
        write(area, text, (x + 18, y), LABEL, HPos::Left, INK)?;
        x += wide;
        Ok(())
    };
    let circle = |size: i32, strength: f64| {
        move |x: i32| -> Drawn {
            area.draw(&Circle::new((x + 4, y), size, OTHERS.mix(strength).filled()))?;
            Ok(())
        }
    };
    entry(&circle(7, 1.0), "all horizons", 116)?;
    entry(
        &|x| {
            area.draw(&Circle::new((x + 4, y), 7, OTHERS.stroke_width(2)))?;
            Ok(())
        },
        "fewer than half of the tasks",
        214,
    )?;
    for (horizon, words) in SCORED_HORIZONS.iter().zip(["horizon 0", "1", "2", "3 weeks ahead"]) {
        entry(&circle(3, strength(&horizon.to_string())), words, if words.len() > 2 { 92 } else { 38 })?;
    }
    Ok(())
}
