//! Every threshold of reading and repair, in one place.

use super::sources::Publisher;
use crate::error::Error;

/// How the panel is read and repaired.
#[derive(serde::Serialize, serde::Deserialize, Clone, Debug, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Whose counts to read: `auto` takes the first of JHU, NYT and USAFacts that is there.
    pub source: Source,
    /// Treatment of counties whose health district reports for them.
    pub joint_districts: JointDistricts,
    /// Days after the as-of day within which a vintage has to be published to count as known, 0 to 14.
    ///
    /// 1: the publisher completes a day during the following night. With 2, a run as of Saturday uses the data of
    /// Monday morning, as teams of the Forecast Hub did.
    pub vintage_lag_days: u32,
    /// Thresholds for cases and deaths below zero.
    pub negatives: Negatives,
    /// Thresholds for days without a report.
    pub gaps: Gaps,
    /// Thresholds for many days' counts reported on one.
    pub dumps: Dumps,
    /// Thresholds for steps that change the past.
    pub restatements: Restatements,
    /// Thresholds for a last report that cannot be believed.
    pub last_report: LastReport,
    /// Share of a day's counts that is missing on a public holiday, 0 to 0.9; halved on each of the days after it.
    pub holiday_loss: f64,
    /// Factors of the days of the week.
    pub weekday: Weekday,
}

/// Whose counts to read.
#[derive(serde::Serialize, serde::Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The first of JHU, NYT and USAFacts that is in the folder.
    #[default]
    Auto,
    /// Johns Hopkins CSSE.
    Jhu,
    /// The New York Times.
    Nyt,
    /// USAFacts.
    UsaFacts,
}

impl Source {
    pub(super) fn publisher(self) -> Option<Publisher> {
        match self {
            Self::Auto => None,
            Self::Jhu => Some(Publisher::Jhu),
            Self::Nyt => Some(Publisher::Nyt),
            Self::UsaFacts => Some(Publisher::UsaFacts),
        }
    }
}

/// Treatment of counties whose health district reports for them.
#[derive(serde::Serialize, serde::Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum JointDistricts {
    /// The counties keep their own rows of zeros, which are published for them and used in scoring.
    #[default]
    Apart,
    /// The district's counts are shared out among its counties by population.
    Shared,
}

/// Increments below zero: corrections.
#[derive(serde::Serialize, serde::Deserialize, Clone, Debug, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Negatives {
    /// Days after a drop within which an equal jump undoes it, 0 to 14: a file that was wrong for a few days.
    pub rebound_days: usize,
    /// Days of the nearest window that a deficit is taken from, 1 to 60; each further window is twice as long.
    pub window_days: usize,
    /// Largest share of a window that is taken before going further back, above 0 to 1, so that a correction of old
    /// counts does not wipe out the last week.
    pub window_share: f64,
    /// A day this many times above the median of the four weeks before it counts as the error that is being corrected,
    /// at least 1; its excess is taken first.
    pub error_factor: f64,
}

/// Days without a report.
#[derive(serde::Serialize, serde::Deserialize, Clone, Debug, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Gaps {
    /// Days before and after a run of zeros from which the expected rate is taken, 7 to 90.
    pub rate_days: usize,
    /// A run of zeros less probable than this (Poisson) is a gap in reporting, above 0 to 0.5.
    pub probability: f64,
    /// The same if the whole state reports nothing on these days, above 0 to 1: then a county's zero carries no
    /// information.
    pub probability_in_state_gap: f64,
    /// Days in which the counts of an outbreak that ends halve, 1 to 365: what a county's silence while its state reports may
    /// be instead of a gap.
    pub half_life_days: f64,
    /// Days in which the expected level of a silent place goes from its own to the course of its region, 1 to 365.
    pub fade_days: f64,
    /// Growth of the uncertainty of the level with a silence: standard deviation of its logarithm after one day, 0 to 1,
    /// proportional to the square root of the days.
    pub spread: f64,
    /// The value after a gap has to exceed this many ordinary days, at least 1, to count as several days' total.
    pub backlog: f64,
}

/// Many days' counts reported on one.
#[derive(serde::Serialize, serde::Deserialize, Clone, Debug, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Dumps {
    /// Days before, and half as many after, whose median is the local level, 7 to 60.
    pub window_days: usize,
    /// Standard deviations above the local level at which a day stands out, 2 to 20; far, since growth and clusters
    /// stand out too.
    pub deviations: f64,
    /// Least day-to-day variation assumed, as a share of the level, 0 to 2, whatever the window shows.
    pub min_variation: f64,
    /// Fewest people above the level, at least 1: smaller jumps change little and are mostly chance.
    pub min_people: f64,
    /// Earlier days over which an excess is spread if no silence explains it, 7 to 120.
    pub spread_days: usize,
    /// A day is sustained, and not a dump, if the median of the three days after it is above this share of it, above 0
    /// to 1.
    pub sustained_share: f64,
    /// Last days before the as-of day on which growth cannot yet be distinguished from a dump, 0 to 14.
    pub recent_days: usize,
    /// There, a day has to be this many times as far from the local level, at least 1, and the state must not rise by
    /// half as much.
    pub recent_factor: f64,
}

/// Steps of the cumulative count, up or down, that are too large for the last weeks.
#[derive(serde::Serialize, serde::Deserialize, Clone, Debug, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Restatements {
    /// Share of the people of the recent days above which a step changes the past before them, 0 to 10.
    pub share: f64,
    /// Fewest people in a step, at least 1.
    pub min_people: f64,
    /// Recent days, which a step leaves as they are, 7 to 120.
    pub recent_days: usize,
}

/// A last report that cannot be believed until another agrees.
#[derive(serde::Serialize, serde::Deserialize, Clone, Debug, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct LastReport {
    /// Multiple of the largest report of eight weeks, or of a whole silence's, above which it is implausible, at least 1; also
    /// the largest rise of the level that the interval gives to it.
    pub factor: f64,
    /// Share of the people of four weeks that it has to exceed the expected count by, 0 to 10.
    pub share: f64,
    /// Fewest people above or below the expected count, at least 1.
    pub min_people: f64,
    /// Probability that it is right, 0 to 1: what the interval gives to it.
    pub probability: f64,
}

/// Factors of the days of the week.
#[derive(serde::Serialize, serde::Deserialize, Clone, Debug, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Weekday {
    /// Days before as-of that they are taken from, 14 to 365: 8 weeks, as reporting habits change.
    pub days: usize,
    /// Expected people per weekday at which a place's own factors and its region's have equal weight, above 0.
    pub prior_people: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            source: Source::Auto,
            joint_districts: JointDistricts::Apart,
            vintage_lag_days: 1,
            negatives: Negatives::default(),
            gaps: Gaps::default(),
            dumps: Dumps::default(),
            restatements: Restatements::default(),
            last_report: LastReport::default(),
            holiday_loss: 0.35,
            weekday: Weekday::default(),
        }
    }
}

impl Default for Negatives {
    fn default() -> Self {
        Self { rebound_days: 3, window_days: 7, window_share: 0.5, error_factor: 3.0 }
    }
}

impl Default for Gaps {
    fn default() -> Self {
        Self {
            rate_days: 28,
            probability: 0.001,
            probability_in_state_gap: 0.5,
            half_life_days: 4.0,
            fade_days: 14.0,
            spread: 0.06,
            backlog: 1.5,
        }
    }
}

impl Default for Dumps {
    fn default() -> Self {
        Self {
            window_days: 14,
            deviations: 5.0,
            min_variation: 0.2,
            min_people: 10.0,
            spread_days: 28,
            sustained_share: 0.5,
            recent_days: 3,
            recent_factor: 2.0,
        }
    }
}

impl Default for Restatements {
    fn default() -> Self {
        Self { share: 0.25, min_people: 50.0, recent_days: 28 }
    }
}

impl Default for LastReport {
    fn default() -> Self {
        Self { factor: 5.0, share: 0.25, min_people: 50.0, probability: 0.06 }
    }
}

impl Default for Weekday {
    fn default() -> Self {
        Self { days: 56, prior_people: 50.0 }
    }
}

impl Settings {
    /// As [`Settings::check`], with a remedy.
    pub(super) fn validate(&self) -> Result<(), Error> {
        let remedy = "correct the setting in the configuration, or leave it out";
        self.check().map_err(|message| Error::Request { message, remedy: remedy.to_owned() })
    }

    /// Checks that every setting is in range.
    ///
    /// # Errors
    /// The setting that is not, its value and its range.
    pub fn check(&self) -> Result<(), String> {
        let (n, g, d, w) = (&self.negatives, &self.gaps, &self.dumps, &self.weekday);
        let (r, l) = (&self.restatements, &self.last_report);
        let days = |value: usize| value as f64;
        for (name, value, least, most) in [
            ("vintage_lag_days", f64::from(self.vintage_lag_days), 0.0, 14.0),
            ("negatives.rebound_days", days(n.rebound_days), 0.0, 14.0),
            ("negatives.window_days", days(n.window_days), 1.0, 60.0),
            ("negatives.window_share", n.window_share, 0.01, 1.0),
            ("negatives.error_factor", n.error_factor, 1.0, 1e6),
            ("gaps.rate_days", days(g.rate_days), 7.0, 90.0),
            ("gaps.probability", g.probability, 1e-30, 0.5),
            ("gaps.probability_in_state_gap", g.probability_in_state_gap, 1e-30, 1.0),
            ("gaps.half_life_days", g.half_life_days, 1.0, 365.0),
            ("gaps.fade_days", g.fade_days, 1.0, 365.0),
            ("gaps.spread", g.spread, 0.0, 1.0),
            ("gaps.backlog", g.backlog, 1.0, 1e6),
            ("dumps.window_days", days(d.window_days), 7.0, 60.0),
            ("dumps.deviations", d.deviations, 2.0, 20.0),
            ("dumps.min_variation", d.min_variation, 0.0, 2.0),
            ("dumps.min_people", d.min_people, 1.0, 1e9),
            ("dumps.spread_days", days(d.spread_days), 7.0, 120.0),
            ("dumps.sustained_share", d.sustained_share, 0.01, 1.0),
            ("dumps.recent_days", days(d.recent_days), 0.0, 14.0),
            ("dumps.recent_factor", d.recent_factor, 1.0, 1e6),
            ("restatements.share", r.share, 0.0, 10.0),
            ("restatements.min_people", r.min_people, 1.0, 1e9),
            ("restatements.recent_days", days(r.recent_days), 7.0, 120.0),
            ("last_report.factor", l.factor, 1.0, 1e6),
            ("last_report.share", l.share, 0.0, 10.0),
            ("last_report.min_people", l.min_people, 1.0, 1e9),
            ("last_report.probability", l.probability, 0.0, 1.0),
            ("holiday_loss", self.holiday_loss, 0.0, 0.9),
            ("weekday.days", days(w.days), 14.0, 365.0),
            ("weekday.prior_people", w.prior_people, 0.001, 1e9),
        ] {
            // Not `value < least || value > most`: that would let a NaN pass.
            if !(value >= least && value <= most) {
                return Err(format!("`{name}` is {value}: must be {least} to {most}"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_in_range_and_what_is_not_is_named() {
        assert_eq!(Settings::default().check(), Ok(()));
        let mut settings = Settings::default();
        settings.gaps.probability = f64::NAN;
        assert!(settings.check().unwrap_err().starts_with("`gaps.probability` is NaN"));
    }

    #[test]
    fn unknown_settings_are_refused() {
        let parsed: Settings = toml::from_str("source = \"usafacts\"\n[dumps]\nmin_people = 5.0\n").unwrap();
        assert_eq!((parsed.source, parsed.dumps.min_people), (Source::UsaFacts, 5.0));
        assert_eq!(parsed.dumps.deviations, Dumps::default().deviations);
        assert!(toml::from_str::<Settings>("dump = 1").is_err());
    }
}
