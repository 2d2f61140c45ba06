//! The panel: all places on the same days.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use countycast::error::Error;
use countycast::panel::{self, CountyData, Request, demo};
use countycast::project::threads as pool;
use countycast_engine::{Date, Fips, Level};
use jiff::ToSpan;
use polars::prelude::{Column, DataFrame, DataType};
use pyo3::prelude::*;
use tempfile::TempDir;

use crate::arrow::{Table, import};
use crate::failure::{exception, request};
use crate::frames;
use crate::settings::{Settings, jobs};
use crate::watch::watched;

/// A panel, and where it came from.
#[pyclass(frozen, module = "countycast")]
pub(crate) struct Panel {
    pub(crate) panel: Arc<panel::Panel>,
    pub(crate) vintage: bool,
    /// The folder it was read from; none for one from tables.
    pub(crate) folder: Option<PathBuf>,
    /// Holds the demonstration panel's folder.
    pub(crate) held: Option<TempDir>,
}

#[pymethods]
impl Panel {
    /// Reads a folder.
    #[staticmethod]
    fn read(
        py: Python<'_>,
        data: PathBuf,
        as_of: Option<&str>,
        vintage: bool,
        settings: Settings,
        threads: Option<i64>,
        progress: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let request = Request { data, as_of: date(py, as_of)?, vintage };
        let panel = load(py, &request, &settings, threads, progress)?;
        Ok(Self { panel: Arc::new(panel), vintage, folder: Some(request.data), held: None })
    }

    /// Writes the demonstration panel into a folder for temporary files, and reads it.
    #[staticmethod]
    fn demo(
        py: Python<'_>,
        as_of: Option<&str>,
        settings: Settings,
        threads: Option<i64>,
        progress: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let held = tempfile::Builder::new().prefix("countycast-demo-").tempdir()?;
        demo::write(held.path(), demo::SEED).map_err(|error| exception(py, &error.into()))?;
        let request = Request { data: held.path().to_owned(), as_of: date(py, as_of)?, vintage: false };
        let panel = load(py, &request, &settings, threads, progress)?;
        Ok(Self { panel: Arc::new(panel), vintage: false, folder: Some(request.data), held: Some(held) })
    }

    /// Makes a panel of tables.
    #[staticmethod]
    fn from_frames(
        py: Python<'_>,
        counts: &Bound<'_, PyAny>,
        counties: Option<&Bound<'_, PyAny>>,
        settings: Settings,
        threads: Option<i64>,
        progress: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let (first_day, counties) = read_counties(py, counts, counties)?;
        let (settings, threads) = (settings.config(py)?.panel, jobs(py, threads)?);
        let panel = watched(py, progress, |_| {
            pool(threads)?.install(|| Ok(panel::Panel::from_counties(first_day, counties, &settings)?))
        })?;
        Ok(Self { panel: Arc::new(panel), vintage: false, folder: None, held: None })
    }

    /// The folder it was read from.
    #[getter]
    fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Whether the folder is the demonstration panel's.
    #[getter]
    fn is_demo(&self) -> bool {
        self.held.is_some()
    }

    /// Whether files were read as published on the as-of day.
    #[getter]
    fn vintage(&self) -> bool {
        self.vintage
    }

    /// The last day, as text.
    #[getter]
    fn as_of(&self) -> String {
        self.panel.as_of().to_string()
    }

    /// The first day, as text.
    #[getter]
    fn first_day(&self) -> String {
        self.panel.first_day().to_string()
    }

    /// The files that were read, each with its SHA-256.
    fn inputs(&self) -> Vec<(&Path, &str)> {
        self.panel.inputs().iter().map(|input| (input.path.as_path(), input.sha256.as_str())).collect()
    }

    /// What there is to know about the data.
    fn notices(&self) -> Vec<String> {
        self.panel.notices().iter().map(ToString::to_string).collect()
    }

    /// The places: fips, name, state, level, population.
    fn places(&self, py: Python<'_>) -> PyResult<Table> {
        let places = || [self.panel.nation()].into_iter().chain(self.panel.states()).chain(self.panel.counties());
        let level = |fips: Fips| match fips.level() {
            Level::Nation => "nation",
            Level::State => "state",
            Level::County => "county",
        };
        let text = |name: &str, values: Vec<String>| Column::new(name.into(), values);
        let columns = vec![
            text("fips", places().map(|place| place.fips().to_string()).collect()),
            text("name", places().map(|place| place.history.location().name.clone()).collect()),
            Column::new(
                "state".into(),
                places().map(|place| place.state.map(|state| state.abbreviation)).collect::<Vec<_>>(),
            ),
            text("level", places().map(|place| level(place.fips()).to_owned()).collect()),
            Column::new(
                "population".into(),
                places().map(|place| place.history.location().population).collect::<Vec<_>>(),
            ),
        ];
        Table::new(py, DataFrame::new(places().count(), columns))
    }

    /// Daily counts of some places: fips, date, cases and deaths as published and, after repair, as used.
    fn counts(&self, py: Python<'_>, fips: Vec<String>) -> PyResult<Table> {
        let places = fips.iter().map(|code| self.place(py, code)).collect::<PyResult<Vec<_>>>()?;
        let days = self.panel.days().count();
        let first = (self.panel.first_day() - jiff::civil::date(1970, 1, 1)).get_days();
        let dates: Vec<i32> = places.iter().flat_map(|_| (first..).take(days)).collect();
        let codes: Vec<String> = places.iter().flat_map(|p| vec![p.fips().to_string(); days]).collect();
        let numbers = |name: &str, of: fn(&panel::Place) -> &[f64]| {
            Column::new(name.into(), places.iter().flat_map(|place| of(place).iter().copied()).collect::<Vec<f64>>())
        };
        let made = Column::new("date".into(), dates).cast(&DataType::Date).and_then(|dates| {
            let columns = vec![
                Column::new("fips".into(), codes),
                dates,
                numbers("cases", |place| place.history.cases().cleaned()),
                numbers("deaths", |place| place.history.deaths().cleaned()),
                numbers("cases_reported", |place| place.history.cases().reported()),
                numbers("deaths_reported", |place| place.history.deaths().reported()),
            ];
            DataFrame::new(places.len() * days, columns)
        });
        Table::new(py, made)
    }
}

impl Panel {
    /// The place with a code.
    pub(crate) fn place(&self, py: Python<'_>, code: &str) -> PyResult<&panel::Place> {
        let found = code.parse().ok().and_then(|fips: Fips| self.panel.place(fips));
        found.ok_or_else(|| {
            let remedy = "`panel.places` lists those there are; county codes have five digits";
            request(py, &format!("the panel has no place `{code}`"), remedy)
        })
    }
}

/// A date from text.
pub(crate) fn date(py: Python<'_>, text: Option<&str>) -> PyResult<Option<Date>> {
    let parse = |text: &str| {
        text.parse().map_err(|_| request(py, &format!("`{text}` is not a date"), "write dates as 2020-10-24"))
    };
    text.map(parse).transpose()
}

fn load(
    py: Python<'_>,
    request: &Request,
    settings: &Settings,
    threads: Option<i64>,
    progress: &Bound<'_, PyAny>,
) -> PyResult<panel::Panel> {
    let (settings, threads) = (settings.config(py)?.panel, jobs(py, threads)?);
    watched(py, progress, |monitor| {
        monitor.begin("read", 0);
        pool(threads)?.install(|| panel::load(request, &settings).map_err(Error::from))
    })
}

/// Counties from a table of counts with a row a county and day, and one of facts with a row a county.
fn read_counties(
    py: Python<'_>,
    counts: &Bound<'_, PyAny>,
    facts: Option<&Bound<'_, PyAny>>,
) -> PyResult<(Date, Vec<CountyData>)> {
    const COUNTS: &str = "the table of counts";
    let table = import(counts)?;
    let column = |name| frames::Column::need(py, COUNTS, &table, name);
    let (fips, dates, cases, deaths) = (column("fips")?, column("date")?, column("cases")?, column("deaths")?);
    let mut found = BTreeMap::<Fips, BTreeMap<Date, [f64; 2]>>::new();
    for row in 0..fips.len() {
        let (code, day) = (fips.fips(py, row)?, dates.date(py, row)?);
        let counts = [cases.number(py, row)?, deaths.number(py, row)?];
        if found.entry(code).or_default().insert(day, counts).is_some() {
            let message = format!("{COUNTS} has two rows for {code} on {day}");
            return Err(request(py, &message, "add up the counts, or leave one out"));
        }
    }
    let days = || found.values().flat_map(BTreeMap::keys).copied();
    let (Some(first), Some(last)) = (days().min(), days().max()) else {
        return Err(request(py, "the table of counts has no row", "give a row for each county and day"));
    };
    let mut counties = Vec::with_capacity(found.len());
    for (code, by_day) in &found {
        let lacking = first.series(1.day()).take_while(|day| *day <= last).find(|day| !by_day.contains_key(day));
        if let Some(day) = lacking {
            let remedy = "give every county a row for each day, with 0 where nothing was reported";
            return Err(request(py, &format!("{COUNTS} has no row for {code} on {day}"), remedy));
        }
        let series = |which: usize| by_day.values().map(|counts| counts[which]).collect();
        counties.push(CountyData::new(*code, code.to_string(), series(0), series(1)));
    }
    if let Some(facts) = facts {
        add_facts(py, facts, &mut counties)?;
    }
    Ok((first, counties))
}

/// Adds names, populations and covariates by name.
fn add_facts(py: Python<'_>, facts: &Bound<'_, PyAny>, counties: &mut [CountyData]) -> PyResult<()> {
    const FACTS: &str = "the table of counties";
    let table = import(facts)?;
    let fips = frames::Column::need(py, FACTS, &table, "fips")?;
    let find = |name| frames::Column::find(FACTS, &table, name);
    let (names, populations) = (find("name")?, find("population")?);
    for row in 0..fips.len() {
        let code = fips.fips(py, row)?;
        let Ok(at) = counties.binary_search_by_key(&code, |county| county.fips) else { continue };
        if let Some(names) = &names {
            names.text(py, row)?.clone_into(&mut counties[at].name);
        }
        if let Some(populations) = &populations {
            counties[at].population = populations.known(py, row)?;
        }
    }
    Ok(())
}
