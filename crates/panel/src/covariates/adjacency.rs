//! Which counties share a border.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use countycast_engine::Fips;
use csv::ByteRecord;

use crate::error::Error;
use crate::geography::codes;
use crate::input::Reader;
use crate::sources::table::Table;

/// Path below the data folder.
const PATH: &str = "geography/adjacency.csv";

/// The neighbours of each county that has any, by code.
pub(crate) type Neighbours = BTreeMap<Fips, Vec<Fips>>;

/// The pairs of neighbours among these counties; none if the file is missing.
pub(crate) fn read(counties: &BTreeSet<Fips>, reader: &mut Reader) -> Result<Neighbours, Error> {
    let Some(path) = reader.optional(&[PATH], "no county has neighbours") else { return Ok(Neighbours::new()) };
    let pairs = reader.parsed(&path, |bytes| pairs(&path, bytes))?;
    let neighbours = among(counties, pairs.iter().copied());
    let islands = counties.iter().filter(|county| !neighbours.contains_key(county)).count();
    reader.notice("counties without a neighbour", islands);
    Ok(neighbours)
}

/// Neighbours from pairs in either order. Counties outside the panel are left out; a merged county is not its own neighbour.
pub(crate) fn among(counties: &BTreeSet<Fips>, pairs: impl Iterator<Item = (Fips, Fips)>) -> Neighbours {
    let mut sets = BTreeMap::<Fips, BTreeSet<Fips>>::new();
    for (a, b) in pairs.filter(|(a, b)| a != b && counties.contains(a) && counties.contains(b)) {
        sets.entry(a).or_default().insert(b);
        sets.entry(b).or_default().insert(a);
    }
    sets.into_iter().map(|(county, neighbours)| (county, neighbours.into_iter().collect())).collect()
}

/// All pairs of neighbours.
fn pairs(path: &Path, bytes: &[u8]) -> Result<Vec<(Fips, Fips)>, Error> {
    let mut table = Table::new(path, bytes)?;
    let (fips, neighbour) = (table.column("fips")?, table.column("neighbor_fips")?);
    let (mut pairs, mut record) = (Vec::new(), ByteRecord::new());
    while table.read(&mut record)? {
        let county = |column| Ok::<_, Error>(table.fips(&record, column)?.and_then(codes::county));
        pairs.extend(county(fips)?.zip(county(neighbour)?));
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn neighbours(rows: &str) -> Result<Neighbours, Error> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("geography")).unwrap();
        std::fs::write(folder.path().join(PATH), format!("fips,neighbor_fips\n{rows}")).unwrap();
        let counties = ["19001", "19003", "19005"].map(|fips| fips.parse().unwrap());
        read(&counties.into(), &mut Reader::new(folder.path()).unwrap())
    }

    #[test]
    fn pairs_count_once_in_either_order_and_no_county_is_its_own_neighbour() {
        let found = neighbours("19001,19003\n19003,19001\n19001,19003\n19005,19005\n19005,72001\n").unwrap();
        let [a, b]: [Fips; 2] = ["19001", "19003"].map(|fips| fips.parse().unwrap());
        assert_eq!(found, [(a, vec![b]), (b, vec![a])].into());
    }

    #[test]
    fn a_code_that_is_none_is_named_with_its_line() {
        for code in ["-19003", "1e9", "\"19,003\"", "Polk", "19003.5"] {
            let error = neighbours(&format!("19001,19003\n19001,{code}\n")).unwrap_err().to_string();
            let expected = format!("line 3, column `neighbor_fips`: `{}` is not a FIPS code", code.trim_matches('"'));
            assert!(error.contains(&expected), "{error}");
        }
    }
}
