//! Scenarios side by side: cases, deaths and patients relative to the baseline.

use plotters::coord::Shift;
use plotters::prelude::*;

use super::super::done::{Asked, Done};
use super::super::effect::{Effect, Quantity};
use super::super::variant::short;
use super::{BASELINE, Drawn, Picture};
use crate::pictures::DISTINCT;
use crate::pictures::FONT;

/// What is shown of each scenario.
const SHOWN: [(Quantity, &str); 3] =
    [(Quantity::Cases, "cases"), (Quantity::Deaths, "deaths"), (Quantity::PeakPatients, "patients at the peak")];
/// Height of a scenario's row, pixels.
const ROW: u32 = 54;
/// Most scenarios in one picture; the files hold all.
const MOST: usize = 30;
/// Width of the names, pixels.
const NAMES: u32 = 330;
/// Ratios above this are drawn at the edge.
const HIGHEST: f64 = 8.0;

/// The blend's effects on one place.
pub(super) struct Effects<'a> {
    title: String,
    /// By scenario, in their order.
    rows: Vec<(&'a str, Vec<&'a Effect>)>,
}

impl<'a> Effects<'a> {
    pub(super) fn of(done: &'a Done, place: &'a Asked) -> Self {
        let of = |name: &str| done.blended(&place.fips).filter(|effect| effect.scenario == name).collect();
        let rows = done.variants.iter().take(MOST).map(|variant| (variant.name.as_str(), of(&variant.name)));
        let title = format!("{}: relative to the baseline (1), median and 90 % interval", place.name);
        Self { title, rows: rows.collect() }
    }
}

impl Picture for Effects<'_> {
    fn size(&self) -> (u32, u32) {
        (960, 120 + ROW * self.rows.len() as u32)
    }

    fn draw<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>) -> Drawn
    where
        B::ErrorType: 'static,
    {
        area.fill(&WHITE)?;
        let ratio = |effects: &[&Effect], quantity: Quantity| {
            effects.iter().find(|effect| effect.quantity == quantity).and_then(|effect| effect.ratio)
        };
        let all = self.rows.iter().flat_map(|(_, effects)| SHOWN.map(|(quantity, _)| ratio(effects, quantity)));
        let top = (1.05 * all.flatten().map(|ratio| ratio.high).fold(1.1, f64::max)).min(HIGHEST);
        let rows = self.rows.len() as f64;
        let mut chart = ChartBuilder::on(area)
            .caption(&self.title, (FONT, 17))
            .margin(10)
            .margin_left(NAMES)
            .x_label_area_size(30)
            .build_cartesian_2d(0.0..top, -rows..0.6)?;
        let mut mesh = chart.configure_mesh();
        mesh.light_line_style(WHITE).disable_y_mesh().disable_y_axis().label_style((FONT, 13)).draw()?;
        chart.draw_series(LineSeries::new([(1.0, 0.6), (1.0, -rows)], BASELINE.stroke_width(2)))?;
        for ((at, (quantity, label)), colour) in SHOWN.into_iter().enumerate().zip(DISTINCT) {
            let marks = self.rows.iter().enumerate().filter_map(|(row, (_, effects))| {
                let y = -(row as f64 + 0.25 + 0.25 * at as f64);
                ratio(effects, quantity).map(|ratio| (y, ratio))
            });
            let marks: Vec<_> = marks.collect();
            let whisker = |y: f64, low: f64, high: f64| {
                PathElement::new([(low.min(top), y), (high.min(top), y)], colour.stroke_width(3))
            };
            chart
                .draw_series(marks.iter().map(|(y, ratio)| whisker(*y, ratio.low, ratio.high)))?
                .label(label)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(3)));
            chart.draw_series(
                marks.iter().map(|(y, ratio)| Circle::new((ratio.median.min(top), *y), 5, colour.filled())),
            )?;
        }
        for (row, (name, _)) in self.rows.iter().enumerate() {
            let (_, y) = chart.backend_coord(&(0.0, -(row as f64 + 0.5)));
            area.draw(&Text::new(short(name, 44), (12, y - 7), (FONT, 13)))?;
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperRight)
            .label_font((FONT, 13))
            .background_style(WHITE.mix(0.85))
            .draw()?;
        Ok(area.present()?)
    }
}
