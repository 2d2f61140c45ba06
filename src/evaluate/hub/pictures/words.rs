//! Letters on charts: titles, labels and keys.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::INK;
use crate::pictures::{Area, Drawn, FONT};

/// Size of titles, of what stands below them, and of labels, pixels.
pub(super) const TITLE: i32 = 19;
pub(super) const NOTE: i32 = 13;
pub(super) const LABEL: i32 = 12;
/// Height of a title with a line below it.
pub(super) const HEAD: i32 = 58;

/// Draws letters at a point of an area, their height's middle on it.
pub(super) fn write(area: &Area<'_>, text: &str, at: (i32, i32), size: i32, side: HPos, colour: RGBColor) -> Drawn {
    let style = (FONT, size).into_font().color(&colour).pos(Pos::new(side, VPos::Center));
    area.draw(&Text::new(text.to_owned(), at, style))?;
    Ok(())
}

/// Draws a title and the line that explains the chart.
pub(super) fn head(area: &Area<'_>, title: &str, note: &str) -> Drawn {
    write(area, title, (14, 20), TITLE, HPos::Left, INK)?;
    write(area, note, (14, 43), NOTE, HPos::Left, RGBColor(90, 90, 90))
}

/// A whole number with its thousands apart.
pub(super) fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|group| str::from_utf8(group).ok()).collect();
    groups.join(",")
}

/// Draws the names of lines in a row, each behind a piece of its line.
pub(super) fn key(area: &Area<'_>, names: &[(String, RGBColor)], (mut x, y): (i32, i32)) -> Drawn {
    for (name, colour) in names {
        area.draw(&PathElement::new([(x, y), (x + 22, y)], colour.stroke_width(3)))?;
        write(area, name, (x + 28, y), LABEL, HPos::Left, INK)?;
        let (width, _) = area.estimate_text_size(name, &(FONT, LABEL).into_text_style(area))?;
        x += 28 + width as i32 + 22;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::thousands;

    #[test]
    fn thousands_are_apart() {
        assert_eq!([0.0, 999.0, 41_070.4, 1_234_567.0].map(thousands), ["0", "999", "41,070", "1,234,567"]);
    }
}
