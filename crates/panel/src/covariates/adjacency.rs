//! Which counties share a border.

use std::collections::{BTreeMap, BTreeSet};

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

/// Reads the pairs of neighbours among these counties; none if the file is missing.
pub(crate) fn read(counties: &BTreeSet<Fips>, reader: &mut Reader) -> Result<Neighbours, Error> {
    let Some((path, bytes)) = reader.optional(&[PATH], "no county has neighbours")? else {
        return Ok(Neighbours::new());
    };
    let mut table = Table::new(&path, &bytes)?;
    let (fips, neighbour) = (table.column("fips")?, table.column("neighbor_fips")?);
    let mut sets = BTreeMap::<Fips, BTreeSet<Fips>>::new();
    let mut record = ByteRecord::new();
    while table.read(&mut record)? {
        let county = |code: Option<u32>| code.and_then(codes::county).filter(|county| counties.contains(county));
        let pair = county(table.fips(&record, fips)?).zip(county(table.fips(&record, neighbour)?));
        // A merged county is not its own neighbour.
        if let Some((a, b)) = pair.filter(|(a, b)| a != b) {
            sets.entry(a).or_default().insert(b);
            sets.entry(b).or_default().insert(a);
        }
    }
    let islands = counties.iter().filter(|county| !sets.contains_key(county)).count();
    reader.notice("counties without a neighbour", islands);
    Ok(sets.into_iter().map(|(county, neighbours)| (county, neighbours.into_iter().collect())).collect())
}
