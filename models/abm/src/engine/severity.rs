//! What becomes of infected people by age.

use countycast_engine::{AGE_CLASSES, Contacts, Severity};

use crate::disease::{GROUPS, YOUNGEST};
use crate::epidemic::Tally;
use crate::population::BANDS;

/// Risks of an infected person of one age band.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Risk {
    death: f64,
    admission: f64,
}

/// The risks of all age bands.
pub(crate) fn risks(severity: &Severity) -> [Risk; BANDS] {
    std::array::from_fn(|band| {
        let ages = first_age(band)..first_age(band + 1);
        Risk { death: severity.deaths(ages.clone()), admission: severity.admissions(ages) }
    })
}

const fn first_age(band: usize) -> u8 {
    5 * band as u8
}

/// What is expected to become of infected people.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Outcomes {
    /// Deaths.
    pub(crate) deaths: f64,
    /// Admissions to hospital by class of age.
    pub(crate) admissions: [f64; AGE_CLASSES],
}

impl Outcomes {
    /// Of one infected person where nothing is known of ages: those of the people behind the usual contacts.
    pub(crate) fn usual(severity: &Severity) -> Self {
        let shares = Contacts::united_states().between(&YOUNGEST).shares;
        let mut sum = Self::default();
        for group in 0..GROUPS {
            let ages = YOUNGEST[group]..YOUNGEST.get(group + 1).copied().unwrap_or(u8::MAX);
            sum.admissions[Severity::class(ages.start)] += shares[group] * severity.admissions(ages.clone());
            sum.deaths += shares[group] * severity.deaths(ages);
        }
        sum
    }

    /// Of a day's infections.
    pub(crate) fn of(tally: &Tally, risks: &[Risk; BANDS]) -> Self {
        let mut sum = Self::default();
        for (band, (severe, risk)) in tally.severe.iter().zip(risks).enumerate() {
            sum.deaths += f64::from(*severe) * risk.death;
            sum.admissions[Severity::class(first_age(band))] += f64::from(*severe) * risk.admission;
        }
        sum
    }

    /// Of the mean infected person of these days; none where nobody was infected.
    pub(crate) fn of_one<'a>(tallies: impl Iterator<Item = &'a Tally>, risks: &[Risk; BANDS]) -> Option<Self> {
        let (mut sum, mut infections) = (Self::default(), 0.0);
        for tally in tallies {
            let day = Self::of(tally, risks);
            sum.deaths += day.deaths;
            sum.admissions.iter_mut().zip(day.admissions).for_each(|(sum, day)| *sum += day);
            infections += f64::from(tally.infections());
        }
        (infections > 0.0).then(|| sum.times(1.0 / infections))
    }

    /// Of `factor` times as many.
    pub(crate) fn times(self, factor: f64) -> Self {
        Self { deaths: factor * self.deaths, admissions: self.admissions.map(|admissions| factor * admissions) }
    }
}
