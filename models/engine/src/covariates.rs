//! Covariates of places: what is known about them besides their counts.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// Text that names no covariate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a covariate; `Covariate::ALL` lists them")]
pub struct CovariateError(pub String);

/// Declares the covariates, each with its name in files and messages.
macro_rules! covariates {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// A fact about a place, with its unit and range.
        ///
        /// The enumeration is closed on purpose: a model can only ask for what the panel provides, and a misspelt name
        /// does not compile, where a text would read as unknown in every place. Shares are from 0 to 1. For states and
        /// the nation, numbers of people and beds are sums over counties; everything else is the mean weighted by
        /// residents.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Covariate {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Covariate {
            /// All covariates, by subject.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name in files and messages, such as `age_65_plus`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }

        impl FromStr for Covariate {
            type Err = CovariateError;

            fn from_str(name: &str) -> Result<Self, CovariateError> {
                match name {
                    $($name => Ok(Self::$variant),)+
                    _ => Err(CovariateError(name.to_owned())),
                }
            }
        }
    };
}

covariates! {
    /// Residents in 2019, at least 0.
    Population2019 = "population_2019",
    /// Residents in 2018, at least 0.
    Population2018 = "population_2018",
    /// Residents in the Social Vulnerability Index of 2018 (American Community Survey 2014–18), at least 0.
    PopulationSvi2018 = "population_svi_2018",
    /// Residents in 2020, at least 0.
    Population2020 = "population_2020",
    /// Median age, years.
    MedianAge = "median_age",
    /// Share of residents aged 0 to 4.
    Age00To04 = "age_00_04",
    /// Share of residents aged 5 to 9.
    Age05To09 = "age_05_09",
    /// Share of residents aged 10 to 14.
    Age10To14 = "age_10_14",
    /// Share of residents aged 15 to 19.
    Age15To19 = "age_15_19",
    /// Share of residents aged 20 to 24.
    Age20To24 = "age_20_24",
    /// Share of residents aged 25 to 29.
    Age25To29 = "age_25_29",
    /// Share of residents aged 30 to 34.
    Age30To34 = "age_30_34",
    /// Share of residents aged 35 to 39.
    Age35To39 = "age_35_39",
    /// Share of residents aged 40 to 44.
    Age40To44 = "age_40_44",
    /// Share of residents aged 45 to 49.
    Age45To49 = "age_45_49",
    /// Share of residents aged 50 to 54.
    Age50To54 = "age_50_54",
    /// Share of residents aged 55 to 59.
    Age55To59 = "age_55_59",
    /// Share of residents aged 60 to 64.
    Age60To64 = "age_60_64",
    /// Share of residents aged 65 to 69.
    Age65To69 = "age_65_69",
    /// Share of residents aged 70 to 74.
    Age70To74 = "age_70_74",
    /// Share of residents aged 75 to 79.
    Age75To79 = "age_75_79",
    /// Share of residents aged 80 to 84.
    Age80To84 = "age_80_84",
    /// Share of residents aged 85 or over.
    Age85Plus = "age_85_plus",
    /// Share of residents aged 65 or over (Social Vulnerability Index).
    Age65Plus = "age_65_plus",
    /// Share of residents aged 17 or under (Social Vulnerability Index).
    Age17Minus = "age_17_minus",
    /// Occupied homes, at least 0.
    Households = "households",
    /// Mean number of people in an occupied home, above 0: residents outside group quarters over homes.
    HouseholdSize = "household_size",
    /// Share of residents in group quarters: colleges, prisons, nursing homes.
    GroupQuarters = "group_quarters",
    /// Share of homes with more people than rooms.
    Crowding = "crowding",
    /// Share of residents below the federal poverty line.
    Poverty = "poverty",
    /// Share of the labour force that is unemployed.
    Unemployment = "unemployment",
    /// Income per resident, dollars a year.
    IncomePerPerson = "income_per_person",
    /// Median income of households, dollars a year.
    MedianHouseholdIncome = "median_household_income",
    /// Share of those aged 25 or over without a high-school diploma.
    NoHighSchool = "no_high_school",
    /// Share of adults with a bachelor's degree or higher.
    CollegeDegree = "college_degree",
    /// Share of residents with a disability.
    Disability = "disability",
    /// Share of households with a single parent and children under 18.
    SingleParent = "single_parent",
    /// Share of residents who are not non-Hispanic white.
    Minority = "minority",
    /// Share of those aged 5 or over who speak English less than well.
    LimitedEnglish = "limited_english",
    /// Share of households without a vehicle.
    NoVehicle = "no_vehicle",
    /// Share of residents without health insurance.
    Uninsured = "uninsured",
    /// Social Vulnerability Index: rank among the nation's counties, 0 (least vulnerable) to 1.
    Svi = "svi",
    /// Social Vulnerability Index by socioeconomic status alone.
    SviSocioeconomic = "svi_socioeconomic",
    /// Social Vulnerability Index by household composition and disability alone.
    SviHousehold = "svi_household",
    /// Social Vulnerability Index by minority status and language alone.
    SviMinorityLanguage = "svi_minority_language",
    /// Social Vulnerability Index by housing type and transport alone.
    SviHousingTransport = "svi_housing_transport",
    /// Rural-urban continuum code of 2013: 1 (a metropolitan area of a million) to 9 (rural).
    RuralUrban = "rural_urban",
    /// Residents per square mile of land, at least 0.
    DensityPerSquareMile = "density_per_square_mile",
    /// Latitude, degrees north.
    Latitude = "latitude",
    /// Longitude, degrees east: negative in the Americas.
    Longitude = "longitude",
    /// Staffed beds of all kinds, at least 0.
    StaffedBeds = "staffed_beds",
    /// Staffed beds in intensive care, at least 0: part of the former.
    StaffedIcuBeds = "staffed_icu_beds",
    /// Licensed beds of all kinds, at least 0.
    LicensedBeds = "licensed_beds",
    /// Usual share of all beds that are occupied.
    BedOccupancy = "bed_occupancy",
    /// Usual share of intensive-care beds that are occupied.
    IcuOccupancy = "icu_occupancy",
    /// Counties that the table of hospitals lists: 1 or 0 for a county, their number for a state.
    BedsListed = "beds_listed",
    /// Share of adults with diagnosed diabetes.
    Diabetes = "diabetes",
    /// Share of adults who smoke.
    Smokers = "smokers",
    /// Share of adults with obesity.
    Obesity = "obesity",
    /// Deaths from heart disease a year, per 100,000 residents.
    HeartDiseaseDeathsPer100k = "heart_disease_deaths_per_100k",
    /// Deaths from chronic respiratory disease a year, per 100,000 residents.
    RespiratoryDeathsPer100k = "respiratory_deaths_per_100k",
    /// Share who said in July 2020 that they never wear a mask when near others (New York Times and Dynata).
    MaskNever = "mask_never",
    /// Share who said that they rarely wear one.
    MaskRarely = "mask_rarely",
    /// Share who said that they sometimes wear one.
    MaskSometimes = "mask_sometimes",
    /// Share who said that they frequently wear one.
    MaskFrequently = "mask_frequently",
    /// Share who said that they always wear one.
    MaskAlways = "mask_always",
    /// Physicians in internal medicine (primary care) per resident.
    ProvidersInternalMedicine = "providers_internal_medicine",
    /// Physicians in family medicine and general practice per resident.
    ProvidersFamilyMedicine = "providers_family_medicine",
    /// Paediatricians in primary care per resident.
    ProvidersPediatrics = "providers_pediatrics",
    /// Obstetricians and gynaecologists in primary care per resident.
    ProvidersObstetrics = "providers_obstetrics",
    /// Geriatricians in primary care per resident.
    ProvidersGeriatrics = "providers_geriatrics",
    /// Psychiatrists per resident.
    ProvidersPsychiatry = "providers_psychiatry",
    /// Surgeons per resident.
    ProvidersSurgery = "providers_surgery",
    /// Anaesthesiologists per resident.
    ProvidersAnesthesiology = "providers_anesthesiology",
    /// Specialists in emergency medicine per resident.
    ProvidersEmergencyMedicine = "providers_emergency_medicine",
    /// Radiologists per resident.
    ProvidersRadiology = "providers_radiology",
    /// Cardiologists per resident.
    ProvidersCardiology = "providers_cardiology",
    /// Oncologists per resident.
    ProvidersOncology = "providers_oncology",
    /// Endocrinologists per resident.
    ProvidersEndocrinology = "providers_endocrinology",
    /// Specialists in pulmonary disease per resident.
    ProvidersPulmonology = "providers_pulmonology",
    /// Specialists in critical-care medicine per resident.
    ProvidersCriticalCare = "providers_critical_care",
    /// Nurse practitioners per resident.
    ProvidersNursing = "providers_nursing",
}

impl fmt::Display for Covariate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Covariates of a place; an unknown value is absent, never zero.
///
/// ```
/// use countycast_engine::{Covariate, Covariates};
/// let mut known = Covariates::default();
/// known.set(Covariate::Age65Plus, 0.17);
/// assert_eq!(known.get(Covariate::Age65Plus), Some(0.17));
/// assert_eq!(known.get(Covariate::Poverty), None);
/// assert_eq!("age_65_plus".parse(), Ok(Covariate::Age65Plus));
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Covariates(BTreeMap<Covariate, f64>);

impl Covariate {
    /// Shares of residents by five years of age, from the youngest to 85 and over.
    pub const AGES: [Self; 18] = [
        Self::Age00To04,
        Self::Age05To09,
        Self::Age10To14,
        Self::Age15To19,
        Self::Age20To24,
        Self::Age25To29,
        Self::Age30To34,
        Self::Age35To39,
        Self::Age40To44,
        Self::Age45To49,
        Self::Age50To54,
        Self::Age55To59,
        Self::Age60To64,
        Self::Age65To69,
        Self::Age70To74,
        Self::Age75To79,
        Self::Age80To84,
        Self::Age85Plus,
    ];
}

impl Covariates {
    /// The value, where known.
    #[must_use]
    pub fn get(&self, covariate: Covariate) -> Option<f64> {
        self.0.get(&covariate).copied()
    }

    /// Sets a value; one that is not finite counts as unknown and is left out.
    pub fn set(&mut self, covariate: Covariate, value: f64) {
        if value.is_finite() {
            self.0.insert(covariate, value);
        }
    }

    /// All known covariates, in the order of [`Covariate::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Covariate, f64)> {
        self.0.iter().map(|(covariate, value)| (*covariate, *value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_back_and_no_two_are_alike() {
        for covariate in Covariate::ALL {
            assert_eq!(covariate.name().parse(), Ok(*covariate));
        }
        assert_eq!("density".parse::<Covariate>(), Err(CovariateError("density".to_owned())));
    }

    #[test]
    fn a_value_that_is_not_finite_is_unknown() {
        let mut covariates = Covariates::default();
        covariates.set(Covariate::Poverty, f64::NAN);
        assert_eq!(covariates.get(Covariate::Poverty), None);
    }
}
