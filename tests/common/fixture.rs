//! The data folder of `tests/fixture` as publishers would hand it out; its README gives the rule behind every number.

use std::fs;
use std::io::Write;
use std::path::Path;

use countycast::panel::{self, Panel};
use flate2::Compression;
use flate2::write::GzEncoder;
use polars::prelude::{Column, DataFrame, DataType, ParquetWriter, TimeUnit};

/// New cases in week w of the fixture; week 1 ends on 2020-06-06.
pub type Weekly = fn(f64) -> f64;

/// Counties of the fixture that have enough history of their own, with their cases in the newest files.
pub const COUNTIES: [(&str, Weekly); 5] = [
    ("50001", |_| 100.0),
    ("50007", |w| 20.0 * (10.0 + w)),
    ("50021", |w| 20.0 * (40.0 - w)),
    ("56001", |_| 60.0),
    ("56021", |w| 20.0 * w),
];

/// Writes the data folder: weekly vintages are compressed, the teams' points become Parquet.
pub fn write(data: &Path) {
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixture"), data);
}

/// The panel of a data folder on a day, from the files as published then or from the newest ones.
pub fn load(data: &Path, as_of: &str, vintage: bool) -> Result<Panel, panel::Error> {
    let request = panel::Request { data: data.to_owned(), as_of: Some(as_of.parse().unwrap()), vintage };
    panel::load(&request, &panel::Settings::default())
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else if from.ends_with("vintages_weekly") {
            let file = fs::File::create(target.with_extension("csv.gz")).unwrap();
            let mut packed = GzEncoder::new(file, Compression::fast());
            packed.write_all(&fs::read(path).unwrap()).unwrap();
            packed.finish().unwrap();
        } else if path.ends_with("hub/county_case_points.csv") {
            points(&path, &target.with_extension("parquet"));
        } else {
            fs::copy(path, target).unwrap();
        }
    }
}

/// The teams' points with the types of the hub's file: dates are microseconds since 1970-01-01.
fn points(from: &Path, to: &Path) {
    let rows: Vec<csv::StringRecord> = csv::Reader::from_path(from).unwrap().records().map(Result::unwrap).collect();
    let texts = |i: usize| rows.iter().map(|row| row[i].to_owned()).collect::<Vec<_>>();
    let day = |i: usize, name: &str| {
        let epoch = jiff::civil::date(1970, 1, 1);
        let micros = |text: &String| {
            i64::from(epoch.until(text.parse::<jiff::civil::Date>().unwrap()).unwrap().get_days()) * 86_400_000_000
        };
        let days: Vec<i64> = texts(i).iter().map(micros).collect();
        Column::new(name.into(), days).cast(&DataType::Datetime(TimeUnit::Microseconds, None)).unwrap()
    };
    let number = |text: &String| text.parse::<f32>().unwrap();
    let columns = vec![
        day(0, "origin_date"),
        day(1, "target_end_date"),
        Column::new("horizon".into(), texts(2).iter().map(|text| text.parse().unwrap()).collect::<Vec<i64>>()),
        Column::new("model".into(), texts(3)),
        Column::new("fips".into(), texts(4)),
        Column::new("point".into(), texts(5).iter().map(number).collect::<Vec<f32>>()),
    ];
    let mut frame = DataFrame::new(rows.len(), columns).unwrap();
    ParquetWriter::new(fs::File::create(to).unwrap()).finish(&mut frame).unwrap();
}
