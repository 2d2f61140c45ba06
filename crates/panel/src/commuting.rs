//! Commuting across county lines, from the Census Bureau's flows, attached to each county's history.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use countycast_engine::{Commuting, Fips, HistoryError};
use csv::ByteRecord;
use rayon::prelude::*;

use super::geography::codes;
use super::input::Reader;
use super::place::Place;
use super::sources::table::Table;
use crate::error::Error;

/// Path below the data folder; a gzipped file has the suffix `.gz`.
pub(super) const PATH: &str = "geography/commuting_acs_2011_2015.csv";

/// Workers by county of residence and county of workplace.
#[derive(Debug, Default)]
pub(super) struct Flows {
    workers: BTreeMap<(Fips, Fips), f64>,
    /// Rows that are not two counties.
    unknown: usize,
}

/// Reads the flows; none if the file is missing. Merged counties are added.
pub(super) fn read(reader: &mut Reader) -> Result<Arc<Flows>, Error> {
    let packed = format!("{PATH}.gz");
    let Some(path) = reader.optional(&[PATH, &packed], "commuting is unknown") else {
        return Ok(Arc::default());
    };
    let flows = reader.parsed(&path, |bytes| parse(&path, bytes))?;
    reader.notice(format!("{PATH}: pairs that are not two counties, skipped"), flows.unknown);
    Ok(flows)
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Flows, Error> {
    let mut table = Table::new(path, bytes)?;
    let columns = [table.column("residence_fips")?, table.column("workplace_fips")?];
    let workers = table.column("workers")?;
    let mut flows = Flows::default();
    let mut record = ByteRecord::new();
    while table.read(&mut record)? {
        let people = table.people(&record, workers, "workers", "write how many people work there, such as 1234")?;
        let county = |column| Ok::<_, Error>(table.fips(&record, column)?.and_then(codes::county));
        match (county(columns[0])?, county(columns[1])?) {
            (Some(home), Some(work)) => *flows.workers.entry((home, work)).or_default() += people,
            _ => flows.unknown += 1,
        }
    }
    Ok(flows)
}

/// Attaches to every county of the flows its commuters and the cases in the counties they travel to and from.
pub(super) fn attach(flows: &Flows, counties: &mut [Place], states: &[Place]) -> Result<(), HistoryError> {
    if flows.workers.is_empty() {
        return Ok(());
    }
    let index: BTreeMap<Fips, usize> = counties.iter().enumerate().map(|(i, place)| (place.fips(), i)).collect();
    let rates: Vec<Option<Vec<f64>>> = counties.par_iter().map(|place| rates(place, states)).collect();
    let mut sides = vec![Sides::default(); counties.len()];
    for (&(home, work), &people) in &flows.workers {
        let (from, to) = (index.get(&home).copied(), index.get(&work).copied());
        if let Some(from) = from {
            sides[from].working += people;
            if home != work {
                sides[from].leaving.push((to, people));
            }
        }
        if let Some(to) = to.filter(|_| home != work) {
            sides[to].arriving.push((from, people));
        }
    }
    counties.par_iter_mut().zip(sides).filter(|(_, sides)| sides.working > 0.0).try_for_each(|(place, sides)| {
        let days = place.history.days();
        let (leaving, cases_there) = mean(&sides.leaving, &rates, days);
        let (arriving, cases_of_arriving) = mean(&sides.arriving, &rates, days);
        let (leaving, arriving) = (leaving / sides.working, arriving / sides.working);
        let commuting = Commuting { leaving: leaving.min(1.0), arriving, cases_there, cases_of_arriving };
        place.history = Arc::new(place.history.as_ref().clone().with_commuting(commuting)?);
        Ok(())
    })
}

/// A county's outbound and inbound commuters; a place outside the panel has no index.
#[derive(Debug, Clone, Default)]
struct Sides {
    working: f64,
    leaving: Vec<(Option<usize>, f64)>,
    arriving: Vec<(Option<usize>, f64)>,
}

/// Daily cleaned cases per resident; the state's if a district reports for the county.
fn rates(place: &Place, states: &[Place]) -> Option<Vec<f64>> {
    let counted = match place.reported_in {
        Some(_) => states.iter().find(|state| Some(state.fips()) == place.fips().state())?,
        None => place,
    };
    let residents = counted.history.location().population.filter(|residents| *residents > 0.0)?;
    Some(counted.history.cases().cleaned().iter().map(|cases| cases / residents).collect())
}

/// All commuters in one direction, and the mean rate of their counties; those of unknown counties do not enter the
/// mean.
fn mean(side: &[(Option<usize>, f64)], rates: &[Option<Vec<f64>>], days: usize) -> (f64, Vec<f64>) {
    let (mut sum, mut weight) = (vec![0.0; days], 0.0);
    for (people, rates) in side.iter().filter_map(|(place, people)| Some((people, rates[(*place)?].as_ref()?))) {
        weight += people;
        sum.iter_mut().zip(rates).for_each(|(sum, rate)| *sum += people * rate);
    }
    if weight > 0.0 {
        sum.iter_mut().for_each(|sum| *sum /= weight);
    }
    (side.iter().map(|(_, people)| people).sum(), sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::{Date, History, Location, Series};

    fn place(fips: &str, residents: f64, cases: f64) -> Place {
        let mut location = Location::new(fips.parse().unwrap(), fips);
        location.population = Some(residents);
        let counts = |count| Series::from_counts(vec![count; 10]).unwrap();
        let history =
            History::new(Arc::new(location), Date::constant(2020, 8, 1), counts(cases), counts(0.0), None).unwrap();
        Place { history: Arc::new(history), state: None, repairs: Default::default(), reported_in: None }
    }

    #[test]
    fn commuters_carry_the_rates_of_the_places_they_go_to_and_come_from() {
        let [a, b, c, far]: [Fips; 4] = ["19001", "19003", "19005", "19007"].map(|fips| fips.parse().unwrap());
        let workers =
            [((a, a), 600.0), ((a, b), 300.0), ((a, far), 100.0), ((b, b), 500.0), ((c, a), 50.0), ((c, c), 50.0)];
        let flows = Flows { workers: workers.into(), unknown: 0 };
        let mut counties = [place("19001", 2_000.0, 4.0), place("19003", 1_000.0, 10.0), place("19005", 500.0, 1.0)];
        attach(&flows, &mut counties, &[]).unwrap();
        let first = counties[0].history.commuting().unwrap();
        assert!((first.leaving - 0.4).abs() < 1e-12, "300 and 100 of 1,000 leave: {}", first.leaving);
        assert!((first.arriving - 0.05).abs() < 1e-12, "{}", first.arriving);
        // Only outbound commuters to counties of the panel give information on cases there.
        assert!(first.cases_there.iter().all(|rate| (rate - 0.01).abs() < 1e-12));
        assert!(first.cases_of_arriving.iter().all(|rate| (rate - 0.002).abs() < 1e-12));
        let second = counties[1].history.commuting().unwrap();
        assert_eq!((second.leaving, second.arriving), (0.0, 0.6));
    }

    #[test]
    fn the_state_speaks_for_a_county_that_a_district_reports_for() {
        let mut silent = place("49011", 1_000.0, 0.0);
        silent.reported_in = Some("a district".to_owned());
        let rates = rates(&silent, &[place("49", 10_000.0, 5.0)]).unwrap();
        assert!((rates[3] - 5e-4).abs() < 1e-15);
    }

    #[test]
    fn a_number_that_is_none_is_named_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("geography")).unwrap();
        let text = "residence_fips,workplace_fips,workers\n19001,19003,12\n19001,19005,many\n";
        std::fs::write(folder.path().join(PATH), text).unwrap();
        let error = read(&mut Reader::new(folder.path()).unwrap()).unwrap_err();
        assert!(matches!(error, Error::Input(_)), "{error}");
        let message = error.to_string();
        assert!(message.contains("line 3") && message.contains("workers") && message.contains("many"), "{message}");
    }
}
