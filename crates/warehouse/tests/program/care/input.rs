//! Other inputs: catchments, Synthea's files, and what cannot be used.

use std::fs;

use super::{care, make};
use crate::{csv, errors};

#[test]
fn catchments_take_the_place_of_counties() {
    let small = make(3_000, 6);
    let (folder, lake) = (small.folder.path(), small.folder.path().join("lake"));
    let mut command = care(&folder.join("claims"), &lake);
    let catchments = folder.join("catchments.csv");
    fs::write(&catchments, "fips,catchment\n19001,north\n20001,north\n19003,south\n20003,south\n19005,south\n")
        .unwrap();
    let output =
        command.arg("--drugs").arg(folder.join("product.txt")).arg("--catchments").arg(&catchments).output().unwrap();
    assert!(output.status.success(), "{}", errors(&output));
    assert!(errors(&output).contains("claims have no patient's county"), "20005 is in none: {}", errors(&output));
    let areas = csv(&lake, "select distinct area, fips from care order by area, fips");
    let expected =
        "area,fips\ncatchment,north\ncatchment,south\nnation,US\nprovider catchment,north\nprovider catchment,south\n";
    assert_eq!(areas, expected);
    let members = |area: &str| {
        let text = csv(&lake, &format!("select sum(people) from care where {area} and disease = 'asthma' and measure = 'copay_30_days'
            and week_end in (select week_end from care where disease = 'asthma' and measure = 'copay_30_days' group by week_end having count(people) = 3)"));
        text.lines().nth(1).unwrap().parse::<u64>().unwrap()
    };
    assert_eq!(members("area = 'nation'"), members("area = 'catchment'"));
    fs::write(&catchments, "fips,catchment\n19001,north\n19001,south\n").unwrap();
    let output = care(&folder.join("claims"), &lake)
        .arg("--drugs")
        .arg(folder.join("product.txt"))
        .arg("--catchments")
        .arg(&catchments)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(errors(&output).contains("catchments.csv: line 3, column fips: \"19001\""), "{}", errors(&output));
}

const HEADER: &str = "patient,date,patient_county,diagnosis,drug,days_supplied,status,copay\n";

#[test]
fn what_cannot_be_used_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let (input, lake, drugs) =
        (folder.path().join("c.csv"), folder.path().join("lake"), folder.path().join("product.txt"));
    fs::create_dir(&lake).unwrap();
    fs::write(&drugs, "PRODUCTNDC\tSUBSTANCENAME\tROUTENAME\n0002-8215\tINSULIN\tSUBCUTANEOUS\n").unwrap();
    let good = "a,2019-01-01,19001,E11.9,,,paid,\n";
    for (line, place, value) in [
        (",2019-01-01,19001,E11.9,,,paid,", "line 3, column patient", "\"\""),
        ("a,01/02/2019,19001,E11.9,,,paid,", "line 3, column date", "\"01/02/2019\""),
        ("a,2090-01-01,19001,E11.9,,,paid,", "line 3, column date", "\"2090-01-01\""),
        ("a,2019-01-01,1900A,E11.9,,,paid,", "line 3, column patient_county", "\"1900A\""),
        ("a,2019-01-01,99001,E11.9,,,paid,", "line 3, column patient_county", "\"99001\""),
        ("a,2019-01-01,19001,,0002821501,30,paid,5", "line 3, column drug", "\"0002821501\""),
        ("a,2019-01-01,19001,,00002821501,-3,paid,5", "line 3, column days_supplied", "\"-3\""),
        ("a,2019-01-01,19001,,00002821501,many,paid,5", "line 3, column days_supplied", "\"many\""),
        ("a,2019-01-01,19001,,00002821501,30,denied,5", "line 3, column status", "\"denied\""),
        ("a,2019-01-01,19001,,00002821501,30,paid,$5", "line 3, column copay", "\"$5\""),
        ("a,2019-01-01,19001,,00002821501,30,paid,NaN", "line 3, column copay", "\"NaN\""),
        ("a,2019-01-01,19001", "line 3", "it has 3 fields"),
    ] {
        fs::write(&input, format!("{HEADER}{good}{line}\n")).unwrap();
        let output = care(&input, &lake).arg("--drugs").arg(&drugs).output().unwrap();
        let text = errors(&output);
        assert_eq!(output.status.code(), Some(2), "{line}: {text}");
        assert!(text.contains("c.csv") && text.contains(place) && text.contains(value), "{line}: {text}");
        assert!(text.contains("help: "), "{text}");
        assert_eq!(fs::read_dir(&lake).unwrap().count(), 0, "nothing is written");
    }
    fs::write(&input, format!("{HEADER}{good}")).unwrap();
    for (arguments, message) in [
        (vec![], "give --drugs"),
        (vec!["--drugs", drugs.to_str().unwrap()], "at least 380 days"),
        (vec!["--drugs", input.to_str().unwrap()], "there is no column PRODUCTNDC"),
        (vec!["--drugs", "nowhere.txt"], "there is no nowhere.txt"),
        (vec!["--diseases", lake.to_str().unwrap(), "--drugs", drugs.to_str().unwrap()], "0 files of diseases"),
    ] {
        let output = care(&input, &lake).args(&arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", errors(&output));
        assert!(errors(&output).contains(message), "{arguments:?}: {}", errors(&output));
    }
    fs::write(&input, "patient,date\n").unwrap();
    let output = care(&input, &lake).output().unwrap();
    assert!(errors(&output).contains("columns are missing: patient_county, status"), "{}", errors(&output));
}

#[test]
fn folders_of_synthea_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let (input, lake) = (folder.path().join("csv"), folder.path().join("lake"));
    fs::create_dir(&input).unwrap();
    let (mut patients, mut conditions) = (
        String::from("Id,STATE,COUNTY,FIPS,ZIP\n"),
        String::from("START,STOP,PATIENT,ENCOUNTER,SYSTEM,CODE,DESCRIPTION\n"),
    );
    let mut encounters = String::from("Id,START,STOP,PATIENT,REASONCODE\n");
    let mut medications = String::from(
        "START,STOP,PATIENT,PAYER,ENCOUNTER,CODE,DESCRIPTION,BASE_COST,PAYER_COVERAGE,DISPENSES,TOTALCOST,REASONCODE\n",
    );
    for person in 0..40 {
        patients += &format!("id-{person},Massachusetts,Middlesex County,25017,02139\n");
        conditions += &format!("2017-02-01,,id-{person},e,SNOMED-CT,44054006,Diabetes mellitus type 2 (disorder)\n");
        encounters += &format!("e,2019-12-{:02}T08:00:00Z,2019-12-31T09:00:00Z,id-{person},\n", 1 + person % 28);
        conditions += &format!("1971-05-11,1990-01-01,id-{person},e,SNOMED-CT,233678006,Childhood asthma\n");
        // Every other one has a year without the drug.
        let stop = if person % 2 == 0 { "2019-12-28T00:00:00Z" } else { "2018-01-01T00:00:00Z" };
        let dispenses = if person % 2 == 0 { 35 } else { 11 };
        medications += &format!(
            "2017-02-01T00:00:00Z,{stop},id-{person},p,e,860975,24 HR metformin hydrochloride 500 MG Extended Release Oral Tablet,9,{},{dispenses},{},44054006\n",
            5 * dispenses,
            9 * dispenses
        );
    }
    for (name, text) in [
        ("patients.csv", patients),
        ("conditions.csv", conditions),
        ("encounters.csv", encounters),
        ("medications.csv", medications),
    ] {
        fs::write(input.join(name), text).unwrap();
    }
    let output = care(&input, &lake).output().unwrap();
    assert!(output.status.success(), "{}", errors(&output));
    let rows = csv(
        &lake,
        "select people, count, value from care where disease = 'diabetes-type-2' and measure = 'adherent' and fips = '25017'
         and week_end = '2018-03-10'",
    );
    assert_eq!(rows, "people,count,value\n40,20,0.5\n");
    let rows = csv(
        &lake,
        "select people, value from care where disease = 'diabetes-type-2' and measure = 'days_covered' and fips = '25017'
         and week_end = '2019-10-05'",
    );
    assert_eq!(rows, "people,value\n20,1.0\n", "who stopped is not followed for ever");
    let paid =
        csv(&lake, "select min(value), max(value) from care where measure = 'copay_30_days' and value is not null");
    assert!(paid.lines().nth(1).unwrap().starts_with("4."), "4 dollars for 30 days or a little less: {paid}");
}
