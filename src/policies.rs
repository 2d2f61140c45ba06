//! State policies: the Oxford COVID-19 Government Response Tracker, if the data folder has it.
//!
//! Hale et al. 2021, *A global panel database of pandemic policies*, Nature Human Behaviour 5, 529–538; CC BY 4.0.

use std::collections::BTreeMap;
use std::path::Path;

use countycast_engine::{Date, Fips};

use crate::error::{Error, InputError};
use crate::panel::State;

/// File below the data folder.
const FILE: &str = "policy/oxcgrt_states.csv";

/// Columns read, with their names on the site.
const POLICIES: [(&str, &str); 5] = [
    ("c1_school_closing", "schools"),
    ("c2_workplace_closing", "workplaces"),
    ("c4_restrictions_on_gatherings", "gatherings"),
    ("c6_stay_at_home_requirements", "stayAtHome"),
    ("h6_facial_coverings", "masks"),
];

/// Days on which the level of a policy changed, and the level from then on.
pub(crate) type Levels = Vec<(String, u8)>;

/// Policies of each state.
pub(crate) type Policies = BTreeMap<Fips, BTreeMap<&'static str, Levels>>;

/// The policies up to `as_of`; none if the data folder has no such file.
pub(crate) fn read(data: &Path, as_of: Date) -> Result<Policies, Error> {
    let path = data.join(FILE);
    if !path.exists() {
        return Ok(Policies::new());
    }
    let fail = |problem: String| Error::from(InputError::new(&path, problem, "correct the file, or remove it"));
    let csv = |error: csv::Error| fail(error.to_string());
    let mut reader = csv::Reader::from_path(&path).map_err(csv)?;
    let header = reader.headers().map_err(csv)?.clone();
    let column = |name: &str| {
        header.iter().position(|found| found == name).ok_or_else(|| fail(format!("there is no column `{name}`")))
    };
    let (state, date) = (column("state")?, column("date")?);
    let columns: Vec<usize> = POLICIES.iter().map(|(name, _)| column(name)).collect::<Result<_, _>>()?;
    let mut policies = Policies::new();
    for record in reader.records() {
        let record = record.map_err(csv)?;
        let cell = |index: usize| record.get(index).unwrap_or_default();
        let day: Date = cell(date).parse().map_err(|_| fail(format!("`{}` is not a date", cell(date))))?;
        let Some(state) = State::named(cell(state)).filter(|_| day <= as_of) else { continue };
        let levels = policies.entry(state.fips()).or_default();
        for (&column, (_, policy)) in columns.iter().zip(POLICIES) {
            let Ok(level) = cell(column).parse::<f64>() else { continue };
            let changes: &mut Levels = levels.entry(policy).or_default();
            if changes.last().is_none_or(|(_, last)| *last != level as u8) {
                changes.push((day.to_string(), level as u8));
            }
        }
    }
    Ok(policies)
}
