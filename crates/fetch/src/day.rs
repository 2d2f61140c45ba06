//! The day on which something was fetched, and the name of its folder.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// New York's time since 2007, without the zone files of the system: the hubs close at 23:00 there, and what came before
/// midnight was known that day, though it may be the next one in UTC.
const NEW_YORK: &str = "EST5EDT,M3.2.0,M11.1.0";

/// What a vintage's folder begins with.
pub(crate) const PREFIX: &str = "fetched_at=";

/// The day in New York.
///
/// ```
/// let evening = "2026-01-15T02:30:00Z".parse()?;
/// assert_eq!(countycast_fetch::day_of(evening).to_string(), "2026-01-14");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn day_of(time: Timestamp) -> Date {
    let zone = TimeZone::posix(NEW_YORK).unwrap_or(TimeZone::UTC);
    zone.to_datetime(time).date()
}

/// The name of a folder for what was fetched at a time, in UTC to the second.
pub(crate) fn folder_name(time: Timestamp) -> String {
    format!("{PREFIX}{}", time.strftime("%Y-%m-%dT%H-%M-%SZ"))
}

/// The time that a folder's name gives.
pub(crate) fn time_of(folder: &str) -> Option<Timestamp> {
    let (day, time) = folder.strip_prefix(PREFIX)?.split_once('T')?;
    let time: Timestamp = format!("{day}T{}", time.replace('-', ":")).parse().ok()?;
    (folder_name(time) == folder).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn an_evening_in_new_york_is_that_day_in_winter_and_in_summer() {
        for (utc, day) in [
            ("2026-01-15T02:30:00Z", "2026-01-14"),
            ("2026-01-15T04:59:59Z", "2026-01-14"),
            ("2026-01-15T05:00:00Z", "2026-01-15"),
            ("2026-07-16T03:59:59Z", "2026-07-15"),
            ("2026-07-16T04:00:00Z", "2026-07-16"),
            ("2026-03-08T06:59:59Z", "2026-03-08"),
        ] {
            assert_eq!(day_of(time(utc)).to_string(), day, "{utc}");
        }
    }

    #[test]
    fn folders_are_named_by_the_second_and_read_back() {
        let fetched = time("2026-01-14T23:00:00.25Z");
        assert_eq!(folder_name(fetched), "fetched_at=2026-01-14T23-00-00Z");
        assert_eq!(time_of(&folder_name(fetched)), Some(time("2026-01-14T23:00:00Z")));
        for other in ["fetched_at=2026-01-14", "fetched_at=2026-01-14T23:00:00Z", "x", "fetched_at=", ".partial"] {
            assert_eq!(time_of(other), None, "{other}");
        }
    }
}
