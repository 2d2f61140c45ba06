//! Parts of dates and times, by the names and abbreviations that Redshift accepts.

/// A part of a date or time that can be added or counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Millennium,
    Century,
    Decade,
    Year,
    Quarter,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
    Microsecond,
}

impl Part {
    /// The part of a name or abbreviation.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "millennium" | "millennia" | "mil" | "mils" => Self::Millennium,
            "century" | "centuries" | "c" | "cent" | "cents" => Self::Century,
            "decade" | "decades" | "dec" | "decs" => Self::Decade,
            "year" | "years" | "y" | "yr" | "yrs" => Self::Year,
            "quarter" | "quarters" | "qtr" | "qtrs" => Self::Quarter,
            "month" | "months" | "mon" | "mons" => Self::Month,
            "week" | "weeks" | "w" => Self::Week,
            "day" | "days" | "d" => Self::Day,
            "hour" | "hours" | "h" | "hr" | "hrs" => Self::Hour,
            "minute" | "minutes" | "m" | "min" | "mins" => Self::Minute,
            "second" | "seconds" | "s" | "sec" | "secs" => Self::Second,
            "millisecond" | "milliseconds" | "ms" | "msec" | "msecs" | "msecond" | "mseconds" | "millisec"
            | "millisecs" | "millisecon" => Self::Millisecond,
            "microsecond" | "microseconds" | "us" | "usec" | "usecs" | "usecond" | "useconds" | "microsec"
            | "microsecs" => Self::Microsecond,
            _ => return None,
        })
    }

    /// Months in one of the part, for parts of whole months.
    pub(super) const fn months(self) -> Option<i64> {
        match self {
            Self::Millennium => Some(12_000),
            Self::Century => Some(1_200),
            Self::Decade => Some(120),
            Self::Year => Some(12),
            Self::Quarter => Some(3),
            Self::Month => Some(1),
            _ => None,
        }
    }

    /// Microseconds in one of the part, for parts of fixed length.
    pub(super) const fn microseconds(self) -> Option<i64> {
        match self {
            Self::Week => Some(7 * 86_400_000_000),
            Self::Day => Some(86_400_000_000),
            Self::Hour => Some(3_600_000_000),
            Self::Minute => Some(60_000_000),
            Self::Second => Some(1_000_000),
            Self::Millisecond => Some(1_000),
            Self::Microsecond => Some(1),
            _ => None,
        }
    }

    /// Name by which the query engine's own `date_part` and `date_trunc` know it.
    const fn engine_name(self) -> Option<&'static str> {
        match self {
            Self::Year => Some("year"),
            Self::Quarter => Some("quarter"),
            Self::Month => Some("month"),
            Self::Week => Some("week"),
            Self::Day => Some("day"),
            Self::Hour => Some("hour"),
            Self::Minute => Some("minute"),
            Self::Second => Some("second"),
            Self::Millisecond => Some("millisecond"),
            Self::Microsecond => Some("microsecond"),
            Self::Millennium | Self::Century | Self::Decade => None,
        }
    }
}

/// The query engine's name of a part of `date_part`, `extract` or `date_trunc`; the name itself where it has no other.
pub(super) fn engine_name(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let other = match lower.as_str() {
        "dayofweek" | "dw" | "weekday" => Some("dow"),
        "dayofyear" | "dy" | "yearday" => Some("doy"),
        _ => None,
    };
    other.or_else(|| Part::named(&lower)?.engine_name()).map_or(lower.clone(), str::to_owned)
}
