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
