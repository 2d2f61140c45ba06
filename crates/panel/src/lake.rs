//! Counts in a lake: of each source the table that was known on a day.

use std::path::PathBuf;

use countycast_fetch::{FetchError, Lake, Vintage};
use jiff::civil::Date;

use crate::error::{Error, InputError};
use crate::input::Reader;
use crate::sources::{self, Files, Publisher};

/// A source with its vintages, the oldest first; at least one.
#[derive(Debug)]
struct Source {
    name: String,
    vintages: Vec<Vintage>,
}

/// The sources of a lake.
#[derive(Debug)]
pub(super) struct Fetched(Vec<Source>);

impl Fetched {
    /// What was fetched into a folder; none where it is no lake.
    ///
    /// # Errors
    /// [`Error::Input`] for a damaged lake.
    pub(super) fn find(folder: &std::path::Path) -> Result<Option<Self>, Error> {
        let lake = Lake::new(folder);
        let damaged = |error: FetchError| -> Error {
            let (problem, remedy) = (error.to_string(), error.remedy());
            InputError::new(folder, problem, remedy).into()
        };
        let mut found = Vec::new();
        for name in lake.sources().map_err(damaged)? {
            let vintages = lake.vintages(&name).map_err(damaged)?;
            if !vintages.is_empty() {
                found.push(Source { name, vintages });
            }
        }
        Ok((!found.is_empty()).then_some(Self(found)))
    }

    /// The files of counts that were known on a day, or the newest; before a source was first fetched, its first ones, with a notice.
    ///
    /// # Errors
    /// [`Error::Input`] where the lake holds no counts.
    pub(super) fn files(
        &self,
        day: Option<Date>,
        wanted: Option<Publisher>,
        reader: &mut Reader,
    ) -> Result<Files, Error> {
        let tables: Vec<PathBuf> =
            self.0.iter().filter_map(|source| known_on(&source.vintages, day)).map(|v| v.path.clone()).collect();
        let files = sources::find_among(tables, wanted, reader)?;
        for source in &self.0 {
            let Some((day, first)) = day.zip(source.vintages.first()).filter(|(day, first)| first.day() > *day) else {
                continue;
            };
            if files.are_of(&first.path) {
                let fetched = first.day();
                reader.notice(
                    format!("{} was first fetched on {fetched}: that table is read up to {day}", source.name),
                    1,
                );
            }
        }
        Ok(files)
    }
}

/// The newest vintage up to a day; the first where none is as old.
fn known_on(vintages: &[Vintage], day: Option<Date>) -> Option<&Vintage> {
    vintages.iter().rfind(|vintage| day.is_none_or(|day| vintage.day() <= day)).or(vintages.first())
}
