//! Response chart: loss against each parameter, one panel per parameter.

use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;

use super::Done;
use super::space::Parameter;
use super::trials::Trial;
use crate::error::Error;
use crate::output::Staging;
use crate::pictures::{self, FONT};

/// Width and height of a panel, in pixels.
const PANEL: (u32, u32) = (420, 300);
/// Height of the line above the panels.
const TITLE: u32 = 30;
/// Most panels in a row.
const COLUMNS: usize = 3;
/// Colours that people with any kind of colour vision can tell apart (Okabe and Ito 2008).
const TRIED: RGBColor = RGBColor(0, 114, 178);
const GIVEN: RGBColor = RGBColor(230, 159, 0);
const BEST: RGBColor = RGBColor(213, 94, 0);

type Drawn = Result<(), Box<dyn std::error::Error>>;

/// Draws `response.svg` and `response.png`.
pub(super) fn write(out: &Staging, parameters: &[Parameter], done: &Done) -> Result<(), Error> {
    pictures::register();
    // As near to a square as whole rows allow.
    let columns = (1..COLUMNS).find(|columns| columns * columns >= parameters.len()).unwrap_or(COLUMNS);
    let rows = parameters.len().div_ceil(columns).max(1);
    let size = (PANEL.0 * columns as u32, TITLE + PANEL.1 * rows as u32);
    let draw = |name: &str, draw: &dyn Fn(&Path) -> Drawn| {
        let drawn = out.write(name, |path| {
            draw(path).map_err(|error| Error::write(path, std::io::Error::other(error.to_string())))
        });
        drawn.map(drop)
    };
    draw("response.svg", &|path| {
        page(&SVGBackend::new(path, size).into_drawing_area(), (rows, columns), parameters, done)
    })?;
    draw("response.png", &|path| {
        // The format follows from the extension, which the temporary file does not have.
        let mut pixels = vec![0; (3 * size.0 * size.1) as usize];
        page(&BitMapBackend::with_buffer(&mut pixels, size).into_drawing_area(), (rows, columns), parameters, done)?;
        Ok(image::save_buffer_with_format(
            path,
            &pixels,
            size.0,
            size.1,
            image::ColorType::Rgb8,
            image::ImageFormat::Png,
        )?)
    })
}

fn page<B: DrawingBackend>(
    area: &DrawingArea<B, Shift>,
    grid: (usize, usize),
    parameters: &[Parameter],
    done: &Done,
) -> Drawn
where
    B::ErrorType: 'static,
{
    area.fill(&WHITE)?;
    let title = "loss relative to flat; triangle: starting settings; large dot: best; at the upper edge: trials worse than shown";
    let area = area.titled(title, (FONT, 13))?;
    let scored: Vec<(&Trial, f64)> = done.trials.iter().filter_map(|trial| Some((trial, trial.loss?))).collect();
    let least = scored.iter().map(|(_, loss)| *loss).fold(f64::INFINITY, f64::min);
    // The worst tenth would compress the relevant range.
    let mut losses: Vec<f64> = scored.iter().map(|(_, loss)| *loss).collect();
    losses.sort_by(f64::total_cmp);
    let given = done.trials[0].loss.unwrap_or(least);
    let most = losses[(losses.len() * 9 / 10).min(losses.len() - 1)].max(given);
    let margin = 0.05 * (most - least).max(1e-3);
    let (low, high) = (least - margin, most + margin);
    for (i, (area, parameter)) in area.split_evenly(grid).iter().zip(parameters).enumerate() {
        let mut chart = ChartBuilder::on(area)
            .margin(10)
            .caption(&parameter.key, (FONT, 15))
            .x_label_area_size(28)
            .y_label_area_size(52)
            .build_cartesian_2d(-0.02..1.02, low..high)?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .x_labels(5)
            .y_labels(6)
            .x_label_formatter(&|place| short(parameter.unrounded(*place)))
            .y_label_formatter(&|loss| format!("{loss:.3}"))
            .draw()?;
        let point = |trial: &Trial, loss: f64| (parameter.place(trial.values[i]), loss.min(high));
        chart.draw_series(scored.iter().map(|(t, loss)| Circle::new(point(t, *loss), 3, TRIED.mix(0.5).filled())))?;
        chart.draw_series([TriangleMarker::new(point(&done.trials[0], given), 7, GIVEN.filled())])?;
        chart.draw_series([Circle::new(point(&done.trials[done.best], least), 6, BEST.filled())])?;
    }
    area.present()?;
    Ok(())
}

fn short(value: f64) -> String {
    if value.abs() >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}
