//! One reading of a data folder for any number of as-of days.

use std::collections::BTreeSet;
use std::path::Path;

use countycast_engine::Fips;
use jiff::civil::Date;

use crate::error::Error;
use crate::input::Reader;
use crate::lake::Fetched;
use crate::settings::Settings;
use crate::sources::{self, Files, days_between};
use crate::{Panel, align, assemble, commuting, covariates, patients, suspect, vintage};

/// A data folder whose files are parsed once, each when first needed, for panels of any number of days.
///
/// A panel equals the one that [`crate::load`] returns for its day: its inputs and notices are those of its own day only.
/// The files must not change in the meantime.
#[derive(Debug)]
pub struct Sources {
    /// Holds what has been parsed, and the notices that every panel begins with.
    reader: Reader,
    files: From,
    settings: Settings,
}

/// Where the files lie.
#[derive(Debug)]
enum From {
    /// In a data folder, the same for all days.
    Folder(Files),
    /// In a lake, those that were known on a day.
    Lake(Fetched),
}

impl Sources {
    /// Finds the publisher's files in a data folder, or in a lake into which they were fetched.
    ///
    /// # Errors
    /// [`Error`] for a missing folder, an unknown layout, a setting out of range.
    pub fn open(folder: &Path, settings: &Settings) -> Result<Self, Error> {
        settings.validate()?;
        let mut reader = Reader::new(folder)?;
        let files = match Fetched::find(folder)? {
            Some(fetched) => From::Lake(fetched),
            None => From::Folder(sources::find(settings.source.publisher(), &mut reader)?),
        };
        Ok(Self { reader, files, settings: settings.clone() })
    }

    /// The panel as known on a day, from the files cut at that day or, with `vintage`, as published then; without a day, on
    /// the last day of the files. Of a lake, the files that had been fetched by that day are cut.
    ///
    /// # Errors
    /// [`Error`] for a missing file, an invalid value, a day outside the data.
    pub fn as_of(&self, as_of: Option<Date>, vintage: bool) -> Result<Panel, Error> {
        let (mut reader, settings) = (self.reader.clone(), &self.settings);
        let mut published = match &self.files {
            From::Lake(_) if vintage => {
                return Err(Error::Request {
                    message: "a lake gives what was known on a day in any case".to_owned(),
                    remedy: "leave out --vintage".to_owned(),
                });
            }
            From::Lake(fetched) => {
                let files = fetched.files(as_of, settings.source.publisher(), &mut reader)?;
                sources::read(&files, as_of, &mut reader)?
            }
            From::Folder(files) if vintage => vintage::read(files, as_of, settings.vintage_lag_days, &mut reader)?,
            From::Folder(files) => sources::read(files, as_of, &mut reader)?,
        };
        let (first_day, last_day) =
            (published.cases.first_day, published.cases.last_day.min(published.deaths.last_day));
        let as_of = as_of.unwrap_or(last_day);
        let days = match days_between(first_day, as_of) {
            Some(days) if as_of <= last_day => days + 1,
            _ => return Err(outside(as_of, first_day, last_day)),
        };
        let facts = covariates::read(as_of, &mut reader)?;
        let (cases_file, deaths_file) = (published.cases.path.clone(), published.deaths.path.clone());
        suspect::attributes(&mut published, &mut reader);
        suspect::cumulative(&published, days, &mut reader)?;
        let population = |fips| facts.population(fips);
        let aligned = align::align(published, days, settings, &population, &mut reader)?;
        let codes: BTreeSet<Fips> = aligned.counties.iter().map(|county| county.fips).collect();
        let neighbours = covariates::neighbours(&codes, &mut reader)?;
        let flows = commuting::read(&mut reader)?;
        let residents = |state| aligned.residents(state, &population);
        let patients = patients::read(first_day, as_of, &residents, &mut reader)?;
        let places =
            assemble::of_files(aligned, first_day, &facts, settings, (&cases_file, &deaths_file), &mut reader)?;
        let assemble::Places { nation, mut states, mut counties } = places;
        commuting::attach(&flows, &mut counties, &states)
            .and_then(|()| patients::attach(&patients, states.iter_mut().chain(&mut counties)))
            .map_err(|error| assemble::inconsistent(&cases_file, &error))?;
        Ok(Panel { nation, states, counties, neighbours, inputs: reader.inputs, notices: reader.notices })
    }
}

fn outside(as_of: Date, first_day: Date, last_day: Date) -> Error {
    let side = if as_of < first_day { "before" } else { "after" };
    Error::Request {
        message: format!("as-of {as_of} is {side} the data, which run from {first_day} to {last_day}"),
        remedy: format!("ask for a day between {first_day} and {last_day}, or for none to use the last"),
    }
}
