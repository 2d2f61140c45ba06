//! Cells of a file's rows, each checked on its own.

use std::borrow::Cow;
use std::path::Path;

use countycast_engine::Date;
use countycast_engine::weekly::Week;
use countycast_panel::quoted;

use super::findings::Findings;
use crate::hubs::{Hub, Target, is_abbreviation};
use crate::read::Table;

/// Columns of a file, in any order.
const COLUMNS: [&str; 8] =
    ["reference_date", "target", "horizon", "target_end_date", "location", "output_type", "output_type_id", "value"];

/// A file's rows.
pub(super) struct Rows<'a> {
    table: &'a Table,
    pub(super) hub: &'a Hub,
    columns: [usize; 8],
}

impl<'a> Rows<'a> {
    /// The rows of a table with a hub's columns; none where one is missing.
    pub(super) fn new(table: &'a Table, hub: &'a Hub, findings: &mut Findings) -> Option<Self> {
        let columns = COLUMNS.map(|name| table.find(name));
        for (name, _) in COLUMNS.iter().zip(&columns).filter(|(_, column)| column.is_none()) {
            findings.error("column", None, format!("there is no column `{name}`"));
        }
        for name in table.names().filter(|name| !COLUMNS.contains(name)) {
            findings.error("column", None, format!("column `{}` is not taken: leave it out", quoted(name)));
        }
        let mut known = [0; 8];
        for (place, column) in columns.into_iter().enumerate() {
            known[place] = column?;
        }
        Some(Self { table, hub, columns: known })
    }

    fn text(&self, row: usize, column: usize) -> Cow<'_, str> {
        self.table.text(row, self.columns[column])
    }

    /// The text of a cell for a message.
    fn shown(&self, row: usize, column: usize) -> String {
        quoted(self.text(row, column).as_ref())
    }

    fn number(&self, row: usize, column: usize) -> Option<f64> {
        self.table.number(row, self.columns[column]).ok().flatten()
    }

    /// The target's name.
    pub(super) fn target(&self, row: usize) -> String {
        self.text(row, 1).into_owned()
    }

    /// What kind of output the row has.
    pub(super) fn kind(&self, row: usize) -> Cow<'_, str> {
        self.text(row, 5)
    }

    /// The level, category or sample.
    pub(super) fn id(&self, row: usize) -> Cow<'_, str> {
        self.text(row, 6)
    }

    /// The reference date, a Saturday and that of the file's name.
    pub(super) fn reference(&self, row: usize, of_file: Option<Date>, findings: &mut Findings) -> Option<Date> {
        let Ok(day) = self.table.date(row, self.columns[0]) else {
            let text = self.shown(row, 0);
            findings.error("date", row, format!("reference_date `{text}` is not a date: write 2026-01-10"));
            return None;
        };
        if Week::ending(day).is_none() {
            let next = Week::of(day).saturday();
            findings.error("saturday", row, format!("reference_date {day} is no Saturday; the next one is {next}"));
        }
        if of_file.is_some_and(|date| date != day) {
            findings.error("file date", row, format!("reference_date {day} is not the date in the file's name"));
        }
        Some(day)
    }

    /// One of a target's locations.
    pub(super) fn location(&self, row: usize, rule: &Target, findings: &mut Findings) -> Option<String> {
        let place = self.text(row, 4).into_owned();
        if rule.locations.contains(&place) {
            return Some(place);
        }
        let near = nearest(&place, rule);
        findings.error("location", row, format!("location `{}` is not taken{near}", quoted(&place)));
        None
    }

    /// One of these horizons, with the day on which its week ends.
    pub(super) fn horizon(
        &self,
        row: usize,
        day: Date,
        [first, last]: [i8; 2],
        findings: &mut Findings,
    ) -> Option<i64> {
        let weeks = self.number(row, 2).filter(|weeks| weeks.fract() == 0.0);
        let Some(weeks) = weeks.filter(|weeks| (f64::from(first)..=f64::from(last)).contains(weeks)) else {
            let text = self.shown(row, 2);
            findings.error("horizon", row, format!("horizon `{text}`: {} takes {first} to {last}", self.hub.title));
            return None;
        };
        let weeks = weeks as i64;
        let expected = day.saturating_add(jiff::Span::new().weeks(weeks));
        match self.table.date(row, self.columns[3]) {
            Ok(found) if found == expected => {}
            Ok(found) => {
                let off = (found - expected).get_days();
                let text = format!("target_end_date {found} is {off} days off: horizon {weeks} ends on {expected}");
                findings.error("target_end_date", row, text);
            }
            Err(_) => {
                findings.error("target_end_date", row, format!("target_end_date is not a date; {expected} is due"));
            }
        }
        Some(weeks)
    }

    /// Checks that horizon and end are left blank, as for targets of the whole season.
    pub(super) fn blank(&self, row: usize, findings: &mut Findings) {
        for (column, name) in [(2, "horizon"), (3, "target_end_date")] {
            if !matches!(self.text(row, column).as_ref(), "" | "NA") {
                let text = self.shown(row, column);
                findings.error("blank", row, format!("{name} `{text}`: leave it blank, or write NA, for this target"));
            }
        }
    }

    /// Place of the level among the hub's.
    pub(super) fn level(&self, row: usize, findings: &mut Findings) -> Option<usize> {
        let at = self.number(row, 6).and_then(|level| self.hub.level(level));
        if at.is_none() {
            let (text, levels) = (self.shown(row, 6), self.hub.levels.len());
            findings.error("level", row, format!("output_type_id `{text}` is none of the {levels} levels"));
        }
        at
    }

    /// The value, from 0 to `most`; one beyond is told and taken.
    pub(super) fn value(&self, row: usize, most: f64, hint: &str, findings: &mut Findings) -> Option<f64> {
        let Some(value) = self.number(row, 7) else {
            let text = self.shown(row, 7);
            findings.error("value", row, format!("value `{text}` is not a number"));
            return None;
        };
        if value < 0.0 {
            findings.error("negative", row, format!("value {value} is negative"));
        } else if value > most {
            findings.error("above", row, format!("value {value} is above {most}{hint}"));
        }
        Some(value)
    }

    /// The value of a target, in its unit.
    pub(super) fn value_of(&self, row: usize, rule: &Target, findings: &mut Findings) -> Option<f64> {
        let hint = if rule.scale == 1.0 { "; shares are 0 to 1 here, not per cent" } else { "" };
        self.value(row, rule.signal.unit().greatest() * rule.scale, hint, findings)
    }
}

/// Checks `DATE-TEAM-MODEL.csv` in a folder `TEAM-MODEL`; returns the date.
pub(super) fn file_name(path: &Path, findings: &mut Findings) -> Option<Date> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let date = name.get(..10).and_then(|text| text.parse().ok());
    let model = name.get(11..).unwrap_or_default();
    let parts: Vec<&str> = model.split('-').collect();
    if date.is_none() || parts.len() != 2 || !parts.iter().all(|part| is_abbreviation(part)) {
        let text = format!(
            "the file's name is `{}`: hubs take DATE-TEAM-MODEL.csv, such as 2026-01-10-Dept-blend.csv",
            quoted(name.as_bytes())
        );
        findings.error("file name", None, text);
        return date;
    }
    let folder = path.parent().and_then(Path::file_name).map(|folder| folder.to_string_lossy().into_owned());
    if folder.as_deref().is_some_and(|folder| folder != model && !folder.is_empty()) {
        let folder = quoted(folder.unwrap_or_default());
        findings.warning("folder", None, format!("it lies in `{folder}`: hubs want it in a folder `{model}`"));
    }
    date
}

/// The location that was probably meant.
fn nearest(place: &str, rule: &Target) -> String {
    let plain = place.to_lowercase().replace([' ', '_'], "-");
    let padded = format!("{place:0>2}");
    let found = rule.locations.iter().find(|known| known.to_lowercase() == plain || **known == padded);
    found.map(|known| format!("; write `{known}`")).unwrap_or_default()
}
