//! Catchments: which hospitals serve a county's residents.

use std::collections::{BTreeMap, BTreeSet};

use countycast_engine::{Covariate, Covariates, Fips};
use rayon::prelude::*;

use super::{Bed, Beds, Census, Settings};
use crate::panel::Panel;

/// Distance in kilometres of a step from a county to its neighbour if coordinates are unknown: the distance between the
/// centres of two counties of the mean size (2,500 km²) is about 50.
const STEP_KM: f64 = 50.0;

/// Steps between neighbouring counties that patients travel: larger hospitals are often two counties away.
const STEPS: usize = 2;

/// Mean radius of the earth, kilometres.
const EARTH_KM: f64 = 6371.0;

/// Where the residents of each county go for one kind of bed, in shares that add up to 1.
///
/// A county's hospitals draw patients by size and nearness, `beds · exp(−distance / nearness)` (Huff 1964, *Defining
/// and estimating a trading area*), from the county itself and those up to two steps away. If none of these has known
/// beds, patients stay.
#[derive(Debug, Clone, PartialEq)]
pub struct Catchments {
    bed: Bed,
    shares: BTreeMap<Fips, Vec<(Fips, f64)>>,
    /// Counties whose residents come to a county's hospitals.
    patients: BTreeMap<Fips, Vec<(Fips, f64)>>,
    beds: BTreeMap<Fips, Beds>,
}

impl Catchments {
    /// Learns the catchments of all counties of a panel.
    #[must_use]
    pub fn new(panel: &Panel, bed: Bed, settings: &Settings) -> Self {
        let facts: BTreeMap<Fips, &Covariates> =
            panel.counties().iter().map(|place| (place.fips(), &place.history.location().covariates)).collect();
        let beds = facts.iter().map(|(&fips, facts)| (fips, Beds::of(facts, bed, settings))).collect();
        Self::between(&facts, |fips| panel.neighbours(fips), bed, beds, settings.nearness_km)
    }

    fn between<'a>(
        facts: &BTreeMap<Fips, &Covariates>,
        neighbours: impl Fn(Fips) -> &'a [Fips],
        bed: Bed,
        beds: BTreeMap<Fips, Beds>,
        nearness_km: f64,
    ) -> Self {
        let shares_of = |(&home, here): (&Fips, &&Covariates)| {
            let pull = |(fips, steps): (Fips, usize)| {
                let beds = beds.get(&fips)?.staffed.filter(|beds| *beds > 0.0)?;
                let distance = facts.get(&fips).and_then(|there| distance_km(here, there));
                Some((fips, beds * (-distance.unwrap_or(STEP_KM * steps as f64) / nearness_km).exp()))
            };
            let pulls: Vec<(Fips, f64)> = around(home, &neighbours).into_iter().filter_map(pull).collect();
            let total: f64 = pulls.iter().map(|(_, pull)| pull).sum();
            if total > 0.0 {
                (home, pulls.into_iter().map(|(fips, pull)| (fips, pull / total)).collect())
            } else {
                (home, vec![(home, 1.0)])
            }
        };
        let shares: BTreeMap<Fips, Vec<(Fips, f64)>> = facts.iter().map(shares_of).collect();
        let mut patients = BTreeMap::<Fips, Vec<(Fips, f64)>>::new();
        for (&home, hospitals) in &shares {
            for &(hospital, share) in hospitals {
                patients.entry(hospital).or_default().push((home, share));
            }
        }
        Self { bed, shares, patients, beds }
    }

    /// The kind of bed.
    #[must_use]
    pub fn bed(&self) -> Bed {
        self.bed
    }

    /// The hospitals' beds from the perspective of a county's residents: the mean over the hospitals they use, weighted
    /// by the share of residents who go there.
    #[must_use]
    pub fn beds(&self, county: Fips) -> Beds {
        let mean = |value: fn(&Beds) -> Option<f64>| {
            let hospitals = self.shares.get(&county)?.iter();
            hospitals.map(|(fips, share)| Some(share * value(self.beds.get(fips)?)?)).sum()
        };
        Beds { staffed: mean(|beds| beds.staffed), others: mean(|beds| beds.others) }
    }

    /// A county's own hospitals; none where there are none, or their beds are unknown.
    #[must_use]
    pub fn hospitals(&self, county: Fips) -> Option<Beds> {
        self.beds.get(&county).filter(|beds| beds.staffed.is_some_and(|staffed| staffed > 0.0)).copied()
    }

    /// Patients from all counties in each county's hospitals; trajectories of equal rank come together, as neighbouring
    /// counties rise and fall together. A county is left out if one whose residents come there has no census.
    #[must_use]
    pub fn admitted(&self, censuses: &BTreeMap<Fips, Census>) -> BTreeMap<Fips, Vec<f32>> {
        let census = |fips: Fips| censuses.get(&fips).map(|census| census.values(self.bed));
        self.patients.par_iter().filter_map(|(&fips, homes)| Some((fips, weighted(homes, census)?))).collect()
    }

    /// Patients in the hospitals that serve each county, averaged as their beds are, given those in each county's hospitals. A
    /// county is left out if its hospitals are.
    #[must_use]
    pub fn patients(&self, hospitals: &BTreeMap<Fips, Vec<f32>>) -> BTreeMap<Fips, Vec<f32>> {
        let hospital = |fips: Fips| hospitals.get(&fips).map(Vec::as_slice);
        self.shares.par_iter().filter_map(|(&fips, shares)| Some((fips, weighted(shares, hospital)?))).collect()
    }
}

/// A weighted sum of trajectories; none where one is missing.
fn weighted<'a>(parts: &[(Fips, f64)], values: impl Fn(Fips) -> Option<&'a [f32]>) -> Option<Vec<f32>> {
    let mut sums = Vec::new();
    for &(fips, weight) in parts {
        let values = values(fips)?;
        sums.resize(values.len(), 0.0);
        sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += weight as f32 * value);
    }
    Some(sums)
}

/// A county and those around it, with the steps it takes to get there.
fn around<'a>(home: Fips, neighbours: &impl Fn(Fips) -> &'a [Fips]) -> BTreeMap<Fips, usize> {
    let mut found = BTreeMap::from([(home, 0)]);
    let mut edge = BTreeSet::from([home]);
    for step in 1..=STEPS {
        edge =
            edge.iter().flat_map(|&fips| neighbours(fips)).copied().filter(|fips| !found.contains_key(fips)).collect();
        found.extend(edge.iter().map(|&fips| (fips, step)));
    }
    found
}

/// Great-circle distance (haversine), where both places are known.
fn distance_km(a: &Covariates, b: &Covariates) -> Option<f64> {
    let place = |facts: &Covariates| {
        Some((facts.get(Covariate::Latitude)?.to_radians(), facts.get(Covariate::Longitude)?.to_radians()))
    };
    let ((north_a, east_a), (north_b, east_b)) = (place(a)?, place(b)?);
    let half = |angle: f64| (angle / 2.0).sin().powi(2);
    let chord = half(north_b - north_a) + north_a.cos() * north_b.cos() * half(east_b - east_a);
    Some(2.0 * EARTH_KM * chord.sqrt().min(1.0).asin())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capacity::Flow;

    const NEARNESS_KM: f64 = 25.0;

    /// Three counties in a row: a village without a hospital, a town of 100 beds, a city of 1,000.
    fn row() -> (Catchments, [Fips; 3]) {
        let codes: [Fips; 3] = ["01001", "01003", "01005"].map(|code| code.parse().unwrap());
        let neighbours = move |fips: Fips| -> &'static [Fips] {
            let at = codes.iter().position(|code| *code == fips).unwrap();
            [vec![codes[1]], vec![codes[0], codes[2]], vec![codes[1]]][at].clone().leak()
        };
        let unknown = Covariates::default();
        let facts = codes.into_iter().map(|fips| (fips, &unknown)).collect();
        let staffed = [0.0, 100.0, 1000.0];
        let beds = codes.into_iter().zip(staffed.map(|beds| Beds { staffed: Some(beds), others: Some(0.5 * beds) }));
        (Catchments::between(&facts, neighbours, Bed::Ward, beds.collect(), NEARNESS_KM), codes)
    }

    #[test]
    fn hospitals_draw_by_size_and_nearness() {
        let (catchments, [village, town, city]) = row();
        // From the village, the town's 100 beds are 50 km off and the city's 1,000 are 100 km off.
        let (near, far) = (100.0 * (-2.0_f64).exp(), 1000.0 * (-4.0_f64).exp());
        let shares = &catchments.shares[&village];
        assert_eq!(shares.iter().map(|(fips, _)| *fips).collect::<Vec<_>>(), [town, city]);
        assert!((shares[0].1 - near / (near + far)).abs() < 1e-12);
        let beds = catchments.beds(village);
        assert!((beds.staffed.unwrap() - (100.0 * near + 1000.0 * far) / (near + far)).abs() < 1e-9);
    }

    #[test]
    fn every_patient_lies_in_one_hospital() {
        let (catchments, codes) = row();
        for hospitals in catchments.shares.values() {
            assert!((hospitals.iter().map(|(_, share)| share).sum::<f64>() - 1.0).abs() < 1e-12);
        }
        let census =
            |level: f32| Census::of_paths(1, &[Flow { admissions: vec![0.0], ward: vec![level], icu: vec![0.0] }]);
        let mut censuses: BTreeMap<Fips, Census> = codes.into_iter().zip([1.0, 10.0, 100.0].map(census)).collect();
        let hospitals = catchments.admitted(&censuses);
        let all: f32 = hospitals.values().map(|patients| patients[0]).sum();
        assert!((all - 111.0).abs() < 1e-3 && hospitals.len() == 2, "none in the village: {hospitals:?}");
        assert_eq!(
            (catchments.hospitals(codes[0]), catchments.hospitals(codes[1]).unwrap().staffed),
            (None, Some(100.0))
        );
        let served = catchments.patients(&hospitals);
        // Each hospital's patients lie between the largest county's and all of them together.
        assert!(served.values().all(|patients| patients[0] > 0.0 && patients[0] < 111.0), "{served:?}");
        censuses.remove(&codes[0]);
        assert!(
            catchments.patients(&catchments.admitted(&censuses)).is_empty(),
            "without the village no sum would be whole"
        );
    }

    #[test]
    fn distances_are_those_of_the_globe() {
        let place = |north: f64, east: f64| {
            let mut facts = Covariates::default();
            facts.set(Covariate::Latitude, north);
            facts.set(Covariate::Longitude, east);
            facts
        };
        // New York to Los Angeles, about 3,936 km.
        let far = distance_km(&place(40.71, -74.01), &place(34.05, -118.24)).unwrap();
        assert!((far - 3936.0).abs() < 10.0, "{far}");
        assert_eq!(distance_km(&place(40.0, -74.0), &Covariates::default()), None);
    }
}
