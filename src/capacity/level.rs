//! Patients that states report, against those that their cases lead to expect.

use std::collections::BTreeMap;

use countycast_engine::{Covariates, Fips, History};

use super::stays::Stays;
use crate::panel::Panel;
use crate::recent::recent;

/// Patients of the nation's share in intensive care added to a state's report: the share of a handful tells little. Of
/// 0 to 200, ten predicted the shares of the next four weeks best (docs/experiments.md, "Hospital patients").
const PRIOR_PATIENTS: f64 = 10.0;
/// Patients added to both sides before a report is compared with what is expected: none today does not mean none ever.
const LEAST_PATIENTS: f64 = 2.0;
/// Reports beyond this factor of what is expected are not believed: other patients, or other days, are in them.
const MOST: f64 = 8.0;
/// Reporting states from which their spread is taken.
const FEWEST_STATES: usize = 8;
/// Standard deviations of the logarithms of patients over those expected and of the share in intensive care between states, if
/// too few report to tell: those of August to December 2020.
const SPREAD: (f64, f64) = (0.38, 0.3);

/// Patients of a place on the as-of day, relative to those that its cases lead to expect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// Admissions and patients over those expected.
    pub patients: f64,
    /// Share of the admitted who come to intensive care, over the usual one.
    pub icu: f64,
    /// Age of the report, days.
    pub days_ago: usize,
    /// Standard deviation of the logarithm of `patients`.
    pub spread: f64,
    /// Standard deviation of the logarithm of the number in intensive care, beyond that.
    pub icu_spread: f64,
}

/// The levels of all places.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Levels {
    places: BTreeMap<Fips, Level>,
    unknown: Level,
}

/// Patients expected at the end of a day at the usual risks.
#[derive(Debug, Clone, Copy, Default)]
struct Expected {
    /// If all stayed on the ward.
    all: f64,
    /// The part of them who come to intensive care, if they stayed on the ward.
    critical: f64,
    /// Those in intensive care.
    icu: f64,
}

/// A state's report beside what is expected.
struct Report {
    state: Fips,
    expected: Expected,
    days_ago: usize,
    hospital: f64,
    icu: Option<f64>,
}

impl Level {
    /// Patients as expected.
    pub const EXPECTED: Self = Self { patients: 1.0, icu: 1.0, days_ago: 0, spread: SPREAD.0, icu_spread: SPREAD.1 };
}

impl Levels {
    /// Learns the levels of a panel.
    ///
    /// A state with a report begins with its patients and their share in intensive care; a state without one has the factors
    /// of all that report. Counties have the factor with which they add up to their state, in which there may be cases
    /// without a county; how far a county departs from it is not known, and is taken to be as much as a state departs from the
    /// nation.
    pub(super) fn new(panel: &Panel, stays: &Stays) -> Self {
        let reports: Vec<Report> = panel.states().iter().filter_map(|state| report(&state.history, stays)).collect();
        let nation = whole(&reports);
        // By state, on the day of its report.
        let reported: BTreeMap<Fips, Expected> = reports.iter().map(|report| (report.state, report.expected)).collect();
        let levels = reports.iter().map(|report| (report.state, level(report, nation.icu_share))).collect();
        let (spread, icu_spread) = spread(&reports);
        let unknown = Level { patients: nation.patients, icu: nation.icu, days_ago: 0, spread, icu_spread };
        let mut levels = Self { places: levels, unknown };
        let mut sums = BTreeMap::<Fips, (f64, f64)>::new();
        for county in panel.counties() {
            let Some(state) = county.fips().state() else { continue };
            let sum = sums.entry(state).or_default();
            let level = levels.of(state);
            sum.0 += now(&county.history, stays, level.days_ago).with(level.icu);
            sum.1 += recent(county.history.cases().cleaned());
        }
        let mut counties = BTreeMap::new();
        let mut total = (0.0, 0.0);
        for state in panel.states() {
            let own = levels.of(state.fips());
            let today = || now(&state.history, stays, 0);
            let reported = reported.get(&state.fips()).copied();
            let expected = reported.unwrap_or_else(today);
            let (of_counties, cases) = sums.get(&state.fips()).copied().unwrap_or_default();
            let covered = (cases / recent(state.history.cases().cleaned()).max(1.0)).min(1.0);
            let factor = if of_counties > 0.0 {
                own.patients * expected.with(own.icu) * covered / of_counties
            } else {
                own.patients
            };
            let spread = own.spread.hypot(spread);
            counties.insert(state.fips(), Level { patients: factor, spread, ..own });
            let today = if own.days_ago > 0 { today() } else { expected };
            total.0 += own.patients * today.with(own.icu);
            total.1 += own.patients * own.icu * today.icu;
        }
        for county in panel.counties() {
            if let Some(level) = county.fips().state().and_then(|state| counties.get(&state)) {
                levels.places.insert(county.fips(), *level);
            }
        }
        let nation = now(&panel.nation().history, stays, 0);
        if total.0 > 0.0 && nation.all > 0.0 {
            let icu = nation.icu_factor(total.1 / total.0);
            let patients = total.0 / nation.with(icu);
            levels.places.insert(Fips::US, Level { patients, icu, days_ago: 0, spread: 0.0, icu_spread: 0.0 });
        }
        levels
    }

    /// Patients as expected everywhere.
    pub(super) fn unreported() -> Self {
        Self { places: BTreeMap::new(), unknown: Level::EXPECTED }
    }

    /// The level of a place.
    pub(super) fn of(&self, place: Fips) -> Level {
        let state = || place.state().and_then(|state| self.places.get(&state));
        self.places.get(&place).or_else(state).copied().unwrap_or(self.unknown)
    }
}

impl Expected {
    fn add(&mut self, other: Self) {
        self.all += other.all;
        self.critical += other.critical;
        self.icu += other.icu;
    }

    /// Patients if this factor is on the share that comes to intensive care.
    fn with(self, icu: f64) -> f64 {
        self.all + icu * (self.icu - self.critical)
    }

    /// The factor on the share of the admitted who come to intensive care at which this share of the patients is there.
    fn icu_factor(self, share: f64) -> f64 {
        let factor = share * self.all / (self.icu - share * (self.icu - self.critical));
        if factor.is_finite() { factor.max(0.0) } else { 1.0 }
    }
}

/// Sums over the reporting states.
struct Whole {
    patients: f64,
    icu: f64,
    icu_share: Option<f64>,
}

fn whole(reports: &[Report]) -> Whole {
    let with_icu = || reports.iter().filter_map(|report| Some((report, report.icu?)));
    let (mut expected, mut hospital, mut icu) = (Expected::default(), 0.0, 0.0);
    for (report, in_icu) in with_icu() {
        expected.add(report.expected);
        hospital += report.hospital;
        icu += in_icu;
    }
    let icu_share = (hospital > 0.0).then(|| icu / hospital);
    let icu = icu_share.map_or(1.0, |share| expected.icu_factor(share));
    let (mut all, mut hospital) = (0.0, 0.0);
    for report in reports {
        all += report.expected.with(icu);
        hospital += report.hospital;
    }
    Whole { patients: if all > 0.0 { factor(hospital, all) } else { 1.0 }, icu, icu_share }
}

fn level(report: &Report, usual: Option<f64>) -> Level {
    let Report { expected, days_ago, hospital, .. } = *report;
    let usual = usual.unwrap_or(expected.icu / expected.with(1.0).max(f64::MIN_POSITIVE));
    let share = (report.icu.map_or(usual * hospital, |icu| icu) + PRIOR_PATIENTS * usual) / (hospital + PRIOR_PATIENTS);
    let icu = expected.icu_factor(share);
    let icu_spread = if report.icu.is_some() { 0.0 } else { SPREAD.1 };
    Level { patients: factor(hospital, expected.with(icu)), icu, days_ago, spread: 0.0, icu_spread }
}

fn factor(reported: f64, expected: f64) -> f64 {
    ((reported + LEAST_PATIENTS) / (expected + LEAST_PATIENTS)).clamp(1.0 / MOST, MOST)
}

/// Standard deviations between states of the logarithms of patients over those expected, and of the share in intensive care.
fn spread(reports: &[Report]) -> (f64, f64) {
    let deviation = |values: Vec<f64>, usual: f64| {
        if values.len() < FEWEST_STATES {
            return usual;
        }
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64).sqrt()
    };
    let patients = reports.iter().map(|report| factor(report.hospital, report.expected.with(1.0)).ln()).collect();
    let share = |report: &Report| Some(((report.icu? + 1.0) / (report.hospital + 4.0)).ln());
    (deviation(patients, SPREAD.0), deviation(reports.iter().filter_map(share).collect(), SPREAD.1))
}

fn report(state: &History, stays: &Stays) -> Option<Report> {
    let report = state.patients()?;
    let expected = now(state, stays, report.days_ago);
    let state = state.location().fips;
    Some(Report { state, expected, days_ago: report.days_ago, hospital: report.hospital, icu: report.icu })
}

/// Patients expected so many days before the as-of day.
fn now(history: &History, stays: &Stays, days_ago: usize) -> Expected {
    let facts: &Covariates = &history.location().covariates;
    let (none, usual) = (stays.kernels(facts, 0.0), stays.kernels(facts, 1.0));
    let cases = history.cases().cleaned();
    let cases: Vec<f32> = cases[..cases.len().saturating_sub(days_ago)].iter().map(|cases| *cases as f32).collect();
    let admitted = usual.admitted(&cases);
    let present = |kernel: &[f32]| -> f64 {
        admitted.iter().rev().zip(kernel).map(|(admitted, share)| f64::from(admitted * share)).sum()
    };
    let all = present(&none.ward);
    Expected { all, critical: all - present(&usual.ward), icu: present(&usual.icu) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPECTED: Expected = Expected { all: 100.0, critical: 25.0, icu: 40.0 };

    fn report(state: &str, hospital: f64, icu: Option<f64>) -> Report {
        Report { state: state.parse().unwrap(), expected: EXPECTED, days_ago: 1, hospital, icu }
    }

    #[test]
    fn a_factor_on_the_share_in_intensive_care_leads_to_the_share_that_it_was_made_for() {
        for share in [0.0, 0.1, 0.2, 0.4] {
            let factor = EXPECTED.icu_factor(share);
            assert!((factor * EXPECTED.icu / EXPECTED.with(factor) - share).abs() < 1e-12, "{share}: {factor}");
        }
        assert_eq!(Expected::default().icu_factor(0.2), 1.0, "nothing is known where nobody is expected");
    }

    #[test]
    fn a_report_is_met_and_a_handful_takes_the_share_of_all() {
        let large =
            Report { expected: Expected { all: 1e4, critical: 2.5e3, icu: 4e3 }, ..report("19", 5e3, Some(1e3)) };
        let found = level(&large, Some(0.3));
        let patients = found.patients * large.expected.with(found.icu);
        assert!((patients / 5e3 - 1.0).abs() < 1e-3, "{patients}");
        let icu = found.patients * found.icu * large.expected.icu;
        assert!((icu / 1e3 - 1.0).abs() < 3e-3, "{icu}");
        // None of five in intensive care, where three of ten are usual: 3 of 15.
        let few = level(&report("31", 5.0, Some(0.0)), Some(0.3));
        assert!((few.icu * EXPECTED.icu / EXPECTED.with(few.icu) - 0.2).abs() < 1e-12);
        // Without a report of intensive care the share is that of all, and uncertain.
        let unknown = level(&report("31", 5.0, None), Some(0.3));
        assert!((unknown.icu - EXPECTED.icu_factor(0.3)).abs() < 1e-12 && unknown.icu_spread > 0.0);
        assert_eq!(few.icu_spread, 0.0);
    }

    #[test]
    fn states_without_a_report_take_the_sum_of_those_with_one() {
        let nation = whole(&[report("19", 150.0, Some(20.0)), report("31", 50.0, None)]);
        assert_eq!(nation.icu_share, Some(20.0 / 150.0));
        assert!((nation.patients - (200.0 + 2.0) / (2.0 * EXPECTED.with(nation.icu) + 2.0)).abs() < 1e-12);
        assert_eq!((whole(&[]).patients, whole(&[]).icu), (1.0, 1.0));
    }

    #[test]
    fn a_report_of_other_patients_is_not_believed_beyond_a_factor() {
        assert_eq!((factor(1e6, 100.0), factor(0.0, 1e6)), (MOST, 1.0 / MOST));
        let few = [report("19", 150.0, None), report("31", 50.0, None)];
        assert_eq!(spread(&few), SPREAD, "two states do not tell their spread");
    }
}
