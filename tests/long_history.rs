//! Three years of history: more cases than residents, weekly reports and several waves carry through projection, beds,
//! what-if and site.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use common::{Projection, manifest, numbers, projections, succeed, table, texts};
use countycast_engine::Date;
use jiff::ToSpan;
use serde_json::Value;

const FIRST_DAY: Date = Date::constant(2020, 1, 22);
const DAYS: usize = 1_100;
/// Weeks at the end with a level course.
const LEVEL_WEEKS: usize = 12;

/// All engines, with few draws.
const ENGINES: &str = "draws = 100\nhorizon_days = 28\n\
                       engine_names = [\"flat\", \"trend\", \"curve\", \"seir\", \"abm\", \"learner\"]\n";

/// A county: code, name, state, residents, cases a day at the end, and whether it reports on Wednesdays alone.
struct County(&'static str, &'static str, &'static str, f64, f64, bool);

/// Loving is as small as it is, with 369 cases of 169 residents; Terrell also has more cases than residents, and enough of
/// them for every engine.
const COUNTIES: [County; 7] = [
    County("48301", "Loving", "Texas", 169.0, 369.0 / DAYS as f64, false),
    County("48135", "Ector", "Texas", 160_000.0, 60.0, false),
    County("48443", "Terrell", "Texas", 2_000.0, 2.2, false),
    County("48495", "Winkler", "Texas", 8_000.0, 3.0, true),
    County("19001", "Adair", "Iowa", 7_000.0, 3.0, false),
    County("19153", "Polk", "Iowa", 490_000.0, 180.0, true),
    County("19013", "Black Hawk", "Iowa", 131_000.0, 60.0, false),
];

impl County {
    /// Cumulative cases on a day: waves of a half to twice the level, and that level at the end.
    fn cumulative(&self, until: usize) -> i64 {
        let County(_, name, _, _, level, weekly) = *self;
        // 2020-01-22 was a Wednesday.
        let reported = if weekly { until - until % 7 } else { until };
        let wave = |day: usize| {
            let level_since = DAYS - 7 * LEVEL_WEEKS;
            if day >= level_since || name == "Loving" { 1.0 } else { 1.25 + 0.75 * (day as f64 / 40.0).sin() }
        };
        (0..=reported).map(|day| level * wave(day)).sum::<f64>().floor() as i64
    }

    fn four_weeks(&self) -> f64 {
        28.0 * self.4
    }
}

/// JHU's layout, beds, borders.
fn write(data: &Path) {
    let days: String = FIRST_DAY.series(1.day()).take(DAYS).fold(String::new(), |mut text, day| {
        write!(text, ",{}", day.strftime("%-m/%-d/%y")).unwrap();
        text
    });
    for (file, column, per_case) in [("confirmed", "", 1.0), ("deaths", ",Population", 0.012)] {
        let mut text = format!("UID,FIPS,Admin2,Province_State,Lat,Long_{column}{days}\n");
        for (at, county) in (0..).zip(&COUNTIES) {
            let County(fips, name, state, residents, ..) = county;
            let position = if *state == "Texas" { (31.8, -103.0) } else { (41.5, -93.0) };
            write!(text, "840{fips},{fips},{name},{state},{},{}", position.0 + 0.1 * f64::from(at), position.1)
                .unwrap();
            if !column.is_empty() {
                write!(text, ",{residents}").unwrap();
            }
            for day in 0..DAYS {
                write!(text, ",{}", (per_case * county.cumulative(day) as f64).floor()).unwrap();
            }
            text.push('\n');
        }
        std::fs::create_dir_all(data.join("jhu")).unwrap();
        std::fs::write(data.join(format!("jhu/{file}.csv")), text).unwrap();
    }
    let beds = "fips_code,Staffed All Beds,Staffed ICU Beds,All Bed Occupancy Rate,ICU Bed Occupancy Rate,Population\n\
                48135,400,50,0.6,0.7,160000\n48495,20,0,0.4,,8000\n19153,1500,200,0.65,0.6,490000\n19013,350,40,0.6,0.6,131000\n";
    std::fs::create_dir_all(data.join("counties")).unwrap();
    std::fs::write(data.join("counties/beds_covidcaremap.csv"), beds).unwrap();
    std::fs::create_dir_all(data.join("geography")).unwrap();
    let borders = "fips,neighbor_fips\n48301,48495\n48301,48135\n48443,48135\n48495,48135\n19001,19153\n19153,19013\n";
    std::fs::write(data.join("geography/adjacency.csv"), borders).unwrap();
}

/// The data, a run of all engines on it, and the folder of both.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("long-history");
        let _ = std::fs::remove_dir_all(&folder);
        write(&folder.join("data"));
        std::fs::write(folder.join("quick.toml"), ENGINES).unwrap();
        succeed(common::project(&folder.join("data"), &folder, "out", &[]));
        folder
    })
}

fn assert_near(found: f64, county: &County, what: &str) {
    // The smallest county has nine cases in four weeks, whose noise alone is a third.
    let room = if county.four_weeks() < 20.0 { 4.0 } else { 2.0 };
    let near = county.four_weeks() / room..county.four_weeks() * room;
    assert!(near.contains(&found), "{what} in {}: {found} where {} are the level", county.1, county.four_weeks());
}

#[test]
fn every_engine_and_the_blend_go_on_near_the_recent_level() {
    let rows = projections(&folder().join("out"));
    assert!(rows.iter().all(|row| row.value.is_finite() && row.value >= 0.0));
    let of_four_weeks = |row: &&Projection| {
        row.target == "inc case" && row.resolution == "span" && row.quantile == 0.5 && row.horizon == 4
    };
    let mut models = std::collections::BTreeSet::new();
    for county in &COUNTIES {
        for row in rows.iter().filter(of_four_weeks).filter(|row| row.fips == county.0) {
            models.insert((row.model.as_str(), county.0));
            assert_near(row.value, county, &row.model);
        }
        assert!(models.contains(&("blend", county.0)), "{} has a blend", county.1);
    }
    for engine in ["trend", "curve", "seir", "abm", "learner"] {
        assert!(models.contains(&(engine, "48443")), "{engine} does not project Terrell: {models:?}");
    }
}

#[test]
fn more_cases_than_residents_are_a_notice() {
    let manifest = manifest(&folder().join("out"));
    let notices = manifest["notices"].as_array().unwrap().iter();
    let about = notices.map(|notice| notice.as_str().unwrap().to_owned());
    let about: Vec<String> = about.filter(|message| message.contains("more cases than residents")).collect();
    let text = &about[0];
    assert!(
        text.contains("Loving, TX (48301) with 36") && text.contains("cases of 169 residents; Terrell, TX"),
        "{text}"
    );
    assert!(about.len() == 1 && text.ends_with("cases of 2000 residents (2)"), "{about:?}");
}

#[test]
fn beds_and_site_hold_numbers() {
    let out = folder().join("out");
    let capacity = table(&out.join("capacity.parquet"));
    let (fips, peaks) = (texts(&capacity, "fips"), numbers(&capacity, "peak_q50"));
    for county in &COUNTIES {
        let peaks = fips.iter().zip(&peaks).filter(|(fips, _)| *fips == county.0).map(|(_, peak)| *peak);
        let peaks: Vec<f64> = peaks.collect();
        assert!(!peaks.is_empty(), "{} has patients", county.1);
        assert!(peaks.iter().all(|peak| (0.0..=county.3).contains(peak)), "{}: {peaks:?}", county.1);
    }
    for column in ["peak_q50", "peak_q90", "overflow_probability", "gap_q50", "gap_q90"] {
        assert!(numbers(&capacity, column).iter().all(|number| !number.is_infinite()), "{column}");
    }
    let site = folder().join("site");
    let mut report = common::program(&["report", "--quiet"]);
    report.arg(&out).arg("--data").arg(folder().join("data")).arg("--site").arg(&site);
    succeed(report);
    let texas = std::fs::read_to_string(site.join("data/48.js")).unwrap();
    assert!(texas.contains("48301") && !texas.contains("NaN") && !texas.contains("Infinity"));
}

#[test]
fn a_what_if_starts_from_the_level_and_ends_below_it() {
    for (engines, horizon) in [("trend,seir,abm", "28"), ("trend,seir", "366")] {
        let mut command = common::program(&["what-if", "--quiet", "--format", "json", "--draws", "60", "--horizon"]);
        command.args([horizon, "--engines", engines, "--set", "masks.strength=0.5", "--fips", "48301,48135,48443"]);
        command.arg("--data").arg(folder().join("data")).arg("--out").arg(folder().join(format!("what-if-{horizon}")));
        let done: Value = serde_json::from_slice(&succeed(command).stdout).unwrap();
        let effects = done["effects"].as_array().unwrap();
        let cases = effects.iter().filter(|effect| effect["quantity"] == "cases");
        let mut counted = 0;
        for effect in cases.filter(|effect| effect["model"] != "flat") {
            let [before, after] = ["baseline", "what_if"].map(|side| effect[side]["median"].as_f64().unwrap());
            let Some(county) = COUNTIES.iter().find(|county| effect["fips"] == county.0) else { continue };
            assert!(after <= before && before > 0.0, "{effect}");
            if horizon == "28" {
                assert_near(before, county, effect["model"].as_str().unwrap());
            }
            counted += 1;
        }
        assert!(counted >= 6, "{counted} effects");
    }
}

#[test]
fn the_demonstration_panel_has_no_such_notice() {
    let panel = common::fixture::load(common::demo(), "2020-10-24", false).unwrap();
    for word in ["left out:", "are they", "more cases than", "more deaths than", "on two lines", "counted once"] {
        let found = panel.notices().into_iter().find(|notice| notice.message.contains(word));
        assert!(found.is_none(), "{found:?}");
    }
}
