//! The places of the rows: known by their unit and code, however these are written.

use std::collections::{BTreeMap, HashMap};

use countycast_engine::Fips;
use jiff::civil::Date;

use crate::geography::{Unit, unit};

/// What one row reports.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Report {
    /// Cumulative cases; none where the field is blank.
    pub(super) cases: Option<f64>,
    /// Cumulative deaths; none where the field is blank.
    pub(super) deaths: Option<f64>,
    /// Line of the row, from 1.
    pub(super) line: u64,
}

impl Report {
    /// The counts in words.
    pub(super) fn counts(&self) -> String {
        let number = |count: Option<f64>| count.map_or("no number of".to_owned(), |count| count.to_string());
        format!("{} cases and {} deaths", number(self.cases), number(self.deaths))
    }
}

/// What tells a place from others.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) unit: Unit,
    /// The code of a county.
    code: Option<u32>,
    /// The name of what is no county of the panel, in small letters.
    name: String,
}

/// One place of the file: a county under one of its codes, or what a state reports under one name.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) key: Key,
    /// Name in its first row.
    pub(super) name: String,
    days: BTreeMap<Date, Report>,
}

impl Place {
    /// Adds a report, unless the day has one already, which is returned.
    pub(super) fn report(&mut self, day: Date, report: Report) -> Option<Report> {
        let mut other = None;
        self.days.entry(day).and_modify(|found| other = Some(*found)).or_insert(report);
        other
    }

    /// Reports of a range of days.
    pub(super) fn reports(&self, from: Date, to: Date) -> impl Iterator<Item = (Date, &Report)> {
        let days = (from <= to).then(|| self.days.range(from..=to));
        days.into_iter().flatten().map(|(day, report)| (*day, report))
    }
}

impl Key {
    /// Whether the rows of another place, where they begin after this one's end, count the same people under another code:
    /// the county as a whole after its parts, its parts or its new code after the whole, or a health district.
    pub(super) fn goes_on_as(&self, other: &Self) -> bool {
        match (self.unit, other.unit) {
            (Unit::County(county), Unit::County(same)) if county == same => {
                let whole = |key: &Self| key.code == Some(county.number());
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
    known: HashMap<Key, usize>,
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
        let (code, name_of) = match unit {
            Unit::County(_) => (code, String::new()),
            Unit::NewYorkCity | Unit::Joint(_) => (None, String::new()),
            Unit::Apart(_) => (None, name.to_lowercase()),
            Unit::LeftOut => (None, format!("{name}, {state}").to_lowercase()),
        };
        let key = Key { unit, code, name: name_of };
        let index = *self.known.entry(key.clone()).or_insert(self.all.len());
        if index == self.all.len() {
            self.all.push(Place { key, name: name.to_owned(), days: BTreeMap::new() });
        }
        self.written.insert(written.map(<[u8]>::to_vec), index);
        self.all.get_mut(index)
    }

    /// The places in the order of their first rows.
    pub(super) fn into_all(self) -> Vec<Place> {
        self.all
    }
}
