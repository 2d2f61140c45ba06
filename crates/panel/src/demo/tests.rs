//! The folder matches its description, and its truth is consistent.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use super::*;

/// A folder of its own for each test, removed when done.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("countycast-demo-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn rows(&self, file: &str) -> Vec<HashMap<String, String>> {
        let mut reader = csv::Reader::from_path(self.0.join(file)).unwrap();
        reader.deserialize().map(Result::unwrap).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn increments(row: &HashMap<String, String>, truth_days: usize) -> Vec<i64> {
    let mut total = 0;
    (0..truth_days)
        .map(|day| {
            let date = FIRST_DAY.checked_add(jiff::Span::new().days(day as i64)).unwrap();
            let value: i64 = row[&format!("{}/{}/{}", date.month(), date.day(), date.year() % 100)].parse().unwrap();
            let new = value - total;
            total = value;
            new
        })
        .collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_does_not() {
    let [a, b, c] = ["a", "b", "c"].map(Folder::new);
    let truth = write(&a.0, 1).unwrap();
    assert_eq!(truth, write(&b.0, 1).unwrap());
    assert_ne!(truth, write(&c.0, 2).unwrap());
    for file in ["jhu/time_series_covid19_confirmed_US.csv", "truth.csv", "counties/svi_2018.csv"] {
        let [a, b, c] = [&a, &b, &c].map(|folder| fs::read(folder.0.join(file)).unwrap());
        assert!(a == b && a != c, "{file}");
    }
}

#[test]
fn published_cases_are_the_found_ones_but_for_defects() {
    let folder = Folder::new("published");
    let truth = write(&folder.0, 1).unwrap();
    let rows = folder.rows("jhu/time_series_covid19_confirmed_US.csv");
    assert_eq!(rows.len(), 120 + 6 + 1);
    assert!(
        !rows[0].contains_key("10/25/20") && rows[0].contains_key("10/24/20"),
        "the days to come are not published"
    );
    let mut negative = 0;
    let mut published = 0;
    for row in &rows {
        let new = increments(row, DAYS);
        negative += new.iter().filter(|c| **c < 0).count();
        published += new.iter().sum::<i64>();
    }
    let found: f64 = truth.counties.iter().flat_map(|county| &county.cases[..DAYS]).sum();
    assert_eq!(published, found as i64, "no defect loses or invents a case in the end");
    let corrections = truth.defects.iter().filter(|d| d.kind == DefectKind::Correction).count();
    assert!(corrections >= 30 && negative >= corrections / 2, "{corrections} corrections, {negative} negative days");
    for kind in [DefectKind::Dump, DefectKind::Gap] {
        let n = truth.defects.iter().filter(|d| d.kind == kind).count();
        assert!(n >= 15, "{n} of {kind:?}");
    }
}

#[test]
fn waves_come_when_the_truth_says_and_some_counties_have_no_history() {
    let folder = Folder::new("waves");
    let truth = write(&folder.0, 1).unwrap();
    let sparse: Vec<&TrueCounty> = truth.counties.iter().filter(|county| county.sparse).collect();
    assert_eq!(sparse.len(), 21);
    for county in &sparse {
        assert!(county.cases[..DAYS].iter().sum::<f64>() < 30.0, "{} has a history", county.fips);
    }
    for (state, peak) in [("19", 222), ("31", 250)] {
        let total: Vec<f64> = (0..DAYS)
            .map(|day| truth.counties.iter().filter(|c| c.fips.starts_with(state)).map(|c| c.infections[day]).sum())
            .collect();
        let top = (150..DAYS).max_by(|a, b| total[*a].total_cmp(&total[*b])).unwrap();
        // Infections turn when R passes 1: within three weeks of the fall's middle, lags of counties included.
        assert!(top.abs_diff(peak) <= 21, "state {state} peaks on day {top}");
        assert!(total[110] < 0.6 * total[75..95].iter().copied().fold(0.0, f64::max), "state {state}: no first wave");
    }
    let all: f64 = truth.counties.iter().flat_map(|c| &c.infections).sum();
    let people: f64 = truth.counties.iter().map(|c| c.population).sum();
    assert!((0.02..0.4).contains(&(all / people)), "{} of all people were infected", all / people);
}

#[test]
fn covariates_have_every_county_and_add_up() {
    let folder = Folder::new("covariates");
    let truth = write(&folder.0, 1).unwrap();
    let svi = fs::read_to_string(folder.0.join("counties/svi_2018.csv")).unwrap();
    assert!(svi.starts_with('\u{feff}') && svi.contains("-999"));
    let ages = folder.rows("counties/age_sex_2020.csv");
    for (row, county) in ages.iter().zip(&truth.counties) {
        let groups: f64 = row
            .iter()
            .filter(|(name, _)| name.starts_with("AGE") && *name != "AGE65PLUS_TOT")
            .map(|(_, n)| n.parse::<f64>().unwrap())
            .sum();
        assert_eq!(groups, county.population, "{}", county.fips);
        assert_eq!(row["FIPS"].parse::<u32>().unwrap(), county.fips.parse::<u32>().unwrap());
    }
    let pairs = folder.rows("geography/adjacency.csv");
    // A map of 24 by 5: 23 x 5 pairs across and 24 x 4 down, both ways.
    assert_eq!(pairs.len(), 2 * (23 * 5 + 24 * 4));
    // The same pairs, and everyone who works at home.
    assert_eq!(folder.rows("geography/commuting_acs_2011_2015.csv").len(), pairs.len() + 120);
    let beds = folder.rows("counties/beds_covidcaremap.csv");
    assert!((40..100).contains(&beds.len()), "{} counties with a hospital", beds.len());
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = Folder::new("refused");
    fs::write(folder.0.join("jhu"), "a file where a folder should be").unwrap();
    let error = write(&folder.0, 1).unwrap_err();
    assert!(error.to_string().contains("jhu"), "{error}");
}
