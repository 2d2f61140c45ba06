//! Bad days of publishers, one change each to a steady panel of two states with ten counties: the level stays, the notice
//! says what was done, and no other place changes.
#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]
#![allow(missing_docs, reason = "tests")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

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

/// The last week's cases used for a place.
fn week(panel: &Panel, fips: &str) -> f64 {
    panel.place(fips.parse().unwrap()).unwrap().history.cases().cleaned().iter().rev().take(7).sum()
}

/// What happened to the published counts, and what has to be made of it.
struct Bad {
    name: &'static str,
    change: fn(&mut Table),
    /// Places whose level is kept.
    kept: &'static [&'static str],
    /// Part of a notice that has to be given.
    notice: &'static str,
    /// How much wider than the counts the level is, at least: the standard deviation of its logarithm, and its rise if a held
    /// report is right.
    doubt: (f64, f64),
}

/// The last day.
const LAST: usize = DAYS - 1;

/// Sets the cumulative counts of these codes from a day on.
fn set(
    table: &mut Table,
    codes: impl Iterator<Item = u32>,
    from: usize,
    to: usize,
    count: impl Fn(&[f64], usize) -> f64,
) {
    for code in codes {
        let row = table.get_mut(&code).unwrap();
        let before = row.clone();
        (from..=to).for_each(|day| row[day] = count(&before, day));
    }
}

/// Sets them to what they were on the day before.
fn silence(table: &mut Table, codes: impl Iterator<Item = u32>, days: usize) {
    set(table, codes, DAYS - days, LAST, |row, _| row[DAYS - days - 1]);
}

/// A state's counties report nothing for some days, and `Unassigned` has their new cases, or all of them.
fn unassigned(table: &mut Table, days: usize, all: bool) {
    let first = DAYS - days;
    for day in first..DAYS {
        let sum = |day: usize| counties(19).map(|code| table[&code][day]).sum::<f64>();
        let moved = sum(day) - if all { 0.0 } else { sum(first - 1) };
        table.get_mut(&90_019).unwrap()[day] = moved;
    }
    set(table, counties(19), first, LAST, |row, _| if all { 0.0 } else { row[first - 1] });
}

const IOWA: &[&str] = &["19", "19001", "19003", "US"];
const BAD: &[Bad] = &[
    Bad {
        name: "a county's newest count is 0",
        change: |t| set(t, 19_001..=19_001, LAST, LAST, |_, _| 0.0),
        kept: IOWA,
        notice: "County 19001, IA (19001), cases of 2020-07-30: a cumulative count of 0 is no report",
        doubt: (0.05, 1.0),
    },
    Bad {
        name: "a state's newest counts are 0",
        change: |t| set(t, counties(19), LAST, LAST, |_, _| 0.0),
        kept: IOWA,
        notice: "counties of Iowa, cases of 2020-07-30: a cumulative count of 0 is no report",
        doubt: (0.05, 1.0),
    },
    Bad {
        name: "the newest column is 0",
        change: |t| set(t, counties(19).chain(counties(31)), LAST, LAST, |_, _| 0.0),
        kept: IOWA,
        notice: "counties of Nebraska, cases of 2020-07-30",
        doubt: (0.05, 1.0),
    },
    Bad {
        name: "three newest columns are 0",
        change: |t| set(t, counties(19).chain(counties(31)), LAST - 2, LAST, |_, _| 0.0),
        kept: IOWA,
        notice: "cases of 2020-07-28 to 2020-07-30: a cumulative count of 0",
        doubt: (0.1, 1.0),
    },
    Bad {
        name: "0 in the middle",
        change: |t| set(t, counties(19), 170, 172, |_, _| 0.0),
        kept: IOWA,
        notice: "a cumulative count of 0 is no report",
        doubt: (0.0, 1.0),
    },
    Bad {
        name: "a digit too many in a county",
        change: |t| set(t, 19_001..=19_001, LAST, LAST, |row, day| row[day] * 10.0),
        kept: IOWA,
        notice: "97,",
        doubt: (0.0, 5.0),
    },
    Bad {
        name: "a digit too few in a county",
        change: |t| set(t, 19_001..=19_001, LAST, LAST, |row, day| (row[day] / 10.0).floor()),
        kept: IOWA,
        notice: "is no report",
        doubt: (0.05, 1.0),
    },
    Bad {
        name: "restated downward by 6 %",
        change: |t| set(t, counties(19), LAST, LAST, |row, day| (0.94 * row[day]).round()),
        kept: IOWA,
        notice: "counties of Iowa, cases of 2020-07-30: a step of 2,",
        doubt: (0.0, 1.0),
    },
    Bad {
        name: "restated downward by 6 % two weeks ago",
        change: |t| set(t, counties(19), 166, LAST, |row, day| (row[day] - 0.06 * row[166]).round()),
        kept: IOWA,
        notice: "a step of",
        doubt: (0.0, 1.0),
    },
    Bad {
        name: "restated upward by 10 %",
        change: |t| set(t, counties(19), LAST, LAST, |row, day| (1.1 * row[day]).round()),
        kept: IOWA,
        notice: "Iowa (19), cases of 2020-07-30",
        doubt: (0.0, 1.5),
    },
    Bad { name: "a silent day", change: |t| silence(t, counties(19), 1), kept: IOWA, notice: "", doubt: (0.05, 1.0) },
    Bad {
        name: "14 silent days",
        change: |t| silence(t, counties(19), 14),
        kept: IOWA,
        notice: "no report",
        doubt: (0.2, 1.0),
    },
    Bad {
        name: "21 silent days",
        change: |t| silence(t, counties(19), 21),
        kept: IOWA,
        notice: "no report",
        doubt: (0.25, 1.0),
    },
    Bad {
        name: "22 silent days",
        change: |t| silence(t, counties(19), 22),
        kept: IOWA,
        notice: "no report",
        doubt: (0.25, 1.0),
    },
    Bad {
        name: "60 silent days",
        change: |t| silence(t, counties(19), 60),
        kept: IOWA,
        notice: "no report",
        doubt: (0.4, 1.0),
    },
    Bad {
        name: "all counts are unassigned for 3 days",
        change: |t| unassigned(t, 3, true),
        kept: IOWA,
        notice: "a cumulative count of 0",
        doubt: (0.0, 1.0),
    },
    Bad {
        name: "all counts are unassigned for 20 days",
        change: |t| unassigned(t, 20, true),
        kept: IOWA,
        notice: "counties of Iowa, cases of 2020-07-11 to 2020-07-30: the state reports its counties no longer",
        doubt: (0.0, 1.0),
    },
    Bad {
        name: "new counts are unassigned for 40 days",
        change: |t| unassigned(t, 40, false),
        kept: IOWA,
        notice: "the state reports its counties no longer",
        doubt: (0.0, 1.0),
    },
    Bad {
        name: "10⁹ in the middle",
        change: |t| set(t, 19_001..=19_001, 150, 150, |_, _| 1e9),
        kept: IOWA,
        notice: "1,000,000,000 is no report",
        doubt: (0.0, 1.0),
    },
    Bad {
        name: "10²⁶ in the middle",
        change: |t| set(t, 19_001..=19_001, 160, 160, |_, _| 1e26),
        kept: IOWA,
        notice: "1e26 is no report",
        doubt: (0.0, 1.0),
    },
    Bad {
        name: "5·10⁹ unassigned",
        change: |t| set(t, 90_019..=90_019, 160, LAST, |_, _| 5e9),
        kept: IOWA,
        notice: "`Unassigned`, 2020-07-11 to 2020-07-30: 5,000,000,000 is no report; 0 was carried on",
        doubt: (0.0, 1.0),
    },
    Bad {
        name: "−5·10⁹ unassigned",
        change: |t| set(t, 90_019..=90_019, 160, LAST, |_, _| -5e9),
        kept: IOWA,
        notice: "`Unassigned`, 2020-07-11 to 2020-07-30: -5,000,000,000 is no report; 0 was carried on",
        doubt: (0.0, 1.0),
    },
    Bad {
        name: "5·10⁹ unassigned for a day",
        change: |t| set(t, 90_019..=90_019, 160, 160, |_, _| 5e9),
        kept: IOWA,
        notice: "",
        doubt: (0.0, 1.0),
    },
];

#[test]
fn the_level_is_kept_and_the_notice_given() {
    let (cases, deaths) = (steady(1.0), steady(FATAL));
    let good = panel(&cases, &deaths);
    assert!((week(&good, "19") / 1_666.0 - 1.0).abs() < 0.01 && (week(&good, "19001") / 420.0 - 1.0).abs() < 0.01);
    assert!(!good.notices().iter().any(|notice| notice.message.contains("cases of")), "{:?}", good.notices());
    let mut wrong = Vec::new();
    for bad in BAD {
        let mut table = cases.clone();
        (bad.change)(&mut table);
        let found = panel(&table, &deaths);
        for place in bad.kept.iter().chain(&["31", "31001"]) {
            let (used, right) = (week(&found, place), week(&good, place));
            if (used / right - 1.0).abs() > 0.04 {
                wrong.push(format!("{}: {used:.0} a week in {place}, where {right:.0} is right", bad.name));
            }
        }
        let notices: Vec<String> = found.notices().iter().map(ToString::to_string).collect();
        if !notices.iter().any(|notice| notice.contains(bad.notice)) {
            wrong.push(format!("{}: no notice `{}` among {notices:#?}", bad.name, bad.notice));
        }
        let doubt = found.place("19001".parse().unwrap()).unwrap().history.cases().last_days().to_owned();
        if doubt.spread < bad.doubt.0 || doubt.held.map_or(1.0, |held| held.rise) < bad.doubt.1 {
            wrong.push(format!("{}: {doubt:?}", bad.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
