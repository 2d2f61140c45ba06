//! `hub/TEAM-MODEL/DATE-TEAM-MODEL.csv`: weekly new cases and deaths in the hubverse model-output layout.

use std::io::Write;

use countycast_engine::{Date, Fips, Level, Target};
use jiff::ToSpan;

use super::projections::rounded;
use crate::scores::quantiles::{COUNTY_LEVELS, Forecast, LEVELS};

/// The header: task columns, then the hubverse's three value columns.
pub const HEADER: &str = "reference_date,target,horizon,target_end_date,location,output_type,output_type_id,value\n";

/// Appends the rows of a location's blend: seven quantiles for counties, all 23 for states and the nation.
///
/// `reference_date` is the as-of day; horizon 1 is the week that starts the day after it.
///
/// # Errors
/// Errors of the writer.
pub fn write(out: &mut impl Write, as_of: Date, fips: Fips, blend: &Forecast) -> std::io::Result<()> {
    const ALL: [usize; 23] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22];
    let levels = if fips.level() == Level::County { &COUNTY_LEVELS[..] } else { &ALL };
    for target in [Target::Cases, Target::Deaths] {
        let weeks = blend.target(target).map_or(&[][..], |quantiles| &quantiles.week);
        for (week, row) in (1_i64..).zip(weeks) {
            let end = as_of.saturating_add((7 * week).days());
            let task = format!("{as_of},{target},{week},{end},{fips},quantile");
            for &level in levels {
                writeln!(out, "{task},{},{}", LEVELS[level], rounded(row[level]))?;
            }
        }
    }
    Ok(())
}
