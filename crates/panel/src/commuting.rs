//! Commuting across county lines, from the Census Bureau's flows, attached to each county's history.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use countycast_engine::{Commuting, Fips, HistoryError};
use csv::ByteRecord;
use rayon::prelude::*;

use super::covariates::RESIDENTS;
use super::geography::codes;
use super::input::Reader;
use super::listed;
use super::place::Place;
use super::sources::table::{Table, line};
use crate::error::Error;

/// Path below the data folder; a gzipped file has the suffix `.gz`.
pub(super) const PATH: &str = "geography/commuting_acs_2011_2015.csv";

/// Workers by county of residence and county of workplace.
#[derive(Debug, Default)]
pub(super) struct Flows {
    workers: BTreeMap<(Fips, Fips), f64>,
    /// Rows that are not two counties.
    unknown: usize,
    /// Numbers of workers that no county has, in words.
    impossible: Vec<String>,
    /// Pairs that are on two lines, in words: with the same number, and with another.
    repeated: [Vec<String>; 2],
}

/// Reads the flows; none if the file is missing. Merged counties are added. Numbers that cannot be are left out, and of a
/// pair that is there twice the first row counts.
pub(super) fn read(reader: &mut Reader) -> Result<Arc<Flows>, Error> {
    let packed = format!("{PATH}.gz");
    let Some(path) = reader.optional(&[PATH, &packed], "commuting is unknown") else {
        return Ok(Arc::default());
    };
    let flows = reader.parsed(&path, |bytes| parse(&path, bytes))?;
    reader.notice(format!("{PATH}: pairs that are not two counties, skipped"), flows.unknown);
    let [same, other] = &flows.repeated;
    for (what, pairs) in [
        ("not a county's number of workers, left out", &flows.impossible),
        ("pairs on two lines, counted once", same),
        ("pairs on two lines with different numbers, of which the first was used", other),
    ] {
        reader.notices.extend(listed::notice(&format!("{PATH}: {what}"), pairs));
    }
    Ok(flows)
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Flows, Error> {
    let mut table = Table::new(path, bytes)?;
    let columns = [table.column("residence_fips")?, table.column("workplace_fips")?];
    let workers = table.column("workers")?;
    let (mut flows, mut first) = (Flows::default(), HashMap::new());
    let mut record = ByteRecord::new();
    while table.read(&mut record)? {
        let people = table.people(&record, workers, "workers", "write how many people work there, such as 1234")?;
        let pair = [table.fips(&record, columns[0])?, table.fips(&record, columns[1])?];
        let [Some(home), Some(work)] = pair.map(|code| code.and_then(codes::county)) else {
            flows.unknown += 1;
            continue;
        };
        let line = line(&record);
        if !(0.0..=RESIDENTS.greatest).contains(&people) {
            flows.impossible.push(format!("{people} from {home} to {work} on line {line}"));
            continue;
        }
        // Counties that became one are on several lines, under codes of their own.
        match first.entry(pair) {
            Entry::Vacant(entry) => {
                entry.insert((line, people));
                *flows.workers.entry((home, work)).or_default() += people;
            }
            Entry::Occupied(entry) => {
                let (before, workers) = *entry.get();
                let words = format!("{home} to {work} on lines {before} and {line}");
                flows.repeated[usize::from(workers != people)].push(words);
            }
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
        let flows = Flows { workers: workers.into(), ..Flows::default() };
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
        let district =
            crate::place::District { name: "a district".to_owned(), counties: Vec::new(), cases: Vec::new() };
        silent.reported_in = Some(Arc::new(district));
        let rates = rates(&silent, &[place("49", 10_000.0, 5.0)]).unwrap();
        assert!((rates[3] - 5e-4).abs() < 1e-15);
    }

    fn flows(rows: &str) -> Result<(Arc<Flows>, Vec<String>), Error> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("geography")).unwrap();
        std::fs::write(folder.path().join(PATH), format!("residence_fips,workplace_fips,workers\n{rows}")).unwrap();
        let mut reader = Reader::new(folder.path()).unwrap();
        let flows = read(&mut reader)?;
        Ok((flows, reader.notices.iter().map(ToString::to_string).collect()))
    }

    #[test]
    fn a_text_that_is_no_number_is_named_with_its_line() {
        for (field, shown) in [("many", "many"), ("\"1,234\"", "1,234"), ("", ""), ("inf", "inf")] {
            let error = flows(&format!("19001,19003,12\n19001,19005,{field}\n")).unwrap_err();
            assert!(matches!(error, Error::Input(_)), "{error}");
            let expected = format!("line 3, column `workers`: `{shown}` is not a number of workers");
            assert!(error.to_string().contains(&expected), "{error}");
        }
    }

    #[test]
    fn numbers_that_cannot_be_and_pairs_on_two_lines_concern_their_pair_alone() {
        for (row, workers, notice) in [
            ("19001,19005,-3", None, "not a county's number of workers, left out: -3 from 19001 to 19005 on line 3"),
            ("19001,19005,1e9", None, "left out: 1000000000 from 19001 to 19005 on line 3"),
            ("19001,19003,12", None, "pairs on two lines, counted once: 19001 to 19003 on lines 2 and 3"),
            ("19001,19003,90", None, "of which the first was used: 19001 to 19003 on lines 2 and 3"),
            ("19001,19005,7", Some(7.0), ""),
        ] {
            let (flows, notices) = flows(&format!("19001,19003,12\n{row}\n")).unwrap();
            let [home, work, other] = ["19001", "19003", "19005"].map(|fips| fips.parse().unwrap());
            assert_eq!(flows.workers.get(&(home, work)), Some(&12.0), "{row}");
            assert_eq!(flows.workers.get(&(home, other)).copied(), workers, "{row}");
            assert!(notices.iter().all(|found| found.ends_with(notice)) && notices.is_empty() == notice.is_empty());
        }
        // Bedford, which was a city of its own, is added.
        let (flows, notices) = flows("51019,51009,5\n51515,51009,2\n").unwrap();
        let pair = ("51019".parse().unwrap(), "51009".parse().unwrap());
        assert_eq!((flows.workers[&pair], notices.len()), (7.0, 0));
    }
}
