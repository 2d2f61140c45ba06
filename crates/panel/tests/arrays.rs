//! A panel from arrays is the one that files with the same counts give, and arrays that cannot be are refused.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::fmt::Write;
use std::fs;

use countycast_engine::{Covariate, Date, Fips};
use countycast_panel::{CountyData, Error, Panel, Repairs, Request, Settings};
use jiff::ToSpan;

const FIRST_DAY: Date = Date::constant(2020, 3, 1);
const DAYS: usize = 120;

fn fips(code: &str) -> Fips {
    code.parse().unwrap()
}

/// A county with a weekly rhythm, six days without a report, all of them on the seventh, and a negative day.
fn county(code: &str, name: &str, level: f64) -> CountyData {
    let mut cases: Vec<f64> =
        (0..DAYS).map(|day| (level * [0.6, 1.2, 1.1, 1.1, 1.1, 1.1, 0.8][day % 7]).round()).collect();
    cases[66] = cases[60..=66].iter().sum();
    cases[60..66].fill(0.0);
    cases[90] = -2.0 * level;
    let deaths = (0..DAYS).map(|day| f64::from(u8::from(day % 9 == 0))).collect();
    let mut county = CountyData::new(fips(code), name, cases, deaths);
    county.population = Some(5_000.0 * level);
    county.covariates.set(Covariate::Latitude, 41.5);
    county.covariates.set(Covariate::Longitude, -93.25);
    county
}

fn counties() -> Vec<CountyData> {
    // Not in the order of their codes.
    vec![county("31055", "Douglas", 45.0), county("19153", "Polk", 30.0), county("19013", "Black Hawk", 11.0)]
}

/// The same in the layout of JHU, with or without populations.
fn table(counties: &[CountyData], population: bool, counts: impl Fn(&CountyData) -> &[f64]) -> String {
    let mut text = "UID,iso2,FIPS,Admin2,Province_State,Lat,Long_,Combined_Key".to_owned();
    text.push_str(if population { ",Population" } else { "" });
    for day in FIRST_DAY.series(1.day()).take(DAYS) {
        write!(text, ",{}", day.strftime("%-m/%-d/%y")).unwrap();
    }
    for county in counties {
        let state = if county.fips.state() == Some(fips("19")) { "Iowa" } else { "Nebraska" };
        let (code, name) = (county.fips, &county.name);
        write!(text, "\n840{code},US,{code},{name},{state},41.5,-93.25,\"{name}, {state}, US\"").unwrap();
        if population {
            write!(text, ",{}", county.population.unwrap()).unwrap();
        }
        let mut total = 0.0;
        for count in counts(county) {
            total += count;
            write!(text, ",{total}").unwrap();
        }
    }
    text + "\n"
}

fn from_files(counties: &[CountyData]) -> Panel {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("jhu")).unwrap();
    fs::create_dir(folder.path().join("geography")).unwrap();
    fs::write(folder.path().join("jhu/confirmed.csv"), table(counties, false, |county| &county.cases)).unwrap();
    fs::write(folder.path().join("jhu/deaths.csv"), table(counties, true, |county| &county.deaths)).unwrap();
    fs::write(folder.path().join("geography/adjacency.csv"), "fips,neighbor_fips\n19153,31055\n").unwrap();
    let request = Request { data: folder.path().to_owned(), as_of: None, vintage: false };
    countycast_panel::load(&request, &Settings::default()).unwrap()
}

#[test]
fn arrays_and_files_with_the_same_counts_give_the_same_panel() {
    let mut counties = counties();
    // One of the two names the border; a county that is not there has none.
    counties[0].neighbours = vec![fips("19153"), fips("31153")];
    let files = from_files(&counties);
    let arrays = Panel::from_counties(FIRST_DAY, counties, &Settings::default()).unwrap();

    let all = |panel: &Panel| -> Vec<_> {
        let places = [panel.nation()].into_iter().chain(panel.states()).chain(panel.counties());
        places.map(|place| (place.history.clone(), place.state, place.repairs.clone())).collect()
    };
    let (files_places, arrays_places) = (all(&files), all(&arrays));
    assert_eq!(arrays_places.len(), 1 + 2 + 3);
    for (a, b) in files_places.iter().zip(&arrays_places) {
        assert_eq!(a.0, b.0);
        assert_eq!((a.1, &a.2), (b.1, &b.2));
    }
    let repaired = |(_, _, Repairs { cases, .. }): &(_, _, Repairs)| !cases.is_empty();
    assert!(arrays_places.iter().all(repaired), "gap, dump and correction are repaired in every place");
    assert_eq!(arrays.neighbours(fips("19153")), [fips("31055")]);
    for code in ["19153", "31055", "19013"] {
        assert_eq!(arrays.neighbours(fips(code)), files.neighbours(fips(code)));
    }
    assert_eq!((arrays.first_day(), arrays.as_of()), (files.first_day(), files.as_of()));
    assert!(arrays.inputs().is_empty() && arrays.notices().is_empty());
}

/// The message and remedy after a change to the first county, Douglas.
fn refused(change: impl FnOnce(&mut Vec<CountyData>)) -> String {
    let mut counties = counties();
    change(&mut counties);
    let error = Panel::from_counties(FIRST_DAY, counties, &Settings::default()).unwrap_err();
    let Error::Request { message, remedy } = error else { panic!("{error}") };
    format!("{message} -> {remedy}")
}

#[test]
fn arrays_that_cannot_be_are_refused_with_place_and_value() {
    let found = refused(Vec::clear);
    assert!(found.starts_with("there is no county, or no day"), "{found}");
    let found = refused(|counties| counties.iter_mut().for_each(|county| county.cases.clear()));
    assert!(found.starts_with("there is no county, or no day"), "{found}");
    let found = refused(|counties| counties.push(counties[1].clone()));
    assert!(found.starts_with("county 19153 is given twice"), "{found}");
    let found = refused(|counties| counties[0].deaths.truncate(100));
    assert!(found.starts_with("deaths of 31055 have 100 days, where 120 were expected"), "{found}");
    let found = refused(|counties| counties[0].cases[7] = f64::NAN);
    assert!(found.starts_with("cases of 31055 on day 7, counted from 0: NaN"), "{found}");
    let found = refused(|counties| counties[0].deaths[119] = f64::INFINITY);
    assert!(found.starts_with("deaths of 31055 on day 119"), "{found}");
    for count in [1e308, -1.1e9] {
        let found = refused(|counties| counties[0].cases[3] = count);
        assert!(found.starts_with(&format!("cases of 31055 on day 3, counted from 0: {count:e} are more")), "{found}");
    }
    let found = refused(|counties| counties[0].deaths[119] = -1e3);
    assert!(found.starts_with("deaths of 31055 add up to -986"), "{found}");
    for residents in [0.0, -5.0, 1e-300, 0.9, 3e8, f64::INFINITY, f64::NAN] {
        let found = refused(|counties| counties[0].population = Some(residents));
        assert!(found.starts_with(&format!("population of 31055: {residents:?} is not a county's number")), "{found}");
    }
    for (code, text) in [("31", "31"), ("US", "US"), ("72001", "72001"), ("03001", "03001")] {
        let found = refused(|counties| counties[0].fips = fips(code));
        assert!(found.starts_with(&format!("{text} is not the code of a county")), "{found}");
    }
    let found = refused(|counties| counties.iter_mut().for_each(|c| std::mem::swap(&mut c.cases, &mut c.deaths)));
    assert!(found.contains("deaths in all places together are more than the 42 cases"), "{found}");
    let mut settings = Settings::default();
    settings.gaps.rate_days = 1;
    let error = Panel::from_counties(FIRST_DAY, counties(), &settings).unwrap_err();
    assert!(error.to_string().contains("gaps.rate_days"), "{error}");
}

/// The notices after a change to the counties, whose places are all there.
fn noticed(change: impl FnOnce(&mut Vec<CountyData>)) -> (Panel, Vec<String>) {
    let mut counties = counties();
    change(&mut counties);
    let panel = Panel::from_counties(FIRST_DAY, counties, &Settings::default()).unwrap();
    assert_eq!(panel.counties().len(), 3);
    let notices = panel.notices().iter().map(ToString::to_string).collect();
    (panel, notices)
}

#[test]
fn what_is_odd_in_one_county_is_a_notice_about_it() {
    let (panel, found) = noticed(|counties| counties[0].population = Some(500.0));
    let cases = panel.place(fips("31055")).unwrap().history.cases().total();
    let expected = format!("Douglas, NE (31055) with {cases:.0} cases of 500 residents");
    assert!(found.len() == 1 && found[0].ends_with(&expected), "{found:?}");
    assert_eq!(panel.place(fips("31055")).unwrap().history.location().population, Some(500.0));

    for (covariate, value, range) in [
        (Covariate::Poverty, 999_999.99, "0 to 1"),
        (Covariate::Poverty, -0.1, "0 to 1"),
        (Covariate::StaffedBeds, 1e308, "0 to 100000"),
        (Covariate::Population2019, 1e-300, "1 to 20000000"),
        (Covariate::HouseholdSize, 1e5, "1 to 20"),
    ] {
        let (panel, found) = noticed(|counties| counties[0].covariates.set(covariate, value));
        assert_eq!(found, [format!("`{covariate}` is not {range}, left out: {value:?} in 31055")]);
        let covariates = &panel.place(fips("31055")).unwrap().history.location().covariates;
        assert_eq!((covariates.get(covariate), covariates.get(Covariate::Latitude)), (None, Some(41.5)));
    }
}

#[test]
fn cumulative_counts_in_the_place_of_new_ones_are_a_notice() {
    let (_, found) = noticed(|counties| {
        for county in counties {
            let mut total = 0.0;
            county.cases.iter_mut().for_each(|new| (total, *new) = (total + new.abs(), total + new.abs()));
            county.population = None;
        }
    });
    assert_eq!(found, ["new cases never fall in 120 days: are they cumulative counts?"]);
}
