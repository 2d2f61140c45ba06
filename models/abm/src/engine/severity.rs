//! How severe infections are by age. Values are for the ancestral strain.

use crate::epidemic::Tally;
use crate::population::BANDS;

/// Classes of age of the CDC's planning scenarios: 0–49, 50–64, 65 and over.
pub(crate) const CLASSES: usize = 3;

/// Deaths of an infected person by decade of age: O'Driscoll et al. and Brazeau et al. as in Covasim; 80+ between its
/// 80–89 and 90+.
const DEATH: [f64; 9] = [2e-5, 2e-5, 1e-4, 3.2e-4, 9.8e-4, 2.65e-3, 7.66e-3, 2.44e-2, 8.29e-2];
/// Admissions of a person with symptoms by class: CDC planning scenarios.
const ADMISSION: [f64; CLASSES] = [0.017, 0.045, 0.074];

/// Risks of an infected person of one age band.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Risk {
    death: f64,
    admission: f64,
}

/// The risks of all age bands, given who has symptoms by decade.
pub(crate) fn risks(symptomatic: &[f64; 9]) -> [Risk; BANDS] {
    std::array::from_fn(|band| {
        let decade = (band / 2).min(8);
        Risk { death: DEATH[decade], admission: symptomatic[decade] * ADMISSION[class(band)] }
    })
}

/// Class of an age band of five years.
const fn class(band: usize) -> usize {
    match band {
        0..=9 => 0,
        10..=12 => 1,
        _ => 2,
    }
}

/// What is expected to become of infected people.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Outcomes {
    /// Deaths.
    pub(crate) deaths: f64,
    /// Admissions to hospital by class of age.
    pub(crate) admissions: [f64; CLASSES],
}

impl Outcomes {
    /// Of one infected person where nothing is known of ages: about those of the United States.
    pub(crate) const USUAL: Self = Self { deaths: 0.006, admissions: [0.007, 0.006, 0.007] };

    /// Of a day's infections.
    pub(crate) fn of(tally: &Tally, risks: &[Risk; BANDS]) -> Self {
        let mut sum = Self::default();
        for (band, (severe, risk)) in tally.severe.iter().zip(risks).enumerate() {
            sum.deaths += f64::from(*severe) * risk.death;
            sum.admissions[class(band)] += f64::from(*severe) * risk.admission;
        }
        sum
    }

    /// Of the mean infected person of these days.
    pub(crate) fn of_one<'a>(tallies: impl Iterator<Item = &'a Tally>, risks: &[Risk; BANDS]) -> Self {
        let (mut sum, mut infections) = (Self::default(), 0.0);
        for tally in tallies {
            let day = Self::of(tally, risks);
            sum.deaths += day.deaths;
            sum.admissions.iter_mut().zip(day.admissions).for_each(|(sum, day)| *sum += day);
            infections += f64::from(tally.infections());
        }
        if infections > 0.0 { sum.times(1.0 / infections) } else { Self::USUAL }
    }

    /// Of `factor` times as many.
    pub(crate) fn times(self, factor: f64) -> Self {
        Self { deaths: factor * self.deaths, admissions: self.admissions.map(|admissions| factor * admissions) }
    }
}
