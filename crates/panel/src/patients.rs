//! Hospital patients by state, from The COVID Tracking Project.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use countycast_engine::{Fips, HistoryError, Patients};
use csv::ByteRecord;
use jiff::civil::Date;

use super::geography::State;
use super::input::Reader;
use super::place::Place;
use super::sources::table::{Table, text};
use super::sources::{Unusable, days_between};
use crate::error::Error;

/// Path below the data folder.
const PATH: &str = "testing/covid_tracking_states.csv";
/// Remedy for an invalid number of patients.
const REMEDY: &str = "write how many there are, such as 123, or leave it blank";
/// Maximum age of a report on the as-of day; older ones do not describe current patients.
const OLDEST_DAYS: usize = 7;

/// What a state reported.
#[derive(Debug)]
pub(super) struct Reports {
    last: Patients,
    /// Patients in hospital on each day of the panel; not a number without a report.
    by_day: Arc<[f64]>,
}

/// A report of one state.
#[derive(Debug)]
struct Report {
    day: Date,
    state: Fips,
    hospital: f64,
    icu: Option<f64>,
}

/// The whole file.
#[derive(Debug)]
struct Parsed {
    reports: Vec<Report>,
    last_day: Option<Date>,
    /// Reports with an invalid number.
    unusable: Vec<Unusable>,
}

/// Reads the reports of each state with a report in the last week, from the panel's first day to its as-of day; none if
/// the file is missing.
pub(super) fn read(first_day: Date, as_of: Date, reader: &mut Reader) -> Result<BTreeMap<Fips, Reports>, Error> {
    let without = "the number of hospital patients on the as-of day is unknown";
    let Some(path) = reader.optional(&[PATH], without) else { return Ok(BTreeMap::new()) };
    let file = reader.parsed(&path, |bytes| parse(&path, bytes))?;
    Unusable::check(&file.unusable, |day| first_day <= day && day <= as_of)?;
    let days = days_between(first_day, as_of).map_or(0, |last| last + 1);
    let mut reports = BTreeMap::<Fips, Reports>::new();
    for &Report { day, state, hospital, icu } in &file.reports {
        let Some(days_ago) = days_between(day, as_of).filter(|ago| *ago < days) else { continue };
        let report = Patients { days_ago, hospital, icu: icu.filter(|icu| *icu <= hospital) };
        let none = || Reports { last: report, by_day: vec![f64::NAN; days].into() };
        let of_state = reports.entry(state).or_insert_with(none);
        Arc::make_mut(&mut of_state.by_day)[days - 1 - days_ago] = hospital;
        if days_ago < of_state.last.days_ago {
            of_state.last = report;
        }
    }
    reports.retain(|_, of_state| of_state.last.days_ago <= OLDEST_DAYS);
    if let Some(day) = file.last_day {
        reader.holds_until(&path, day);
    }
    reader.notice(format!("{PATH}: states without a report of the last week"), State::all().len() - reports.len());
    Ok(reports)
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Parsed, Error> {
    let mut table = Table::new(path, bytes)?;
    let (date, state) = (table.column("date")?, table.column("state")?);
    let (hospital, icu) = (table.column("hospitalizedCurrently")?, table.column("inIcuCurrently")?);
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
            Ok((Some(hospital), icu)) => parsed.reports.push(Report { day, state, hospital, icu }),
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
        Ok((read(FIRST_DAY, as_of, &mut reader)?, reader))
    }

    #[test]
    fn the_last_report_up_to_the_as_of_day_counts() {
        let rows = "2020-08-08,IA,500,90\n2020-08-07,IA,240,\n2020-08-06,IA,230,70\n2020-08-07,PR,400,50\n\
                    2020-08-07,NE,,\n2020-08-05,NE,100,130\n2020-07-30,KS,300,80\n";
        let (reports, reader) = read_file(rows, Date::constant(2020, 8, 7)).unwrap();
        let of = |state: &str| reports.get(&state.parse().unwrap()).map(|reports| reports.last);
        assert_eq!(of("19"), Some(Patients { days_ago: 0, hospital: 240.0, icu: None }), "the day after is not known");
        assert_eq!(of("31").map(|ne| (ne.days_ago, ne.icu)), Some((2, None)), "more in intensive care than there are");
        assert_eq!((of("20"), reports.len()), (None, 2), "too old; territories are no states");
        let iowa = &reports[&"19".parse().unwrap()].by_day;
        assert_eq!((iowa.len(), &iowa[8..]), (10, &[230.0, 240.0][..]), "a day of the panel each");
        assert!(iowa[..8].iter().all(|day| day.is_nan()), "not reported");
        assert_eq!(reader.notices[0].count, 49);
        assert_eq!(reader.inputs[0].last_day, Some(Date::constant(2020, 8, 8)));
    }

    #[test]
    fn what_is_no_number_is_named_with_its_line() {
        let error = read_file("2020-08-07,IA,many,\n", Date::constant(2020, 8, 7)).unwrap_err().to_string();
        assert!(
            error.contains("line 2, column `hospitalizedCurrently`: `many` is not a number of patients"),
            "{error}"
        );
    }
}
