//! The covariate files and the columns used from each.

use countycast_engine::Covariate::{self, *};
use countycast_engine::Covariates;
use jiff::civil::{Date, date};

use self::How::{Percent, ShareOf, Sum, Value};

/// Meaning of a number in a covariate file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// Used as given; for two rows of one county, the mean weighted by residents.
    Value,
    /// Percent, converted to a share from 0 to 1.
    Percent,
    /// Numerator over another column, converted to a share from 0 to 1.
    ShareOf(&'static str),
    /// A count; for two rows of one county, the sum.
    Sum,
}

/// A covariate file.
pub(super) struct File {
    /// Path below the data folder.
    pub(super) path: &'static str,
    /// Column with the county's code.
    pub(super) fips: &'static str,
    /// Column with residents, the weight when two rows are merged into one county.
    pub(super) residents: Option<&'static str>,
    /// Columns to read.
    pub(super) columns: &'static [Column],
    /// Covariates of a county that the file does not list, where absence is informative.
    pub(super) unlisted: &'static [(Covariate, f64)],
    /// Flag of a listed county.
    pub(super) listed: Option<Covariate>,
}

/// A column of a covariate file.
pub(super) struct Column {
    /// Its name in the file.
    pub(super) column: &'static str,
    /// What it holds.
    pub(super) covariate: Covariate,
    /// Meaning of the number.
    pub(super) how: How,
    /// What a county can have, in the covariate's own unit.
    pub(super) range: Range,
    /// The first as-of day on which it was published; none if before 2020.
    pub(super) known_from: Option<Date>,
}

const fn column(column: &'static str, covariate: Covariate, how: How, range: Range) -> Column {
    Column { column, covariate, how, range, known_from: None }
}

/// The Times' survey was taken from 2020-07-02 to 2020-07-14.
const fn mask(column: &'static str, covariate: Covariate) -> Column {
    Column { column, covariate, how: Value, range: SHARE, known_from: Some(date(2020, 7, 15)) }
}

/// Providers of a specialty, per resident.
const fn provider(name: &'static str, covariate: Covariate) -> Column {
    column(name, covariate, ShareOf("POP_ESTIMATE_2018"), PER_RESIDENT)
}

/// Least and greatest value that a county can have. Each leaves room around the extremes of the published files.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Range {
    /// The least.
    pub(crate) least: f64,
    /// The greatest.
    pub(crate) greatest: f64,
}

impl Range {
    const fn new(least: f64, greatest: f64) -> Self {
        Self { least, greatest }
    }

    /// Whether a county can have this value.
    pub(crate) fn holds(self, value: f64) -> bool {
        (self.least..=self.greatest).contains(&value)
    }
}

/// Residents or homes: Los Angeles has 10 million residents, Kalawao fewer than 100.
pub(crate) const RESIDENTS: Range = Range::new(1.0, 2e7);
const SHARE: Range = Range::new(0.0, 1.0);
/// Dollars a year, per person or household.
const INCOME: Range = Range::new(1e3, 1e6);
/// Years.
const MEDIAN_AGE: Range = Range::new(10.0, 90.0);
const RURAL_URBAN: Range = Range::new(1.0, 9.0);
/// Residents per square mile: Manhattan has 70,000.
const DENSITY: Range = Range::new(0.0, 2e5);
/// Los Angeles has 27,000.
const BEDS: Range = Range::new(0.0, 1e5);
/// Degrees north: from Hawaii to the north of Alaska.
const LATITUDE: Range = Range::new(18.0, 72.0);
/// Degrees east: from the Aleutians to Maine.
const LONGITUDE: Range = Range::new(-180.0, -66.0);
const DEATHS_PER_100K: Range = Range::new(0.0, 5e3);
/// Providers of a specialty: states have up to one nurse practitioner for every 700 residents.
const PER_RESIDENT: Range = Range::new(0.0, 0.05);
/// People in a home, on average: Oglala Lakota has 5.
const HOUSEHOLD_SIZE: Range = Range::new(1.0, 20.0);

/// What a county can have of a covariate.
pub(super) fn range(covariate: Covariate) -> Range {
    let mut columns = ALL.iter().flat_map(|file| file.columns);
    match covariate {
        HouseholdSize => HOUSEHOLD_SIZE,
        _ => columns.find(|column| column.covariate == covariate).map_or(SHARE, |column| column.range),
    }
}

/// Covariates that count residents, best first.
pub(super) const POPULATIONS: [Covariate; 4] = [Population2019, Population2018, PopulationSvi2018, Population2020];

/// Whether a covariate of a region is the sum over its parts.
pub(super) fn is_sum(covariate: Covariate) -> bool {
    let columns = ALL.iter().flat_map(|file| file.columns);
    columns.into_iter().any(|column| column.covariate == covariate && column.how == Sum)
        || ALL.iter().any(|file| file.listed == Some(covariate))
}

/// Adds derived covariates.
pub(super) fn derive(covariates: &mut Covariates) {
    let get = |covariate| covariates.get(covariate);
    // Residents outside group quarters for each occupied home: the mean household, for every county; the survey's own
    // figure covers the large ones only.
    let size = get(PopulationSvi2018).zip(get(GroupQuarters)).zip(get(Households));
    if let Some(((residents, quarters), homes)) = size {
        let size = residents * (1.0 - quarters) / homes;
        if HOUSEHOLD_SIZE.holds(size) {
            covariates.set(HouseholdSize, size);
        }
    }
}

/// All covariate files.
pub(super) static ALL: &[File] = &[
    File {
        path: "counties/geoids_population_2019.csv",
        fips: "countyfips",
        residents: Some("county_pop2019"),
        columns: &[column("county_pop2019", Population2019, Sum, RESIDENTS)],
        unlisted: &[],
        listed: None,
    },
    File {
        path: "counties/svi_2018.csv",
        fips: "FIPS",
        residents: Some("E_TOTPOP"),
        columns: &[
            column("E_TOTPOP", PopulationSvi2018, Sum, RESIDENTS),
            column("E_HH", Households, Sum, RESIDENTS),
            column("EP_POV", Poverty, Percent, SHARE),
            column("EP_UNEMP", Unemployment, Percent, SHARE),
            column("EP_PCI", IncomePerPerson, Value, INCOME),
            column("EP_NOHSDP", NoHighSchool, Percent, SHARE),
            column("EP_AGE65", Age65Plus, Percent, SHARE),
            column("EP_AGE17", Age17Minus, Percent, SHARE),
            column("EP_DISABL", Disability, Percent, SHARE),
            column("EP_SNGPNT", SingleParent, Percent, SHARE),
            column("EP_MINRTY", Minority, Percent, SHARE),
            column("EP_LIMENG", LimitedEnglish, Percent, SHARE),
            column("EP_CROWD", Crowding, Percent, SHARE),
            column("EP_NOVEH", NoVehicle, Percent, SHARE),
            column("EP_GROUPQ", GroupQuarters, Percent, SHARE),
            column("EP_UNINSUR", Uninsured, Percent, SHARE),
            column("RPL_THEMES", Svi, Value, SHARE),
            column("RPL_THEME1", SviSocioeconomic, Value, SHARE),
            column("RPL_THEME2", SviHousehold, Value, SHARE),
            column("RPL_THEME3", SviMinorityLanguage, Value, SHARE),
            column("RPL_THEME4", SviHousingTransport, Value, SHARE),
        ],
        unlisted: &[],
        listed: None,
    },
    File {
        path: "counties/age_sex_2020.csv",
        fips: "FIPS",
        residents: Some("POPESTIMATE"),
        columns: &[
            column("POPESTIMATE", Population2020, Sum, RESIDENTS),
            column("MEDIAN_AGE_TOT", MedianAge, Value, MEDIAN_AGE),
            column("AGE04_TOT", Age00To04, ShareOf("POPESTIMATE"), SHARE),
            column("AGE59_TOT", Age05To09, ShareOf("POPESTIMATE"), SHARE),
            column("AGE1014_TOT", Age10To14, ShareOf("POPESTIMATE"), SHARE),
            column("AGE1519_TOT", Age15To19, ShareOf("POPESTIMATE"), SHARE),
            column("AGE2024_TOT", Age20To24, ShareOf("POPESTIMATE"), SHARE),
            column("AGE2529_TOT", Age25To29, ShareOf("POPESTIMATE"), SHARE),
            column("AGE3034_TOT", Age30To34, ShareOf("POPESTIMATE"), SHARE),
            column("AGE3539_TOT", Age35To39, ShareOf("POPESTIMATE"), SHARE),
            column("AGE4044_TOT", Age40To44, ShareOf("POPESTIMATE"), SHARE),
            column("AGE4549_TOT", Age45To49, ShareOf("POPESTIMATE"), SHARE),
            column("AGE5054_TOT", Age50To54, ShareOf("POPESTIMATE"), SHARE),
            column("AGE5559_TOT", Age55To59, ShareOf("POPESTIMATE"), SHARE),
            column("AGE6064_TOT", Age60To64, ShareOf("POPESTIMATE"), SHARE),
            column("AGE6569_TOT", Age65To69, ShareOf("POPESTIMATE"), SHARE),
            column("AGE7074_TOT", Age70To74, ShareOf("POPESTIMATE"), SHARE),
            column("AGE7579_TOT", Age75To79, ShareOf("POPESTIMATE"), SHARE),
            column("AGE8084_TOT", Age80To84, ShareOf("POPESTIMATE"), SHARE),
            column("AGE85PLUS_TOT", Age85Plus, ShareOf("POPESTIMATE"), SHARE),
        ],
        unlisted: &[],
        listed: None,
    },
    File {
        path: "counties/summaries.csv",
        fips: "FIPS",
        residents: Some("POP_ESTIMATE_2018"),
        columns: &[
            column("POP_ESTIMATE_2018", Population2018, Sum, RESIDENTS),
            column("Rural-urban_Continuum Code_2013", RuralUrban, Value, RURAL_URBAN),
            column("Density per square mile of land area - Population", DensityPerSquareMile, Value, DENSITY),
            column("Percent of adults with a bachelor's degree or higher 2014-18", CollegeDegree, Percent, SHARE),
            column("Median_Household_Income_2018", MedianHouseholdIncome, Value, INCOME),
        ],
        unlisted: &[],
        listed: None,
    },
    File {
        path: "counties/beds_covidcaremap.csv",
        fips: "fips_code",
        residents: Some("Population"),
        columns: &[
            column("Staffed All Beds", StaffedBeds, Sum, BEDS),
            column("Staffed ICU Beds", StaffedIcuBeds, Sum, BEDS),
            column("Licensed All Beds", LicensedBeds, Sum, BEDS),
            column("All Bed Occupancy Rate", BedOccupancy, Value, SHARE),
            column("ICU Bed Occupancy Rate", IcuOccupancy, Value, SHARE),
        ],
        // The file lists every county with a hospital, so a county without a row has no beds: a known zero.
        unlisted: &[(StaffedBeds, 0.0), (StaffedIcuBeds, 0.0), (LicensedBeds, 0.0), (BedsListed, 0.0)],
        listed: Some(BedsListed),
    },
    File {
        path: "counties/yu_group_abridged.csv",
        fips: "countyFIPS",
        residents: Some("PopulationEstimate2018"),
        columns: &[
            column("lat", Latitude, Value, LATITUDE),
            column("lon", Longitude, Value, LONGITUDE),
            column("DiabetesPercentage", Diabetes, Percent, SHARE),
            column("Smokers_Percentage", Smokers, Percent, SHARE),
            column("% Adults with Obesity", Obesity, Percent, SHARE),
            column("HeartDiseaseMortality", HeartDiseaseDeathsPer100k, Value, DEATHS_PER_100K),
            column("RespMortalityRate2014", RespiratoryDeathsPer100k, Value, DEATHS_PER_100K),
            mask("Mask Never", MaskNever),
            mask("Mask Rarely", MaskRarely),
            mask("Mask Sometimes", MaskSometimes),
            mask("Mask Frequently", MaskFrequently),
            mask("Mask Always", MaskAlways),
        ],
        unlisted: &[],
        listed: None,
    },
    // Specialties are known by state; the file distributes the state's number over counties in proportion to residents.
    File {
        path: "counties/healthcare_services.csv",
        fips: "FIPS",
        residents: Some("POP_ESTIMATE_2018"),
        columns: &[
            provider("Internal Medicine Primary Care (2019)", ProvidersInternalMedicine),
            provider("Family Medicine/General Practice Primary Care (2019)", ProvidersFamilyMedicine),
            provider("Pediatrics Primary Care (2019)", ProvidersPediatrics),
            provider("Obstetrics & Gynecology Primary Care (2019)", ProvidersObstetrics),
            provider("Geriatrics Primary Care (2019)", ProvidersGeriatrics),
            provider("Psychiatry specialists (2019)", ProvidersPsychiatry),
            provider("Surgery specialists (2019)", ProvidersSurgery),
            provider("Anesthesiology specialists (2019)", ProvidersAnesthesiology),
            provider("Emergency Medicine specialists (2019)", ProvidersEmergencyMedicine),
            provider("Radiology specialists (2019)", ProvidersRadiology),
            provider("Cardiology specialists (2019)", ProvidersCardiology),
            provider("Oncology (Cancer) specialists (2019)", ProvidersOncology),
            provider("Endocrinology, Diabetes, and Metabolism specialists (2019)", ProvidersEndocrinology),
            provider("Pulmonary Disease (AAMC)", ProvidersPulmonology),
            provider("Critical Care Medicine (AAMC)", ProvidersCriticalCare),
            provider("Total nurse practitioners (2019)", ProvidersNursing),
        ],
        unlisted: &[],
        listed: None,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_provide_every_covariate_and_each_once() {
        let columns =
            || ALL.iter().flat_map(|file| file.columns.iter().map(|column| column.covariate).chain(file.listed));
        let mut provided = Covariates::default();
        columns().for_each(|covariate| provided.set(covariate, 0.5));
        assert_eq!(provided.iter().count(), columns().count(), "two columns give the same covariate");
        provided.set(GroupQuarters, 0.0);
        derive(&mut provided);
        assert_eq!(provided.iter().map(|(covariate, _)| covariate).collect::<Vec<_>>(), Covariate::ALL);
    }
}
