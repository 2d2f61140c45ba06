//! The files of a run, written group by group.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use countycast_engine::{Date, Fips};

use super::part::{self, Part};
use crate::capacity::Census;
use crate::config::Config;
use crate::error::Error;
use crate::lake::parameters;
use crate::output::capacity::CapacityRow;
use crate::output::counties::CountyRow;
use crate::output::projections::{self, Table};
use crate::output::run::ModelRow;
use crate::output::{Staging, hub};
use crate::panel::Panel;
use crate::pipeline::{Group, Moved, Summary};
use crate::scores::quantiles::Forecast;
use crate::scores::{PlaceThen, QuantileForecast, Run};

/// The table of quantiles.
const PROJECTIONS: &str = "projections.parquet";
/// The engines' parameters, until they are kept.
const PARAMETERS: &str = "parts/parameters.parquet";

/// The files of a run under construction. Groups are written in their order: those of an interrupted run from their stored
/// parts, all others as they are projected.
pub(super) struct Files<'a> {
    staging: &'a Staging,
    panel: &'a Panel,
    config: &'a Config,
    /// Groups that are still to be written, first to last.
    order: std::vec::IntoIter<Fips>,
    projections: Table,
    hub: (PathBuf, BufWriter<File>),
    parameters: Option<parameters::Table>,
    /// Whether weekly forecasts are also kept in memory.
    scored: bool,
    rest: Rest,
}

/// What remains when all groups have been written: results that concern all places.
#[derive(Default)]
pub(super) struct Rest {
    pub(super) rows: Vec<CountyRow>,
    pub(super) needs: Vec<CapacityRow>,
    pub(super) summary: Summary,
    pub(super) moved: Vec<Moved>,
    /// Trajectories of counties' patients.
    pub(super) censuses: BTreeMap<Fips, Census>,
    /// Weekly and span forecasts, if requested.
    pub(super) forecasts: Vec<QuantileForecast>,
    /// The table of the engines' parameters, if requested.
    pub(super) parameters: Option<PathBuf>,
}

impl Rest {
    /// Adds a group's weekly forecasts.
    pub(super) fn add_forecasts(&mut self, part: &Part, panel: &Panel) -> Result<(), Error> {
        part.for_each_location(panel, |location| {
            self.forecasts.extend(projections::forecasts(location));
            Ok(())
        })
    }

    /// Adds a group's other results.
    pub(super) fn add(&mut self, part: Part) {
        self.rows.extend(part.rows);
        self.needs.extend(part.needs);
        self.summary.merge(part.summary);
        self.moved.extend(part.moved);
        self.censuses.extend(part.censuses);
    }

    /// The forecasts in the form used by scoring, and the rows of `counties.parquet`.
    pub(super) fn run(self, as_of: Date) -> (Run, Vec<CountyRow>) {
        let place = |row: &CountyRow| {
            let reproduction = row.reproduction.map(|[median, low, high]| [low, median, high]);
            (row.fips, PlaceThen { reproduction, phase: row.phase, population: row.population })
        };
        let places = self.rows.iter().map(place).collect();
        (Run { as_of, forecasts: self.forecasts, places }, self.rows)
    }
}

/// Regions' blends of the groups completed by an interrupted run. None if what it had trained on is not known any more.
pub(super) fn finished(staging: &Staging, groups: &[Fips]) -> BTreeMap<Fips, Option<Forecast>> {
    if part::read::<Vec<ModelRow>>(staging, part::MODELS).is_none() {
        return BTreeMap::new();
    }
    let region = |&group: &Fips| Some((group, part::read::<Part>(staging, &part::name(group))?.region()));
    groups.iter().filter_map(region).collect()
}

impl<'a> Files<'a> {
    /// Begins the files of these groups. `parameters` tells whether to write the engines' parameters, `scored` whether to
    /// keep weekly forecasts in memory.
    pub(super) fn begin(
        staging: &'a Staging,
        panel: &'a Panel,
        config: &'a Config,
        groups: Vec<Fips>,
        (parameters, scored): (bool, bool),
    ) -> Result<Self, Error> {
        let as_of = panel.as_of();
        let path = staging.begin_file(&config.hub.path(as_of))?;
        let fail = |source| Error::write(&path, source);
        let mut hub = BufWriter::new(File::create(&path).map_err(fail)?);
        hub.write_all(hub::HEADER.as_bytes()).map_err(fail)?;
        let table = |name| parameters::Table::begin(&staging.begin_file(name)?);
        Ok(Self {
            staging,
            panel,
            config,
            order: groups.into_iter(),
            projections: Table::begin(&staging.begin_file(PROJECTIONS)?, as_of)?,
            hub: (path, hub),
            parameters: parameters.then(|| table(PARAMETERS)).transpose()?,
            scored,
            rest: Rest::default(),
        })
    }

    /// Writes a newly projected group, and stores it so that an interrupted run can be resumed.
    pub(super) fn add(&mut self, group: Group) -> Result<(), Error> {
        let region = group.region;
        let part = Part::new(group, self.panel, &self.config.capacity, self.parameters.is_some());
        part::write(self.staging, &part::name(region), &part)?;
        while let Some(group) = self.order.next().filter(|group| *group != region) {
            self.take_over(group)?;
        }
        self.write(part)
    }

    /// Writes a group completed by an interrupted run.
    fn take_over(&mut self, group: Fips) -> Result<(), Error> {
        let name = part::name(group);
        let part = part::read(self.staging, &name).ok_or_else(|| {
            let gone = std::io::Error::other("it was whole when the run began and is not any more");
            Error::read(&self.staging.parts().join(&name), gone)
        })?;
        self.write(part)
    }

    fn write(&mut self, part: Part) -> Result<(), Error> {
        let Self { projections, hub: (path, hub), panel, .. } = self;
        part.for_each_location(panel, |location| {
            projections.add(location)?;
            // Zeros of a county that its district reports for would be sure of what is counted elsewhere.
            let counted = panel.place(location.fips).is_none_or(|place| place.reported_in.is_none());
            let blend = location.blend.filter(|_| counted);
            let written = blend.map(|blend| hub::write(hub, panel.as_of(), location.fips, blend));
            written.transpose().map(drop).map_err(|source| Error::write(path, source))
        })?;
        if let Some(table) = &mut self.parameters {
            table.add(&part.parameters)?;
        }
        if self.scored {
            self.rest.add_forecasts(&part, self.panel)?;
        }
        self.rest.add(part);
        Ok(())
    }

    /// Writes the last groups completed by an interrupted run, and closes the files.
    pub(super) fn finish(mut self) -> Result<Rest, Error> {
        while let Some(group) = self.order.next() {
            self.take_over(group)?;
        }
        let Self { staging, panel, config, projections, hub: (path, mut hub), parameters, mut rest, .. } = self;
        projections.finish()?;
        staging.finish_file(PROJECTIONS)?;
        hub.flush().map_err(|source| Error::write(&path, source))?;
        staging.finish_file(&config.hub.path(panel.as_of()))?;
        if let Some(table) = parameters {
            table.finish()?;
            rest.parameters = Some(staging.finish_file(PARAMETERS)?);
        }
        rest.rows.sort_by_key(|row| row.fips);
        Ok(rest)
    }
}
