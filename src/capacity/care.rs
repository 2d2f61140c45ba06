//! Care for other patients: providers per head of each specialty relative to the expected hospital load.

use countycast_engine::{Covariate, Covariates};

/// Specialties: the word in outputs and the covariate with providers per resident.
///
/// Counts of 2018 (Association of American Medical Colleges) and 2019 (Kaiser Family Foundation).
pub const SPECIALTIES: [(&str, Covariate); 16] = [
    ("internal medicine", Covariate::ProvidersInternalMedicine),
    ("family medicine", Covariate::ProvidersFamilyMedicine),
    ("pediatrics", Covariate::ProvidersPediatrics),
    ("obstetrics", Covariate::ProvidersObstetrics),
    ("geriatrics", Covariate::ProvidersGeriatrics),
    ("psychiatry", Covariate::ProvidersPsychiatry),
    ("surgery", Covariate::ProvidersSurgery),
    ("anesthesiology", Covariate::ProvidersAnesthesiology),
    ("emergency medicine", Covariate::ProvidersEmergencyMedicine),
    ("radiology", Covariate::ProvidersRadiology),
    ("cardiology", Covariate::ProvidersCardiology),
    ("oncology", Covariate::ProvidersOncology),
    ("endocrinology", Covariate::ProvidersEndocrinology),
    ("pulmonology", Covariate::ProvidersPulmonology),
    ("critical care", Covariate::ProvidersCriticalCare),
    ("nursing", Covariate::ProvidersNursing),
];

/// Hospital patients of all kinds per resident that are expected at the peak: as many other patients as the nation
/// usually has, and the residents who are ill with the disease.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load(f64);

impl Load {
    /// From other patients and patients of the disease, each per resident. None where that is no positive number.
    #[must_use]
    pub fn new(others: f64, patients: f64) -> Option<Self> {
        let load = others + patients;
        (load.is_finite() && load > 0.0).then_some(Self(load))
    }

    /// Patients per resident.
    #[must_use]
    pub const fn per_resident(self) -> f64 {
        self.0
    }
}

/// The relative gap index of each specialty whose providers are known here and in the nation:
///
/// ```text
/// (load here / load in the nation) / (providers per resident here / in the nation)
/// ```
///
/// At 1 a provider has as many patients as in the nation, at 2 twice as many. Infinite if there is no provider. Gives
/// specialty, providers per resident and index.
pub fn gaps<'a>(
    here: (&'a Covariates, Load),
    nation: (&'a Covariates, Load),
) -> impl Iterator<Item = (&'static str, f64, f64)> + use<'a> {
    SPECIALTIES.into_iter().filter_map(move |(specialty, providers)| {
        let (own, usual) = (here.0.get(providers)?, nation.0.get(providers).filter(|usual| *usual > 0.0)?);
        Some((specialty, own, here.1.0 / nation.1.0 * usual / own))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_load_over_supply_relative_to_the_nation() {
        let facts = |cardiology: f64| {
            let mut facts = Covariates::default();
            facts.set(Covariate::ProvidersCardiology, cardiology);
            facts
        };
        let (here, nation) = (facts(5e-5), facts(1e-4));
        let load = |patients| Load::new(1e-3, patients).unwrap();
        let index =
            |here: &Covariates, patients| gaps((here, load(patients)), (&nation, load(1e-3))).collect::<Vec<_>>();
        assert_eq!(index(&nation, 1e-3), [("cardiology", 1e-4, 1.0)]);
        // Half the providers, and 4 patients where the nation has 2.
        assert!((index(&here, 3e-3)[0].2 - 4.0).abs() < 1e-9);
        assert_eq!(index(&facts(0.0), 1e-3)[0].2, f64::INFINITY);
        assert_eq!(index(&Covariates::default(), 1e-3), []);
        assert_eq!(Load::new(0.0, 0.0), None);
    }
}
