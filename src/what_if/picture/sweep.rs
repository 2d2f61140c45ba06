//! The response to a swept strength.

use plotters::coord::Shift;
use plotters::prelude::*;

use super::super::done::{Asked, Done};
use super::super::effect::{Effect, Quantity};
use super::super::variant::short;
use super::{BASELINE, Drawn, Picture, colours};
use crate::pictures::FONT;

/// What is shown, with its title.
const SHOWN: [(Quantity, &str); 5] = [
    (Quantity::Cases, "cases relative to the baseline"),
    (Quantity::Deaths, "deaths relative to the baseline"),
    (Quantity::PeakPatients, "patients at the peak relative to the baseline"),
    (Quantity::IcuOverflow, "probability of intensive-care overflow"),
    // If beds are unknown, or several places share none.
    (Quantity::Admissions, "admissions relative to the baseline"),
];

/// Steps of one line: strengths with their effects.
type Line<'a> = (&'a str, Vec<(f64, Vec<&'a Effect>)>);

/// The blend's effects on one place, by strength.
pub(super) struct Sweep<'a> {
    title: String,
    kind: &'static str,
    lines: Vec<Line<'a>>,
}

impl<'a> Sweep<'a> {
    /// None where no line has two steps.
    pub(super) fn of(done: &'a Done, place: &'a Asked) -> Option<Self> {
        let mut lines: Vec<Line<'a>> = Vec::new();
        let kind = done.variants.iter().find_map(|variant| Some(variant.step.as_ref()?.kind))?;
        // Strengths of two kinds have no common axis.
        let swept = |variant: &'a super::super::Variant| variant.step.as_ref().filter(|step| step.kind == kind);
        for (variant, step) in done.variants.iter().filter_map(|variant| Some((variant, swept(variant)?))) {
            let effects = done.blended(&place.fips).filter(|effect| effect.scenario == variant.name).collect();
            match lines.iter_mut().find(|(of, _)| *of == step.of) {
                Some((_, steps)) => steps.push((step.strength, effects)),
                None => lines.push((step.of.as_str(), vec![(step.strength, effects)])),
            }
        }
        for (_, steps) in &mut lines {
            steps.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        lines.retain(|(_, steps)| steps.len() > 1);
        let title = format!("{}, by strength of {kind}: median and 90 % interval", place.name);
        (!lines.is_empty()).then_some(Self { title, kind, lines })
    }

    fn panel<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>, quantity: Quantity, title: &str) -> Drawn
    where
        B::ErrorType: 'static,
    {
        let value = |effects: &[&Effect]| {
            let effect = effects.iter().find(|effect| effect.quantity == quantity)?;
            let interval = if quantity == Quantity::IcuOverflow { Some(effect.with) } else { effect.ratio };
            interval.map(|interval| [interval.low, interval.median, interval.high])
        };
        let points = |line: &Line<'a>| -> Vec<(f64, [f64; 3])> {
            line.1.iter().filter_map(|(strength, effects)| Some((*strength, value(effects)?))).collect()
        };
        let all: Vec<Vec<(f64, [f64; 3])>> = self.lines.iter().map(points).collect();
        let top = all.iter().flatten().map(|(_, row)| row[2]).fold(1.0, f64::max);
        let mut chart = ChartBuilder::on(area)
            .caption(title, (FONT, 14))
            .margin(8)
            .x_label_area_size(36)
            .y_label_area_size(40)
            .build_cartesian_2d(0.0..1.0, 0.0..1.05 * top)?;
        let mut mesh = chart.configure_mesh();
        mesh.light_line_style(WHITE).x_desc(format!("strength of {}", self.kind)).x_labels(6).y_labels(6);
        mesh.label_style((FONT, 12)).draw()?;
        let baseline = if quantity == Quantity::IcuOverflow { self.baseline(quantity) } else { Some(1.0) };
        if let Some(level) = baseline {
            chart.draw_series(LineSeries::new([(0.0, level), (1.0, level)], BASELINE.stroke_width(2)))?;
        }
        for ((at, (points, (colour, _))), (of, _)) in all.iter().zip(colours()).enumerate().zip(&self.lines) {
            // Shifted, so that lines with the same steps stay readable.
            let aside = 0.008 * (at as f64 - 0.5 * (all.len() - 1) as f64);
            let middle = points.iter().map(|(strength, row)| (strength + aside, row[1]));
            let label = if of.is_empty() { "scenario" } else { of };
            chart
                .draw_series(LineSeries::new(middle.clone(), colour.stroke_width(1)))?
                .label(short(label, 40))
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(3)));
            let whisker = |(strength, [low, _, high]): &(f64, [f64; 3])| {
                PathElement::new([(strength + aside, *low), (strength + aside, *high)], colour.stroke_width(3))
            };
            chart.draw_series(points.iter().map(whisker))?;
            chart.draw_series(middle.map(|point| Circle::new(point, 5, colour.filled())))?;
        }
        if all.len() > 1 && quantity == Quantity::Cases {
            chart
                .configure_series_labels()
                .position(SeriesLabelPosition::LowerLeft)
                .label_font((FONT, 12))
                .background_style(WHITE.mix(0.85))
                .draw()?;
        }
        Ok(())
    }

    fn baseline(&self, quantity: Quantity) -> Option<f64> {
        let (_, effects) = self.lines.first()?.1.first()?;
        effects.iter().find(|effect| effect.quantity == quantity).map(|effect| effect.baseline.median)
    }
}

impl Picture for Sweep<'_> {
    fn size(&self) -> (u32, u32) {
        (960, 760)
    }

    fn draw<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>) -> Drawn
    where
        B::ErrorType: 'static,
    {
        area.fill(&WHITE)?;
        let area = area.titled(&self.title, (FONT, 17))?;
        let known = |quantity| quantity != Quantity::IcuOverflow || self.baseline(quantity).is_some();
        let shown = SHOWN.into_iter().filter(|(quantity, _)| known(*quantity));
        for (part, (quantity, title)) in area.split_evenly((2, 2)).iter().zip(shown) {
            self.panel(part, quantity, title)?;
        }
        Ok(area.present()?)
    }
}
