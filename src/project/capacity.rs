//! The rows of `capacity.parquet`.

use std::collections::BTreeMap;

use countycast_engine::Fips;

use crate::capacity::{Bed, Beds, Catchments, Census, Need, Settings};
use crate::output::BLEND;
use crate::output::capacity::CapacityRow;
use crate::panel::Panel;
use crate::pipeline::Projected;

/// Rows that compare a place with its own beds, for every engine and the blend.
pub(super) fn own_rows(panel: &Panel, projected: &Projected, settings: &Settings) -> Vec<CapacityRow> {
    let Some(place) = panel.place(projected.fips) else { return Vec::new() };
    let facts = &place.history.location().covariates;
    let blend = projected.blend_census.iter().map(|census| (BLEND, census));
    let models = projected.censuses.iter().map(|(name, census)| (*name, census)).chain(blend);
    let rows = models.flat_map(|(model, census)| {
        Bed::ALL.map(|bed| {
            let need = Need::new(census.values(bed), census.days(), &Beds::of(facts, bed, settings));
            CapacityRow::own(projected.fips, model, bed, need)
        })
    });
    rows.collect()
}

/// Rows that compare the blend with the hospitals serving each county's residents.
pub(super) fn catchment_rows(
    panel: &Panel,
    censuses: &BTreeMap<Fips, Census>,
    days: usize,
    settings: &Settings,
) -> Vec<CapacityRow> {
    let rows = Bed::ALL.into_iter().flat_map(|bed| {
        let catchments = Catchments::new(panel, bed, settings);
        let patients = catchments.patients(censuses);
        let need = |(fips, patients): (Fips, Vec<f32>)| {
            CapacityRow::catchment(fips, BLEND, bed, Need::new(&patients, days, &catchments.beds(fips)))
        };
        patients.into_iter().map(need).collect::<Vec<_>>()
    });
    rows.collect()
}
