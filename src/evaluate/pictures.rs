//! Charts of scores.

use std::collections::BTreeMap;

use countycast_engine::{Fips, Level, Target};
use jiff::ToSpan;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;

use super::{Done, Request, dates};
use crate::error::Error;
use crate::output::{BLEND, Staging};
use crate::pictures::{Area, DISTINCT, Drawn, FONT, svg};
use crate::scores::quantiles::{COUNTY_LEVELS, MEDIAN};
use crate::scores::{Means, PIT_BINS, PhaseKind, Resolution, Run, Truth};

/// Of models, grey last.
const COLOURS: [RGBColor; 7] = {
    let [a, b, c, d, e, f] = DISTINCT;
    [a, b, c, d, e, f, RGBColor(110, 110, 110)]
};
const INK: RGBColor = RGBColor(40, 40, 40);
/// Counties on the page of fan charts.
const FANS: usize = 12;
/// Weeks of history before each fan.
const WEEKS_BEFORE: i64 = 12;

/// Draws score over time, coverage and calibration.
pub(super) fn all(out: &Staging, done: &Done) -> Result<(), Error> {
    svg(out, "score_over_time.svg", (900, 480), |area| over_time(area, &done.means))?;
    svg(out, "coverage.svg", (900, 480), |area| coverage(area, &done.means))?;
    svg(out, "calibration.svg", (900, 480), |area| calibration(area, &done.means))
}

/// Draws a page of counties, from the largest to the smallest, with the blend's fan chart and the observed counts, if this
/// is the run of the middle as-of day.
pub(super) fn fans(out: &Staging, request: &Request, run: &Run, truth: &Truth) -> Result<(), Error> {
    let dates = dates(request)?;
    if run.as_of != dates[dates.len() / 2] {
        return Ok(());
    }
    svg(out, "fans.svg", (1200, 1000), |area| fan_page(area, run, truth))
}

/// Labels of axes whose ticks are whole numbers.
fn whole(value: &f64) -> String {
    format!("{value:.0}")
}

/// Lines by model of a value of county groups of one kind, over the groups' values.
fn lines(
    means: &[Means],
    by: &str,
    horizon: u8,
    value: impl Fn(&Means) -> Option<f64>,
) -> BTreeMap<String, Vec<(String, f64)>> {
    let mut lines: BTreeMap<String, Vec<(String, f64)>> = BTreeMap::new();
    for mean in
        means.iter().filter(|m| m.group.by == by && m.group.target == Target::Cases && m.group.horizon == horizon)
    {
        if let Some(value) = value(mean) {
            lines.entry(mean.group.model.clone()).or_default().push((mean.group.value.clone(), value));
        }
    }
    lines
}

fn over_time(area: &Area<'_>, means: &[Means]) -> Drawn {
    let lines = lines(means, "as_of", 0, |mean| mean.relative_wis);
    let dates: Vec<String> = lines
        .values()
        .flatten()
        .map(|(date, _)| date.clone())
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect();
    let top = lines.values().flatten().map(|(_, v)| *v).fold(1.1, f64::max) * 1.05;
    let last = dates.len().saturating_sub(1).max(1) as f64;
    let mut chart = ChartBuilder::on(area)
        .caption("WIS of weekly cases in counties, relative to the flat baseline, by as-of day", (FONT, 20))
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(48)
        .build_cartesian_2d(0.0..last, 0.0..top)?;
    let label = |x: &f64| dates.get(x.round() as usize).map_or(String::new(), |date| date[5..].to_owned());
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .x_labels(dates.len().clamp(2, 12))
        .x_label_formatter(&label)
        .draw()?;
    for ((model, line), colour) in lines.iter().zip(COLOURS.iter().cycle()) {
        let at = |date: &String| dates.iter().position(|d| d == date).map_or(0.0, |i| i as f64);
        let width = if model == BLEND { 4 } else { 2 };
        let points = line.iter().map(|(date, value)| (at(date), *value));
        chart
            .draw_series(LineSeries::new(points, colour.stroke_width(width)))?
            .label(model.clone())
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(width)));
    }
    legend(&mut chart)
}

fn coverage(area: &Area<'_>, means: &[Means]) -> Drawn {
    let panels = area.split_evenly((1, 3));
    for ((panel, level), nominal) in panels.iter().zip(0..).zip([0.5, 0.8, 0.95]) {
        let title = format!("coverage of {:.0} % intervals", 100.0 * nominal);
        let mut chart = ChartBuilder::on(panel)
            .caption(title, (FONT, 18))
            .margin(12)
            .x_label_area_size(36)
            .y_label_area_size(40)
            .build_cartesian_2d(1.0..4.0, 0.0..1.0)?;
        chart
            .configure_mesh()
            .light_line_style(WHITE)
            .x_labels(4)
            .x_label_formatter(&whole)
            .x_desc("weeks ahead")
            .draw()?;
        chart.draw_series(LineSeries::new([(1.0, nominal), (4.0, nominal)], INK.stroke_width(1)))?;
        let mut models: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
        let county = |m: &&Means| m.group.by == "level" && m.group.value == "county" && m.group.target == Target::Cases;
        for mean in means.iter().filter(county).filter(|m| (1..=4).contains(&m.group.horizon)) {
            models.entry(&mean.group.model).or_default().push((f64::from(mean.group.horizon), mean.coverage[level]));
        }
        for ((model, line), colour) in models.into_iter().zip(COLOURS.iter().cycle()) {
            let width = if model == BLEND { 4 } else { 2 };
            chart
                .draw_series(LineSeries::new(line, colour.stroke_width(width)))?
                .label(model)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(width)));
        }
        legend(&mut chart)?;
    }
    Ok(())
}

fn calibration(area: &Area<'_>, means: &[Means]) -> Drawn {
    let found = means.iter().find(|m| {
        m.group.by == "level"
            && m.group.value == "county"
            && m.group.target == Target::Cases
            && m.group.horizon == 0
            && m.group.model == BLEND
    });
    let pit = found.map_or([0.0; PIT_BINS], |mean| mean.pit);
    let top = pit.iter().copied().fold(2.0 / PIT_BINS as f64, f64::max) * 1.1;
    let mut chart = ChartBuilder::on(area)
        .caption("Observed values in the blend's distribution (PIT): flat means calibrated", (FONT, 20))
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(56)
        .build_cartesian_2d(0.0..1.0, 0.0..top)?;
    chart.configure_mesh().light_line_style(WHITE).x_desc("level").y_desc("share of county-weeks").draw()?;
    let width = 1.0 / PIT_BINS as f64;
    let bars = pit.iter().enumerate().map(|(i, share)| {
        Rectangle::new([(i as f64 * width, 0.0), ((i + 1) as f64 * width, *share)], COLOURS[4].filled())
    });
    chart.draw_series(bars)?;
    chart.draw_series(LineSeries::new([(0.0, width), (1.0, width)], INK.stroke_width(2)))?;
    Ok(())
}

type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

fn legend<'b: 'a, 'a>(chart: &mut Chart<'a, 'b>) -> Drawn {
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerLeft)
        .background_style(WHITE.mix(0.8))
        .border_style(INK.mix(0.3))
        .draw()?;
    Ok(())
}

fn fan_page(area: &Area<'_>, run: &Run, truth: &Truth) -> Drawn {
    let mut counties: Vec<(f64, Fips)> = run
        .places
        .iter()
        .filter(|(fips, place)| fips.level() == Level::County && place.phase == PhaseKind::Independent)
        .filter_map(|(fips, place)| Some((place.population?, *fips)))
        .collect();
    counties.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    // Evenly over the ranks, so that small counties are seen as well as large ones.
    let step = (counties.len() / FANS).max(1);
    let title = format!(
        "Weekly new cases as of {}: the blend's 50, 80 and 95 % intervals, and observed counts (dots), by week",
        run.as_of
    );
    let page = area.titled(&title, (FONT, 20))?;
    for (panel, (residents, fips)) in page.split_evenly((4, 3)).iter().zip(counties.into_iter().step_by(step)) {
        fan(panel, run, truth, fips, residents)?;
    }
    Ok(())
}

fn fan(area: &Area<'_>, run: &Run, truth: &Truth, fips: Fips, residents: f64) -> Drawn {
    let end = |week: i64| run.as_of.saturating_add((7 * week).days());
    let came: Vec<(f64, f64)> = (1 - WEEKS_BEFORE..=4)
        .filter_map(|week| Some((week as f64, truth.week(fips, Target::Cases, end(week))?)))
        .collect();
    let mut rows: Vec<(f64, [f32; 23])> = run
        .forecasts
        .iter()
        .filter(|f| f.fips == fips && f.model == BLEND && f.target == Target::Cases && f.resolution == Resolution::Week)
        .map(|f| (f64::from(f.horizon), f.row))
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let top = rows
        .iter()
        .map(|(_, row)| f64::from(row[COUNTY_LEVELS[6]]))
        .chain(came.iter().map(|c| c.1))
        .fold(5.0, f64::max);
    let last = rows.last().map_or(4.0, |(week, _)| *week);
    let mut chart = ChartBuilder::on(area)
        .caption(format!("{fips}, {residents:.0} people"), (FONT, 15))
        .margin(8)
        .x_label_area_size(22)
        .y_label_area_size(44)
        .build_cartesian_2d((1 - WEEKS_BEFORE) as f64..last, 0.0..1.05 * top)?;
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .x_labels(6)
        .y_labels(4)
        .x_label_formatter(&whole)
        .y_label_formatter(&whole)
        .draw()?;
    for (low, high, strength) in [(0, 6, 0.2), (1, 5, 0.25), (2, 4, 0.35)] {
        let [low, high] = [low, high].map(|i| COUNTY_LEVELS[i]);
        let upper = rows.iter().map(|(week, row)| (*week, f64::from(row[high])));
        let lower = rows.iter().rev().map(|(week, row)| (*week, f64::from(row[low])));
        chart.draw_series([Polygon::new(upper.chain(lower).collect::<Vec<_>>(), COLOURS[0].mix(strength))])?;
    }
    let median = rows.iter().map(|(week, row)| (*week, f64::from(row[MEDIAN])));
    chart.draw_series(LineSeries::new(median, COLOURS[0].stroke_width(2)))?;
    chart.draw_series(
        came.iter().map(|&point| Circle::new(point, 3, if point.0 > 0.0 { COLOURS[5] } else { INK }.filled())),
    )?;
    Ok(())
}
