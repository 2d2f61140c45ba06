//! What a county's covariates say about its people.

use countycast_engine::{Commuting, Covariate, Location};

use super::tables::{AGE_SHARES, BANDS, HOUSEHOLD_SIZES};

/// No county has as many commuters for each resident who works.
const MOST_ARRIVING: f64 = 5.0;

/// Who lives in a place, in shares.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Share of residents in each age band, sums to 1.
    pub age_shares: [f64; BANDS],
    /// Share of households of 1, 2, … 7 people, sums to 1.
    pub household_sizes: [f64; 7],
    /// Share of those who work who do so in another county, 0 to 1.
    pub leaving: f64,
    /// People from other counties who work here, for each resident who works, 0 to 5.
    pub arriving: f64,
}

impl Default for Profile {
    /// The United States; nobody crosses a border to work.
    fn default() -> Self {
        Self {
            age_shares: normalised(AGE_SHARES),
            household_sizes: normalised(HOUSEHOLD_SIZES),
            leaving: 0.0,
            arriving: 0.0,
        }
    }
}

impl Profile {
    /// The profile of a location: its age pyramid and mean household where known, the nation's where not.
    #[must_use]
    pub fn of(location: &Location) -> Self {
        let mut profile = Self::default();
        let shares = Covariate::AGES.map(|band| location.covariates.get(band).unwrap_or(f64::NAN));
        if shares.iter().all(|share| (0.0..=1.0).contains(share)) && shares.iter().sum::<f64>() > 0.5 {
            profile.age_shares = normalised(shares);
        }
        if let Some(mean) = location.covariates.get(Covariate::HouseholdSize).filter(|mean| (1.2..=5.0).contains(mean))
        {
            profile.household_sizes = tilted(profile.household_sizes, mean);
        }
        profile
    }

    /// The same people, some of whom work across the border, and others come in.
    #[must_use]
    pub fn with_commuting(mut self, commuting: Option<&Commuting>) -> Self {
        if let Some(commuting) = commuting {
            self.leaving = commuting.leaving;
            self.arriving = commuting.arriving.min(MOST_ARRIVING);
        }
        self
    }
}

fn normalised<const N: usize>(shares: [f64; N]) -> [f64; N] {
    let total: f64 = shares.iter().sum();
    shares.map(|share| share / total)
}

fn mean_size(shares: &[f64; 7]) -> f64 {
    shares.iter().zip(1..).map(|(share, size)| share * f64::from(size)).sum()
}

/// Shares times `exp(t · size)`, with `t` such that the mean is as asked: of all distributions with that mean the one
/// nearest to the given (least relative entropy).
fn tilted(shares: [f64; 7], mean: f64) -> [f64; 7] {
    let at = |t: f64| {
        let mut tilted = shares;
        for (size, share) in tilted.iter_mut().enumerate() {
            *share *= (t * size as f64).exp();
        }
        normalised(tilted)
    };
    let (mut low, mut high) = (-5.0, 5.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if mean_size(&at(middle)) < mean {
            low = middle;
        } else {
            high = middle;
        }
    }
    at(low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::Fips;

    #[test]
    fn household_sizes_take_the_mean_they_are_asked_for() {
        let mut place = Location::new(Fips::US, "a place");
        place.covariates.set(Covariate::HouseholdSize, 3.1);
        assert!((mean_size(&Profile::of(&place).household_sizes) - 3.1).abs() < 1e-6);
    }

    #[test]
    fn half_known_ages_are_the_nations() {
        let mut place = Location::new(Fips::US, "a place");
        place.covariates.set(Covariate::Age00To04, 0.3);
        assert_eq!(Profile::of(&place), Profile::default());
    }
}
