//! The answers as pictures: daily cases under each scenario, and the response to a swept strength.

use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;

use super::effect::{Effect, Quantity};
use super::run::{Done, swept};
use super::simulate::{Course, day};
use crate::error::Error;
use crate::font::{self, FONT};
use crate::output::aside;

/// Colours that people with any kind of colour vision can tell apart (Okabe and Ito 2008); the baseline is grey.
const BASELINE: RGBColor = RGBColor(90, 90, 90);
const COLOURS: [RGBColor; 6] = [
    RGBColor(0, 114, 178),
    RGBColor(230, 159, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(213, 94, 0),
];
/// Width and height, pixels.
const SIZE: (u32, u32) = (960, 520);

type Drawn = Result<(), Box<dyn std::error::Error>>;

/// Draws `cases.svg` and `.png`, and for a sweep `sweep.svg` and `.png`, of the place that speaks for all.
pub(super) fn all(out: &Path, done: &Done) -> Result<(), Error> {
    font::register();
    let courses: Vec<&Course> = done.courses.iter().filter(|course| course.fips == done.main_place()).collect();
    both(out, "cases", &|path| svg(path, |area| cases(area, done, &courses)), &|pixels| {
        cases(&BitMapBackend::with_buffer(pixels, SIZE).into_drawing_area(), done, &courses)
    })?;
    let totals = done.pooled(done.main_place()).filter(|effect| effect.quantity == Quantity::Cases);
    let steps = swept(totals);
    if steps.len() < 2 {
        return Ok(());
    }
    both(out, "sweep", &|path| svg(path, |area| response(area, &steps)), &|pixels| {
        response(&BitMapBackend::with_buffer(pixels, SIZE).into_drawing_area(), &steps)
    })
}

fn svg(path: &Path, draw: impl Fn(&DrawingArea<SVGBackend<'_>, Shift>) -> Drawn) -> Drawn {
    draw(&SVGBackend::new(path, SIZE).into_drawing_area())
}

fn both(
    out: &Path,
    name: &str,
    svg: &dyn Fn(&Path) -> Drawn,
    bitmap: &dyn Fn(&mut [u8]) -> Drawn,
) -> Result<(), Error> {
    let fail =
        |path: &Path, error: Box<dyn std::error::Error>| Error::write(path, std::io::Error::other(error.to_string()));
    aside(&out.join(format!("{name}.svg")), |path| svg(path).map_err(|error| fail(path, error)))?;
    aside(&out.join(format!("{name}.png")), |path| {
        // The format is told by the name's end, which the unfinished file does not have.
        let mut pixels = vec![0; (3 * SIZE.0 * SIZE.1) as usize];
        bitmap(&mut pixels).map_err(|error| fail(path, error))?;
        let (colour, format) = (image::ColorType::Rgb8, image::ImageFormat::Png);
        image::save_buffer_with_format(path, &pixels, SIZE.0, SIZE.1, colour, format)
            .map_err(|error| fail(path, error.into()))
    })
}

fn cases<B: DrawingBackend>(area: &DrawingArea<B, Shift>, done: &Done, courses: &[&Course]) -> Drawn
where
    B::ErrorType: 'static,
{
    area.fill(&WHITE)?;
    let days = courses.first().map_or(1, |course| course.cases.len());
    let top = courses.iter().flat_map(|course| &course.cases).map(|row| row[2]).fold(1.0, f64::max);
    let name = done.names.last().map_or("", |(_, name)| name);
    let title = format!("{name}: daily cases (mean of seven days) after {}, median and 90 % interval", done.as_of);
    let mut chart = ChartBuilder::on(area)
        .caption(title, (FONT, 18))
        .margin(12)
        .x_label_area_size(32)
        .y_label_area_size(64)
        .build_cartesian_2d(1.0..days as f64, 0.0..1.05 * top)?;
    let date = |ahead: &f64| day(done.as_of, ahead.round().max(0.0) as usize).to_string();
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .x_labels(7)
        .x_label_formatter(&date)
        .y_label_formatter(&|value| format!("{value:.0}"))
        .draw()?;
    let colours = std::iter::once(BASELINE).chain(COLOURS.into_iter().cycle());
    for (course, colour) in courses.iter().zip(colours) {
        let line = |i: usize| (1..).zip(&course.cases).map(move |(day, row)| (f64::from(day), row[i]));
        let lower: Vec<(f64, f64)> = line(0).collect();
        let band: Vec<(f64, f64)> = line(2).chain(lower.into_iter().rev()).collect();
        chart.draw_series([Polygon::new(band, colour.mix(0.12))])?;
        chart
            .draw_series(LineSeries::new(line(1), colour.stroke_width(3)))?
            .label(course.scenario.clone())
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(3)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .label_font((FONT, 14))
        .background_style(WHITE.mix(0.8))
        .draw()?;
    Ok(area.present()?)
}

fn response<B: DrawingBackend>(area: &DrawingArea<B, Shift>, steps: &[(f64, &Effect)]) -> Drawn
where
    B::ErrorType: 'static,
{
    area.fill(&WHITE)?;
    let ratios: Vec<(f64, [f64; 3])> = steps
        .iter()
        .filter_map(|(strength, effect)| effect.ratio.map(|ratio| (*strength, [ratio.low, ratio.median, ratio.high])))
        .collect();
    let top = ratios.iter().map(|(_, row)| row[2]).fold(1.0, f64::max);
    let mut chart = ChartBuilder::on(area)
        .caption("cases over those of the baseline, by strength: median and 90 % interval", (FONT, 18))
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(48)
        .build_cartesian_2d(0.0..1.0, 0.0..1.05 * top)?;
    chart.configure_mesh().light_line_style(WHITE).x_desc("strength").draw()?;
    chart.draw_series(LineSeries::new([(0.0, 1.0), (1.0, 1.0)], BASELINE.stroke_width(1)))?;
    for (strength, [low, median, high]) in ratios {
        chart.draw_series([PathElement::new([(strength, low), (strength, high)], COLOURS[0].stroke_width(3))])?;
        chart.draw_series([Circle::new((strength, median), 5, COLOURS[0].filled())])?;
    }
    Ok(area.present()?)
}
