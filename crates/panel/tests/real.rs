//! The panel on the real data: named defects, and what their repair makes of them.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;
use std::sync::OnceLock;

use countycast_engine::{Date, Fips, Series};
use countycast_panel::{Panel, Place, Repair, RepairKind, Request, Settings};

/// The publishers' files.
fn folder() -> PathBuf {
    let near = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("COUNTYCAST_DATA").map_or(near, PathBuf::from);
    assert!(folder.join("jhu").is_dir(), "no data at {}: set COUNTYCAST_DATA", folder.display());
    folder
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn fips(text: &str) -> Fips {
    text.parse().unwrap()
}

fn load(as_of: &str, vintage: bool) -> Panel {
    let request = Request { data: folder(), as_of: Some(date(as_of)), vintage };
    countycast_panel::load(&request, &Settings::default()).unwrap()
}

/// As of Saturday 2020-10-24, loaded once for all tests.
fn october() -> &'static Panel {
    static PANEL: OnceLock<Panel> = OnceLock::new();
    PANEL.get_or_init(|| load("2020-10-24", false))
}

fn place<'a>(panel: &'a Panel, code: &str) -> &'a Place {
    panel.place(fips(code)).unwrap()
}

/// A publisher's wide file, read without any of our code: name and state of each row, and its counts by column.
struct Wide {
    days: Vec<String>,
    rows: Vec<(Option<u32>, String, String, Vec<f64>)>,
}

impl Wide {
    fn read(path: &str) -> Self {
        let bytes = std::fs::read(folder().join(path)).unwrap();
        let mut text = String::new();
        if path.ends_with(".gz") {
            flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
        } else {
            text = String::from_utf8(bytes).unwrap();
        }
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().unwrap().clone();
        let at = |name: &str| header.iter().position(|column| column == name).unwrap();
        let (fips, place, state) = (at("FIPS"), at("Admin2"), at("Province_State"));
        let first = header.iter().position(|column| column.ends_with("/20")).unwrap();
        let row = |row: csv::StringRecord| {
            let counts = row.iter().skip(first).map(|text| text.parse().unwrap()).collect();
            (row[fips].parse::<f64>().ok().map(|n| n as u32), row[place].to_owned(), row[state].to_owned(), counts)
        };
        let days = header.iter().skip(first).map(str::to_owned).collect();
        Self { days, rows: reader.records().map(|record| row(record.unwrap())).collect() }
    }

    fn day(&self, day: &str) -> usize {
        self.days.iter().position(|column| column == day).unwrap()
    }

    /// Cumulative counts of a county.
    fn county(&self, fips: u32) -> &[f64] {
        &self.rows.iter().find(|row| row.0 == Some(fips)).unwrap().3
    }

    /// Cumulative count of a row that is no county.
    fn row(&self, place: &str, state: &str, day: &str) -> f64 {
        self.rows.iter().find(|row| row.1 == place && row.2 == state).unwrap().3[self.day(day)]
    }
}

/// Reported and cleaned cases of a place on the days from one to another, both included.
fn cases(panel: &Panel, code: &str, from: &str, to: &str) -> (Vec<f64>, Vec<f64>) {
    let history = &place(panel, code).history;
    let day = |text: &str| usize::try_from((date(text) - panel.first_day()).get_days()).unwrap();
    let days = day(from)..=day(to);
    (history.cases().reported()[days.clone()].to_vec(), history.cases().cleaned()[days].to_vec())
}

/// Repairs of a place's cases of one kind that end on this day.
fn repairs(panel: &Panel, code: &str, kind: RepairKind, day: &str) -> usize {
    let repairs = &place(panel, code).repairs.cases;
    repairs.iter().filter(|repair| repair.kind == kind && repair.last == date(day)).count()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * b.abs().max(1.0)
}

#[test]
#[ignore = "needs the publishers' files: COUNTYCAST_DATA, or ../shared/data"]
fn harris_texas_its_backlog_of_21_september_changes_the_time_before_the_weeks_before_it() {
    let panel = october();
    let (reported, cleaned) = cases(panel, "48201", "2020-09-14", "2020-09-28");
    assert_eq!(reported[7], 14_129.0, "a day of about 660 by the days around it");
    assert!(cleaned.iter().all(|count| (200.0..2_500.0).contains(count)), "{cleaned:?}");
    assert_eq!(repairs(panel, "48201", RepairKind::Restated, "2020-09-21"), 1);
    assert_eq!(repairs(panel, "48201", RepairKind::Dump, "2020-09-21"), 0);
}

#[test]
#[ignore = "needs the publishers' files: COUNTYCAST_DATA, or ../shared/data"]
fn bexar_texas_two_dumps_and_a_correction_within_a_week_leave_a_level() {
    let panel = october();
    let (reported, cleaned) = cases(panel, "48029", "2020-09-15", "2020-09-30");
    assert_eq!(reported[5..=8], [2_581.0, 102.0, 2_896.0, -2_545.0]);
    assert!(cleaned.iter().all(|count| (0.0..700.0).contains(count)), "{cleaned:?}");
}

#[test]
#[ignore = "needs the publishers' files: COUNTYCAST_DATA, or ../shared/data"]
fn anderson_texas_a_drop_undone_three_days_later_leaves_no_trace() {
    let panel = october();
    let (reported, cleaned) = cases(panel, "48001", "2020-09-10", "2020-09-24");
    assert_eq!((reported[8], reported[11]), (-1_068.0, 1_051.0));
    assert!(cleaned.iter().all(|count| (0.0..40.0).contains(count)), "{cleaned:?}");
}

#[test]
#[ignore = "needs the publishers' files: COUNTYCAST_DATA, or ../shared/data"]
fn rhode_island_reports_counties_once_a_week_and_gets_a_level() {
    let panel = october();
    // Wednesdays: 490, 709, 803 and 1,104 cases in Providence, 0 on all other days.
    let (reported, cleaned) = cases(panel, "44007", "2020-09-24", "2020-10-21");
    assert_eq!(reported.iter().filter(|count| **count > 0.0).count(), 4, "{reported:?}");
    let (least, most) = cleaned.iter().fold((f64::MAX, 0.0_f64), |(a, b), c| (a.min(*c), b.max(*c)));
    assert!(least > 20.0 && most < 300.0, "{cleaned:?}");
    let history = &place(panel, "44007").history;
    assert!(history.cases().repaired()[history.days() - 3..].iter().all(|r| *r), "the days since are not reported yet");
    assert_eq!(repairs(panel, "44007", RepairKind::Elsewhere, "2020-10-24"), 1, "the state goes on");
}

#[test]
#[ignore = "needs the publishers' files: COUNTYCAST_DATA, or ../shared/data"]
fn alabama_what_moves_from_unassigned_to_counties_cancels_in_the_state() {
    let panel = october();
    let file = Wide::read("jhu/time_series_covid19_confirmed_US.csv");
    let moved = file.row("Unassigned", "Alabama", "9/16/20") - file.row("Unassigned", "Alabama", "9/15/20");
    assert_eq!(moved, -13_347.0);
    assert_eq!(cases(panel, "01", "2020-09-16", "2020-09-16").0, [927.0]);
    // Lee had 1,946 of them on a day of 21.
    let (reported, cleaned) = cases(panel, "01081", "2020-09-10", "2020-09-22");
    assert_eq!(reported[6], 1_946.0);
    assert!(cleaned.iter().all(|count| *count < 250.0), "{cleaned:?}");
}

#[test]
#[ignore = "needs the publishers' files: COUNTYCAST_DATA, or ../shared/data"]
fn utah_districts_and_dukes_and_nantucket_count_in_their_state_alone() {
    let panel = october();
    let file = Wide::read("jhu/time_series_covid19_confirmed_US.csv");
    for (code, district) in [
        ("49003", "Bear River"),
        ("49057", "Weber-Morgan"),
        ("25007", "Dukes and Nantucket"),
        ("25019", "Dukes and Nantucket"),
    ] {
        let county = place(panel, code);
        assert_eq!(county.district(), Some(district), "{code}");
        assert!(county.history.cases().reported().iter().all(|count| *count == 0.0), "{code}");
    }
    assert_eq!(panel.counties().iter().filter(|county| county.reported_in.is_some()).count(), 24);
    let districts = ["Bear River", "Central Utah", "Southeast Utah", "Southwest Utah", "TriCounty", "Weber-Morgan"];
    let apart: f64 = districts.iter().map(|name| file.row(name, "Utah", "10/24/20")).sum();
    assert_eq!(apart, 19_051.0);
    assert!(close(in_no_county(panel, "49"), apart));
    assert_eq!(place(panel, "49035").reported_in, None, "Salt Lake reports for itself");
}

/// Cumulative cases that a state has and none of its counties.
fn in_no_county(panel: &Panel, state: &str) -> f64 {
    let total = |place: &Place| place.history.cases().total();
    let counties = panel.counties().iter().filter(|county| county.fips().state() == Some(fips(state)));
    total(place(panel, state)) - counties.map(total).sum::<f64>()
}

#[test]
#[ignore = "needs the publishers' files: COUNTYCAST_DATA, or ../shared/data"]
fn kansas_city_and_prisons_count_in_their_state_alone() {
    let panel = october();
    let file = Wide::read("jhu/time_series_covid19_confirmed_US.csv");
    for (state, name, rows) in [
        ("29", "Missouri", &["Kansas City", "Unassigned", "Out of MO"][..]),
        (
            "26",
            "Michigan",
            &[
                "Michigan Department of Corrections (MDOC)",
                "Federal Correctional Institution (FCI)",
                "Unassigned",
                "Out of MI",
            ],
        ),
    ] {
        let apart: f64 = rows.iter().map(|row| file.row(row, name, "10/24/20")).sum();
        assert!(apart > 6_000.0 && close(in_no_county(panel, state), apart), "{name}: {apart}");
    }
}

/// People who were not reported and are expected: of these kinds of repair, all others only move people.
fn expected(repairs: &[Repair], kinds: &[RepairKind]) -> f64 {
    repairs.iter().filter(|repair| kinds.contains(&repair.kind)).map(|repair| repair.people).sum()
}

/// People of a last report that is not believed.
fn held(series: &Series) -> f64 {
    series.last_days().held.map_or(0.0, |held| held.people.max(0.0))
}

/// Kinds of repair that add people.
const ADDING: [RepairKind; 3] = [RepairKind::Holiday, RepairKind::Unreported, RepairKind::Elsewhere];

#[test]
#[ignore = "needs the publishers' files: COUNTYCAST_DATA, or ../shared/data"]
fn state_totals_are_the_published_ones() {
    let panel = october();
    for (kind, deaths) in [("confirmed", false), ("deaths", true)] {
        let file = Wide::read(&format!("jhu/time_series_covid19_{kind}_US.csv"));
        let day = file.day("10/24/20");
        let mut published = BTreeMap::<&str, f64>::new();
        for (_, _, state, counts) in &file.rows {
            *published.entry(state).or_default() += counts[day];
        }
        assert_eq!(panel.states().len(), 51);
        for state in panel.states() {
            let history = &state.history;
            let series = if deaths { history.deaths() } else { history.cases() };
            let published = published[history.location().name.as_str()];
            assert!(
                close(series.total(), published - held(series)),
                "{kind}, {}: {published}",
                history.location().name
            );
            assert!(close(series.reported().iter().sum(), published), "{kind}, {}", history.location().name);
            let repairs = if deaths { &state.repairs.deaths } else { &state.repairs.cases };
            assert!(close(series.cleaned().iter().sum::<f64>() - expected(repairs, &ADDING), published - held(series)));
        }
    }
}

#[test]
#[ignore = "needs the publishers' files: COUNTYCAST_DATA, or ../shared/data"]
fn repair_moves_people_between_days_and_loses_none() {
    let panel = october();
    assert_eq!(panel.counties().len(), 3_142);
    for county in panel.counties() {
        let (cases, deaths) = (county.history.cases(), county.history.deaths());
        for (series, repairs) in [(cases, &county.repairs.cases), (deaths, &county.repairs.deaths)] {
            let (reported, cleaned): (f64, f64) = (series.reported().iter().sum(), series.cleaned().iter().sum());
            let reported = reported - held(series);
            let unreported = expected(repairs, &[RepairKind::Unreported]);
            assert!(
                (reported - (cleaned - expected(repairs, &ADDING))).abs() < 1e-6 * reported.max(1.0),
                "{}",
                county.fips()
            );
            assert!(
                (0.0..=unreported + 1e-9).contains(&series.last_days().late),
                "{}: {:?}",
                county.fips(),
                series.last_days()
            );
            assert!(series.cleaned().iter().all(|count| *count >= 0.0), "{}", county.fips());
        }
    }
}

#[test]
#[ignore = "needs the publishers' files: COUNTYCAST_DATA, or ../shared/data"]
fn new_york_city_is_five_counties_even_where_it_was_published_as_one() {
    const BOROUGHS: [&str; 5] = ["36005", "36047", "36061", "36081", "36085"];
    let (newest, then) = (october(), august());
    assert_eq!(place(newest, "36005").history.cases().total(), 54_892.0, "apart in the newest file");
    // On that day 227,584 under Manhattan, and 0 in the four others.
    let totals = BOROUGHS.map(|code| place(then, code).history.cases().total());
    assert!(close(totals.iter().sum(), 227_584.0), "{totals:?}");
    let share = 2_559_903.0 / 8_336_817.0;
    assert!(close(totals[1], share * 227_584.0), "Kings by its residents: {totals:?}");
    let residents = BOROUGHS.map(|code| place(then, code).history.location().population.unwrap());
    assert!(residents.iter().all(|residents| (4e5..3e6).contains(residents)), "{residents:?}");
}

/// As of Saturday 2020-08-08, as it stood the Monday after.
fn august() -> &'static Panel {
    static PANEL: OnceLock<Panel> = OnceLock::new();
    PANEL.get_or_init(|| load("2020-08-08", true))
}

#[test]
#[ignore = "needs the publishers' files: COUNTYCAST_DATA, or ../shared/data"]
fn a_vintage_is_what_stood_there_then_joined_on_increments() {
    let (then, newest) = (august(), load("2020-08-08", false));
    let file = Wide::read("jhu/vintages_weekly/through_2020-08-09_confirmed_US.csv.gz");
    let day = file.day("8/8/20");
    // Massachusetts moved thousands between counties in September: Middlesex had 22,000 then.
    let middlesex = file.county(25_017);
    let history = &place(then, "25017").history;
    assert_eq!(history.cases().total(), middlesex[day]);
    assert_ne!(place(&newest, "25017").history.cases().total(), middlesex[day], "revised since");
    // The vintage starts on 2020-05-18; days after that have its increments, and no jump where the files meet: the
    // newest file has 219 cases fewer on that day.
    let increments: Vec<f64> = middlesex[..=day].windows(2).map(|pair| pair[1] - pair[0]).collect();
    let (reported, _) = cases(then, "25017", "2020-05-19", "2020-08-08");
    assert_eq!(reported, increments);
    assert_eq!(
        cases(then, "25017", "2020-05-01", "2020-05-18").0,
        cases(&newest, "25017", "2020-05-01", "2020-05-18").0
    );
    let revised = then.counties().iter().zip(newest.counties());
    let revised = revised.filter(|(a, b)| a.history.cases().reported() != b.history.cases().reported()).count();
    assert!(revised > 100, "{revised} counties differ");
    assert!(then.notices().iter().any(|notice| notice.message.contains("vintage published 2020-08-09")));
}

#[test]
#[ignore = "needs the publishers' files: COUNTYCAST_DATA, or ../shared/data"]
fn rio_arriba_and_all_other_counties_have_residents_neighbours_and_a_place() {
    let panel = october();
    let county = place(panel, "35039");
    assert_eq!((county.history.location().name.as_str(), county.history.cases().total()), ("Rio Arriba, NM", 480.0));
    assert!(panel.neighbours(fips("35039")).contains(&fips("35055")), "Taos lies beside it");
    let without = panel.counties().iter().filter(|county| county.history.location().population.is_none()).count();
    assert_eq!(without, 0);
    let alone = panel.counties().iter().filter(|county| panel.neighbours(county.fips()).is_empty()).count();
    assert!(alone <= 6, "{alone} counties without a neighbour; six are islands");
}

#[test]
#[ignore = "needs the publishers' files: COUNTYCAST_DATA, or ../shared/data"]
fn no_number_of_the_published_files_is_impossible() {
    for word in ["left out:", "are they", "more cases than", "more deaths than", "on two lines", "counted once"] {
        let found = october().notices().into_iter().find(|notice| notice.message.contains(word));
        assert!(found.is_none(), "{found:?}");
    }
}
