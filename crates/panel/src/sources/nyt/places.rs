//! The places of the rows: known by their unit and code, however these are written.

use std::collections::{BTreeMap, HashMap};

use countycast_engine::Fips;
use jiff::civil::Date;

use super::super::Row;
use super::super::days::days_between;
use crate::geography::{Unit, unit};

/// What one row reports.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Report {
    /// Cumulative cases.
    pub(super) cases: f64,
    /// Cumulative deaths.
    pub(super) deaths: f64,
    /// Line of the row, from 1.
    pub(super) line: u64,
}

/// One place of the file: a county under one of its codes, or what a state reports under one name.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) unit: Unit,
    /// Name in its first row.
    pub(super) name: String,
    /// The code of a county.
    code: Option<u32>,
    /// Day and line of the first row, and of every later row whose day is earlier than all before it: these include the
    /// first row up to any given day.
    firsts: Vec<(Date, u64)>,
    days: BTreeMap<Date, Report>,
}

impl Place {
    /// Notes a row of a day.
    pub(super) fn reaches(&mut self, day: Date, line: u64) {
        if self.firsts.last().is_none_or(|(first, _)| day < *first) {
            self.firsts.push((day, line));
        }
    }

    /// Adds a report, unless the day has one already, which is returned.
    pub(super) fn report(&mut self, day: Date, report: Report) -> Option<Report> {
        let mut other = None;
        self.days.entry(day).and_modify(|found| other = Some(*found)).or_insert(report);
        other
    }

    /// Line of its first row among those up to a day, in the order of the file.
    pub(super) fn first_line(&self, until: Option<Date>) -> Option<u64> {
        self.firsts.iter().find(|(of, _)| until.is_none_or(|day| *of <= day)).map(|(_, line)| *line)
    }

    /// Whether the rows of another place, where they begin after this one's end, count the same people under another code:
    /// the county as a whole after its parts, its parts or its new code after the whole, or a health district.
    fn goes_on_as(&self, other: &Self) -> bool {
        match (self.unit, other.unit) {
            (Unit::County(county), Unit::County(same)) if county == same => {
                let whole = |place: &Self| place.code == Some(county.number());
                whole(self) != whole(other)
            }
            (Unit::County(county), Unit::Joint(district)) => district.counties().any(|member| member == county),
            _ => false,
        }
    }
}

/// Places by what is written in their rows.
#[derive(Debug, Default)]
pub(super) struct Places {
    all: Vec<Place>,
    /// Code, place and state, as written. Nearly every row repeats an earlier one's.
    written: HashMap<[Vec<u8>; 3], usize>,
    /// Units with, for a county, its code, and for a part of a state its name.
    known: HashMap<(Unit, Option<u32>, String), usize>,
    /// Counties by the state and place name of rows with a code.
    named: HashMap<(Option<Fips>, String), (Unit, Option<u32>)>,
}

impl Places {
    /// The place of a row of which an earlier one was written the same way.
    pub(super) fn written(&mut self, written: [&[u8]; 3]) -> Option<&mut Place> {
        let index = *self.written.get(&written.map(<[u8]>::to_vec))?;
        self.all.get_mut(index)
    }

    /// The place of a row with this code and these names; none if it is unknown to the crosswalk.
    pub(super) fn named(
        &mut self,
        written: [&[u8]; 3],
        code: Option<u32>,
        name: &str,
        state: &str,
    ) -> Option<&mut Place> {
        let mut of = (unit(code, name, state)?, code);
        let names = (of.0.state(), name.to_lowercase());
        match of.0 {
            Unit::County(_) => {
                self.named.entry(names).or_insert(of);
            }
            // A county without its code is still the county that had one under this name.
            Unit::Apart(_) if code.is_none() => of = self.named.get(&names).copied().unwrap_or(of),
            _ => {}
        }
        let (unit, code) = of;
        let key = match unit {
            Unit::County(_) => (unit, code, String::new()),
            Unit::NewYorkCity | Unit::Joint(_) => (unit, None, String::new()),
            Unit::Apart(_) => (unit, None, name.to_lowercase()),
            Unit::LeftOut => (unit, None, format!("{name}, {state}").to_lowercase()),
        };
        let index = *self.known.entry(key).or_insert(self.all.len());
        if index == self.all.len() {
            self.all.push(Place { unit, name: name.to_owned(), code, firsts: Vec::new(), days: BTreeMap::new() });
        }
        self.written.insert(written.map(<[u8]>::to_vec), index);
        self.all.get_mut(index)
    }

    /// The places in the order of their first rows.
    pub(super) fn into_all(self) -> Vec<Place> {
        self.all
    }
}

/// One place's reports on the first days of the file.
pub(super) struct Series<'a> {
    place: &'a Place,
    line: u64,
    /// Days and what was reported on them.
    reports: Vec<(usize, &'a Report)>,
    /// Number of days.
    days: usize,
    /// The day from which on other rows count the place.
    ends: usize,
    /// Days without a report between its first day and its end.
    pub(super) holes: usize,
}

/// The series of places with the lines of their first rows.
pub(super) fn series<'a>(places: &[(u64, &'a Place)], first_day: Date, days: usize) -> Vec<Series<'a>> {
    let series = |&(line, place): &(u64, &'a Place)| {
        let index = |(day, report): (&Date, &'a Report)| Some((days_between(first_day, *day)?, report));
        let reports: Vec<_> = place.days.iter().filter_map(index).take_while(|(day, _)| *day < days).collect();
        Series { place, line, reports, days, ends: days, holes: 0 }
    };
    let mut all: Vec<_> = places.iter().map(series).collect();
    let spans: Vec<_> = all.iter().map(|series| (series.place, series.span())).collect();
    for series in &mut all {
        let Some((first, last)) = series.span() else { continue };
        let next = |(other, span): &(&Place, Option<(usize, usize)>)| {
            span.map(|(start, _)| start).filter(|start| *start > last && series.place.goes_on_as(other))
        };
        series.ends = spans.iter().filter_map(next).min().unwrap_or(days);
        series.holes = (series.ends - first).saturating_sub(series.reports.len());
    }
    all
}

impl Series<'_> {
    /// The first and the last day with a report.
    fn span(&self) -> Option<(usize, usize)> {
        Some((self.reports.first()?.0, self.reports.last()?.0))
    }

    /// Counts of one kind: zero before the first report, unchanged where one is missing, zero again from the end on.
    pub(super) fn row(&self, kind: fn(&Report) -> f64) -> Row {
        let mut cumulative = vec![0.0; self.days];
        for (index, (day, report)) in self.reports.iter().enumerate() {
            let until = self.reports.get(index + 1).map_or(self.ends, |(next, _)| *next);
            cumulative[*day..until].fill(kind(report));
        }
        let total = cumulative.last().copied().unwrap_or_default();
        let (unit, name) = (self.place.unit, self.place.name.clone());
        Row { unit, name, line: self.line, population: None, position: None, cumulative, total }
    }
}
