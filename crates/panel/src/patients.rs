//! Hospital patients by state, from The COVID Tracking Project.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use countycast_engine::{Fips, HistoryError, Patients};
use csv::ByteRecord;
use jiff::civil::Date;

use super::averages::median;
use super::geography::State;
use super::input::Reader;
use super::listed;
use super::place::Place;
use super::sources::table::{Table, line, text};
use super::sources::{Unusable, days_between};
use crate::error::Error;

/// Path below the data folder.
const PATH: &str = "testing/covid_tracking_states.csv";
/// Remedy for an invalid number of patients.
const REMEDY: &str = "write how many there are, such as 123, or leave it blank";
/// Greatest share of a state's residents in hospital: all staffed beds of the country are 0.28 % (American Hospital
/// Association 2022: 919,559 beds), and the most that any state reported in 2020 was 0.1 %.
const MOST_PATIENTS: f64 = 0.01;
/// Residents of a state whose number is not known: as many as in the largest.
const MOST_RESIDENTS: f64 = 4e7;
/// Maximum age of a report on the as-of day; older ones do not describe current patients.
const OLDEST_DAYS: usize = 7;

/// Greatest change from the median of the last week's reports, as a factor, that a single report is believed to show: of 9,997
/// reports of March to October 2020, 22 changed by more.
const MOST_CHANGE: f64 = 2.0;
/// Patients added to both before they are compared, and fewest reports that they are compared with.
const FEW_PATIENTS: f64 = 10.0;
const FEWEST_REPORTS: usize = 3;

/// What a state reported.
#[derive(Debug)]
pub(super) struct Reports {
    last: Patients,
    /// Patients in hospital on each day of the panel; not a number without a report.
    by_day: Arc<[f64]>,
}

/// A report of one state; its numbers may be impossible.
#[derive(Debug)]
struct Report {
    day: Date,
    state: Fips,
    line: u64,
    hospital: f64,
    icu: Option<f64>,
}

/// The whole file.
#[derive(Debug)]
struct Parsed {
    reports: Vec<Report>,
    last_day: Option<Date>,
    /// Reports with text in place of a number.
    unusable: Vec<Unusable>,
}

/// A state's reports by day of the panel.
struct ByDay {
    /// Not a number without a report.
    hospital: Vec<f64>,
    icu: Vec<Option<f64>>,
}

impl ByDay {
    /// With the last report, if it is of the last week.
    ///
    /// A last report that departs from the median of those of the week before it by more than [`MOST_CHANGE`] may be a
    /// mistake: that median stands until another report agrees. Intensive care takes the share of the week's last report
    /// that has it.
    fn reports(self) -> Option<Reports> {
        let Self { mut hospital, icu } = self;
        let last = hospital.len() - 1;
        let day = (last.saturating_sub(OLDEST_DAYS)..=last).rev().find(|day| hospital[*day].is_finite())?;
        let week = day.saturating_sub(OLDEST_DAYS)..day;
        let mut before: Vec<f64> = week.clone().map(|day| hospital[day]).filter(|count| count.is_finite()).collect();
        let share = |day: usize| Some(icu[day]? / hospital[day]).filter(|share| share.is_finite());
        let icu = week.chain([day]).rev().find_map(share);
        if before.len() >= FEWEST_REPORTS {
            let usual = median(&mut before);
            let change = (hospital[day] + FEW_PATIENTS) / (usual + FEW_PATIENTS);
            if !(1.0 / MOST_CHANGE..=MOST_CHANGE).contains(&change) {
                hospital[day] = usual;
            }
        }
        let patients = hospital[day];
        let last = Patients { days_ago: last - day, hospital: patients, icu: icu.map(|share| share * patients) };
        Some(Reports { last, by_day: hospital.into() })
    }
}

/// Reads the reports of each state with a report in the last week, from the panel's first day to its as-of day; none if
/// the file is missing. Numbers that a state with so many `residents` cannot have are left out.
pub(super) fn read(
    first_day: Date,
    as_of: Date,
    residents: &dyn Fn(Fips) -> Option<f64>,
    reader: &mut Reader,
) -> Result<BTreeMap<Fips, Reports>, Error> {
    let without = "the number of hospital patients on the as-of day is unknown";
    let Some(path) = reader.optional(&[PATH], without) else { return Ok(BTreeMap::new()) };
    let file = reader.parsed(&path, |bytes| parse(&path, bytes))?;
    Unusable::check(&file.unusable, |day| first_day <= day && day <= as_of)?;
    let days = days_between(first_day, as_of).map_or(0, |last| last + 1);
    let most = State::all()
        .iter()
        .map(|state| (state.fips(), MOST_PATIENTS * residents(state.fips()).unwrap_or(MOST_RESIDENTS)));
    let most: BTreeMap<Fips, f64> = most.collect();
    let (mut by_state, mut impossible) = (BTreeMap::<Fips, ByDay>::new(), Vec::new());
    for &Report { day, state, line, hospital, icu } in &file.reports {
        let Some(days_ago) = days_between(day, as_of).filter(|ago| *ago < days) else { continue };
        let mut possible = |patients: f64| {
            let possible = (0.0..=most[&state]).contains(&patients);
            if !possible {
                impossible
                    .push(format!("{patients} in {} on line {line}", State::of(state).map_or("", |state| state.name)));
            }
            possible
        };
        let icu = icu.filter(|icu| possible(*icu) && *icu <= hospital);
        if !possible(hospital) {
            continue;
        }
        let day = days - 1 - days_ago;
        let none = || ByDay { hospital: vec![f64::NAN; days], icu: vec![None; days] };
        let of_state = by_state.entry(state).or_insert_with(none);
        (of_state.hospital[day], of_state.icu[day]) = (hospital, icu);
    }
    let reports: BTreeMap<Fips, Reports> =
        by_state.into_iter().filter_map(|(state, by_day)| Some((state, by_day.reports()?))).collect();
    if let Some(day) = file.last_day {
        reader.holds_until(&path, day);
    }
    let what = format!("{PATH}: patients that the state cannot have, left out");
    reader.notices.extend(listed::notice(&what, &impossible));
    reader.notice(format!("{PATH}: states without a report of the last week"), State::all().len() - reports.len());
    Ok(reports)
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Parsed, Error> {
    let mut table = Table::new(path, bytes)?;
    let (date, state) = (table.column("date")?, table.column("state")?);
    let (hospital, icu) = (table.column("hospitalizedCurrently")?, table.column("inIcuCurrently")?);
    let ventilated = table.position("onVentilatorCurrently");
    let mut parsed = Parsed { reports: Vec::new(), last_day: None, unusable: Vec::new() };
    let mut record = ByteRecord::new();
    while table.read(&mut record)? {
        let day: Date = text(&record, date)
            .parse()
            .map_err(|_| table.wrong(&record, date, "is not a date", "write the day such as 2020-07-31"))?;
        parsed.last_day = parsed.last_day.max(Some(day));
        // The file also has territories.
        let Some(state) = State::named(&text(&record, state)).map(State::fips) else { continue };
        let patients = |column: usize| match record.get(column).unwrap_or_default().trim_ascii() {
            b"" => Ok(None),
            _ => table.people(&record, column, "patients", REMEDY).map(Some),
        };
        match patients(hospital).and_then(|hospital| Ok((hospital, patients(icu)?))) {
            Ok((Some(hospital), icu)) => {
                // Whoever is on a ventilator is in intensive care.
                let least = ventilated.and_then(|column| patients(column).ok().flatten());
                let icu = icu.filter(|icu| least.is_none_or(|least| *icu >= least));
                parsed.reports.push(Report { day, state, line: line(&record), hospital, icu });
            }
            Ok((None, _)) => {}
            Err(error) => parsed.unusable.push(Unusable { day, error }),
        }
    }
    Ok(parsed)
}

/// Attaches to states and counties the reports of their state.
pub(super) fn attach<'a>(
    reports: &BTreeMap<Fips, Reports>,
    places: impl Iterator<Item = &'a mut Place>,
) -> Result<(), HistoryError> {
    for place in places {
        if let Some(Reports { last, by_day }) = place.fips().state().and_then(|state| reports.get(&state)) {
            let history = place.history.as_ref().clone().with_patients(*last)?;
            place.history = Arc::new(history.with_patients_by_day(Arc::clone(by_day))?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST_DAY: Date = Date::constant(2020, 7, 29);

    fn read_file(rows: &str, as_of: Date) -> Result<(BTreeMap<Fips, Reports>, Reader), Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(PATH);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, format!("date,state,hospitalizedCurrently,inIcuCurrently\n{rows}")).unwrap();
        let mut reader = Reader::new(folder.path()).unwrap();
        let residents = |state: Fips| (state.number() == 19).then_some(3e6);
        Ok((read(FIRST_DAY, as_of, &residents, &mut reader)?, reader))
    }

    #[test]
    fn the_last_report_up_to_the_as_of_day_counts() {
        let rows = "2020-08-08,IA,500,90\n2020-08-07,IA,240,\n2020-08-06,IA,230,70\n2020-08-07,PR,400,50\n\
                    2020-08-07,NE,,\n2020-08-05,NE,100,130\n2020-07-30,KS,300,80\n";
        let (reports, reader) = read_file(rows, Date::constant(2020, 8, 7)).unwrap();
        let of = |state: &str| reports.get(&state.parse().unwrap()).map(|reports| reports.last);
        // The day after is not known; in intensive care is the share of the day before.
        assert_eq!(of("19"), Some(Patients { days_ago: 0, hospital: 240.0, icu: Some(240.0 * (70.0 / 230.0)) }));
        assert_eq!(of("31").map(|ne| (ne.days_ago, ne.icu)), Some((2, None)), "more in intensive care than there are");
        assert_eq!((of("20"), reports.len()), (None, 2), "too old; territories are no states");
        let iowa = &reports[&"19".parse().unwrap()].by_day;
        assert_eq!((iowa.len(), &iowa[8..]), (10, &[230.0, 240.0][..]), "a day of the panel each");
        assert!(iowa[..8].iter().all(|day| day.is_nan()), "not reported");
        assert_eq!(reader.notices[0].count, 49);
        assert_eq!(reader.inputs[0].last_day, Some(Date::constant(2020, 8, 8)));
    }

    #[test]
    fn fewer_in_intensive_care_than_on_ventilators_is_no_report_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(PATH);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let rows = "2020-08-06,KS,400,100,40\n2020-08-07,KS,420,2,41\n";
        let head = "date,state,hospitalizedCurrently,inIcuCurrently,onVentilatorCurrently\n";
        std::fs::write(&path, head.to_owned() + rows).unwrap();
        let mut reader = Reader::new(folder.path()).unwrap();
        let reports = read(FIRST_DAY, Date::constant(2020, 8, 7), &|_| Some(3e6), &mut reader).unwrap();
        let kansas = reports[&"20".parse().unwrap()].last;
        assert_eq!((kansas.hospital, kansas.icu), (420.0, Some(105.0)), "the share of the day before");
    }

    #[test]
    fn a_last_report_twice_as_high_waits_for_another() {
        let last = |reports: &[f64]| {
            let row = |(day, patients): (usize, &f64)| format!("2020-08-{:02},IA,{patients},\n", day + 1);
            let rows: String = reports.iter().enumerate().map(row).collect();
            let as_of = Date::constant(2020, 8, reports.len() as i8);
            let (reports, _) = read_file(&rows, as_of).unwrap();
            let of_iowa = &reports[&"19".parse().unwrap()];
            (of_iowa.last.hospital, of_iowa.by_day.last().copied().unwrap())
        };
        let steady = [200.0, 210.0, 220.0, 230.0];
        for (newest, used) in [(470.0, 215.0), (90.0, 215.0), (430.0, 430.0), (110.0, 110.0)] {
            assert_eq!(last(&[&steady[..], &[newest]].concat()), (used, used), "{newest}");
        }
        assert_eq!(last(&[&steady[..], &[470.0, 480.0]].concat()).0, 220.0, "of the five before, the middle");
        assert_eq!(last(&[&steady[..], &[470.0, 480.0, 480.0, 480.0, 480.0]].concat()).0, 480.0, "others agree");
        assert_eq!(last(&[20.0, 900.0]).0, 900.0, "one report before tells nothing");
    }

    #[test]
    fn numbers_that_the_state_cannot_have_are_left_out_and_end_nothing() {
        let day = Date::constant(2020, 8, 7);
        for (cell, hospital, icu, notice) in [
            ("-1,20", None, None, Some("-1 in Iowa on line 2")),
            // Iowa has 3 million residents here: 30,000 patients are the most.
            ("30001,20", None, None, Some("30001 in Iowa on line 2")),
            ("1e26,20", None, None, Some("100000000000000000000000000 in Iowa on line 2")),
            ("100,-5", Some(100.0), None, Some("-5 in Iowa on line 2")),
            ("100,1e9", Some(100.0), None, Some("1000000000 in Iowa on line 2")),
            ("30000,20", Some(30_000.0), Some(20.0), None),
        ] {
            let (reports, reader) = read_file(&format!("2020-08-07,IA,{cell}\n2020-08-07,NE,80,9\n"), day).unwrap();
            let last = |state: &str| reports.get(&state.parse().unwrap()).map(|reports| reports.last);
            assert_eq!(last("19").map(|report| report.hospital), hospital, "{cell}");
            assert_eq!(last("19").and_then(|report| report.icu), icu, "{cell}");
            assert_eq!(last("31"), Some(Patients { days_ago: 0, hospital: 80.0, icu: Some(9.0) }), "{cell}");
            let found = reader.notices.iter().find(|notice| notice.message.contains("cannot have"));
            assert_eq!(found.map(|notice| notice.message.rsplit(": ").next().unwrap()), notice, "{cell}");
        }
        let (_, reader) = read_file("2020-08-08,IA,1e9,\n2020-08-07,NE,80,9\n", day).unwrap();
        assert!(
            !reader.notices.iter().any(|notice| notice.message.contains("cannot have")),
            "a day after the as-of day"
        );
    }

    #[test]
    fn what_is_no_number_is_named_with_its_line() {
        for (field, shown) in [("many", "many"), ("\"1,234\"", "1,234"), ("inf", "inf")] {
            let error = read_file(&format!("2020-08-07,IA,{field},\n"), Date::constant(2020, 8, 7)).unwrap_err();
            let expected = format!("line 2, column `hospitalizedCurrently`: `{shown}` is not a number of patients");
            assert!(error.to_string().contains(&expected), "{error}");
        }
    }
}
