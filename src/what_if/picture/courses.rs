//! Time courses under each scenario: past and projected cases, and hospital patients compared with free beds.

use jiff::ToSpan;
use plotters::coord::Shift;
use plotters::prelude::*;

use super::super::course::Course;
use super::super::done::{Asked, Done};
use super::super::variant::short;
use super::{BASELINE, Drawn, Picture, colours, dashes, people};
use crate::pictures::FONT;

/// Most scenarios drawn with their intervals: more would overlap.
const MOST_BANDS: usize = 2;

/// The days of one place.
pub(super) struct Courses<'a> {
    done: &'a Done,
    place: &'a Asked,
    /// The baseline, then the scenarios.
    courses: Vec<&'a Course>,
}

/// Quantiles by day.
type Days = fn(&Course) -> &Vec<[f64; 3]>;

impl<'a> Courses<'a> {
    pub(super) fn of(done: &'a Done, place: &'a Asked) -> Self {
        let courses = done.courses.iter().filter(|course| course.fips == place.fips).collect();
        Self { done, place, courses }
    }

    fn bands(&self) -> bool {
        self.courses.len() <= 1 + MOST_BANDS
    }

    /// Seven-day means up to the as-of day, with days relative to it.
    fn past(&self) -> Vec<(f64, f64)> {
        let weeks = self.place.past.windows(7).rev().enumerate();
        weeks.map(|(back, week)| (-(back as f64), week.iter().sum::<f64>() / 7.0)).collect()
    }

    /// Free beds of both kinds.
    fn free(&self) -> Option<f64> {
        self.place.beds?.iter().map(|beds| beds.free()).sum()
    }

    fn panel<B: DrawingBackend>(
        &self,
        area: &DrawingArea<B, Shift>,
        title: &str,
        values: Days,
        past: &[(f64, f64)],
        level: Option<f64>,
    ) -> Drawn
    where
        B::ErrorType: 'static,
    {
        let days = self.courses.first().map_or(1, |course| values(course).len());
        let end = if self.bands() { 2 } else { 1 };
        let highest = self.courses.iter().flat_map(|course| values(course)).map(|row| row[end]).fold(1.0, f64::max);
        let highest = past.iter().map(|(_, cases)| *cases).fold(highest, f64::max);
        // Beds far above all patients would flatten the lines.
        let level = level.filter(|level| *level < 3.0 * highest);
        let top = 1.05 * level.map_or(highest, |level| highest.max(level));
        let first = -(self.past().len() as f64);
        let mut chart = ChartBuilder::on(area)
            .caption(title, (FONT, 17))
            .margin(10)
            .x_label_area_size(30)
            .y_label_area_size(64)
            .build_cartesian_2d(first..days as f64, 0.0..top)?;
        let date = |ahead: &f64| self.done.as_of.saturating_add((ahead.round() as i64).days()).to_string();
        let mut mesh = chart.configure_mesh();
        mesh.light_line_style(WHITE).x_labels(8).x_label_formatter(&date).y_label_formatter(&people);
        mesh.label_style((FONT, 13)).draw()?;
        let colours = std::iter::once((BASELINE, 0)).chain(colours());
        for (course, (colour, _)) in self.courses.iter().zip(colours.clone()).filter(|_| self.bands()) {
            let line = |i: usize| (1..).zip(values(course)).map(move |(day, row)| (f64::from(day), row[i]));
            let lower: Vec<(f64, f64)> = line(0).collect();
            let band: Vec<(f64, f64)> = line(2).chain(lower.into_iter().rev()).collect();
            chart.draw_series([Polygon::new(band, colour.mix(0.13))])?;
        }
        chart.draw_series(LineSeries::new(past.iter().copied(), BLACK.stroke_width(2)))?;
        for (course, (colour, round)) in self.courses.iter().zip(colours) {
            let line = (1..).zip(values(course)).map(|(day, row)| (f64::from(day), row[1]));
            let (style, name) = (colour.stroke_width(3), short(&course.scenario, 60));
            match dashes(round) {
                None => chart
                    .draw_series(LineSeries::new(line, style))?
                    .label(name)
                    .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], style)),
                Some((dash, gap)) => chart
                    .draw_series(DashedLineSeries::new(line, dash, gap, style))?
                    .label(name)
                    .legend(move |(x, y)| {
                        // Two dashes in the place of a line.
                        EmptyElement::at((x, y))
                            + PathElement::new([(0, 0), (6, 0)], style)
                            + PathElement::new([(12, 0), (18, 0)], style)
                    }),
            };
        }
        if let Some(level) = level {
            let beds = DashedLineSeries::new([(first, level), (days as f64, level)], 8, 5, BLACK.stroke_width(1));
            chart
                .draw_series(beds)?
                .label("free beds")
                .legend(|(x, y)| PathElement::new([(x, y), (x + 18, y)], BLACK.stroke_width(1)));
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .label_font((FONT, 13))
            .background_style(WHITE.mix(0.8))
            .draw()?;
        Ok(())
    }
}

impl Picture for Courses<'_> {
    fn size(&self) -> (u32, u32) {
        (960, 820)
    }

    fn draw<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>) -> Drawn
    where
        B::ErrorType: 'static,
    {
        area.fill(&WHITE)?;
        let (above, below) = area.split_vertically(470);
        let shown = if self.bands() { "median and 90 % interval" } else { "median" };
        let Asked { name, .. } = self.place;
        let title = format!("{name}: daily new cases, seven-day mean, {shown}");
        self.panel(&above, &title, |course| &course.cases, &self.past(), None)?;
        let title = match self.free() {
            Some(free) => format!("patients in hospital, {shown}; {free:.0} free beds"),
            None => format!("patients in hospital, {shown}"),
        };
        self.panel(&below, &title, |course| &course.patients, &[], self.free())?;
        Ok(area.present()?)
    }
}
