//! Observed weekly counts of every location.

use std::collections::HashMap;
use std::path::Path;

use countycast_engine::{Date, Fips, Target};
use jiff::ToSpan;

use crate::error::{Error, InputError};
use crate::panel::Panel;

/// The Forecast Hub's observed counts, below the data folder.
const HUB_TRUTH: &str = "hub/county_weekly_cases.csv";

/// Weekly new cases and deaths by location and last day of the week.
#[derive(Debug, Clone)]
pub struct Truth {
    first_day: Date,
    daily: HashMap<(Fips, Target), Vec<f64>>,
    hub: HashMap<(Fips, Date), f64>,
}

impl Truth {
    /// Counts as published, weeks below zero counted as zero.
    #[must_use]
    pub fn of(panel: &Panel) -> Self {
        let places = panel.counties().iter().chain(panel.states()).chain([panel.nation()]);
        let mut daily = HashMap::new();
        for place in places {
            let history = &place.history;
            daily.insert((place.fips(), Target::Cases), history.cases().reported().to_vec());
            daily.insert((place.fips(), Target::Deaths), history.deaths().reported().to_vec());
        }
        Self { first_day: panel.first_day(), daily, hub: HashMap::new() }
    }

    /// Prefers the Forecast Hub's weekly cases of counties, if the data folder has them.
    ///
    /// # Errors
    /// [`Error::Input`] for a file that cannot be read, with line, column and value.
    pub fn with_hub(mut self, data: &Path) -> Result<Self, Error> {
        let path = data.join(HUB_TRUTH);
        if !path.is_file() {
            return Ok(self);
        }
        let wrong = |line: u64, column: &str, value: &str| {
            let problem = format!("`{value}` cannot be used");
            InputError::new(&path, problem, "download the file again").on_line(line).in_column(column)
        };
        let read = |source: csv::Error| Error::read(&path, std::io::Error::other(source));
        let mut reader = csv::Reader::from_path(&path).map_err(read)?;
        let headers = reader.headers().map_err(read)?.clone();
        let column = |name: &str| {
            headers.iter().position(|header| header == name).ok_or_else(|| wrong(1, name, "a header without it"))
        };
        let [fips, end, cases] = [column("fips")?, column("target_end_date")?, column("actual_cases")?];
        for (line, record) in (2..).zip(reader.records()) {
            let record = record.map_err(read)?;
            let text = |i: usize| record.get(i).unwrap_or_default();
            let place = text(fips).parse().map_err(|_| wrong(line, "fips", text(fips)))?;
            let day = text(end).parse().map_err(|_| wrong(line, "target_end_date", text(end)))?;
            if let Some(value) = Some(text(cases)).filter(|text| !text.is_empty()) {
                let value: f64 = value.parse().map_err(|_| wrong(line, "actual_cases", value))?;
                self.hub.insert((place, day), value);
            }
        }
        Ok(self)
    }

    /// New events in the seven days that end on `end`; none if some are unknown.
    #[must_use]
    pub fn week(&self, fips: Fips, target: Target, end: Date) -> Option<f64> {
        if target == Target::Cases
            && let Some(&value) = self.hub.get(&(fips, end))
        {
            return Some(value);
        }
        let last = usize::try_from(self.first_day.until(end).ok()?.get_days()).ok()?;
        let days = self.daily.get(&(fips, target))?.get((last + 1).checked_sub(7)?..=last)?;
        Some(days.iter().sum::<f64>().max(0.0))
    }

    /// New events in the `weeks` weeks after `as_of`; none if some are unknown.
    #[must_use]
    pub fn span(&self, fips: Fips, target: Target, as_of: Date, weeks: usize) -> Option<f64> {
        (1..=weeks as i64).map(|week| self.week(fips, target, as_of.saturating_add((7 * week).days()))).sum()
    }
}
