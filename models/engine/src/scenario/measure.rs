//! Measures and events of scenarios.

use jiff::civil::Date;

/// Setting of contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Setting {
    /// Household members.
    Household,
    /// Schools of all levels.
    School,
    /// Workplaces.
    Work,
    /// Long-term care.
    Care,
    /// Community: shops, transport, leisure.
    Community,
}

/// Which schools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Schools {
    /// Every level.
    All,
    /// Kindergarten to fifth grade, ages 5 to 10.
    Primary,
    /// Sixth to twelfth grade, ages 11 to 17.
    Secondary,
    /// Colleges and universities, ages 18 to 22.
    College,
}

/// One measure or event at full strength. Its effect at a strength between 0 and 1 lies between none and full, and is
/// defined by each mechanistic engine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measure {
    /// All transmission is multiplied by `factor`, at least 0.
    Transmission {
        /// Factor: 1 changes nothing, 0 stops it.
        factor: f64,
    },
    /// Contacts in one setting are multiplied by `factor`, at least 0.
    Contacts {
        /// Where.
        setting: Setting,
        /// Factor: 1 changes nothing, 0 stops them.
        factor: f64,
    },
    /// Schools are closed; strength is the share of pupils who stay at home.
    CloseSchools {
        /// Which.
        schools: Schools,
    },
    /// Strength is the share of workers who no longer go to their workplace.
    WorkFromHome,
    /// Strength is the share of community contacts that no longer take place.
    LimitGatherings,
    /// Strength is the share of people who wear a mask outside their home.
    Masks {
        /// Reduction of transmission if both people wear one, 0 to 1.
        efficacy: f64,
    },
    /// Strength is the share of people who comply: no work, school or community contacts.
    StayAtHome,
    /// Symptomatic people are tested and isolated; strength is the share of them.
    TestAndIsolate {
        /// Days from symptom onset to isolation.
        delay_days: f64,
    },
    /// Contacts of isolated people are traced and quarantined; strength is the share of contacts found.
    TraceAndQuarantine {
        /// Days from isolation of the case to quarantine of its contacts.
        delay_days: f64,
    },
    /// People are vaccinated; strength multiplies the daily share.
    Vaccinate {
        /// Daily share of the eligible who are vaccinated, 0 to 1.
        daily_share: f64,
        /// Youngest eligible age, in years; the oldest are vaccinated first.
        minimum_age: u8,
        /// Reduction of the risk of infection, 0 to 1.
        against_infection: f64,
        /// Reduction of the risk of hospitalisation and death given infection, 0 to 1.
        against_severity: f64,
    },
    /// A more transmissible variant is introduced; strength multiplies the introductions.
    Variant {
        /// Daily introductions per 100,000 residents, at least 0.
        introductions_per_100k: f64,
        /// Its reproduction number over that of current strains where both meet the same people, at least 0. It lasts when
        /// the introductions have ended.
        transmissibility: f64,
    },
    /// Transmission is seasonal: factor `1 + amplitude · strength · cos(2π (day − peak) / 365.25)`, relative to the
    /// as-of day.
    Season {
        /// Amplitude, 0 to 1.
        amplitude: f64,
        /// The day of the highest transmission.
        peak: Date,
    },
    /// Immunity wanes at rate `strength / mean_days`.
    Wane {
        /// Mean days to the loss of immunity, above 0.
        mean_days: f64,
    },
    /// Travel between counties is multiplied by `factor`, at least 0.
    Travel {
        /// Factor: 1 changes nothing, 0 closes the borders.
        factor: f64,
    },
}

impl Measure {
    /// Its name in scenario files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Transmission { .. } => "transmission",
            Self::Contacts { .. } => "contacts",
            Self::CloseSchools { .. } => "schools",
            Self::WorkFromHome => "work_from_home",
            Self::LimitGatherings => "gatherings",
            Self::Masks { .. } => "masks",
            Self::StayAtHome => "stay_at_home",
            Self::TestAndIsolate { .. } => "testing",
            Self::TraceAndQuarantine { .. } => "tracing",
            Self::Vaccinate { .. } => "vaccination",
            Self::Variant { .. } => "variant",
            Self::Season { .. } => "season",
            Self::Wane { .. } => "waning",
            Self::Travel { .. } => "travel",
        }
    }

    /// Its numbers, each with name and closed range.
    pub(super) fn numbers(self) -> Vec<(&'static str, f64, f64, f64)> {
        const SHARE: f64 = 1.0;
        const ANY: f64 = f64::MAX;
        match self {
            Self::Transmission { factor } | Self::Contacts { factor, .. } | Self::Travel { factor } => {
                vec![("factor", factor, 0.0, ANY)]
            }
            Self::Masks { efficacy } => vec![("efficacy", efficacy, 0.0, SHARE)],
            Self::TestAndIsolate { delay_days } | Self::TraceAndQuarantine { delay_days } => {
                vec![("delay_days", delay_days, 0.0, ANY)]
            }
            Self::Vaccinate { daily_share, against_infection, against_severity, .. } => vec![
                ("daily_share", daily_share, 0.0, SHARE),
                ("against_infection", against_infection, 0.0, SHARE),
                ("against_severity", against_severity, 0.0, SHARE),
            ],
            Self::Variant { introductions_per_100k, transmissibility } => vec![
                ("introductions_per_100k", introductions_per_100k, 0.0, 1e5),
                ("transmissibility", transmissibility, 0.0, ANY),
            ],
            Self::Season { amplitude, .. } => vec![("amplitude", amplitude, 0.0, SHARE)],
            Self::Wane { mean_days } => vec![("mean_days", mean_days, 1.0, ANY)],
            Self::CloseSchools { .. } | Self::WorkFromHome | Self::LimitGatherings | Self::StayAtHome => vec![],
        }
    }
}
