//! Forecasts of the last season in the nation and the largest places, with what came and what was known.

use countycast_engine::weekly::{Area as Place, Unit, Week};
use countycast_signals::{Answer, Task, outcome};
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::words::{HEAD, LABEL, NOTE, head, thousands, write};
use super::{Content, ENSEMBLE, FAINT, INK, OURS};
use crate::evaluate::hub::done::place_name;
use crate::pictures::{Area, Drawn};

/// Panels in a row, and rows.
const PANELS: (i32, i32) = (3, 2);
const PANEL: (i32, i32) = (400, 270);
pub(super) const SIZE: (u32, u32) = ((PANELS.0 * PANEL.0) as u32, (HEAD + KEY + PANELS.1 * PANEL.1) as u32);
const KEY: i32 = 24;
/// Weeks from one forecast to the next, so that they meet and do not lie on each other.
const EVERY: i32 = 4;
/// Weeks of what came that are shown before the first forecast.
const BEFORE: i32 = 6;
/// Last weeks of which is shown what was known of them.
const KNOWN: i32 = 3;
/// Weeks after the reference week that are shown: those that the hub asks for at most.
const AHEAD: i32 = 3;
/// Central intervals, widest first, with their strength.
const BANDS: [(f64, f64); 3] = [(0.95, 0.18), (0.8, 0.2), (0.5, 0.3)];

/// A place by the hub's name for it.
struct Located<'a> {
    location: &'a str,
    area: Place,
}

pub(super) fn draw(area: &Area<'_>, content: &Content<'_>) -> Drawn {
    let note = "Forecasts that are four weeks apart, each from what was known on its Wednesday: median, 50, 80 and 95 % intervals.";
    head(area, &content.title(), note)?;
    key(area)?;
    let Some(last) = content.weeks.last() else { return Ok(()) };
    let season: Vec<Week> = content.weeks.iter().copied().filter(|week| week.season().0 == last.season().0).collect();
    let Some(first) = season.first() else { return Ok(()) };
    let shown: Vec<Week> = season.iter().copied().filter(|week| last.since(*week) % EVERY == AHEAD % EVERY).collect();
    let shown = if shown.is_empty() { vec![*first] } else { shown };
    let end = shown.last().map_or(*last, |week| week.plus(AHEAD)).max(*last);
    let weeks = (first.plus(-BEFORE), end);
    for (place, located) in largest(content).iter().enumerate() {
        let (column, row) = (place as i32 % PANELS.0, place as i32 / PANELS.0);
        let corner = (column * PANEL.0, HEAD + KEY + row * PANEL.1);
        Panel { area, content, located, weeks, corner, top: 0.0 }.draw(&shown)?;
    }
    Ok(())
}

/// The nation, where the blend forecasts it, and the places with the most residents.
fn largest<'a>(content: &'a Content<'_>) -> Vec<Located<'a>> {
    let mut places: Vec<Located<'a>> = Vec::new();
    let tasks = content.forecasts.models.get(content.blend).into_iter().flatten();
    for (task, _) in tasks.filter(|(task, _)| *task.target == *content.scores.target) {
        let location = &*task.location;
        let area = content.read.geography.located(location);
        if let Some(area) = area.filter(|area| !places.iter().any(|known| known.area == *area)) {
            places.push(Located { location, area });
        }
    }
    let residents = |place: &Located<'_>| match place.area {
        Place::Nation => f64::INFINITY,
        _ => content.read.geography.population(&place.area).unwrap_or_default(),
    };
    places.sort_by(|a, b| residents(b).total_cmp(&residents(a)));
    places.truncate((PANELS.0 * PANELS.1) as usize);
    places
}

/// The chart of a place.
struct Panel<'a, 'b> {
    area: &'a Area<'b>,
    content: &'a Content<'a>,
    located: &'a Located<'a>,
    weeks: (Week, Week),
    corner: (i32, i32),
    /// The greatest value of the scale.
    top: f64,
}

impl<'a> Panel<'a, '_> {
    fn draw(mut self, shown: &[Week]) -> Drawn {
        let came: Vec<(Week, f64)> = self.all_weeks().filter_map(|week| Some((week, self.came(week)?))).collect();
        let fans: Vec<(Week, Vec<(Week, &Answer)>)> = shown.iter().map(|week| (*week, self.fan(*week))).collect();
        let ends = fans.iter().flat_map(|(_, fan)| fan).filter_map(|(_, answer)| Some(self.band(answer, 0.8)?[1]));
        self.top = 1.08 * came.iter().map(|(_, value)| *value).chain(ends).fold(f64::MIN_POSITIVE, f64::max);
        self.axes()?;
        for (_, fan) in &fans {
            self.bands(fan)?;
        }
        let line: Vec<(i32, i32)> = came.iter().map(|(week, value)| self.at(*week, *value)).collect();
        for point in &line {
            self.area.draw(&Circle::new(*point, 2, INK.filled()))?;
        }
        self.area.draw(&PathElement::new(line, INK.stroke_width(1)))?;
        for (reference, fan) in &fans {
            self.median(fan)?;
            self.known(*reference)?;
        }
        Ok(())
    }

    fn all_weeks(&self) -> impl Iterator<Item = Week> + use<> {
        let (first, last) = self.weeks;
        (0..=last.since(first)).map(move |place| first.plus(place))
    }

    fn came(&self, week: Week) -> Option<f64> {
        outcome(self.content.target?, &self.located.area, week, self.content.read)
    }

    /// The blend's answers of a reference week.
    fn fan(&self, reference: Week) -> Vec<(Week, &'a Answer)> {
        let content: &'a Content<'a> = self.content;
        let Some(answers) = content.forecasts.models.get(content.blend) else { return Vec::new() };
        let answer = |horizon: i8| {
            let (target, location) = (self.content.scores.target.as_str().into(), self.located.location.into());
            let answer = answers.get(&Task { reference, target, location, horizon })?;
            Some((reference.plus(i32::from(horizon)), answer))
        };
        self.content.hub.horizons().filter_map(answer).collect()
    }

    /// Ends of a central interval.
    fn band(&self, answer: &Answer, interval: f64) -> Option<[f64; 2]> {
        let (_, ends) = self.content.hub.intervals().find(|(known, _)| (known - interval).abs() < 1e-9)?;
        Some(ends.map(|place| answer.quantiles[place]))
    }

    fn at(&self, week: Week, value: f64) -> (i32, i32) {
        let (left, right) = (self.corner.0 + 62, self.corner.0 + PANEL.0 - 14);
        let (above, below) = (self.corner.1 + 30, self.corner.1 + PANEL.1 - 34);
        let (first, last) = self.weeks;
        let along = f64::from(week.since(first)) / f64::from(last.since(first).max(1));
        let up = (value / self.top).min(1.0);
        (
            left + (f64::from(right - left) * along).round() as i32,
            below - (f64::from(below - above) * up).round() as i32,
        )
    }

    fn axes(&self) -> Drawn {
        let name = place_name(self.located.location, &self.content.read.geography);
        write(self.area, &name, (self.corner.0 + 62, self.corner.1 + 14), NOTE, HPos::Left, INK)?;
        let (first, last) = self.weeks;
        for tick in ticks(self.top) {
            let [from, to] = [first, last].map(|week| self.at(week, tick));
            self.area.draw(&PathElement::new([from, to], FAINT.stroke_width(1)))?;
            write(self.area, &self.shown(tick), (from.0 - 8, from.1), LABEL, HPos::Right, INK)?;
        }
        let months: Vec<Week> = self.all_weeks().filter(|week| week.saturday().day() <= 7).collect();
        for week in months.iter().step_by(months.len().div_ceil(6).max(1)) {
            let (x, y) = self.at(*week, 0.0);
            self.area.draw(&PathElement::new([(x, y), (x, y + 4)], INK.stroke_width(1)))?;
            let day = week.saturday().strftime("%b %-d").to_string();
            write(self.area, &day, (x, y + 14), LABEL, HPos::Center, INK)?;
        }
        Ok(())
    }

    /// A value of the hub's unit as people read it.
    fn shown(&self, value: f64) -> String {
        match (self.content.scores.signal.unit(), self.content.target) {
            (Unit::Share, Some(target)) => {
                let percent = 100.0 * value / target.scale;
                if self.top / target.scale < 0.02 { format!("{percent:.1} %") } else { format!("{percent:.0} %") }
            }
            _ => thousands(value),
        }
    }

    fn bands(&self, fan: &[(Week, &Answer)]) -> Drawn {
        for (interval, strength) in BANDS {
            let ends: Vec<(Week, [f64; 2])> =
                fan.iter().filter_map(|(week, answer)| Some((*week, self.band(answer, interval)?))).collect();
            let upper = ends.iter().map(|(week, [_, high])| self.at(*week, *high));
            let lower = ends.iter().rev().map(|(week, [low, _])| self.at(*week, *low));
            let outline: Vec<(i32, i32)> = upper.chain(lower).collect();
            if outline.len() > 2 {
                self.area.draw(&Polygon::new(outline, OURS.mix(strength)))?;
            }
        }
        Ok(())
    }

    fn median(&self, fan: &[(Week, &Answer)]) -> Drawn {
        let middle = self.content.hub.level(0.5);
        let point = |(week, answer): &(Week, &Answer)| Some(self.at(*week, answer.quantiles[middle?]));
        let line: Vec<(i32, i32)> = fan.iter().filter_map(point).collect();
        self.area.draw(&PathElement::new(line, OURS.stroke_width(2)))?;
        Ok(())
    }

    /// The last weeks before a reference week as they were known when it was forecast.
    fn known(&self, reference: Week) -> Drawn {
        let Some(target) = self.content.target else { return Ok(()) };
        let day = self.content.hub.due(reference);
        for week in (1..=KNOWN).map(|back| reference.plus(-back)) {
            let value = self.content.read.vintages.known(target.signal, &self.located.area, week, day);
            if let Some(value) = value {
                self.area.draw(&Circle::new(self.at(week, value * target.scale), 4, ENSEMBLE.stroke_width(2)))?;
            }
        }
        Ok(())
    }
}

/// Up to six round numbers from 0 to the top of a scale.
fn ticks(top: f64) -> Vec<f64> {
    let power = 10_f64.powf((top / 4.0).log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power).into_iter().find(|step| top / step <= 5.5);
    let step = step.unwrap_or(top);
    (0..).map(|tick| step * f64::from(tick)).take_while(|tick| *tick <= top).collect()
}

fn key(area: &Area<'_>) -> Drawn {
    let y = HEAD + KEY / 2 - 2;
    area.draw(&Circle::new((20, y), 2, INK.filled()))?;
    area.draw(&PathElement::new([(10, y), (30, y)], INK.stroke_width(1)))?;
    write(area, "what came, as last published", (38, y), LABEL, HPos::Left, INK)?;
    area.draw(&Circle::new((270, y), 4, ENSEMBLE.stroke_width(2)))?;
    write(area, "the last three weeks as they were known on the day", (282, y), LABEL, HPos::Left, INK)?;
    area.draw(&Rectangle::new([(640, y - 6), (662, y + 6)], OURS.mix(0.3).filled()))?;
    area.draw(&PathElement::new([(640, y), (662, y)], OURS.stroke_width(2)))?;
    write(area, "forecast", (670, y), LABEL, HPos::Left, INK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_few_and_round() {
        assert_eq!(ticks(1.2), [0.0, 0.5, 1.0]);
        assert_eq!(ticks(3_456.0), [0.0, 1_000.0, 2_000.0, 3_000.0]);
        assert_eq!(ticks(0.09), [0.0, 0.02, 0.04, 0.06, 0.08]);
    }
}
