//! Care for other patients, from `care.parquet`.

use std::collections::BTreeMap;
use std::path::Path;

use countycast_engine::Fips;
use polars::prelude::{DataFrame, PolarsResult};
use serde::Serialize;

use crate::error::Error;
use crate::output::parquet::{self, parsed};

/// Specialties of each place, in the order of the file.
pub(super) type Care = BTreeMap<Fips, Vec<Specialty>>;

/// Specialty, providers per 100,000 residents, and the relative gap index: none without a provider.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Specialty(pub(super) String, pub(super) f64, pub(super) Option<f64>);

/// All rows.
pub(super) fn read(path: &Path) -> Result<Care, Error> {
    let frame = parquet::read(path)?;
    care(&frame).map_err(|error| Error::read(path, std::io::Error::other(error.to_string())))
}

fn care(frame: &DataFrame) -> PolarsResult<Care> {
    let (fips, specialty) = (frame.column("fips")?.str()?, frame.column("specialty")?.str()?);
    let (providers, index) = (frame.column("providers_per_100k")?.f64()?, frame.column("gap_index")?.f64()?);
    let mut care = Care::new();
    for row in 0..frame.height() {
        let (Some(word), Some(providers)) = (specialty.get(row), providers.get(row)) else { continue };
        let digits = |value: f64, digits: f64| (value * digits).round() / digits;
        let index = index.get(row).filter(|index| index.is_finite()).map(|index| digits(index, 100.0));
        let entry = Specialty(word.to_owned(), digits(providers, 10.0), index);
        care.entry(parsed(fips.get(row))?).or_default().push(entry);
    }
    Ok(care)
}

/// The (upper) median of a place's indices, one value for the map. None if nothing is known, or most specialties have
/// no provider.
pub(super) fn middle(specialties: &[Specialty]) -> Option<f64> {
    let mut indices: Vec<f64> = specialties.iter().map(|Specialty(.., index)| index.unwrap_or(f64::INFINITY)).collect();
    indices.sort_by(f64::total_cmp);
    indices.get(indices.len() / 2).copied().filter(|index| index.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_specialty_without_a_provider_is_the_worst() {
        let of = |indices: &[Option<f64>]| {
            middle(&indices.iter().map(|index| Specialty("x".to_owned(), 1.0, *index)).collect::<Vec<_>>())
        };
        assert_eq!(of(&[Some(3.0), None, Some(1.0)]), Some(3.0));
        assert_eq!(of(&[None, None, Some(1.0)]), None);
        assert_eq!(of(&[]), None);
    }
}
