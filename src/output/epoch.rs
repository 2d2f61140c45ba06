//! Dates as tables hold them: days since 1970-01-01.

use countycast_engine::Date;
use jiff::ToSpan;

const EPOCH: Date = Date::constant(1970, 1, 1);

/// The days from 1970-01-01 to a date.
pub(crate) fn days_since_epoch(date: Date) -> i32 {
    date.since(EPOCH).map_or(0, |span| span.get_days())
}

/// The inverse.
pub(crate) fn date_of(days_since_epoch: i32) -> Option<Date> {
    EPOCH.checked_add(i64::from(days_since_epoch).days()).ok()
}
