//! Nothing after the as-of day reaches a projection.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::fs;
use std::path::Path;

use common::{apart_from_inputs, assert_same, bytes, demo_copy, project, scratch, succeed};

const AS_OF: &str = "2020-09-12";
/// Header of the as-of day in the publisher's files.
const COLUMN: &str = "9/12/20";

/// Replaces every count after the as-of day in a wide file.
fn spoil(path: &Path, later: impl Fn(usize, usize) -> String) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let cut = header.iter().position(|name| name == COLUMN).unwrap();
    assert!(cut + 1 < header.len(), "nothing comes after {COLUMN}");
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let mut writer = csv::Writer::from_path(path).unwrap();
    writer.write_record(&header).unwrap();
    for (i, row) in rows.iter().enumerate() {
        let value = |(j, text): (usize, &str)| if j > cut { later(i, j) } else { text.to_owned() };
        writer.write_record(row.iter().enumerate().map(value)).unwrap();
    }
    writer.flush().unwrap();
}

#[test]
fn what_comes_after_as_of_changes_no_byte() {
    let folder = scratch();
    let data = folder.path().join("data");
    demo_copy(&data);
    let run = |out: &str| {
        succeed(project(&data, folder.path(), out, &["--as-of", AS_OF]));
        apart_from_inputs(&folder.path().join(out))
    };
    let (before, manifest) = run("before");
    assert_eq!(manifest["as_of"], AS_OF);
    spoil(&data.join("jhu/time_series_covid19_confirmed_US.csv"), |i, j| (999 * i + j).to_string());
    spoil(&data.join("jhu/time_series_covid19_deaths_US.csv"), |i, j| (i * j).to_string());
    fs::write(data.join("truth.csv"), "no table of ours\n").unwrap();
    let (after, later_manifest) = run("after");
    assert_same(&before, &after);
    assert_eq!(manifest, later_manifest);
}

#[test]
fn as_of_is_the_same_as_files_that_end_there() {
    let folder = scratch();
    let (whole, cut) = (folder.path().join("whole"), folder.path().join("cut"));
    for data in [&whole, &cut] {
        demo_copy(data);
    }
    for kind in ["confirmed", "deaths"] {
        let path = cut.join(format!("jhu/time_series_covid19_{kind}_US.csv"));
        let mut reader = csv::Reader::from_path(&path).unwrap();
        let days = reader.headers().unwrap().iter().position(|name| name == COLUMN).unwrap() + 1;
        let rows: Vec<csv::StringRecord> =
            std::iter::once(reader.headers().unwrap().clone()).chain(reader.records().map(Result::unwrap)).collect();
        let mut writer = csv::Writer::from_path(&path).unwrap();
        rows.iter().for_each(|row| writer.write_record(row.iter().take(days)).unwrap());
        writer.flush().unwrap();
    }
    succeed(project(&whole, folder.path(), "a", &["--as-of", AS_OF]));
    succeed(project(&cut, folder.path(), "b", &[]));
    let [mut a, mut b] = ["a", "b"].map(|out| bytes(&folder.path().join(out)));
    a.remove("run.json");
    b.remove("run.json");
    assert_same(&a, &b);
}

#[test]
fn facts_that_were_not_known_yet_are_left_out() {
    // The survey of mask use was taken until 2020-07-14.
    let folder = scratch();
    let data = folder.path().join("data");
    demo_copy(&data);
    let survey = |share: &str| {
        let text = format!(
            "countyFIPS,PopulationEstimate2018,lat,lon,DiabetesPercentage,Smokers_Percentage,% Adults with Obesity,\
             HeartDiseaseMortality,RespMortalityRate2014,Mask Never,Mask Rarely,Mask Sometimes,Mask Frequently,\
             Mask Always\n19001,1000,41,-94,10,10,30,200,60,{share},{share},{share},{share},{share}\n"
        );
        fs::write(data.join("counties/yu_group_abridged.csv"), text).unwrap();
    };
    let covariate = |as_of: &str| {
        let request =
            countycast::panel::Request { data: data.clone(), as_of: Some(as_of.parse().unwrap()), vintage: false };
        let panel = countycast::panel::load(&request, &countycast::panel::Settings::default()).unwrap();
        panel
            .place("19001".parse().unwrap())
            .unwrap()
            .history
            .location()
            .covariates
            .get(countycast_engine::Covariate::MaskAlways)
    };
    survey("0.2");
    assert_eq!((covariate("2020-07-14"), covariate("2020-07-15")), (None, Some(0.2)));
}
