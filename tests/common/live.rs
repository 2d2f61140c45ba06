//! A small folder of weekly signals with a known course: states and the nation, and a few Health Service Areas.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use countycast_engine::Date;
use countycast_engine::weekly::Week;
use polars::prelude::{Column, DataFrame, ParquetWriter};

/// The nation and twelve states; their places are the numbers of [`share`].
const AREAS: [&str; 13] = ["US", "01", "04", "05", "06", "08", "09", "12", "13", "17", "19", "27", "36"];

/// The week in which forecasts are due: horizon 0. The week before it is week 53 of 2025.
pub fn reference() -> Week {
    Week::of(Date::constant(2026, 1, 10))
}

/// Share of visits in a week: seasons whose peaks come earlier or later and are higher or lower by area and year.
pub fn share(area: usize, week: Week) -> f64 {
    let season = f64::from(week.season().0);
    let peak = 3.0 * (1.7 * season + area as f64).sin();
    let from_peak = (f64::from(week.since_christmas()) - peak) / 5.0;
    let height = 0.05 + 0.02 * (2.3 * season + 0.7 * area as f64).cos();
    let noise = 1.0 + 0.08 * (12.9 * f64::from(week.since(reference())) + 78.2 * area as f64).sin();
    (0.003 + height * (-0.5 * from_peak * from_peak).exp()) * noise
}

/// Three years of weeks, up to `last`.
fn weeks(last: Week) -> impl Iterator<Item = Week> {
    (0..).map(|n| reference().plus(n - 160)).take_while(move |week| *week <= last)
}

/// The Wednesday so many weeks after a week.
fn published(week: Week, weeks: i32) -> Date {
    week.plus(weeks).wednesday()
}

/// A folder like a hub's target data: twelve states and the nation for three years, each week published on the Wednesday
/// after it and, a week later, revised upward by 5 %.
pub fn write(folder: &Path, last: Week) {
    let mut text = "as_of,location,target,target_end_date,observation\n".to_owned();
    for (number, area) in AREAS.into_iter().enumerate() {
        for week in weeks(last) {
            for (later, value) in [(1, share(number, week) / 1.05), (2, share(number, week))] {
                let day = published(week, later);
                writeln!(text, "{day},{area},wk inc flu prop ed visits,{week},{value:.6}").unwrap();
            }
        }
    }
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("time-series.csv"), text).unwrap();
}

/// Adds Health Service Areas: three of Colorado, one of which has been silent for a year and one of which prints 0 for its last
/// week, and one of Georgia; and the crosswalk, in which Alabama has a county and shares nothing below the state, and the last
/// county of Colorado has an area without data.
pub fn write_areas(folder: &Path, last: Week) {
    let mut text = "as_of,geo,week_end,influenza\n".to_owned();
    for (number, area) in [(20, "H688"), (21, "H711"), (22, "H154"), (23, "H795")] {
        let until = if area == "H711" { last.plus(-52) } else { last };
        for week in weeks(until) {
            let missing = area == "H795" && week == last;
            let value = if missing { 0.0 } else { 100.0 * share(number, week) };
            writeln!(text, "{},{area},{week},{value:.2}", published(week, 1)).unwrap();
        }
    }
    fs::write(folder.join("nssp_vintages.csv"), text).unwrap();
    let counties = "fips,county,hsa_nci_id,hsa,pop2024
01001,Autauga,151,\"Montgomery (Montgomery), AL\",61464
08001,Adams,688,\"Denver (Denver), CO - Jefferson, CO\",542973
08013,Boulder,795,\"Boulder, CO\",327468
08031,Denver,688,\"Denver (Denver), CO - Jefferson, CO\",729019
08077,Mesa,711,\"Mesa, CO - Garfield, CO\",160232
08123,Weld,760,\"Weld, CO - Morgan, CO\",369745
13115,Floyd,154,\"Floyd, GA - Polk, GA\",101378
";
    fs::write(folder.join("crosswalk.csv"), counties).unwrap();
}

/// Forecasts of FluSight's baseline, which goes on as the last published week, and of its ensemble, which half knows what will
/// come: for all twelve states, at horizons 0 to 3.
pub fn write_teams(folder: &Path, references: &[Week]) {
    let mut columns: [Vec<String>; 4] = Default::default();
    let (mut horizons, mut levels, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for model in ["FluSight-baseline", "FluSight-ensemble"] {
        for reference in references {
            for (number, location) in AREAS.into_iter().enumerate().skip(1) {
                for horizon in 0..=3 {
                    let (last, next) = (share(number, reference.plus(-1)), share(number, reference.plus(horizon)));
                    let middle = if model == "FluSight-baseline" { last } else { f64::midpoint(last, next) };
                    for level in countycast_engine::LEVELS {
                        let row = [model, &reference.to_string(), "wk inc flu prop ed visits", location];
                        columns.iter_mut().zip(row).for_each(|(column, cell)| column.push(cell.to_owned()));
                        horizons.push(horizon);
                        levels.push(level);
                        values.push(middle * (0.6 + 0.8 * level));
                    }
                }
            }
        }
    }
    let mut all: Vec<Column> = ["model", "reference_date", "target", "location"]
        .into_iter()
        .zip(columns)
        .map(|(name, column)| Column::new(name.into(), column))
        .collect();
    all.push(Column::new("horizon".into(), horizons));
    all.push(Column::new("quantile".into(), levels));
    all.push(Column::new("value".into(), values));
    let file = fs::File::create(folder.join("forecasts_flusight.parquet")).unwrap();
    let mut table = DataFrame::new(all[0].len(), all).unwrap();
    ParquetWriter::new(file).finish(&mut table).unwrap();
}
