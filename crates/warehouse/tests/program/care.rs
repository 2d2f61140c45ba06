//! Care of other diseases: planted changes are found, small cells are not shown, and wrong input is refused.

#[path = "../../examples/claims/population.rs"]
mod population;
#[path = "../../examples/claims/write.rs"]
mod write;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use countycast_warehouse::care::{Disease, shipped};
use population::{CHANGE, Population, counties, directory, epidemic, planted};

use crate::{PROGRAM, csv, errors};

/// Claims, and what was made of them.
struct Measured {
    folder: tempfile::TempDir,
    diseases: Vec<Disease>,
}

impl Measured {
    fn lake(&self) -> PathBuf {
        self.folder.path().join("lake")
    }

    /// Numbers of a statement's first row.
    fn numbers(&self, statement: &str) -> Vec<f64> {
        let text = csv(&self.lake(), statement);
        let row = text.lines().nth(1).unwrap_or_else(|| panic!("no row: {statement}"));
        row.split(',').map(|number| number.parse().unwrap_or(f64::NAN)).collect()
    }

    /// The nation's mean value of a measure in the half year before the change's anniversary, and its mean change in the last weeks that
    /// have one.
    fn change(&self, disease: usize, measure: &str, class: &str, weeks: (i32, i32)) -> [f64; 2] {
        let name = &self.diseases[disease].name;
        let day = |week: i32| chrono::NaiveDate::default() + chrono::Duration::days((CHANGE + 7 * week).into());
        let statement = format!(
            "select avg(year_before), avg(change) from care where disease = '{name}' and measure = '{measure}' and class = '{class}'
             and fips = 'US' and week_end between '{}' and '{}'",
            day(weeks.0),
            day(weeks.1)
        );
        let found = self.numbers(&statement);
        [found[0], found[1]]
    }
}

fn care(input: &Path, lake: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command.arg("care").arg(input).arg("--lake").arg(lake);
    command
}

fn make(people: u64, places: u32) -> Measured {
    let folder = tempfile::tempdir().unwrap();
    let diseases = shipped().unwrap();
    let population = Population { seed: 20_200_315, diseases: &diseases, counties: counties(places) };
    write::write(&population, people, &folder.path().join("claims"));
    fs::write(folder.path().join("product.txt"), directory(&diseases)).unwrap();
    let mut text = String::from("fips,date,value\n");
    for county in &population.counties {
        for day in (CHANGE - 70..population::FIRST + population::DAYS).step_by(7) {
            let date = chrono::NaiveDate::default() + chrono::Duration::days((day + 3).into());
            text += &format!("{county:05},{date},{}\n", epidemic(*county, day + 3));
        }
    }
    fs::write(folder.path().join("epidemic.csv"), text).unwrap();
    Measured { folder, diseases }
}

fn run(measured: &Measured, lake: &Path, jobs: &str, memory: &str) -> Output {
    let folder = measured.folder.path();
    let mut command = care(&folder.join("claims"), lake);
    command.arg("--drugs").arg(folder.join("product.txt")).arg("--epidemic").arg(folder.join("epidemic.csv"));
    command.args(["--jobs", jobs, "--memory", memory]).output().unwrap()
}

/// One population, measured once for all tests.
fn measured() -> &'static Measured {
    static MEASURED: OnceLock<Measured> = OnceLock::new();
    MEASURED.get_or_init(|| {
        let measured = make(40_000, 36);
        let output = run(&measured, &measured.lake(), "2", "1GB");
        assert!(output.status.success(), "{}", errors(&output));
        measured
    })
}

fn near(found: f64, planted: f64, tolerance: f64, what: &str) {
    assert!((found - planted).abs() <= tolerance, "{what}: {found} for {planted}, within {tolerance}");
}

#[test]
fn planted_changes_are_found() {
    let all = measured();
    let (disease, factor) = planted::NEW;
    near(all.change(disease, "new_diagnoses", "", (2, 40))[1], factor, 0.08, "new diagnoses");
    let (disease, before, after) = planted::MIX;
    let second = &all.diseases[disease].treatments[population::daily(&all.diseases[disease])[1]].class;
    let [was, change] = all.change(disease, "treated_with", second, (2, 40));
    near(was, before, 0.04, "mix before");
    near(change, after - before, 0.03, "mix");
    let (disease, before, after) = planted::REJECTED;
    // Supplies two days later make weeks without a rejection.
    let seen = |share: f64| share / (1.0 + share * 2.0 / 7.0);
    let [was, change] = all.change(disease, "rejected", "", (2, 40));
    near(was, seen(before), 0.015, "rejected before");
    near(change, seen(after) - seen(before), 0.02, "rejected");
    let (disease, before, after) = planted::REVERSED;
    for measure in ["reversed", "abandoned"] {
        let [was, change] = all.change(disease, measure, "", (2, 30));
        near(was, before, 0.015, measure);
        near(change, after - before, 0.02, measure);
    }
    let (disease, before, after) = planted::COPAY;
    let [was, change] = all.change(disease, "copay_30_days", "", (2, 40));
    near(was, before, 0.3, "copay before");
    near(change, after - before, 0.3, "copay");
    let (disease, before, after) = planted::ADHERENT;
    // Half a year after the change all days of the period lie after it.
    let [was, change] = all.change(disease, "adherent", "", (30, 40));
    near(was, before, 0.06, "adherent before");
    near(change, after - before, 0.05, "adherent");
    let (disease, before, after) = planted::PERSISTENT;
    let [was, change] = all.change(disease, "persistent_180_days", "", (2, 12));
    near(was, before, 0.1, "persistent before");
    near(change, after - before, 0.1, "persistent");
}

#[test]
fn what_was_not_changed_stays() {
    let all = measured();
    for disease in 9..all.diseases.len() {
        for (measure, tolerance) in [
            ("rejected", 0.015),
            ("reversed", 0.015),
            ("abandoned", 0.015),
            ("adherent", 0.05),
            ("days_covered", 0.02),
            ("gap_over_60_days", 0.02),
            ("copay_30_days", 0.25),
        ] {
            let [_, change] = all.change(disease, measure, "", (2, 30));
            near(change, 0.0, tolerance, &format!("{} {measure}", all.diseases[disease].name));
        }
    }
}

#[test]
fn fewer_visits_and_their_providers_are_found() {
    let all = measured();
    let (disease, factor) = planted::VISITS;
    let name = &all.diseases[disease].name;
    let sum = |years: &str| {
        all.numbers(&format!(
            "select sum(count), count(*) from care where disease = '{name}' and measure = 'people_seen' and hidden is null
             and fips = '19001' and {years}"
        ))[0]
    };
    let ratio =
        sum("week_end between '2020-03-21' and '2020-12-26'") / sum("week_end between '2019-03-23' and '2019-12-28'");
    near(ratio, factor, 0.15, "people seen in the largest county");
    let used = all.numbers(
        "select min(value), max(value), count(*) from care where measure = 'utilisation' and hidden is null and value is not null",
    );
    assert!(used[0] > 0.0 && used[1] < 4.0 && used[2] > 100.0, "{used:?}");
}

#[test]
fn rejections_that_follow_the_epidemic_are_associated_with_it() {
    let all = measured();
    let (disease, slope) = planted::FOLLOWS;
    let name = &all.diseases[disease].name;
    let found = all.numbers(&format!(
        "select slope, slope_lower, slope_upper, counties from care_associations
         where disease = '{name}' and measure = 'rejected' and exposure = 'epidemic' and lag_weeks = 0"
    ));
    assert!(found[1] < slope && slope < found[2] && found[1] > 0.0, "{found:?} for {slope}");
}

/// Rows by measure, class, week and area: whether they are hidden, and their numbers of people.
type Cells = BTreeMap<(String, String, String, String), BTreeMap<String, Option<[u64; 2]>>>;

fn cells(all: &Measured) -> Cells {
    let text = csv(
        &all.lake(),
        "select disease, measure, class, week_end, area, fips, people, count, hidden from care where area <> 'provider county'",
    );
    let mut cells = Cells::new();
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let key = (fields[0].to_owned(), fields[1].to_owned(), fields[2].to_owned(), fields[3].to_owned());
        let numbers = [6, 7].map(|at| fields[at].parse().unwrap_or(0));
        let shown = fields[8].is_empty().then_some(numbers);
        assert!(shown.is_some() || (fields[6].is_empty() && fields[7].is_empty()), "{line}");
        cells.entry(key).or_default().insert(fields[5].to_owned(), shown);
    }
    cells
}

#[test]
fn no_small_cell_is_written_or_follows_from_totals() {
    let small = |people: u64| (1..=10).contains(&people);
    let (mut shown, mut sums) = (0, 0);
    for (key, areas) in cells(measured()) {
        let share = !["new_diagnoses", "copay_30_days", "days_covered"].contains(&key.1.as_str());
        for (fips, numbers) in &areas {
            let Some([people, count]) = *numbers else { continue };
            shown += 1;
            let rest = if share { people - count } else { 0 };
            assert!(!small(people) && !small(count) && !small(rest), "{key:?} {fips}: {numbers:?}");
        }
        // A total less what is shown of it: nobody, or 11 and more in two cells at least.
        let totals = areas.iter().filter(|(fips, _)| fips.len() == 2);
        for (total, numbers) in totals {
            let Some([people, count]) = *numbers else { continue };
            let part = |fips: &str| match total.as_str() {
                "US" => fips.len() == 2 && fips != "US",
                state => fips.len() == 5 && fips.starts_with(state),
            };
            let parts: Vec<_> = areas.iter().filter(|(fips, _)| part(fips)).map(|(_, numbers)| numbers).collect();
            let hidden = parts.iter().filter(|numbers| numbers.is_none()).count();
            let sum =
                |at: usize| parts.iter().filter_map(|numbers| (**numbers).map(|numbers| numbers[at])).sum::<u64>();
            let (rest, counted) = (people - sum(0), count - sum(1));
            assert!(hidden != 1 && !small(rest) && !small(counted), "{key:?} {total}: {rest}, {counted} of {hidden}");
            assert!(hidden > 0 || rest == 0, "{key:?} {total}");
            sums += 1;
        }
    }
    assert!(shown > 10_000 && sums > 5_000, "{shown} cells, {sums} totals");
}

#[test]
fn every_interval_holds_its_value_and_shares_lie_between_0_and_1() {
    let all = measured();
    let wrong = all.numbers(
        "select count(*) from care where hidden is null and (not (lower <= value and value <= upper)
         or (measure not in ('new_diagnoses', 'copay_30_days', 'people_seen', 'utilisation') and not (value between 0 and 1)))",
    );
    assert_eq!(wrong, [0.0]);
}

/// Bytes of all files below a folder, by path.
fn bytes(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files =
        walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| (entry.path().strip_prefix(folder).unwrap().to_owned(), fs::read(entry.path()).unwrap()))
        .collect()
}

#[test]
fn the_same_claims_give_the_same_bytes_and_no_key_of_a_patient() {
    let small = make(1_500, 8);
    let lakes =
        [("one", "1", "256MB"), ("three", "3", "256MB"), ("little", "2", "24MB")].map(|(name, jobs, memory)| {
            let lake = small.folder.path().join(name);
            let output = run(&small, &lake, jobs, memory);
            assert!(output.status.success(), "{}", errors(&output));
            bytes(&lake)
        });
    assert!(lakes[0].len() > 10, "{:?}", lakes[0].keys());
    assert_eq!(lakes[0], lakes[1], "threads change nothing");
    assert_eq!(lakes[0], lakes[2], "spilling changes nothing");
    for (file, bytes) in &lakes[0] {
        let key = bytes.windows(8).position(|window| window.starts_with(b"p00000"));
        assert_eq!(key, None, "{}", file.display());
    }
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
