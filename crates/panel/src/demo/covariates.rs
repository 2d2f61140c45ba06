//! Synthetic covariates of synthetic counties, in the layouts of the real tables; unused columns are left out.

use std::io;

use super::places::{COLUMNS, Place, ROWS, STATES};

/// Percent columns of the Social Vulnerability Index: name, value in a county of no and of full vulnerability.
const SHARES: [(&str, f64, f64); 16] = [
    ("EP_POV", 6.0, 24.0),
    ("EP_UNEMP", 2.0, 8.0),
    ("EP_NOHSDP", 5.0, 20.0),
    ("EP_AGE65", f64::NAN, f64::NAN),
    ("EP_AGE17", 20.0, 27.0),
    ("EP_DISABL", 9.0, 18.0),
    ("EP_SNGPNT", 5.0, 12.0),
    ("EP_MINRTY", 3.0, 45.0),
    ("EP_LIMENG", 0.2, 6.0),
    ("EP_MUNIT", 8.0, 2.0),
    ("EP_MOBILE", 2.0, 14.0),
    ("EP_CROWD", 0.8, 5.0),
    ("EP_NOVEH", 3.0, 9.0),
    ("EP_GROUPQ", 1.5, 5.0),
    ("EP_UNINSUR", 4.0, 16.0),
    ("EP_PCI", 38_000.0, 21_000.0),
];
/// One county has no published poverty and theme ranks, as in the real file: missing is -999.
const MISSING: &str = "-999.0";
/// Upper ends of the age groups below 65, as in the column names, and their shares of those under 65.
const YOUNGER: [(&str, f64); 13] = [
    ("AGE04", 0.075),
    ("AGE59", 0.078),
    ("AGE1014", 0.08),
    ("AGE1519", 0.082),
    ("AGE2024", 0.08),
    ("AGE2529", 0.077),
    ("AGE3034", 0.076),
    ("AGE3539", 0.075),
    ("AGE4044", 0.069),
    ("AGE4549", 0.07),
    ("AGE5054", 0.075),
    ("AGE5559", 0.083),
    ("AGE6064", 0.08),
];
/// Groups from 65 on, and their shares of those.
const OLDER: [(&str, f64); 5] =
    [("AGE6569", 0.3), ("AGE7074", 0.25), ("AGE7579", 0.18), ("AGE8084", 0.13), ("AGE85PLUS", 0.14)];

/// `counties/svi_2018.csv`, with the byte-order mark of the real one.
pub(super) fn svi(places: &[Place]) -> io::Result<Vec<u8>> {
    let mut out = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let themes = ["RPL_THEME1", "RPL_THEME2", "RPL_THEME3", "RPL_THEME4", "RPL_THEMES"];
    let place_columns = ["ST", "STATE", "ST_ABBR", "COUNTY", "FIPS", "LOCATION", "AREA_SQMI", "E_TOTPOP"];
    out.write_record(place_columns.into_iter().chain(SHARES.map(|(name, ..)| name)).chain(themes))?;
    for (i, place) in places.iter().enumerate() {
        let (state, missing) = (place.state(), i == 5);
        let mut row = vec![
            format!("{:02}", state.fips),
            state.name.to_uppercase(),
            state.short.to_owned(),
            place.name.clone(),
            place.fips.to_string(),
            format!("{} County, {}", place.name, state.name),
            "570.5".to_owned(),
            place.population.to_string(),
        ];
        for (name, least, most) in SHARES {
            row.push(match name {
                "EP_AGE65" => format!("{:.1}", 100.0 * place.over_65),
                "EP_POV" | "EP_PCI" if missing => MISSING.to_owned(),
                _ => format!("{:.1}", least + (most - least) * place.vulnerability),
            });
        }
        let rank = if missing { MISSING.to_owned() } else { format!("{:.4}", place.vulnerability) };
        row.extend(themes.map(|_| rank.clone()));
        out.write_record(row)?;
    }
    out.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// `counties/age_sex_2020.csv`: totals of five-year groups that add up to the population; FIPS as an integer.
pub(super) fn ages(places: &[Place]) -> io::Result<Vec<u8>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let groups = YOUNGER.iter().chain(&OLDER).map(|(name, _)| format!("{name}_TOT"));
    let fixed = ["STATE", "COUNTY", "FIPS", "STNAME", "CTYNAME", "Name", "POPESTIMATE", "AGE65PLUS_TOT"];
    out.write_record(fixed.map(str::to_owned).into_iter().chain(groups).chain(["MEDIAN_AGE_TOT".to_owned()]))?;
    for place in places {
        let (state, code) = (place.state(), place.fips.number());
        let older = (place.population * place.over_65).round();
        let counts = split(place.population - older, &YOUNGER).into_iter().chain(split(older, &OLDER));
        let row = [
            state.fips.to_string(),
            (code % 1_000).to_string(),
            code.to_string(),
            state.name.to_owned(),
            format!("{} County", place.name),
            format!("{}, {}", state.name, place.name),
            place.population.to_string(),
            older.to_string(),
        ];
        let median_age = format!("{:.1}", 30.0 + 60.0 * place.over_65);
        out.write_record(row.into_iter().chain(counts.map(|c| c.to_string())).chain([median_age]))?;
    }
    out.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// Integer counts by share; the last group takes the rounding remainder.
fn split(people: f64, shares: &[(&str, f64)]) -> Vec<f64> {
    let mut left = people;
    let mut counts: Vec<f64> = shares.iter().map(|(_, share)| (people * share).floor()).collect();
    for count in &counts {
        left -= count;
    }
    if let Some(last) = counts.last_mut() {
        *last += left;
    }
    counts
}

/// `counties/beds_covidcaremap.csv`: counties that have a hospital.
pub(super) fn beds(places: &[Place]) -> io::Result<Vec<u8>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record([
        "fips_code",
        "State",
        "County Name",
        "Staffed All Beds",
        "Staffed ICU Beds",
        "Licensed All Beds",
        "All Bed Occupancy Rate",
        "ICU Bed Occupancy Rate",
        "Population",
        "Population (20+)",
        "Population (65+)",
    ])?;
    for place in places {
        let Some(beds) = place.beds else { continue };
        let icu = (beds * 0.1).floor();
        out.write_record([
            place.fips.to_string(),
            place.state().short.to_owned(),
            place.name.clone(),
            format!("{beds:.1}"),
            format!("{icu:.1}"),
            format!("{:.1}", (beds * 1.2).round()),
            "0.62".to_owned(),
            if icu > 0.0 { "0.55".to_owned() } else { String::new() },
            format!("{:.1}", place.population),
            format!("{:.1}", (place.population * 0.74).round()),
            format!("{:.1}", (place.population * place.over_65).round()),
        ])?;
    }
    out.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// `counties/healthcare_services.csv`: nurses and cardiologists per resident at the state's rate.
pub(super) fn services(places: &[Place]) -> io::Result<Vec<u8>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record([
        "FIPS",
        "State",
        "Area_Name",
        "POP_ESTIMATE_2018",
        "Cardiology specialists (2019)",
        "Total nurse practitioners (2019)",
    ])?;
    for place in places {
        let state = place.state as f64;
        out.write_record([
            place.fips.to_string(),
            place.state().short.to_owned(),
            place.name.clone(),
            format!("{:.0}", place.population),
            format!("{:.3}", place.population * (5.0 + state) / 1e5),
            format!("{:.3}", place.population * (80.0 - 5.0 * state) / 1e5),
        ])?;
    }
    out.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// Whether two counties are neighbours: in a state's grid, or across the state lines between the grids, which lie side
/// by side as one map, `STATES.len() * COLUMNS` wide.
fn beside(place: &Place, other: &Place) -> bool {
    let spot = |place: &Place| (place.state * COLUMNS + place.cell % COLUMNS, place.cell / COLUMNS);
    let ((x, y), (u, v)) = (spot(place), spot(other));
    x.abs_diff(u) + y.abs_diff(v) == 1
}

/// `geography/adjacency.csv`: all pairs of neighbours, both ways.
pub(super) fn adjacency(places: &[Place]) -> io::Result<Vec<u8>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["fips", "neighbor_fips"])?;
    for place in places {
        for other in places.iter().filter(|other| beside(place, other)) {
            out.write_record([place.fips.to_string(), other.fips.to_string()])?;
        }
    }
    debug_assert_eq!(places.len(), STATES.len() * COLUMNS * ROWS, "a county for every spot of the map");
    out.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// `geography/commuting_acs_2011_2015.csv`: a tenth of the workers go to each neighbour of the same size, more to larger ones.
pub(super) fn commuting(places: &[Place]) -> io::Result<Vec<u8>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["residence_fips", "residence_state", "workplace_fips", "workplace_state", "workers", "moe"])?;
    for place in places {
        let mut at_home = (0.45 * place.population).round();
        let away = places.iter().filter(|other| beside(place, other)).map(|other| {
            (other, (0.09 * place.population * other.population / (place.population + other.population)).round())
        });
        let away: Vec<(&Place, f64)> = away.collect();
        at_home -= away.iter().map(|(_, workers)| workers).sum::<f64>();
        for (other, workers) in away.into_iter().chain([(place, at_home)]) {
            let county = |place: &Place| [place.fips.to_string(), place.state().short.to_owned()];
            let ([from, from_state], [to, to_state]) = (county(place), county(other));
            out.write_record([from, from_state, to, to_state, format!("{workers:.0}"), "25".to_owned()])?;
        }
    }
    out.into_inner().map_err(csv::IntoInnerError::into_error)
}
