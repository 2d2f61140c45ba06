//! Observations to score against, from a panel and from the Forecast Hub's own table.

use std::path::Path;

use countycast_engine::Target;

use crate::error::{Error, InputError};
use crate::panel::Panel;
use crate::scores::Truth;

/// The Forecast Hub's own weekly cases of counties, below the data folder.
const HUB_TRUTH: &str = "hub/county_weekly_cases.csv";

/// Daily counts as published, of counties, states and the nation.
#[must_use]
pub fn truth(panel: &Panel) -> Truth {
    let mut truth = Truth::new(panel.first_day());
    for place in panel.counties().iter().chain(panel.states()).chain([panel.nation()]) {
        let history = &place.history;
        truth.insert_daily(place.fips(), Target::Cases, history.cases().reported().to_vec());
        truth.insert_daily(place.fips(), Target::Deaths, history.deaths().reported().to_vec());
    }
    truth
}

/// The same, with the Forecast Hub's weekly cases of counties in their place where the data folder has them.
///
/// # Errors
/// [`Error::Input`] for a file that cannot be read, with line, column and value.
pub fn truth_with_hub(panel: &Panel, data: &Path) -> Result<Truth, Error> {
    let mut truth = truth(panel);
    let path = data.join(HUB_TRUTH);
    if !path.is_file() {
        return Ok(truth);
    }
    let problem = |line: u64, column: &str, what: String| {
        InputError::new(&path, what, "download the file again").on_line(line).in_column(column)
    };
    let read = |source: csv::Error| Error::read(&path, std::io::Error::other(source));
    let mut reader = csv::Reader::from_path(&path).map_err(read)?;
    let headers = reader.headers().map_err(read)?.clone();
    let column = |name: &str| {
        let found = headers.iter().position(|header| header == name);
        found.ok_or_else(|| problem(1, name, "the header has no such column".to_owned()))
    };
    let [fips, end, cases] = [column("fips")?, column("target_end_date")?, column("actual_cases")?];
    for record in reader.records() {
        let record = record.map_err(read)?;
        let line = record.position().map_or(0, csv::Position::line);
        let text = |i: usize| record.get(i).unwrap_or_default();
        let wrong = |column: &str, value: &str| problem(line, column, format!("`{value}` cannot be used"));
        let place = text(fips).parse().map_err(|_| wrong("fips", text(fips)))?;
        let day = text(end).parse().map_err(|_| wrong("target_end_date", text(end)))?;
        if let Some(value) = Some(text(cases)).filter(|text| !text.is_empty()) {
            let count = value.parse().ok().filter(|count: &f64| count.is_finite());
            let count = count.ok_or_else(|| wrong("actual_cases", value))?;
            truth.insert_week(place, Target::Cases, day, count);
        }
    }
    Ok(truth)
}
