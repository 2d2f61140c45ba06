//! Bad days of publishers, one change each to a steady panel of two states with ten counties: the level stays, the notice
//! says what was done, and no other place changes.
#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]
#![allow(missing_docs, reason = "tests")]

mod cases;
mod changes;
mod deaths;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use countycast_engine::Series;
use countycast_panel::{Panel, Request, Settings, load};
use jiff::ToSpan;
use jiff::civil::{Date, date};

const FIRST_DAY: Date = date(2020, 2, 2);
const DAYS: usize = 180;
/// Shares of a week's days, Sunday first.
const RHYTHM: [f64; 7] = [0.6, 0.8, 1.1, 1.2, 1.2, 1.2, 0.9];
/// Cases a day of the first county and of each of the nine others; a state has 238, 1,666 a week.
const RATES: [f64; 2] = [60.0, 178.0 / 9.0];
/// Cases for each death.
const FATAL: f64 = 66.6;

/// Cumulative counts by FIPS code of a row; 90 and the state's number for `Unassigned`.
type Table = BTreeMap<u32, Vec<f64>>;

fn steady(per_case: f64) -> Table {
    let row = |code: u32| {
        let rate = if code % 1000 == 1 { RATES[0] } else { RATES[1] } / per_case;
        let mut sum = 0.0;
        let count = |day: usize| {
            sum += if code >= 90_000 { 0.0 } else { rate * RHYTHM[day % 7] };
            f64::round(sum)
        };
        (code, (0..DAYS).map(count).collect())
    };
    [19, 31].into_iter().flat_map(|state| counties(state).chain([90_000 + state])).map(row).collect()
}

/// Codes of a state's ten counties.
fn counties(state: u32) -> impl Iterator<Item = u32> {
    (0..10).map(move |i| 1000 * state + 1 + 2 * i)
}

fn write(folder: &Path, kind: &str, table: &Table) {
    let days = FIRST_DAY.series(1.day()).take(DAYS);
    let mut text = "UID,FIPS,Admin2,Province_State,Combined_Key,Lat,Long_".to_owned();
    text += if kind == "deaths" { ",Population" } else { "" };
    days.for_each(|day| write!(text, ",{}/{}/{}", day.month(), day.day(), day.year() % 100).unwrap());
    for (code, counts) in table {
        let state = if code % 90_000 == 19 || code / 1000 == 19 { "Iowa" } else { "Nebraska" };
        let name = if *code >= 90_000 { "Unassigned".to_owned() } else { format!("County {code}") };
        write!(text, "\n840{code:05},{code},{name},{state},x,41,-93").unwrap();
        text += if kind == "deaths" { ",200000" } else { "" };
        counts.iter().for_each(|count| write!(text, ",{count}").unwrap());
    }
    std::fs::write(folder.join(format!("time_series_covid19_{kind}_US.csv")), text).unwrap();
}

fn panel(cases: &Table, deaths: &Table) -> Panel {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "confirmed", cases);
    write(folder.path(), "deaths", deaths);
    load(&Request { data: folder.path().to_owned(), as_of: None, vintage: false }, &Settings::default()).unwrap()
}

/// New cases or deaths of a place.
fn series<'a>(panel: &'a Panel, fips: &str, kind: Kind) -> &'a Series {
    let history = &panel.place(fips.parse().unwrap()).unwrap().history;
    if kind == Kind::Cases { history.cases() } else { history.deaths() }
}

/// The last week's people used for a place.
fn week(panel: &Panel, fips: &str, kind: Kind) -> f64 {
    series(panel, fips, kind).cleaned().iter().rev().take(7).sum()
}

/// Which counts are bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Cases,
    Deaths,
}

/// How far a level may be from that without the bad days: deaths are few, and whole.
fn room(kind: Kind) -> f64 {
    if kind == Kind::Cases { 0.04 } else { 0.16 }
}

/// The last day.
const LAST: usize = DAYS - 1;

#[test]
fn the_level_is_kept_and_the_notice_given() {
    let (cases, deaths) = (steady(1.0), steady(FATAL));
    let good = panel(&cases, &deaths);
    let level = |place, kind, right: f64| (week(&good, place, kind) / right - 1.0).abs() < room(kind) / 2.0;
    assert!(level("19", Kind::Cases, 1_666.0) && level("19001", Kind::Cases, 420.0) && level("19", Kind::Deaths, 25.0));
    let told = |notice: &&countycast_panel::Notice| notice.message.contains(" of 2020-");
    assert!(!good.notices().iter().any(|notice| told(&notice)), "{:?}", good.notices());
    let mut wrong = Vec::new();
    for (bad, kind) in
        cases::BAD.iter().map(|bad| (bad, Kind::Cases)).chain(deaths::BAD.iter().map(|bad| (bad, Kind::Deaths)))
    {
        let (mut changed, doubtful) =
            if kind == Kind::Cases { (cases.clone(), "19001") } else { (deaths.clone(), "19") };
        (bad.change)(&mut changed);
        let found = if kind == Kind::Cases { panel(&changed, &deaths) } else { panel(&cases, &changed) };
        for (place, kind) in
            bad.kept.iter().chain(&["31", "31001"]).flat_map(|place| [(place, kind), (place, Kind::Cases)])
        {
            let (used, right) = (week(&found, place, kind), week(&good, place, kind));
            if (used / right - 1.0).abs() > room(kind) {
                wrong.push(format!("{}: {used:.0} {kind:?} a week in {place}, where {right:.0} is right", bad.name));
            }
        }
        let notices: Vec<String> = found.notices().iter().map(ToString::to_string).collect();
        if !notices.iter().any(|notice| notice.contains(bad.notice)) {
            wrong.push(format!("{}: no notice `{}` among {notices:#?}", bad.name, bad.notice));
        }
        let doubt = series(&found, doubtful, kind).last_days();
        if doubt.spread < bad.doubt.0 || doubt.held.map_or(1.0, |held| held.rise) < bad.doubt.1 {
            wrong.push(format!("{}: {doubt:?}", bad.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
