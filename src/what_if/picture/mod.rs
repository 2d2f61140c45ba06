//! Charts of the results: time courses under each scenario, effects side by side, and the response to a swept strength.

mod courses;
mod effects;
mod sweep;

use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;

use super::done::Done;
use crate::error::Error;
use crate::output::Staging;
use crate::pictures;
use crate::pictures::DISTINCT;

/// The baseline is grey.
const BASELINE: RGBColor = RGBColor(90, 90, 90);

type Drawn = Result<(), Box<dyn std::error::Error>>;

/// A chart, drawn as SVG and PNG.
trait Picture {
    /// Width and height, pixels.
    fn size(&self) -> (u32, u32);

    /// Draws it.
    fn draw<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>) -> Drawn
    where
        B::ErrorType: 'static;
}

/// Draws the main place: `courses.svg` and `.png`; `effects` if there are several scenarios; `sweep` if a strength is
/// swept.
pub(super) fn all(out: &Staging, done: &Done) -> Result<(), Error> {
    pictures::register();
    let Some(place) = done.main_place() else { return Ok(()) };
    both(out, "courses", &courses::Courses::of(done, place))?;
    if done.variants.len() > 1 {
        both(out, "effects", &effects::Effects::of(done, place))?;
    }
    match sweep::Sweep::of(done, place) {
        Some(sweep) => both(out, "sweep", &sweep),
        None => Ok(()),
    }
}

fn both(out: &Staging, name: &str, picture: &impl Picture) -> Result<(), Error> {
    let fail =
        |path: &Path, error: Box<dyn std::error::Error>| Error::write(path, std::io::Error::other(error.to_string()));
    let size @ (wide, high) = picture.size();
    out.write(&format!("{name}.svg"), |path| {
        picture.draw(&SVGBackend::new(path, size).into_drawing_area()).map_err(|error| fail(path, error))
    })?;
    out.write(&format!("{name}.png"), |path| {
        // The format follows from the extension, which the temporary file does not have.
        let mut pixels = vec![0; (3 * wide * high) as usize];
        let drawn = picture.draw(&BitMapBackend::with_buffer(&mut pixels, size).into_drawing_area());
        drawn.map_err(|error| fail(path, error))?;
        let (colour, format) = (image::ColorType::Rgb8, image::ImageFormat::Png);
        image::save_buffer_with_format(path, &pixels, wide, high, colour, format)
            .map_err(|error| fail(path, error.into()))
    })?;
    Ok(())
}

/// Colours of the scenarios, in their order, and which round of them it is: a second one is dashed, and later ones are dotted.
fn colours() -> impl Iterator<Item = (RGBColor, usize)> + Clone {
    (0..).flat_map(|round| DISTINCT.into_iter().map(move |colour| (colour, round)))
}

/// Lengths of dashes and of the gaps between them in each round of colours, pixels; none for a whole line.
fn dashes(round: usize) -> Option<(u32, u32)> {
    [None, Some((10, 6))].get(round).copied().unwrap_or(Some((3, 5)))
}

/// A number of people on an axis.
fn people(value: &f64) -> String {
    if *value < 10.0 && value.fract() != 0.0 { format!("{value:.1}") } else { format!("{value:.0}") }
}
