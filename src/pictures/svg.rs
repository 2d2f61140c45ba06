//! Charts as SVG.

use plotters::coord::Shift;
use plotters::prelude::*;

use super::register;
use crate::error::Error;
use crate::output::Staging;

/// A part of a chart.
pub(crate) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// How drawing ended.
pub(crate) type Drawn = Result<(), Box<dyn std::error::Error>>;

/// Draws a chart of so many pixels into a file of a result, on white.
pub(crate) fn svg(
    out: &Staging,
    name: &str,
    size: (u32, u32),
    plot: impl FnOnce(&Area<'_>) -> Drawn,
) -> Result<(), Error> {
    register();
    let drawn = out.write(name, |path| {
        let area = SVGBackend::new(path, size).into_drawing_area();
        let drawn = area.fill(&WHITE).map_err(Into::into).and_then(|()| plot(&area));
        let drawn = drawn.and_then(|()| area.present().map_err(Into::into));
        drawn.map_err(|error| Error::write(path, std::io::Error::other(error.to_string())))
    });
    drawn.map(drop)
}
