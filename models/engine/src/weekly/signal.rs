//! What is counted: weekly signals.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A disease of which weekly signals tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disease {
    /// COVID-19.
    Covid,
    /// Influenza.
    Influenza,
    /// The respiratory syncytial virus.
    Rsv,
    /// Influenza-like illness: fever with cough or sore throat, whatever its cause.
    InfluenzaLike,
}

/// In what a weekly signal is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// People a week: whole numbers, from 0.
    Count,
    /// A share of all visits of the week, 0 to 1.
    Share,
}

impl Unit {
    /// Greatest possible value.
    #[must_use]
    pub const fn greatest(self) -> f64 {
        match self {
            Self::Count => f64::INFINITY,
            Self::Share => 1.0,
        }
    }
}

/// What is measured each week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Visits of emergency departments with a diagnosis of the disease, as a share of all visits.
    EmergencyVisits,
    /// New hospital admissions of people with the disease.
    Admissions,
    /// Visits of general practitioners and clinics, as a share of all visits.
    OutpatientVisits,
}

/// A weekly signal: a disease and how it is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signal {
    /// The disease.
    pub disease: Disease,
    /// What is measured.
    pub measure: Measure,
}

/// Text that names no signal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a weekly signal; known: {known}", known = Signal::ALL.map(|signal| signal.to_string()).join(", "))]
pub struct SignalError(pub String);

impl Signal {
    /// Every signal, in the order of outputs.
    pub const ALL: [Self; 8] = [
        Self { disease: Disease::Influenza, measure: Measure::EmergencyVisits },
        Self { disease: Disease::Covid, measure: Measure::EmergencyVisits },
        Self { disease: Disease::Rsv, measure: Measure::EmergencyVisits },
        Self { disease: Disease::InfluenzaLike, measure: Measure::EmergencyVisits },
        Self { disease: Disease::Influenza, measure: Measure::Admissions },
        Self { disease: Disease::Covid, measure: Measure::Admissions },
        Self { disease: Disease::Rsv, measure: Measure::Admissions },
        Self { disease: Disease::InfluenzaLike, measure: Measure::OutpatientVisits },
    ];

    /// In what it is counted.
    #[must_use]
    pub const fn unit(self) -> Unit {
        match self.measure {
            Measure::Admissions => Unit::Count,
            Measure::EmergencyVisits | Measure::OutpatientVisits => Unit::Share,
        }
    }

    /// Short name, such as `flu-ed`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match (self.disease, self.measure) {
            (Disease::Influenza, Measure::EmergencyVisits) => "flu-ed",
            (Disease::Covid, Measure::EmergencyVisits) => "covid-ed",
            (Disease::Rsv, Measure::EmergencyVisits) => "rsv-ed",
            (Disease::InfluenzaLike, Measure::EmergencyVisits) => "ili-ed",
            (Disease::Influenza, Measure::Admissions) => "flu-admissions",
            (Disease::Covid, Measure::Admissions) => "covid-admissions",
            (Disease::Rsv, Measure::Admissions) => "rsv-admissions",
            (Disease::InfluenzaLike, Measure::Admissions) => "ili-admissions",
            (Disease::Influenza, Measure::OutpatientVisits) => "flu-outpatient",
            (Disease::Covid, Measure::OutpatientVisits) => "covid-outpatient",
            (Disease::Rsv, Measure::OutpatientVisits) => "rsv-outpatient",
            (Disease::InfluenzaLike, Measure::OutpatientVisits) => "ili-outpatient",
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Signal {
    type Err = SignalError;

    fn from_str(text: &str) -> Result<Self, SignalError> {
        Self::ALL.into_iter().find(|signal| signal.name() == text).ok_or_else(|| SignalError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_is_read_back_from_its_name() {
        for signal in Signal::ALL {
            assert_eq!(signal.name().parse(), Ok(signal));
        }
        let error = "flu".parse::<Signal>().unwrap_err().to_string();
        assert!(error.contains("`flu` is not a weekly signal") && error.contains("flu-ed"), "{error}");
    }
}
