//! `care`: how the care of other diseases changes, from claims.

use std::path::PathBuf;

use super::{Use, tell};
use crate::care::{Request, run as measure};
use crate::error::Error;

/// Measures the care of other diseases from claims-like records, by county and week, against the year before.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countycast-warehouse care claims --lake lake --drugs product.txt
  countycast-warehouse care claims.csv --lake lake --drugs product.txt --epidemic cases.csv --policies policies.csv
  countycast-warehouse care synthea/csv --lake lake
  countycast-warehouse sql --lake lake \"select week_end, value, change from care
    where disease = 'asthma' and measure = 'adherent' and fips = 'US' order by week_end\"

INPUT is a Parquet or CSV file of claims, a folder of such files, or the folder of Synthea's CSV files. LAKE gets the tables
care and care_associations, in the place of earlier ones. docs/care.md has the columns of claims and defines each measure.
No cell of fewer than 11 people is written.")]
pub(super) struct Args {
    /// Claims: a file or a folder.
    input: PathBuf,
    /// The lake that the tables are written into.
    #[arg(long)]
    lake: PathBuf,
    /// The FDA's NDC directory, product.txt: what codes of drugs stand for.
    #[arg(long, value_name = "FILE")]
    drugs: Option<PathBuf>,
    /// Folder of diseases, NAME.toml each [default: those that the program knows].
    #[arg(long, value_name = "DIR")]
    diseases: Option<PathBuf>,
    /// Catchments, which take the place of counties: CSV with fips, catchment.
    #[arg(long, value_name = "FILE")]
    catchments: Option<PathBuf>,
    /// The epidemic's course: CSV with fips, date, value.
    #[arg(long, value_name = "FILE")]
    epidemic: Option<PathBuf>,
    /// Policies: CSV with policy, fips, from, to.
    #[arg(long, value_name = "FILE")]
    policies: Option<PathBuf>,
    #[command(flatten)]
    limits: Use,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<(), Error> {
    let request = Request {
        input: args.input.clone(),
        lake: args.lake.clone(),
        diseases: args.diseases.clone(),
        drugs: args.drugs.clone(),
        catchments: args.catchments.clone(),
        epidemic: args.epidemic.clone(),
        policies: args.policies.clone(),
        limits: args.limits.limits(),
    };
    let done = measure(&request)?;
    let date = |day: i32| chrono::NaiveDate::default() + chrono::Duration::days(day.into());
    tell(&format!(
        "{} claims of {} people, {} to {}; {} weeks measured",
        done.claims,
        done.people,
        date(done.days.0),
        date(done.days.1),
        done.weeks
    ));
    if done.without_county > 0 {
        tell(&format!("{} claims have no patient's county and are not counted", done.without_county));
    }
    if done.other_drugs > 0 {
        tell(&format!(
            "{} claims are for drugs of no disease, or with codes that the directory lacks",
            done.other_drugs
        ));
    }
    for (disease, rows) in &done.rows {
        tell(&format!("{disease}: {rows} rows"));
    }
    Ok(())
}
