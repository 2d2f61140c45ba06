//! Rows of the table `care`: each measure by area and week, with its interval, and what it was a year before.

use std::collections::BTreeMap;

use super::areas::{Area, Plan};
use super::association::{Association, Change, associations};
use super::cells::{Block, Cells, Counter, Sum};
use super::claim::Span;
use super::disease::Disease;
use super::exposure::Exposure;
use super::interval::{self, Estimate, Moments};
use super::measure::{FOLLOWED, Load, UNIT, WAITING};
use super::places::Places;
use super::suppress::{self, Hidden};
use crate::error::Error;

/// Weeks between a week and that a year before, which has the same place among weekdays and nearly the same among holidays.
pub(super) const YEAR: usize = 52;
/// People whom rates are told per.
const PER: f64 = 100_000.0;

/// A row of the table.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) area: Area,
    /// A county's or state's number; 0 for the nation.
    pub(super) fips: u32,
    pub(super) saturday: i32,
    /// People of whom the value tells.
    pub(super) people: Option<u64>,
    /// Those of them who are counted, where the value is a share or rate.
    pub(super) count: Option<u64>,
    pub(super) value: Option<Estimate>,
    pub(super) before: Option<f64>,
    /// A ratio for rates and counts, a difference for shares and means.
    pub(super) change: Option<Estimate>,
    pub(super) hidden: Option<Hidden>,
}

/// A measure of a disease.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measure<'a> {
    pub(super) name: &'static str,
    /// A class of treatment, or nothing.
    pub(super) class: &'a str,
}

/// Takes the rows of a measure and its associations.
pub(super) trait Take {
    fn rows(&mut self, measure: Measure<'_>, rows: &[Row]) -> Result<(), Error>;
    fn associations(&mut self, measure: Measure<'_>, found: &[Association]) -> Result<(), Error>;
}

/// How a value is made of counts.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// Per 100,000.
    Rate,
    Share,
    /// A mean, in this part of the unit.
    Mean(f64),
    Count,
    /// Visits by capacity.
    Load,
}

/// What is known of an area and week.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    count: u64,
    of: u64,
    squares: u64,
    /// Visits that could be made.
    capacity: f64,
}

impl Cell {
    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.of += other.of;
        self.squares += other.squares;
    }

    fn parts(&self, kind: Kind) -> [u64; 3] {
        match kind {
            Kind::Rate => [self.count, self.of, 0],
            Kind::Share => [self.count, self.of, self.of - self.count],
            Kind::Mean(_) | Kind::Load => [self.of, 0, 0],
            Kind::Count => [self.count, 0, 0],
        }
    }

    const fn moments(&self) -> Moments {
        Moments { people: self.of, sum: self.count, squares: self.squares }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^53")]
    fn value(&self, kind: Kind) -> Estimate {
        match kind {
            Kind::Rate => interval::rate(self.count, self.of as f64 / PER),
            Kind::Share => interval::share(self.count, self.of),
            Kind::Mean(unit) => scaled(interval::mean(self.moments()), unit),
            Kind::Count => interval::rate(self.count, 1.0),
            Kind::Load => interval::rate(self.count, self.capacity),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^53")]
    fn change(&self, before: &Self, kind: Kind) -> Option<Estimate> {
        let ratio = |now: f64, then: f64| interval::rate_ratio((self.count, now), (before.count, then));
        match kind {
            Kind::Rate => ratio(self.of as f64, before.of as f64),
            Kind::Count => ratio(1.0, 1.0),
            Kind::Load => ratio(self.capacity, before.capacity),
            Kind::Share => Some(interval::share_difference(self.value(kind), before.value(kind))),
            Kind::Mean(unit) => Some(scaled(interval::mean_difference(self.moments(), before.moments()), unit)),
        }
    }
}

fn scaled(estimate: Estimate, unit: f64) -> Estimate {
    Estimate { value: estimate.value / unit, lower: estimate.lower / unit, upper: estimate.upper / unit }
}

/// A disease's counts by county.
pub(super) struct Counted<'a> {
    pub(super) disease: &'a Disease,
    pub(super) blocks: BTreeMap<u32, &'a Block>,
    /// Members by county and week.
    pub(super) members: &'a BTreeMap<u32, Vec<u64>>,
    pub(super) loads: &'a BTreeMap<u32, Load>,
    pub(super) span: Span,
    pub(super) places: &'a Places,
    pub(super) exposures: &'a [Exposure],
}

/// Members by county and week.
pub(super) fn members(cells: &Cells) -> BTreeMap<u32, Vec<u64>> {
    let running = |changes: &Vec<i32>| {
        changes[..changes.len() - 1]
            .iter()
            .scan(0_i64, |sum, change| {
                *sum += i64::from(*change);
                u64::try_from(*sum).ok()
            })
            .collect()
    };
    cells.members.iter().map(|(county, changes)| (*county, running(changes))).collect()
}

/// Gives all measures of a disease.
pub(super) fn measures(counted: &Counted<'_>, take: &mut dyn Take) -> Result<(), Error> {
    let span = counted.span;
    let all = span.measured();
    let known = |days: i32| {
        let end = all.clone().take_while(|week| span.saturday(*week) + days <= span.last_day).count();
        all.start..all.start + end
    };
    let plain = |name| Measure { name, class: "" };
    let share = |count: Counter, of: Counter| {
        move |block: &Block, week: usize, _: u64| Cell {
            count: block.count(week, count),
            of: block.count(week, of),
            ..Cell::default()
        }
    };
    let new = |block: &Block, week: usize, members: u64| Cell {
        count: block.count(week, Counter::New),
        of: members,
        ..Cell::default()
    };
    patients(counted, &[plain("new_diagnoses")], Kind::Rate, all.clone(), take, |_, block, week, members| {
        new(block, week, members)
    })?;
    let classes: Vec<Measure<'_>> = counted
        .disease
        .treatments
        .iter()
        .map(|treatment| Measure { name: "treated_with", class: &treatment.class })
        .collect();
    patients(counted, &classes, Kind::Share, all.clone(), take, |class, block, week, _| Cell {
        count: block.class(week, class),
        of: block.count(week, Counter::Treated),
        ..Cell::default()
    })?;
    for (name, count, of, days) in [
        ("rejected", Counter::Rejected, Counter::Sought, 0),
        ("reversed", Counter::Reversed, Counter::Sought, 0),
        ("abandoned", Counter::Abandoned, Counter::Sought, WAITING),
        ("adherent", Counter::Adherent, Counter::Followed, 0),
        ("gap_over_30_days", Counter::Gap30, Counter::Followed, 0),
        ("gap_over_60_days", Counter::Gap60, Counter::Followed, 0),
        ("persistent_180_days", Counter::Persisted, Counter::Began, FOLLOWED),
    ] {
        let cell = share(count, of);
        patients(counted, &[plain(name)], Kind::Share, known(days), take, |_, block, week, members| {
            cell(block, week, members)
        })?;
    }
    for (name, of, sum, squares, unit) in [
        ("copay_30_days", Counter::Paid, Sum::Copay, Sum::CopaySquared, 100.0),
        ("days_covered", Counter::Followed, Sum::Covered, Sum::CoveredSquared, UNIT as f64),
    ] {
        patients(counted, &[plain(name)], Kind::Mean(unit), all.clone(), take, |_, block, week, _| Cell {
            count: block.sum(week, sum),
            of: block.count(week, of),
            squares: block.sum(week, squares),
            capacity: 0.0,
        })?;
    }
    providers(counted, all, take)
}

/// Gives measures by where patients live, which share their suppression: classes of one mix.
fn patients(
    counted: &Counted<'_>,
    measures: &[Measure<'_>],
    kind: Kind,
    weeks: std::ops::Range<usize>,
    take: &mut dyn Take,
    cell: impl Fn(usize, &Block, usize, u64) -> Cell,
) -> Result<(), Error> {
    let counties: Vec<u32> = counted.blocks.keys().copied().collect();
    let plan = Plan::new(&counties, measures.len(), counted.places.are_counties());
    let mut shown: Vec<Vec<Option<Cell>>> = Vec::new();
    let mut rows: Vec<Vec<Row>> = vec![Vec::new(); measures.len()];
    for week in weeks.clone() {
        let mut cells = vec![Cell::default(); plan.len()];
        for (at, (county, block)) in counted.blocks.iter().enumerate() {
            let members = counted.members.get(county).map_or(0, |weeks| weeks[week]);
            for measure in 0..measures.len() {
                let made = cell(measure, block, week, members);
                plan.places(measure, at).for_each(|place| cells[place].add(&made));
            }
        }
        let mut small: Vec<suppress::Cell> = cells.iter().map(|cell| suppress::Cell::new(cell.parts(kind))).collect();
        suppress::complement(&mut small, &plan.lines(|place| cells[place].of > 0));
        let before = shown.len().checked_sub(YEAR).map(|at| &shown[at]);
        for (place, cell) in cells.iter().enumerate().filter(|(_, cell)| cell.of > 0) {
            let (measure, area, fips) = plan.of(place);
            let earlier = before.and_then(|cells| cells[place]);
            rows[measure].push(row(
                (area, fips, counted.span.saturday(week)),
                cell,
                kind,
                small[place].hidden,
                earlier,
            ));
        }
        let visible =
            cells.iter().zip(&small).map(|(cell, small)| (cell.of > 0 && small.hidden.is_none()).then_some(*cell));
        shown.push(visible.collect());
    }
    for (at, measure) in measures.iter().enumerate() {
        take.rows(*measure, &rows[at])?;
        let mut changes = changes(&rows[at], kind, counted.span);
        changes.sort_by_key(|change| (change.county, change.week));
        take.associations(*measure, &associations(&changes, counted.exposures, counted.places, YEAR))?;
    }
    Ok(())
}

/// Gives measures by where providers are: no total of them is told.
fn providers(counted: &Counted<'_>, weeks: std::ops::Range<usize>, take: &mut dyn Take) -> Result<(), Error> {
    let seen = |county: u32, week: usize| {
        let count = counted.blocks.get(&county).map_or(0, |block| block.count(week, Counter::Seen));
        Cell { count, of: count, ..Cell::default() }
    };
    let load = |county: u32, week: usize| {
        let load = counted.loads.get(&county)?;
        let cell = Cell { count: load.visits[week], of: load.people[week], squares: 0, capacity: load.capacity[week] };
        (cell.capacity > 0.0).then_some(cell)
    };
    for (name, kind) in [("people_seen", Kind::Count), ("utilisation", Kind::Load)] {
        let measure = Measure { name, class: "" };
        let mut rows = Vec::new();
        let cell = |county: u32, week: usize| match kind {
            Kind::Load => load(county, week),
            _ => Some(seen(county, week)),
        };
        for week in weeks.clone() {
            for &county in counted.loads.keys() {
                let Some(made) = cell(county, week).filter(|cell| cell.of > 0) else { continue };
                let hidden = |cell: &Cell| suppress::Cell::new(cell.parts(kind)).hidden;
                let earlier = (week >= weeks.start + YEAR).then(|| cell(county, week - YEAR)).flatten();
                let earlier = earlier.filter(|cell| cell.of > 0 && hidden(cell).is_none());
                let place = (Area::ProviderCounty, county, counted.span.saturday(week));
                rows.push(row(place, &made, kind, hidden(&made), earlier));
            }
        }
        take.rows(measure, &rows)?;
        let mut changes = changes(&rows, kind, counted.span);
        changes.sort_by_key(|change| (change.county, change.week));
        take.associations(measure, &associations(&changes, counted.exposures, counted.places, YEAR))?;
    }
    Ok(())
}

fn row(place: (Area, u32, i32), cell: &Cell, kind: Kind, hidden: Option<Hidden>, before: Option<Cell>) -> Row {
    let (area, fips, saturday) = place;
    let empty =
        Row { area, fips, saturday, people: None, count: None, value: None, before: None, change: None, hidden };
    if hidden.is_some() {
        return empty;
    }
    let count = matches!(kind, Kind::Rate | Kind::Share | Kind::Count).then_some(cell.count);
    Row {
        people: Some(cell.of),
        count,
        value: Some(cell.value(kind)),
        before: before.map(|before| before.value(kind).value),
        change: before.and_then(|before| cell.change(&before, kind)),
        ..empty
    }
}

/// Changes of shown counties; those of ratios as logarithms.
fn changes(rows: &[Row], kind: Kind, span: Span) -> Vec<Change> {
    let logarithm = matches!(kind, Kind::Rate | Kind::Count | Kind::Load);
    rows.iter()
        .filter(|row| matches!(row.area, Area::County | Area::ProviderCounty))
        .filter_map(|row| {
            let value = row.change?.value;
            let value = if logarithm { value.ln() } else { value };
            Some(Change { county: row.fips, week: span.place(row.saturday), value })
        })
        .collect()
}
