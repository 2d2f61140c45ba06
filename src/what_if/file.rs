//! Reading scenario files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use countycast_engine::{Fips, Horizon};
use serde::Deserialize;
use toml::{Spanned, Value};

use super::entry::{At, Draft, Entry, Problem, Window};
use super::places::Places;
use super::set::Setting;
use crate::error::{Error, InputError};
use crate::panel::Panel;

/// Name of the source of command-line values in messages.
const SETTING: &str = "--set";

/// Permitted length of a run, days.
pub(super) const HORIZONS: std::ops::RangeInclusive<usize> = 7..=Horizon::MAX_DAYS;

/// Most letters of a scenario's name.
const LONGEST_NAME: usize = 120;

/// Why a text cannot be the name of a scenario: names stand in tables, charts and spreadsheets.
fn refused_name(name: &str) -> Option<String> {
    if name.chars().count() > LONGEST_NAME {
        let start: String = name.chars().take(40).collect();
        return Some(format!("the name `{start}…` is longer than {LONGEST_NAME} letters"));
    }
    if name.chars().any(char::is_control) {
        return Some(format!("the name {name:?} has control characters"));
    }
    let formula = name.starts_with(['=', '+', '-', '@']);
    formula.then(|| format!("the name `{name}` begins like a formula, which spreadsheets would run"))
}

/// Remedy that refers to the documentation of scenario values.
const REMEDY: &str = "`countycast what-if --list` explains every value; config/scenarios holds examples";

/// A scenario as written, before validation against a panel.
#[derive(Debug, Clone)]
pub struct Scenarios {
    file: PathBuf,
    text: String,
    name: String,
    horizon_days: Option<usize>,
    places: Option<(Places, usize)>,
    /// Whether the name is composed of the settings.
    nameless: bool,
    /// Whether the command line overrides values: a name that states a value of the file's would be wrong.
    overridden: bool,
    drafts: Vec<Draft>,
}

/// Layout of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    name: Option<Spanned<String>>,
    /// Description.
    #[serde(default, rename = "description")]
    _description: String,
    horizon_days: Option<Spanned<usize>>,
    places: Option<Spanned<Places>>,
    #[serde(default)]
    entry: Vec<Spanned<BTreeMap<Spanned<String>, Value>>>,
}

impl Scenarios {
    /// Reads a scenario file.
    ///
    /// # Errors
    /// [`Error::Input`] with line and key for text that is not TOML, an unknown table or key, or a horizon out of
    /// range.
    pub fn read(file: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(file).map_err(|source| Error::read(file, source))?;
        Self::parse(text, file)
    }

    pub(super) fn parse(text: String, file: &Path) -> Result<Self, Error> {
        let raw: Raw = toml::from_str(&text).map_err(|error| {
            located(InputError::new(file, error.message(), REMEDY), &text, error.span().map(|span| span.start))
        })?;
        let draft = |entry: Spanned<BTreeMap<Spanned<String>, Value>>| {
            let at = At::File(entry.span().start);
            let field = |(key, value): (Spanned<String>, Value)| {
                let at = At::File(key.span().start);
                (key.into_inner(), (value, at))
            };
            Draft { fields: entry.into_inner().into_iter().map(field).collect(), at }
        };
        let places = raw.places.map(|places| (places.span().start, places.into_inner())).map(|(at, p)| (p, at));
        let drafts = raw.entry.into_iter().map(draft).collect();
        let at = raw.name.as_ref().map(|name| name.span().start);
        let name = raw.name.map_or_else(|| stem(file), Spanned::into_inner);
        if let Some(problem) = refused_name(&name) {
            let remedy = "give the scenario a short `name` that begins with a letter or a digit";
            return Err(located(InputError::new(file, problem, remedy), &text, at).into());
        }
        let (horizon, file) = (raw.horizon_days, file.to_owned());
        let horizon_days = horizon.as_ref().map(|days| *days.get_ref());
        let scenario = Self { file, text, name, horizon_days, places, nameless: false, overridden: false, drafts };
        match horizon.filter(|days| !HORIZONS.contains(days.get_ref())) {
            Some(days) => {
                let message = format!("horizon_days = {}", days.get_ref());
                let remedy = format!("allowed: {} to {} days", HORIZONS.start(), HORIZONS.end());
                Err(scenario.error(Problem { at: At::File(days.span().start), message, remedy }))
            }
            None => Ok(scenario),
        }
    }

    /// A scenario without a file, composed of `--set` only.
    #[must_use]
    pub fn from_settings() -> Self {
        let (file, text, name) = (PathBuf::from(SETTING), String::new(), String::new());
        Self {
            file,
            text,
            name,
            horizon_days: None,
            places: None,
            nameless: true,
            overridden: false,
            drafts: Vec::new(),
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Days to project, if given.
    #[must_use]
    pub fn horizon_days(&self) -> Option<usize> {
        self.horizon_days
    }

    /// Overrides values, or adds an entry if there is none of the kind. The name becomes that of the file with the settings.
    pub(super) fn set(&mut self, setting: &Setting) {
        let is_kind = |draft: &&mut Draft| {
            draft.fields.get("kind").is_some_and(|(kind, _)| kind.as_str() == Some(setting.kind.as_str()))
        };
        if !self.nameless && !self.overridden {
            self.name = stem(&self.file);
            self.overridden = true;
        }
        // The steps of a sweep have names of their own.
        if !setting.value.is_array() {
            let comma = if self.name.is_empty() { "" } else { ", " };
            self.name += &format!("{comma}{setting}");
        }
        let value = (setting.value.clone(), At::Setting);
        let mut found = false;
        for draft in self.drafts.iter_mut().filter(is_kind) {
            draft.fields.insert(setting.key.clone(), value.clone());
            found = true;
        }
        if !found {
            let kind = (Value::String(setting.kind.clone()), At::Setting);
            let fields = [("kind".to_owned(), kind), (setting.key.clone(), value)].into();
            self.drafts.push(Draft { fields, at: At::Setting });
        }
    }

    /// The named places; none if none are named.
    ///
    /// # Errors
    /// [`Error::Input`] with the line, for unknown codes and states, and rules that match nothing.
    pub(super) fn places(&self, panel: &Panel) -> Result<Vec<Fips>, Error> {
        let Some((places, table)) = &self.places else { return Ok(Vec::new()) };
        places.find(panel).map_err(|mistake| {
            let at = At::File(mistake.at.unwrap_or(*table));
            self.error(Problem { at, message: mistake.message, remedy: mistake.remedy })
        })
    }

    /// Its entries, checked.
    ///
    /// # Errors
    /// [`Error::Input`] with line and key for an unknown kind or value, a number or a day outside its range, entries of
    /// one kind that overlap, and entries that change nothing.
    pub(super) fn entries(&self, window: Window) -> Result<Vec<Entry>, Error> {
        if self.drafts.is_empty() {
            let message = format!("the scenario `{}` has no [[entry]]: it changes nothing", self.name);
            return Err(InputError::new(&self.file, message, REMEDY).into());
        }
        let mut entries: Vec<Entry> = Vec::with_capacity(self.drafts.len());
        for draft in &self.drafts {
            let entry = draft.check(window).map_err(|problem| self.error(problem))?;
            if let Some(other) = entries.iter().position(|other| other.overlaps(&entry)) {
                let message = format!(
                    "two entries `{}` overlap in time: numbers {} and {}",
                    entry.kind(),
                    other + 1,
                    entries.len() + 1
                );
                let remedy = "end one before the other starts, or merge them".to_owned();
                return Err(self.error(Problem { at: draft.at, message, remedy }));
            }
            entries.push(entry);
        }
        for (entry, draft) in entries.iter().zip(&self.drafts) {
            if let Some(kind) = entry.lacks(&entries) {
                let message = format!("`{}` does nothing on days without `{kind}`", entry.kind());
                let remedy = format!("add an entry `{kind}` on some of its days");
                return Err(self.error(Problem { at: draft.at, message, remedy }));
            }
        }
        Ok(entries)
    }

    fn error(&self, problem: Problem) -> Error {
        let error = |file: &Path| InputError::new(file, problem.message.clone(), problem.remedy.clone());
        match problem.at {
            At::File(at) => located(error(&self.file), &self.text, Some(at)).into(),
            At::Setting => error(Path::new(SETTING)).into(),
        }
    }
}

/// The name of a file without its ending.
fn stem(file: &Path) -> String {
    file.file_stem().map_or_else(|| "scenario".to_owned(), |stem| stem.to_string_lossy().into_owned())
}

/// Adds line and column of a position in the text.
fn located(error: InputError, text: &str, at: Option<usize>) -> InputError {
    let Some(before) = at.and_then(|at| text.get(..at)) else { return error };
    let line = before.matches('\n').count() as u64 + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    error.on_line(line).in_column(column.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::Date;

    fn entries(text: &str) -> Result<Vec<Entry>, Error> {
        let window = Window { as_of: Date::constant(2020, 8, 29), horizon: Horizon::from_days(56).unwrap() };
        Scenarios::parse(text.to_owned(), Path::new("s.toml"))?.entries(window)
    }

    #[test]
    fn mistakes_are_named_with_their_line_and_what_is_known() {
        let cases = [
            ("[[entry]]\nkind = \"mask\"\n", "line 2, column `1`", "unknown entry \"mask\"", "masks"),
            ("[[entry]]\nkind = \"masks\"\nefficacy = 2\n", "line 3", "masks.efficacy = 2", "0 to 1"),
            ("[[entry]]\nkind = \"masks\"\nefficiency = 1\n", "line 3", "takes no `efficiency`", "efficacy"),
            ("[[entry]]\nkind = \"masks\"\nstrength = 1.2\n", "line 3", "must be a number from 0 to 1", ""),
            ("[[entry]]\nkind = \"masks\"\nstrength = []\n", "line 3", "must be a number from 0 to 1", "sweep"),
            ("[[entry]]\nkind = \"masks\"\nstart = 2020-08-29\n", "line 3", "is outside the run", "2020-08-30 to"),
            ("[[entry]]\nkind = \"masks\"\nend = \"+57\"\n", "line 3", "2020-10-25 is outside", "2020-10-24"),
            ("[[entry]]\nkind = \"masks\"\nend = \"+99999999999\"\n", "line 3", "is outside", "2020-10-24"),
            ("[[entry]]\nkind = \"masks\"\nstart = \"+9\"\nend = \"+8\"\n", "line 4", "before it starts", ""),
            ("[[entry]]\nkind = \"masks\"\n[[entry]]\nkind = \"masks\"\n", "line 3", "overlap in time", "end one"),
            ("nam = \"x\"\n", "line 1", "unknown field `nam`", "--list"),
            ("[[entry]]\nstrength = 1\n", "line 1", "has no `kind`", "schools"),
            ("[[entry]]\nkind = \"masks\"\nstrength = [0.2, 0.2]\n", "line 3", "duplicate strength", "once"),
            ("[[entry]]\nkind = \"tracing\"\n", "line 1", "`tracing` does nothing", "`testing`"),
            ("horizon_days = 3\n[[entry]]\nkind = \"masks\"\n", "line 1", "horizon_days = 3", "7 to 366"),
            ("name = \"x\"\n", "s.toml", "no [[entry]]", "--list"),
            ("\nname = \"=1+2\"\n", "line 2", "`=1+2` begins like a formula", "a letter or a digit"),
            ("name = \"a\\u001b[2J\"\n", "line 1", "a\\u{1b}[2J\" has control characters", "a letter"),
        ];
        for (text, place, problem, remedy) in cases {
            let error = entries(text).unwrap_err();
            let (message, help) = (error.to_string(), miette::Diagnostic::help(&error).unwrap().to_string());
            assert_eq!(error.exit_code(), 2);
            assert!(message.contains(place) && message.contains(problem), "{text}: {message}");
            assert!(help.contains(remedy), "{text}: {help}");
        }
    }

    #[test]
    fn entries_of_one_kind_may_follow_each_other_and_days_may_be_counted_from_as_of() {
        let text = "[[entry]]\nkind = \"masks\"\nend = \"+7\"\n[[entry]]\nkind = \"masks\"\nstart = 2020-09-06\nstrength = [0.2, 0.4]\n";
        let entries = entries(text).unwrap();
        assert_eq!(entries.iter().map(Entry::strengths).collect::<Vec<_>>(), [&[1.0][..], &[0.2, 0.4]]);
    }

    #[test]
    fn the_ready_scenarios_are_told_apart_and_hold_on_any_day() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/scenarios");
        let mut names = std::collections::BTreeSet::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let scenario = Scenarios::read(&file.unwrap().path()).unwrap();
            for (as_of, days) in [(Date::constant(2020, 7, 4), 35), (Date::constant(2021, 2, 6), 200)] {
                scenario.entries(Window { as_of, horizon: Horizon::from_days(days).unwrap() }).unwrap();
            }
            names.insert(scenario.name().to_owned());
        }
        assert!(names.len() >= 8, "{names:?}");
    }

    #[test]
    fn parts_of_one_kind_may_hold_together() {
        let of = |a: &str, b: &str| {
            format!(
                "[[entry]]\nkind = \"schools\"\nschools = \"{a}\"\n[[entry]]\nkind = \"schools\"\nschools = \"{b}\"\n"
            )
        };
        assert_eq!(entries(&of("primary", "secondary")).unwrap().len(), 2);
        assert!(entries(&of("primary", "primary")).is_err());
    }

    #[test]
    fn settings_override_entries_or_make_new_ones() {
        let mut scenario =
            Scenarios::parse("[[entry]]\nkind = \"masks\"\nstrength = 0.3\n".to_owned(), Path::new("s.toml")).unwrap();
        for text in ["masks.strength=0.6", "schools.schools=primary"] {
            scenario.set(&text.parse().unwrap());
        }
        let window = Window { as_of: Date::constant(2020, 8, 29), horizon: Horizon::from_days(56).unwrap() };
        let entries = scenario.entries(window).unwrap();
        assert_eq!(entries.iter().map(Entry::kind).collect::<Vec<_>>(), ["masks", "schools"]);
        assert_eq!(entries[0].strengths(), [0.6]);
        assert_eq!(scenario.name(), "s, masks.strength=0.6, schools.schools=primary", "a name says what is in force");
        scenario.set(&"masks.strength=7".parse().unwrap());
        let error = scenario.entries(window).unwrap_err().to_string();
        assert!(error.starts_with("--set: masks.strength = 7"), "{error}");
    }

    #[test]
    fn without_a_file_the_settings_are_the_name() {
        let mut scenario = Scenarios::from_settings();
        for text in ["masks.strength=[0.2, 0.4]", "masks.efficacy=0.7", "schools.schools=primary"] {
            scenario.set(&text.parse().unwrap());
        }
        assert_eq!(scenario.name(), "masks.efficacy=0.7, schools.schools=primary");
    }
}
