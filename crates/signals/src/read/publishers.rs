//! Publishers' tables of weekly values.

use std::path::Path;

use countycast_engine::weekly::{Area, Disease, Measure, Signal, Week};
use countycast_engine::{Date, Fips};
use countycast_panel::{InputError, State};

use super::{Signals, Table};
use crate::hubs::Hubs;

/// Per cent of a whole.
const PER_CENT: f64 = 100.0;

/// The notice about values of hubs that cannot be.
const IMPOSSIBLE: &str = "negative values, shares above 1, and more people than there are, are left out";

const fn signal(disease: Disease, measure: Measure) -> Signal {
    Signal { disease, measure }
}

/// Columns of influenza, COVID-19 and RSV, in this order, under a publisher's names; those that a table has.
fn diseases(table: &Table, names: [&str; 3]) -> Vec<(Disease, usize)> {
    let columns = [Disease::Influenza, Disease::Covid, Disease::Rsv].into_iter().zip(names);
    columns.filter_map(|(disease, name)| Some((disease, table.find(name)?))).collect()
}

/// The greatest value that a signal can have: of people, more than live in the United States.
fn greatest(signal: Signal) -> f64 {
    signal.unit().greatest().min(4.0e8)
}

/// The week that a cell's Saturday ends.
fn week(table: &Table, row: usize, column: usize) -> Result<Week, InputError> {
    let remedy = "weeks end on Saturdays: use the file as published";
    Week::ending(table.date(row, column)?).ok_or_else(|| table.wrong(row, column, "is no Saturday", remedy))
}

/// A share from a cell of per cent; none where it is missing or impossible.
fn per_cent(table: &Table, row: usize, column: usize, impossible: &mut usize) -> Result<Option<f64>, InputError> {
    let value = table.number(row, column)?;
    let possible = value.filter(|value| (0.0..=PER_CENT).contains(value));
    *impossible += usize::from(value.is_some() && possible.is_none());
    Ok(possible.map(|value| value / PER_CENT))
}

/// Emergency visits in per cent by area (`H278`, `S06`, `US`), a row where something changed.
pub(super) fn emergency_vintages(table: &Table, into: &mut Signals) -> Result<(), InputError> {
    let [as_of, geo, end] = [table.column("as_of")?, table.column("geo")?, table.column("week_end")?];
    let diseases = diseases(table, ["influenza", "covid", "rsv"]);
    let mut impossible = 0;
    for row in 0..table.rows() {
        let name = table.text(row, geo);
        let area = name.strip_prefix('S').unwrap_or(&name).parse::<Area>();
        let area = area.map_err(|_| table.wrong(row, geo, "is no area", "write `US`, `S06` or `H278`"))?;
        let (as_of, week) = (table.date(row, as_of)?, week(table, row, end)?);
        for &(disease, column) in &diseases {
            let value = per_cent(table, row, column, &mut impossible)?;
            into.vintages.add(signal(disease, Measure::EmergencyVisits), area.clone(), week, as_of, value);
        }
    }
    into.notice(table, "shares below 0 or above 100 per cent are left out", impossible);
    Ok(())
}

/// Emergency visits in per cent as published by the CDC: a county's row repeats its Health Service Area's.
pub(super) fn emergency(table: &Table, into: &mut Signals) -> Result<(), InputError> {
    let [end, geography, county, number] =
        [table.column("week_end")?, table.column("geography")?, table.column("county")?, table.column("hsa_nci_id")?];
    let diseases = diseases(table, ["percent_visits_influenza", "percent_visits_covid", "percent_visits_rsv"]);
    let as_of = published(table, end)?;
    let (mut impossible, mut unknown) = (0, 0);
    for row in 0..table.rows() {
        let whole = matches!(table.text(row, county).as_ref(), "All" | "");
        let place = table.text(row, geography);
        let area = if place == "United States" {
            Some(Area::Nation)
        } else if whole {
            State::named(&place).map(State::fips).and_then(Area::state)
        } else {
            table.number(row, number)?.filter(|n| (1.0..=9_999.0).contains(n)).map(|n| Area::ServiceArea(n as u16))
        };
        let Some(area) = area else {
            unknown += 1;
            continue;
        };
        let week = week(table, row, end)?;
        for &(disease, column) in &diseases {
            if let Some(value) = per_cent(table, row, column, &mut impossible)? {
                into.vintages.add(signal(disease, Measure::EmergencyVisits), area.clone(), week, as_of, Some(value));
            }
        }
    }
    into.notice(table, "rows without a Health Service Area are left out", unknown);
    into.notice(table, "shares below 0 or above 100 per cent are left out", impossible);
    Ok(())
}

/// Weekly admissions by jurisdiction, as published by the CDC's NHSN.
pub(super) fn admissions(table: &Table, into: &mut Signals) -> Result<(), InputError> {
    let [end, place] = [table.column("weekendingdate")?, table.column("jurisdiction")?];
    let diseases = diseases(table, ["totalconfflunewadm", "totalconfc19newadm", "totalconfrsvnewadm"]);
    let as_of = published(table, end)?;
    let (mut impossible, mut unknown) = (0, 0);
    for row in 0..table.rows() {
        let name = table.text(row, place);
        let area = match name.as_ref() {
            "USA" | "US" => Some(Area::Nation),
            "PR" => Fips::from_state(72).and_then(Area::state),
            name => State::named(name).map(State::fips).and_then(Area::state),
        };
        let Some(area) = area else {
            unknown += 1;
            continue;
        };
        let week = week(table, row, end)?;
        for &(disease, column) in &diseases {
            let signal = signal(disease, Measure::Admissions);
            let value = table.number(row, column)?;
            let possible = value.filter(|value| (0.0..=greatest(signal)).contains(value));
            impossible += usize::from(value.is_some() && possible.is_none());
            if possible.is_some() {
                into.vintages.add(signal, area.clone(), week, as_of, possible);
            }
        }
    }
    into.notice(table, "rows of regions and territories are left out", unknown);
    into.notice(table, "negative admissions, and more than there are residents, are left out", impossible);
    Ok(())
}

/// A hub's target data, with or without vintages.
pub(super) fn targets(table: &Table, hubs: &Hubs, into: &mut Signals) -> Result<(), InputError> {
    let [location, target, value] = [table.column("location")?, table.column("target")?, table.column("observation")?];
    let end = table.find("target_end_date").map_or_else(|| table.column("date"), Ok)?;
    let vintage = table.find("as_of");
    let as_of = if vintage.is_none() { Some(published(table, end)?) } else { None };
    let (mut unknown, mut impossible) = (0, 0);
    for row in 0..table.rows() {
        let Some(known) = hubs.target(&table.text(row, target)) else {
            unknown += 1;
            continue;
        };
        let Some(area) = into.geography.located(&table.text(row, location)) else {
            unknown += 1;
            continue;
        };
        let as_of = match (vintage, as_of) {
            (Some(column), _) => table.date(row, column)?,
            (None, Some(day)) => day,
            (None, None) => continue,
        };
        let value = table.number(row, value)?.map(|value| value / known.scale);
        let possible = value.filter(|value| (0.0..=greatest(known.signal)).contains(value));
        impossible += usize::from(value.is_some() && possible.is_none());
        let week = week(table, row, end)?;
        into.observed.add(&known.target, area.clone(), week, as_of, possible);
        into.vintages.add(known.signal, area, week, as_of, possible);
    }
    into.notice(table, "rows of unknown targets or locations are left out", unknown);
    into.notice(table, IMPOSSIBLE, impossible);
    Ok(())
}

/// The target of a table that has no column for it, by its file's name.
pub(super) fn one_target<'a>(path: &Path, hubs: &'a Hubs) -> Option<&'a str> {
    let name = path.file_name()?.to_str()?;
    let name = name.strip_suffix(".gz").unwrap_or(name);
    hubs.hubs.iter().flat_map(|hub| &hub.files).find(|file| file.name == name).map(|file| file.target.as_str())
}

/// A hub's target data of one target, as last published.
pub(super) fn single_target(table: &Table, hubs: &Hubs, into: &mut Signals) -> Result<(), InputError> {
    let Some(known) = one_target(table.path(), hubs).and_then(|target| hubs.target(target)) else { return Ok(()) };
    let [location, end, value] = [table.column("location")?, table.column("date")?, table.column("value")?];
    let as_of = published(table, end)?;
    let mut impossible = 0;
    for row in 0..table.rows() {
        let Some(area) = into.geography.located(&table.text(row, location)) else { continue };
        let value = table.number(row, value)?.map(|value| value / known.scale);
        let possible = value.filter(|value| (0.0..=greatest(known.signal)).contains(value));
        impossible += usize::from(value.is_some() && possible.is_none());
        let week = week(table, row, end)?;
        into.observed.add(&known.target, area.clone(), week, as_of, possible);
        into.vintages.add(known.signal, area, week, as_of, possible);
    }
    into.notice(table, IMPOSSIBLE, impossible);
    Ok(())
}

/// Outpatient visits for influenza-like illness in per cent, by state or region.
pub(super) fn outpatient(table: &Table, into: &mut Signals) -> Result<(), InputError> {
    let [kind, region, start] = [table.column("region_type")?, table.column("region")?, table.column("week_start")?];
    let (weighted, unweighted) = (table.column("weighted_ili")?, table.column("unweighted_ili")?);
    let signal = signal(Disease::InfluenzaLike, Measure::OutpatientVisits);
    let (mut unknown, mut impossible) = (0, 0);
    for row in 0..table.rows() {
        let name = table.text(row, region);
        let area = match table.text(row, kind).as_ref() {
            "HHS Regions" => format!("hhs-{}", name.trim_start_matches("Region ")).parse().ok(),
            "National" => Some(Area::Nation),
            _ => State::named(&name).map(State::fips).and_then(Area::state),
        };
        let Some(area) = area else {
            unknown += 1;
            continue;
        };
        let week = Week::of(table.date(row, start)?);
        let value = match per_cent(table, row, weighted, &mut impossible)? {
            None => per_cent(table, row, unweighted, &mut impossible)?,
            found => found,
        };
        // FluView publishes a week on the Friday after it.
        let friday = week.saturday().saturating_add(jiff::Span::new().days(6));
        into.vintages.add(signal, area, week, friday, value);
    }
    into.notice(table, "rows of cities and territories are left out", unknown);
    into.notice(table, "shares below 0 or above 100 per cent are left out", impossible);
    Ok(())
}

/// The day on which a table without vintages was published: that on which it was fetched, the date in its name, else the
/// Wednesday after its last week, when these sources are renewed.
fn published(table: &Table, end: usize) -> Result<Date, InputError> {
    if let Some(day) = table.published() {
        return Ok(day);
    }
    let name = table.path().file_stem().unwrap_or_default().to_string_lossy();
    let dated = (0..name.len()).find_map(|start| name.get(start..start + 10)?.parse::<Date>().ok());
    if let Some(day) = dated {
        return Ok(day);
    }
    let mut last = None;
    for row in 0..table.rows() {
        last = last.max(Some(table.date(row, end)?));
    }
    let last = last.unwrap_or(Date::constant(1970, 1, 3));
    Ok(last.saturating_add(jiff::Span::new().days(4)))
}
