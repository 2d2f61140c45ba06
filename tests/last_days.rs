//! What stands on the last days bends no projection: the median keeps its level, and the interval says what is not known.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use countycast::config::Config;
use countycast::panel::{CountyData, Panel};
use countycast::pipeline::Selection;
use countycast::project::{in_memory, plan};
use countycast_engine::{Fips, Target};

const DAYS: usize = 182;
const LAST: usize = DAYS - 1;
/// Level of each week of eight.
const WEEKS: [f64; 8] = [1.0, 1.0, 1.1, 0.9, 1.15, 0.85, 1.05, 0.95];
const RHYTHM: [f64; 7] = [0.6, 0.8, 1.1, 1.2, 1.2, 1.2, 0.9];

/// Ten steady counties each of Iowa and Nebraska: 60 and nine times 20 cases a day.
fn steady() -> Vec<CountyData> {
    let county = |(state, index): (u32, u32)| {
        let rate = if index == 0 { 60.0 } else { 20.0 };
        let cases = (0..DAYS).map(|day| f64::round(rate * RHYTHM[day % 7] * WEEKS[day / 7 % 8])).collect::<Vec<_>>();
        let deaths = cases.iter().map(|cases| f64::round(cases / 60.0)).collect();
        let fips = Fips::from_county(1000 * state + 1 + 2 * index).unwrap();
        CountyData { population: Some(1e5), ..CountyData::new(fips, format!("County {index}"), cases, deaths) }
    };
    [19, 31].into_iter().flat_map(|state| (0..10).map(move |index| (state, index))).map(county).collect()
}

/// Levels 0.025, 0.5 and 0.975 of the cases of Iowa's, and its first county's, next week.
fn next_week(counties: Vec<CountyData>) -> [[f64; 3]; 2] {
    let config: Config = toml::from_str(common::QUICK).unwrap();
    let panel = Panel::from_counties("2020-02-02".parse().unwrap(), counties, &config.panel).unwrap();
    let places: [Fips; 2] = ["19", "19001"].map(|fips| fips.parse().unwrap());
    let found = in_memory(&panel, plan(&config, 2).unwrap(), Selection::Places(places.into()), &()).unwrap();
    places.map(|fips| {
        let place = found.iter().find(|place| place.fips == fips).unwrap();
        let week = place.blend.as_ref().unwrap().target(Target::Cases).unwrap().week[0];
        [1, 11, 21].map(|level| f64::from(week[level]))
    })
}

/// A change of the counts, and what the next week may be, relative to that without it: the least and the largest median, and
/// the least upper end of the 95 % interval, of the state and of its first county.
struct Bad {
    name: &'static str,
    change: fn(&mut [CountyData]),
    medians: [[f64; 2]; 2],
    uppers: [f64; 2],
}

const BAD: [Bad; 5] = [
    Bad {
        name: "a digit too many in a county",
        change: |iowa| iowa[0].cases[LAST] = 9_000.0,
        medians: [[0.9, 1.1]; 2],
        uppers: [1.0, 2.2],
    },
    Bad {
        name: "a restatement of all counties by a tenth",
        change: |iowa| iowa.iter_mut().for_each(|county| county.cases[LAST] += 18.0 * county.cases[LAST]),
        medians: [[0.9, 1.1]; 2],
        uppers: [1.0, 1.0],
    },
    Bad {
        name: "a restatement of all counties downward",
        change: |iowa| iowa.iter_mut().for_each(|county| county.cases[LAST] -= 10.0 * county.cases[LAST]),
        medians: [[0.9, 1.1]; 2],
        uppers: [0.9, 0.9],
    },
    Bad {
        name: "two weeks of silence",
        change: |iowa| iowa.iter_mut().for_each(|county| county.cases[DAYS - 14..].fill(0.0)),
        // 14 late days, of which half are expected.
        medians: [[1.0, 3.0]; 2],
        uppers: [1.8, 1.8],
    },
    Bad {
        name: "sixty days of silence",
        change: |iowa| iowa.iter_mut().for_each(|county| county.cases[DAYS - 60..].fill(0.0)),
        medians: [[0.8, 1.8]; 2],
        uppers: [2.0, 2.0],
    },
];

#[test]
fn the_median_keeps_its_level_and_the_interval_says_what_is_not_known() {
    let good = next_week(steady());
    let mut wrong = Vec::new();
    for bad in BAD {
        let mut counties = steady();
        (bad.change)(&mut counties[..10]);
        let found = next_week(counties);
        for (place, ((found, good), (medians, upper))) in
            ["19", "19001"].iter().zip(found.iter().zip(&good).zip(bad.medians.iter().zip(bad.uppers)))
        {
            let ratio = |level: usize| found[level] / good[level];
            if !(medians[0]..=medians[1]).contains(&ratio(1)) || ratio(2) < upper {
                wrong.push(format!("{}, {place}: {found:.0?} where {good:.0?} is right", bad.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
