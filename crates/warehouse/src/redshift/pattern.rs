//! Patterns of dates and times: `YYYY-MM-DD HH24:MI:SS`, and what they make of a moment.

use std::fmt::Write as _;

use chrono::{Datelike, NaiveDateTime, Timelike};

/// How a word of letters is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Upper,
    Title,
    Lower,
}

impl Case {
    /// The case in which the word stands in the pattern.
    fn of(written: &str) -> Self {
        let mut letters = written.chars().filter(|c| c.is_alphabetic());
        match (letters.next().is_some_and(char::is_uppercase), letters.next().is_none_or(char::is_uppercase)) {
            (true, true) => Self::Upper,
            (true, false) => Self::Title,
            (false, _) => Self::Lower,
        }
    }

    fn write(self, word: &str) -> String {
        match self {
            Self::Upper => word.to_uppercase(),
            Self::Title => word.to_owned(),
            Self::Lower => word.to_lowercase(),
        }
    }
}

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// Text that stands as it is.
    Text(String),
    /// A number of the moment, padded with zeros to a width.
    Number(Number, usize),
    /// The year with a comma: `2,020`.
    YearComma,
    /// A name of a month or day, padded to nine letters unless it is short.
    Name(Name, Case),
    /// Month in Roman numerals, padded to four.
    Roman(Case),
    /// `AM`, `P.M.`, `AD`: the two words for before and after, and the case.
    Half(Half, bool, Case),
}

/// Numbers of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    Year,
    IsoYear,
    Century,
    Quarter,
    Month,
    WeekOfYear,
    WeekOfMonth,
    IsoWeek,
    DayOfYear,
    IsoDayOfYear,
    DayOfMonth,
    DayOfWeek,
    IsoDayOfWeek,
    Julian,
    Hour24,
    Hour12,
    Minute,
    Second,
    Millisecond,
    Microsecond,
    SecondOfDay,
}

/// Names of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    Month,
    ShortMonth,
    Day,
    ShortDay,
}

/// What has two halves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    Day,
    Era,
}

/// A pattern's part with what stands before and after it: `FM`, which pads nothing, and `TH`, an ordinal's ending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) item: Item,
    pub(super) unpadded: bool,
    pub(super) ordinal: Option<Case>,
}

/// A pattern of dates and times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern(pub(super) Vec<Part>);

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const ROMAN: [&str; 12] = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];

/// All words of patterns, of two that begin alike the longer first.
const WORDS: [(&str, Word); 43] = [
    ("Y,YYY", Word::YearComma),
    ("YYYY", Word::Number(Number::Year, 4)),
    ("YYY", Word::Number(Number::Year, 3)),
    ("YY", Word::Number(Number::Year, 2)),
    ("Y", Word::Number(Number::Year, 1)),
    ("IYYY", Word::Number(Number::IsoYear, 4)),
    ("IYY", Word::Number(Number::IsoYear, 3)),
    ("IY", Word::Number(Number::IsoYear, 2)),
    ("IDDD", Word::Number(Number::IsoDayOfYear, 3)),
    ("ID", Word::Number(Number::IsoDayOfWeek, 1)),
    ("IW", Word::Number(Number::IsoWeek, 2)),
    ("I", Word::Number(Number::IsoYear, 1)),
    ("CC", Word::Number(Number::Century, 2)),
    ("Q", Word::Number(Number::Quarter, 1)),
    ("MONTH", Word::Name(Name::Month)),
    ("MON", Word::Name(Name::ShortMonth)),
    ("MM", Word::Number(Number::Month, 2)),
    ("MI", Word::Number(Number::Minute, 2)),
    ("MS", Word::Number(Number::Millisecond, 3)),
    ("RM", Word::Roman),
    ("WW", Word::Number(Number::WeekOfYear, 2)),
    ("W", Word::Number(Number::WeekOfMonth, 1)),
    ("DAY", Word::Name(Name::Day)),
    ("DY", Word::Name(Name::ShortDay)),
    ("DDD", Word::Number(Number::DayOfYear, 3)),
    ("DD", Word::Number(Number::DayOfMonth, 2)),
    ("D", Word::Number(Number::DayOfWeek, 1)),
    ("J", Word::Number(Number::Julian, 1)),
    ("HH24", Word::Number(Number::Hour24, 2)),
    ("HH12", Word::Number(Number::Hour12, 2)),
    ("HH", Word::Number(Number::Hour12, 2)),
    ("SSSSS", Word::Number(Number::SecondOfDay, 1)),
    ("SSSS", Word::Number(Number::SecondOfDay, 1)),
    ("SS", Word::Number(Number::Second, 2)),
    ("US", Word::Number(Number::Microsecond, 6)),
    ("A.M.", Word::Half(Half::Day, true)),
    ("P.M.", Word::Half(Half::Day, true)),
    ("AM", Word::Half(Half::Day, false)),
    ("PM", Word::Half(Half::Day, false)),
    ("A.D.", Word::Half(Half::Era, true)),
    ("B.C.", Word::Half(Half::Era, true)),
    ("AD", Word::Half(Half::Era, false)),
    ("BC", Word::Half(Half::Era, false)),
];

#[derive(Debug, Clone, Copy)]
enum Word {
    Number(Number, usize),
    YearComma,
    Name(Name),
    Roman,
    Half(Half, bool),
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// The letters that are no part of a pattern; text stands in double quotes.
    pub(super) fn read(pattern: &str) -> Result<Self, String> {
        let mut parts: Vec<Part> = Vec::new();
        let mut rest = pattern;
        let mut unpadded = false;
        while let Some(first) = rest.chars().next() {
            let begins = |word: &str| rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
            if begins("FM") {
                unpadded = true;
                rest = &rest[2..];
            } else if begins("TH") && parts.last().is_some_and(|part| matches!(part.item, Item::Number(..))) {
                if let Some(last) = parts.last_mut() {
                    last.ordinal = Some(Case::of(&rest[..2]));
                }
                rest = &rest[2..];
            } else if let Some((word, kind)) = WORDS.iter().find(|(word, _)| begins(word)) {
                let case = Case::of(&rest[..word.len()]);
                parts.push(Part { item: kind.item(case), unpadded: std::mem::take(&mut unpadded), ordinal: None });
                rest = &rest[word.len()..];
            } else if first == '"' {
                let (text, after) = rest[1..].split_once('"').unwrap_or((&rest[1..], ""));
                parts.push(Part { item: Item::Text(text.to_owned()), unpadded: false, ordinal: None });
                rest = after;
            } else if first.is_alphabetic() {
                let word: String = rest.chars().take_while(|c| c.is_alphabetic()).collect();
                return Err(format!("{word:?} in the pattern {pattern:?}: text in a pattern stands in double quotes"));
            } else {
                parts.push(Part { item: Item::Text(first.to_string()), unpadded: false, ordinal: None });
                rest = &rest[first.len_utf8()..];
            }
        }
        Ok(Self(parts))
    }

    /// A moment by the pattern.
    pub(super) fn write(&self, moment: &NaiveDateTime) -> String {
        let mut text = String::with_capacity(24);
        for part in &self.0 {
            part.write(moment, &mut text);
        }
        text
    }
}

impl Word {
    fn item(self, case: Case) -> Item {
        match self {
            Self::Number(number, width) => Item::Number(number, width),
            Self::YearComma => Item::YearComma,
            Self::Name(name) => Item::Name(name, case),
            Self::Roman => Item::Roman(case),
            Self::Half(half, points) => Item::Half(half, points, case),
        }
    }
}

impl Part {
    fn write(&self, moment: &NaiveDateTime, text: &mut String) {
        let pad = |word: String, width: usize| if self.unpadded { word } else { format!("{word:<width$}") };
        match &self.item {
            Item::Text(word) => text.push_str(word),
            Item::Number(number, width) => {
                let value = number.of(moment, *width);
                let width = if self.unpadded { 1 } else { *width };
                // Writing to a text cannot fail.
                let _ = write!(text, "{value:0width$}");
                if let Some(case) = self.ordinal {
                    text.push_str(&case.write(ending(value)));
                }
            }
            Item::YearComma => {
                let _ = write!(text, "{},{:03}", moment.year() / 1_000, moment.year() % 1_000);
            }
            Item::Name(name, case) => {
                let (word, width) = match name {
                    Name::Month => (MONTHS[moment.month0() as usize], 9),
                    Name::ShortMonth => (&MONTHS[moment.month0() as usize][..3], 3),
                    Name::Day => (DAYS[moment.weekday().num_days_from_monday() as usize], 9),
                    Name::ShortDay => (&DAYS[moment.weekday().num_days_from_monday() as usize][..3], 3),
                };
                text.push_str(&pad(case.write(word), width));
            }
            Item::Roman(case) => text.push_str(&pad(case.write(ROMAN[moment.month0() as usize]), 4)),
            Item::Half(half, points, case) => {
                let second = match half {
                    Half::Day => moment.hour() >= 12,
                    Half::Era => moment.year() >= 1,
                };
                let word = match (half, points, second) {
                    (Half::Day, false, false) => "AM",
                    (Half::Day, false, true) => "PM",
                    (Half::Day, true, false) => "A.M.",
                    (Half::Day, true, true) => "P.M.",
                    (Half::Era, false, false) => "BC",
                    (Half::Era, false, true) => "AD",
                    (Half::Era, true, false) => "B.C.",
                    (Half::Era, true, true) => "A.D.",
                };
                text.push_str(&case.write(word));
            }
        }
    }
}

impl Number {
    /// The number of a moment; of years as many last digits as are asked for.
    fn of(self, moment: &NaiveDateTime, width: usize) -> i64 {
        let last = |year: i32| {
            let year = i64::from(year);
            if width < 4 { year.rem_euclid(10_i64.pow(width as u32)) } else { year }
        };
        match self {
            Self::Year => last(moment.year()),
            Self::IsoYear => last(moment.iso_week().year()),
            Self::Century => i64::from((moment.year() - 1).div_euclid(100) + 1),
            Self::Quarter => i64::from(moment.month0() / 3 + 1),
            Self::Month => i64::from(moment.month()),
            Self::WeekOfYear => i64::from(moment.ordinal0() / 7 + 1),
            Self::WeekOfMonth => i64::from(moment.day0() / 7 + 1),
            Self::IsoWeek => i64::from(moment.iso_week().week()),
            Self::DayOfYear => i64::from(moment.ordinal()),
            Self::IsoDayOfYear => {
                i64::from(moment.iso_week().week0() * 7 + moment.weekday().num_days_from_monday() + 1)
            }
            Self::DayOfMonth => i64::from(moment.day()),
            Self::DayOfWeek => i64::from(moment.weekday().num_days_from_sunday() + 1),
            Self::IsoDayOfWeek => i64::from(moment.weekday().num_days_from_monday() + 1),
            // Day 1 of the calendar is Julian day 1,721,426.
            Self::Julian => i64::from(moment.num_days_from_ce()) + 1_721_425,
            Self::Hour24 => i64::from(moment.hour()),
            Self::Hour12 => i64::from(moment.hour12().1),
            Self::Minute => i64::from(moment.minute()),
            Self::Second => i64::from(moment.second()),
            Self::Millisecond => i64::from(moment.nanosecond() / 1_000_000),
            Self::Microsecond => i64::from(moment.nanosecond() / 1_000),
            Self::SecondOfDay => i64::from(moment.num_seconds_from_midnight()),
        }
    }
}

/// The ending of an ordinal.
pub(super) fn ending(number: i64) -> &'static str {
    match (number.rem_euclid(10), number.rem_euclid(100)) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    }
}
