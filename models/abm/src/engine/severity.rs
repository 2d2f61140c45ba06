//! How severe infections are by age, on average. Values are for the ancestral strain.

use crate::epidemic::Tally;
use crate::population::BANDS;

/// Risks of an infected person of one age band.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Risk {
    /// Of death. O'Driscoll et al. and Brazeau et al. as in Covasim, by decade; 85+ between 80–89 and 90+.
    pub(crate) death: f64,
    /// Of admission: share with symptoms times the CDC's planning scenario (0–49, 50–64, 65+).
    pub(crate) admission: f64,
    /// Of intensive care: admission times the CDC's shares.
    pub(crate) icu: f64,
}

const DEATH: [f64; 9] = [2e-5, 2e-5, 1e-4, 3.2e-4, 9.8e-4, 2.65e-3, 7.66e-3, 2.44e-2, 8.29e-2];
const ADMISSION: [f64; 3] = [0.017, 0.045, 0.074];
const ICU: [f64; 3] = [0.238, 0.361, 0.353];
/// Mean stay, days: ward patients and those in intensive care, of all ages (CDC planning scenarios).
pub(crate) const STAY_DAYS: f64 = 7.0;
pub(crate) const ICU_STAY_DAYS: f64 = 10.0;

/// The risks of all age bands, given who has symptoms by decade.
pub(crate) fn risks(symptomatic: &[f64; 9]) -> [Risk; BANDS] {
    std::array::from_fn(|band| {
        let decade = (band / 2).min(8);
        let broad = match band {
            ..=9 => 0,
            10..=12 => 1,
            _ => 2,
        };
        let admission = symptomatic[decade] * ADMISSION[broad];
        Risk { death: DEATH[decade], admission, icu: admission * ICU[broad] }
    })
}

/// What is expected of a day's infections.
pub(crate) fn expected(tally: &Tally, risks: &[Risk; BANDS]) -> Risk {
    let mut sum = Risk::default();
    for (severe, risk) in tally.severe.iter().zip(risks) {
        sum.death += f64::from(*severe) * risk.death;
        sum.admission += f64::from(*severe) * risk.admission;
        sum.icu += f64::from(*severe) * risk.icu;
    }
    sum
}
