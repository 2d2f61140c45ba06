//! `countycast show`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use countycast_engine::{Date, Fips, Target};

use super::Format;
use super::place;
use super::say::{field, say, wrapped};
use crate::error::Error;
use crate::output::places::{Listed, Projection, of_places, places};
use crate::output::{Outcome, run::Manifest};
use crate::scores::Resolution;

/// Levels of the printed intervals: 95 and 50 % around the median.
const LEVELS: [f64; 5] = [0.025, 0.25, 0.5, 0.75, 0.975];

/// Print the projection of a place, or write projections as CSV.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  countycast show 36061                         New York County, from the run in ./out
  countycast show VT \"Cook County, IL\" --out out/today
  countycast show 36061 --csv > manhattan.csv   all its rows: days, weeks, 23 quantiles
  countycast show --csv | gzip > run.csv.gz     all places")]
pub(super) struct Args {
    /// Codes or names of counties and states; US for the nation.
    #[arg(value_name = "PLACE", required_unless_present = "csv")]
    places: Vec<String>,
    /// Output folder of a finished `project` run.
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
    /// Print the blend's rows as comma-separated values, of all places if none is named; whatever --format says.
    #[arg(long)]
    csv: bool,
}

pub(super) fn run(args: &Args, format: Format) -> Result<(), Error> {
    let run = Manifest::read_with(&args.out, &["projections.parquet", "counties.parquet"])?;
    let known = places(&args.out)?;
    let mut wanted: Vec<Fips> = Vec::new();
    for text in &args.places {
        let fips = place::find(text, &known)?;
        if !wanted.contains(&fips) {
            wanted.push(fips);
        }
    }
    let known: BTreeMap<Fips, &Listed> = known.iter().map(|place| (place.fips, place)).collect();
    let is_wanted = |fips: Fips| wanted.is_empty() || wanted.contains(&fips);
    if args.csv {
        return csv(args, &run, &known, is_wanted);
    }
    let mut rows = BTreeMap::<Fips, Vec<Projection>>::new();
    of_places(&args.out, is_wanted, |row| {
        rows.entry(row.fips).or_default().push(row);
        Ok(())
    })?;
    let rows = |fips: Fips| rows.get(&fips).map_or(&[][..], Vec::as_slice);
    let wanted = wanted.iter().filter_map(|fips| known.get(fips));
    if format == Format::Json {
        let places: Vec<_> = wanted.map(|place| json(place, rows(place.fips))).collect();
        say(&format!("{}\n", serde_json::json!({ "as_of": run.as_of, "places": places })));
        return Ok(());
    }
    for (number, Listed { fips, name, remarks, .. }) in wanted.enumerate() {
        let gap = if number > 0 { "\n" } else { "" };
        let synthetic = if run.synthetic { ", SYNTHETIC DATA" } else { "" };
        let head = format!("{gap}{name} ({fips}), data to {}{synthetic}\n", run.as_of);
        let remarks: String = remarks.iter().map(|remark| wrapped(remark) + "\n").collect();
        say(&(head + &remarks + &table(rows(*fips))));
    }
    Ok(())
}

/// A table of one place: quantiles by kind and day.
type Table = BTreeMap<(usize, Date), [f64; 5]>;

/// What is printed, in this order.
const SHOWN: [(Target, Resolution, &str); 4] = [
    (Target::Cases, Resolution::Week, "new cases in the week to"),
    (Target::Deaths, Resolution::Week, "new deaths in the week to"),
    (Target::HospitalCensus, Resolution::Day, "patients in hospital on"),
    (Target::IcuCensus, Resolution::Day, "patients in intensive care on"),
];

fn quantiles(rows: &[Projection]) -> Table {
    let mut found = Table::new();
    for row in rows {
        let kind = SHOWN.iter().position(|(target, resolution, _)| {
            // Of days, the last of each week.
            let whole = *resolution == Resolution::Week || row.horizon % 7 == 0;
            row.outcome == Outcome::Target(*target) && row.resolution == *resolution && whole
        });
        let level = LEVELS.iter().position(|level| (level - row.quantile).abs() < 1e-9);
        if let Some((kind, level)) = kind.zip(level) {
            found.entry((kind, row.end)).or_default()[level] = row.value;
        }
    }
    found
}

fn table(rows: &[Projection]) -> String {
    let found = quantiles(rows);
    if found.is_empty() {
        return "  no projection\n".to_owned();
    }
    let mut text = String::new();
    for (kind, (.., title)) in SHOWN.iter().enumerate() {
        let of_kind = found.range((kind, Date::MIN)..=(kind, Date::MAX));
        for (number, ((_, end), [low, lower, median, upper, high])) in of_kind.enumerate() {
            if number == 0 {
                // Writing to a string cannot fail.
                let _ = writeln!(text, "\n  {title:<31}{:>9}{:>18}{:>18}", "median", "50 %", "95 %");
            }
            let between = |low: f64, high: f64| format!("{low:.0}–{high:.0}");
            let (half, all) = (between(*lower, *upper), between(*low, *high));
            let _ = writeln!(text, "  {:<31}{median:>9.0}{half:>18}{all:>18}", end.to_string());
        }
    }
    text
}

fn json(place: &Listed, rows: &[Projection]) -> serde_json::Value {
    let row = |((kind, end), values): ((usize, Date), [f64; 5])| {
        let (target, resolution, _) = SHOWN[kind];
        let quantiles: serde_json::Map<String, serde_json::Value> =
            LEVELS.iter().zip(values).map(|(level, value)| (level.to_string(), value.into())).collect();
        serde_json::json!({
            "target": target.name(), "resolution": resolution.name(), "target_end_date": end, "quantiles": quantiles,
        })
    };
    let rows: Vec<_> = quantiles(rows).into_iter().map(row).collect();
    let Listed { fips, name, remarks, .. } = place;
    serde_json::json!({ "fips": fips.to_string(), "name": name, "remarks": remarks, "projections": rows })
}

/// All rows, as they are in `projections.parquet`, with the names of the places.
fn csv(
    args: &Args,
    run: &Manifest,
    known: &BTreeMap<Fips, &Listed>,
    wanted: impl Fn(Fips) -> bool,
) -> Result<(), Error> {
    say("as_of,fips,name,target,resolution,horizon,target_end_date,quantile,value\n");
    let mut text = String::new();
    of_places(&args.out, wanted, |row| {
        let Projection { fips, outcome, resolution, horizon, end, quantile, value } = row;
        let (name, as_of) = (known.get(&fips).map_or("", |place| &place.name), run.as_of);
        let (target, resolution) = (outcome.name(), resolution.name());
        let _ =
            writeln!(text, "{as_of},{fips},{},{target},{resolution},{horizon},{end},{quantile},{value}", field(name));
        if text.len() > 1 << 16 {
            say(&std::mem::take(&mut text));
        }
        Ok(())
    })?;
    say(&text);
    Ok(())
}
