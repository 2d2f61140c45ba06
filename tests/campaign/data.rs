//! Data of a few places, so that an attack takes a second: what is attacked is how runs write, not what they compute.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use countycast::scores::quantiles::LEVELS;
use countycast_engine::Date;
use countycast_engine::weekly::Week;
use polars::prelude::{Column, DataFrame, ParquetWriter};

use super::common;

/// Of this many rows of the demonstration panel's counts one stays: 21 of its 127.
const EVERY: usize = 6;
/// States, and the nation, of the weekly signal.
const AREAS: [&str; 5] = ["US", "01", "04", "05", "06"];
/// The hub's name of the weekly signal.
const TARGET: &str = "wk inc flu prop ed visits";

/// A folder of this kind, written once.
fn once(folder: &'static OnceLock<PathBuf>, name: &str, write: fn(&Path)) -> &'static Path {
    folder.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("campaign-{name}"));
        let _ = fs::remove_dir_all(&folder);
        write(&folder);
        folder
    })
}

/// The demonstration panel with a sixth of its counties.
pub(crate) fn panel() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    once(&FOLDER, "panel", |folder| {
        common::demo_copy(folder);
        for entry in fs::read_dir(folder.join("jhu")).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            let kept: String = text
                .lines()
                .enumerate()
                .filter(|(row, _)| *row == 0 || row % EVERY == 1)
                .fold(String::new(), |kept, (_, line)| kept + line + "\n");
            fs::write(path, kept).unwrap();
        }
    })
}

/// A weekly signal as a hub publishes it, and two weeks of its baseline's forecasts.
pub(crate) fn signals() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    once(&FOLDER, "signals", |folder| {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join("time-series.csv"), published()).unwrap();
        let mut frame = baseline();
        let file = fs::File::create(folder.join("forecasts_flusight.parquet")).unwrap();
        ParquetWriter::new(file).finish(&mut frame).unwrap();
    })
}

/// The week in which forecasts are due.
fn reference() -> Week {
    Week::of(Date::constant(2026, 1, 10))
}

/// Each week is published on the Wednesday after it and revised a week later.
fn published() -> String {
    let mut text = "as_of,location,target,target_end_date,observation\n".to_owned();
    for (number, area) in AREAS.into_iter().enumerate() {
        for back in 1..=110 {
            let week = reference().plus(-back);
            let value = 0.02 + 0.015 * (f64::from(back) / 8.0 + number as f64).sin();
            for (weeks, value) in [(1, value / 1.05), (2, value)] {
                let published = week.plus(weeks).saturday().saturating_sub(jiff::Span::new().days(3));
                writeln!(text, "{published},{area},{TARGET},{week},{value:.6}").unwrap();
            }
        }
    }
    text
}

/// A quantile of the baseline.
struct Row {
    reference: Week,
    area: &'static str,
    horizon: i32,
    level: f64,
}

fn baseline() -> DataFrame {
    let mut rows = Vec::new();
    for reference in [reference().plus(-5), reference().plus(-4)] {
        for area in AREAS {
            for horizon in 0..=2 {
                rows.extend(LEVELS.iter().map(|level| Row { reference, area, horizon, level: *level }));
            }
        }
    }
    let text = |value: fn(&Row) -> String| rows.iter().map(value).collect::<Vec<String>>();
    let columns = vec![
        Column::new("model".into(), text(|_| "FluSight-baseline".to_owned())),
        Column::new("reference_date".into(), text(|row| row.reference.to_string())),
        Column::new("target".into(), text(|_| TARGET.to_owned())),
        Column::new("location".into(), text(|row| row.area.to_owned())),
        Column::new("horizon".into(), rows.iter().map(|row| row.horizon).collect::<Vec<i32>>()),
        Column::new("quantile".into(), rows.iter().map(|row| row.level).collect::<Vec<f64>>()),
        Column::new("value".into(), rows.iter().map(|row| 0.02 + 0.01 * row.level).collect::<Vec<f64>>()),
    ];
    DataFrame::new(rows.len(), columns).unwrap()
}
