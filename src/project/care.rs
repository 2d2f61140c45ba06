//! The rows of `care.parquet`.

use std::collections::BTreeMap;

use countycast_engine::Fips;

use crate::capacity::{Bed, Beds, Load, Settings, gaps};
use crate::output::BLEND;
use crate::output::capacity::{Area, CapacityRow};
use crate::output::care::CareRow;
use crate::panel::Panel;

/// Every place's relative gap index by specialty, from the blend's expected patients; no row if the nation was not
/// projected or its beds are unknown.
pub(super) fn rows(panel: &Panel, needs: &[CapacityRow], settings: &Settings) -> Vec<CareRow> {
    let mut patients = BTreeMap::<Fips, f64>::new();
    for row in needs.iter().filter(|row| row.model == BLEND && !matches!(row.area, Area::Catchment | Area::Hospitals)) {
        *patients.entry(row.fips).or_default() += row.need.peak[0];
    }
    let place = |fips: Fips| {
        let location = panel.place(fips)?.history.location();
        Some((&location.covariates, location.population))
    };
    let Some((nation, Some(residents))) = place(Fips::US) else { return Vec::new() };
    let usual: Option<f64> = Bed::ALL.into_iter().map(|bed| Beds::of(nation, bed, settings).others).sum();
    let Some(others) = usual.map(|usual| usual / residents) else { return Vec::new() };
    let load = |fips: Fips, residents: f64| Load::new(others, patients.get(&fips)? / residents);
    let Some(nation_load) = load(Fips::US, residents) else { return Vec::new() };
    let of_place = |fips: Fips| {
        let (facts, residents) = place(fips)?;
        let load = load(fips, residents?)?;
        let row = move |(specialty, providers, gap_index): (&'static str, f64, f64)| CareRow {
            fips,
            specialty,
            providers: 1e5 * providers,
            load: 1e5 * load.per_resident(),
            gap_index,
        };
        Some(gaps((facts, load), (nation, nation_load)).map(row))
    };
    patients.keys().filter_map(|&fips| of_place(fips)).flatten().collect()
}
