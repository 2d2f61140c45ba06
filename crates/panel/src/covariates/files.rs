//! The covariate files and the columns used from each.

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
    pub(super) unlisted: &'static [(&'static str, f64)],
    /// Flag of a listed county.
    pub(super) listed: Option<&'static str>,
}

/// A column of a covariate file.
pub(super) struct Column {
    /// Its name in the file.
    pub(super) column: &'static str,
    /// The covariate's name.
    pub(super) name: &'static str,
    /// Meaning of the number.
    pub(super) how: How,
    /// The first as-of day on which it was published; none if before 2020.
    pub(super) known_from: Option<Date>,
}

const fn column(column: &'static str, name: &'static str, how: How) -> Column {
    Column { column, name, how, known_from: None }
}

/// The Times' survey was taken from 2020-07-02 to 2020-07-14.
const fn mask(name_in_file: &'static str, name: &'static str) -> Column {
    Column { column: name_in_file, name, how: Value, known_from: Some(date(2020, 7, 15)) }
}

/// Providers of a specialty, per resident.
const fn provider(name_in_file: &'static str, name: &'static str) -> Column {
    column(name_in_file, name, ShareOf("POP_ESTIMATE_2018"))
}

/// Names of resident counts in the files, best first.
pub(super) const POPULATIONS: [&str; 4] =
    ["population_2019", "population_2018", "population_svi_2018", "population_2020"];

/// Whether a covariate of a region is the sum over its parts.
pub(super) fn is_sum(name: &str) -> bool {
    let columns = ALL.iter().flat_map(|file| file.columns);
    columns.into_iter().any(|column| column.name == name && column.how == Sum)
        || ALL.iter().any(|file| file.listed == Some(name))
}

/// Adds derived covariates.
pub(super) fn derive(covariates: &mut Covariates) {
    let get = |name| covariates.get(name);
    // Residents outside group quarters for each occupied home: the mean household, for every county; the survey's own
    // figure covers the large ones only.
    let size = get("population_svi_2018").zip(get("group_quarters")).zip(get("households"));
    if let Some(((residents, quarters), homes)) = size {
        covariates.set("household_size", residents * (1.0 - quarters) / homes);
    }
}

/// All covariate files.
pub(super) static ALL: &[File] = &[
    File {
        path: "counties/geoids_population_2019.csv",
        fips: "countyfips",
        residents: Some("county_pop2019"),
        columns: &[column("county_pop2019", "population_2019", Sum)],
        unlisted: &[],
        listed: None,
    },
    File {
        path: "counties/svi_2018.csv",
        fips: "FIPS",
        residents: Some("E_TOTPOP"),
        columns: &[
            column("E_TOTPOP", "population_svi_2018", Sum),
            column("E_HH", "households", Sum),
            column("EP_POV", "poverty", Percent),
            column("EP_UNEMP", "unemployment", Percent),
            column("EP_PCI", "income_per_person", Value),
            column("EP_NOHSDP", "no_high_school", Percent),
            column("EP_AGE65", "age_65_plus", Percent),
            column("EP_AGE17", "age_17_minus", Percent),
            column("EP_DISABL", "disability", Percent),
            column("EP_SNGPNT", "single_parent", Percent),
            column("EP_MINRTY", "minority", Percent),
            column("EP_LIMENG", "limited_english", Percent),
            column("EP_CROWD", "crowding", Percent),
            column("EP_NOVEH", "no_vehicle", Percent),
            column("EP_GROUPQ", "group_quarters", Percent),
            column("EP_UNINSUR", "uninsured", Percent),
            column("RPL_THEMES", "svi", Value),
            column("RPL_THEME1", "svi_socioeconomic", Value),
            column("RPL_THEME2", "svi_household", Value),
            column("RPL_THEME3", "svi_minority_language", Value),
            column("RPL_THEME4", "svi_housing_transport", Value),
        ],
        unlisted: &[],
        listed: None,
    },
    File {
        path: "counties/age_sex_2020.csv",
        fips: "FIPS",
        residents: Some("POPESTIMATE"),
        columns: &[
            column("POPESTIMATE", "population_2020", Sum),
            column("MEDIAN_AGE_TOT", "median_age", Value),
            column("AGE04_TOT", "age_00_04", ShareOf("POPESTIMATE")),
            column("AGE59_TOT", "age_05_09", ShareOf("POPESTIMATE")),
            column("AGE1014_TOT", "age_10_14", ShareOf("POPESTIMATE")),
            column("AGE1519_TOT", "age_15_19", ShareOf("POPESTIMATE")),
            column("AGE2024_TOT", "age_20_24", ShareOf("POPESTIMATE")),
            column("AGE2529_TOT", "age_25_29", ShareOf("POPESTIMATE")),
            column("AGE3034_TOT", "age_30_34", ShareOf("POPESTIMATE")),
            column("AGE3539_TOT", "age_35_39", ShareOf("POPESTIMATE")),
            column("AGE4044_TOT", "age_40_44", ShareOf("POPESTIMATE")),
            column("AGE4549_TOT", "age_45_49", ShareOf("POPESTIMATE")),
            column("AGE5054_TOT", "age_50_54", ShareOf("POPESTIMATE")),
            column("AGE5559_TOT", "age_55_59", ShareOf("POPESTIMATE")),
            column("AGE6064_TOT", "age_60_64", ShareOf("POPESTIMATE")),
            column("AGE6569_TOT", "age_65_69", ShareOf("POPESTIMATE")),
            column("AGE7074_TOT", "age_70_74", ShareOf("POPESTIMATE")),
            column("AGE7579_TOT", "age_75_79", ShareOf("POPESTIMATE")),
            column("AGE8084_TOT", "age_80_84", ShareOf("POPESTIMATE")),
            column("AGE85PLUS_TOT", "age_85_plus", ShareOf("POPESTIMATE")),
        ],
        unlisted: &[],
        listed: None,
    },
    File {
        path: "counties/summaries.csv",
        fips: "FIPS",
        residents: Some("POP_ESTIMATE_2018"),
        columns: &[
            column("POP_ESTIMATE_2018", "population_2018", Sum),
            column("Rural-urban_Continuum Code_2013", "rural_urban", Value),
            column("Density per square mile of land area - Population", "density_per_square_mile", Value),
            column("Percent of adults with a bachelor's degree or higher 2014-18", "college_degree", Percent),
            column("Median_Household_Income_2018", "median_household_income", Value),
        ],
        unlisted: &[],
        listed: None,
    },
    File {
        path: "counties/beds_covidcaremap.csv",
        fips: "fips_code",
        residents: Some("Population"),
        columns: &[
            column("Staffed All Beds", "staffed_beds", Sum),
            column("Staffed ICU Beds", "staffed_icu_beds", Sum),
            column("Licensed All Beds", "licensed_beds", Sum),
            column("All Bed Occupancy Rate", "bed_occupancy", Value),
            column("ICU Bed Occupancy Rate", "icu_occupancy", Value),
        ],
        // The file lists every county with a hospital, so a county without a row has no beds: a known zero.
        unlisted: &[("staffed_beds", 0.0), ("staffed_icu_beds", 0.0), ("licensed_beds", 0.0), ("beds_listed", 0.0)],
        listed: Some("beds_listed"),
    },
    File {
        path: "counties/yu_group_abridged.csv",
        fips: "countyFIPS",
        residents: Some("PopulationEstimate2018"),
        columns: &[
            column("lat", "latitude", Value),
            column("lon", "longitude", Value),
            column("DiabetesPercentage", "diabetes", Percent),
            column("Smokers_Percentage", "smokers", Percent),
            column("% Adults with Obesity", "obesity", Percent),
            column("HeartDiseaseMortality", "heart_disease_deaths_per_100k", Value),
            column("RespMortalityRate2014", "respiratory_deaths_per_100k", Value),
            mask("Mask Never", "mask_never"),
            mask("Mask Rarely", "mask_rarely"),
            mask("Mask Sometimes", "mask_sometimes"),
            mask("Mask Frequently", "mask_frequently"),
            mask("Mask Always", "mask_always"),
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
            provider("Internal Medicine Primary Care (2019)", "providers_internal_medicine"),
            provider("Family Medicine/General Practice Primary Care (2019)", "providers_family_medicine"),
            provider("Pediatrics Primary Care (2019)", "providers_pediatrics"),
            provider("Obstetrics & Gynecology Primary Care (2019)", "providers_obstetrics"),
            provider("Geriatrics Primary Care (2019)", "providers_geriatrics"),
            provider("Psychiatry specialists (2019)", "providers_psychiatry"),
            provider("Surgery specialists (2019)", "providers_surgery"),
            provider("Anesthesiology specialists (2019)", "providers_anesthesiology"),
            provider("Emergency Medicine specialists (2019)", "providers_emergency_medicine"),
            provider("Radiology specialists (2019)", "providers_radiology"),
            provider("Cardiology specialists (2019)", "providers_cardiology"),
            provider("Oncology (Cancer) specialists (2019)", "providers_oncology"),
            provider("Endocrinology, Diabetes, and Metabolism specialists (2019)", "providers_endocrinology"),
            provider("Pulmonary Disease (AAMC)", "providers_pulmonology"),
            provider("Critical Care Medicine (AAMC)", "providers_critical_care"),
            provider("Total nurse practitioners (2019)", "providers_nursing"),
        ],
        unlisted: &[],
        listed: None,
    },
];
