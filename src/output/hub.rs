//! `hub/DATE-countycast.csv`: weekly new cases and deaths in the hubverse model-output layout.

use std::io::Write;

use countycast_engine::{Date, Level, Target};
use jiff::ToSpan;

use super::projections::rounded;
use crate::pipeline::Projected;
use crate::scores::quantiles::{COUNTY_LEVELS, LEVELS};

/// The header: task columns, then the hubverse's three value columns.
pub const HEADER: &str = "reference_date,target,horizon,target_end_date,location,output_type,output_type_id,value\n";

/// Appends the rows of a group: seven quantiles for counties, all 23 for states and the nation.
///
/// `reference_date` is the as-of day; horizon 1 is the week that starts the day after it.
///
/// # Errors
/// Errors of the writer.
pub fn write(mut out: impl Write, as_of: Date, results: &[Projected]) -> std::io::Result<()> {
    let all: Vec<usize> = (0..LEVELS.len()).collect();
    for projected in results {
        let Some(forecast) = &projected.blend else { continue };
        let levels = if projected.fips.level() == Level::County { &COUNTY_LEVELS[..] } else { &all };
        for (target, name) in [(Target::Cases, "inc case"), (Target::Deaths, "inc death")] {
            let weeks = forecast.target(target).map_or(&[][..], |quantiles| &quantiles.week);
            for (week, row) in (1_i64..).zip(weeks) {
                let end = as_of.saturating_add((7 * week).days());
                for &level in levels {
                    let (fips, quantile, value) = (projected.fips, LEVELS[level], rounded(row[level]));
                    writeln!(out, "{as_of},{name},{week},{end},{fips},quantile,{quantile},{value}")?;
                }
            }
        }
    }
    Ok(())
}
