//! New York City: five counties that some publishers count as one.

use countycast_engine::Fips;

/// Bronx, Kings, New York, Queens and Richmond with their residents on 2019-07-01 (Census Bureau, Vintage 2019): the
/// weights for dividing a count of the whole city.
pub(crate) const BOROUGHS: [(u32, f64); 5] =
    [(36_005, 1_418_207.0), (36_047, 2_559_903.0), (36_061, 1_628_706.0), (36_081, 2_253_858.0), (36_085, 476_143.0)];

/// The county under which JHU counted the whole city until 2020-08-30: Manhattan.
pub(crate) const LUMPED_UNDER: u32 = 36_061;

/// The code that The New York Times gives to the whole city where it gives one.
pub(crate) const NYT_CODE: u32 = 36_998;

/// A county's share of the city's residents; none outside the city.
#[must_use]
pub(crate) fn share(county: Fips) -> Option<f64> {
    let city: f64 = BOROUGHS.iter().map(|(_, residents)| residents).sum();
    BOROUGHS.iter().find(|(code, _)| *code == county.number()).map(|(_, residents)| residents / city)
}

/// The five counties.
pub(crate) fn counties() -> impl Iterator<Item = Fips> {
    BOROUGHS.iter().filter_map(|(code, _)| Fips::from_county(*code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_sum_to_one() {
        let sum: f64 = counties().filter_map(share).sum();
        assert!((sum - 1.0).abs() < 1e-12);
        assert_eq!(share("36001".parse().unwrap()), None);
    }
}
