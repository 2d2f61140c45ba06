//! The rows of `capacity.parquet`.

use crate::capacity::{Bed, Beds, Need, Settings};
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
