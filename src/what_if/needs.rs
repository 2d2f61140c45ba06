//! Patients compared with beds under the baseline and each scenario.

use std::collections::BTreeMap;

use countycast_engine::Fips;

use super::course::BASELINE;
use super::variant::Variant;
use crate::capacity::{Bed, Beds, Catchments, Census, Need, Settings};
use crate::output::BLEND;
use crate::output::capacity::{CapacityRow, rank, shared_rows};
use crate::panel::Panel;

/// Needs of the places under one scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Needs {
    /// The scenario; [`BASELINE`] for none.
    pub scenario: String,
    /// The blend's rows, ranked among the requested places.
    pub rows: Vec<CapacityRow>,
}

/// A place with results.
pub(super) struct Answered {
    pub(super) fips: Fips,
    pub(super) beds: [Beds; 2],
    /// The blend's patients: the baseline's, then each variant's.
    pub(super) patients: Vec<Option<Census>>,
}

/// Needs under the baseline and each variant: of every place relative to its own beds, and of every county relative to
/// the hospitals that serve it, if all counties that share these were included.
pub(super) fn needs(panel: &Panel, places: &[Answered], variants: &[Variant], settings: &Settings) -> Vec<Needs> {
    let catchments = Bed::ALL.map(|bed| Catchments::new(panel, bed, settings));
    let names = std::iter::once(BASELINE).chain(variants.iter().map(|variant| variant.name.as_str()));
    names.enumerate().map(|(at, name)| of_scenario(name, at, places, &catchments)).collect()
}

fn of_scenario(name: &str, at: usize, places: &[Answered], catchments: &[Catchments; 2]) -> Needs {
    let (mut rows, mut censuses) = (Vec::new(), BTreeMap::<Fips, Census>::new());
    for (place, patients) in places.iter().filter_map(|place| Some((place, place.patients.get(at)?.as_ref()?))) {
        for (bed, beds) in Bed::ALL.into_iter().zip(&place.beds) {
            let need = Need::new(patients.values(bed), patients.days(), beds);
            rows.push(CapacityRow::own(place.fips, BLEND, bed, need));
        }
        censuses.insert(place.fips, patients.clone());
    }
    let days = censuses.values().next().map_or(1, Census::days);
    rows.extend(catchments.iter().flat_map(|catchments| shared_rows(catchments, &censuses, days)));
    rank(&mut rows);
    Needs { scenario: name.to_owned(), rows }
}
