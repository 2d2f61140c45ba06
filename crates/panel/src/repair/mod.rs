//! Repair of reported increments: counts move to the days they belong to, and unreported last days are filled with expected
//! counts. Nothing is deleted but a last report that nothing confirms.
//!
//! Steps, in this order: a last report that cannot be believed is held back, and what parts of the place know to be steps is
//! moved into the past ([`carried`]), counts below zero are subtracted
//! from earlier days ([`negatives`]), the value after a silence is spread over it ([`gaps`]), dumps are spread over the
//! preceding weeks ([`dumps`]), and weekday factors are estimated from the unchanged days ([`weekday`]); with them a silence
//! at the end is filled ([`unreported`]). Before that, the missing counts of holidays are added ([`holidays`]). Corrections
//! and dumps that are too large for the weeks before them change the distant past ([`restated`]). Every step uses only the
//! days up to the as-of day: its own series and information on the region ([`Around`]).

mod carried;
mod dumps;
mod gaps;
mod holidays;
mod negatives;
mod restated;
mod unreported;
pub(super) mod weekday;

pub(super) use carried::steps;
pub(super) use holidays::Holiday;
use jiff::civil::Date;

use countycast_engine::{Held, LastDays, Series};

use super::last_report;
use super::raw::{NoReport, Raw, Report};
use super::settings::Settings;
use super::sources::day_after;

/// The kind of a repair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RepairKind {
    /// A count below zero, subtracted from other days.
    Negative,
    /// A silence followed by the total of several days, which was spread over it.
    Gap,
    /// A day with the counts of many, spread over the days before it.
    Dump,
    /// A holiday and the days after it: the missing counts were added.
    Holiday,
    /// Unreported last days: filled with expected counts.
    Unreported,
    /// Last days on which a state reports none of its counties: filled with a county's share of the state.
    Elsewhere,
    /// A published count that is no report, such as a cumulative count of 0 after many: the day before was carried on.
    NoReport,
    /// A last report that cannot be believed: the expected count was used until another report agrees.
    Held,
    /// A step in the cumulative count: it changed the distant past in proportion.
    Restated,
}

impl RepairKind {
    /// All kinds, in the order of repair.
    pub const ALL: [Self; 9] = [
        Self::Negative,
        Self::Gap,
        Self::Dump,
        Self::Holiday,
        Self::Unreported,
        Self::Elsewhere,
        Self::NoReport,
        Self::Held,
        Self::Restated,
    ];

    /// Its name in reports and in the columns of `counties.parquet`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Negative => "negative",
            Self::Gap => "gap",
            Self::Dump => "dump",
            Self::Holiday => "holiday",
            Self::Unreported => "unreported",
            Self::Elsewhere => "elsewhere",
            Self::NoReport => "no report",
            Self::Held => "held",
            Self::Restated => "restated",
        }
    }

    /// Whether it fills a silence at the end.
    fn is_silence(self) -> bool {
        matches!(self, Self::Unreported | Self::Elsewhere)
    }
}

/// One repair of one series.
#[derive(Debug, Clone, PartialEq)]
pub struct Repair {
    /// What was done.
    pub kind: RepairKind,
    /// First day that changed or was marked.
    pub first: Date,
    /// Last day that changed or was marked.
    pub last: Date,
    /// People moved between days; for holidays and unreported last days, people added; for a report that is held back, people
    /// left out; for what is no report, the difference between the cumulative count used and the one published.
    pub people: f64,
    /// Count of these days as published; for what is no report, the cumulative count.
    pub published: f64,
    /// Count of these days that is used instead; for what is no report, the cumulative count.
    pub used: f64,
}

/// The repairs of one place.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Repairs {
    /// Repairs of new cases, by day of repair.
    pub cases: Vec<Repair>,
    /// Repairs of new deaths.
    pub deaths: Vec<Repair>,
}

impl Repairs {
    /// Repairs of this kind: of cases and of deaths.
    #[must_use]
    pub fn count(&self, kind: RepairKind) -> (usize, usize) {
        let count = |repairs: &[Repair]| repairs.iter().filter(|repair| repair.kind == kind).count();
        (count(&self.cases), count(&self.deaths))
    }

    /// People moved by repairs of this kind: cases and deaths.
    #[must_use]
    pub fn people(&self, kind: RepairKind) -> (f64, f64) {
        let people = |list: &[Repair]| list.iter().filter(|r| r.kind == kind).map(|r| r.people).sum();
        (people(&self.cases), people(&self.deaths))
    }
}

/// Information from the region of a series: the state of a county, the nation of a state.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Around {
    /// Factor of each weekday, Sunday first.
    pub(super) weekday: [f64; 7],
    /// Runs of days (first, last) on which the whole place was silent.
    pub(super) silences: Vec<(usize, usize)>,
    /// For each of the last days that are too recent to judge alone: its count relative to the local level.
    pub(super) rises: Vec<f64>,
    /// What was missing on holidays.
    pub(super) holidays: Vec<Holiday>,
    /// Repaired counts without their weekdays.
    pub(super) course: Vec<f64>,
    /// Whether the place lies within a state: a county may have nothing to report while its state reports.
    pub(super) of_county: bool,
}

impl Default for Around {
    fn default() -> Self {
        Self {
            weekday: [1.0; 7],
            silences: Vec::new(),
            rises: Vec::new(),
            holidays: Vec::new(),
            course: Vec::new(),
            of_county: false,
        }
    }
}

/// A series after repair.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cleaned {
    /// New counts a day, at least 0.
    pub(super) counts: Vec<f64>,
    /// Days that were moved or marked; holidays are not.
    pub(super) repaired: Vec<bool>,
    /// What was done.
    pub(super) repairs: Vec<Repair>,
    /// What is uncertain about the last days.
    pub(super) last_days: LastDays,
    /// Factor of each weekday, Sunday first.
    pub(super) weekday: [f64; 7],
    /// Runs of days (first, last) without a report.
    pub(super) silences: Vec<(usize, usize)>,
    /// For each of the last days that are too recent to judge alone: its count relative to the local level.
    pub(super) rises: Vec<f64>,
    /// What was missing on holidays.
    pub(super) holidays: Vec<Holiday>,
}

impl Cleaned {
    /// Whether the last days were not reported.
    pub(super) fn ends_in_silence(&self) -> bool {
        self.repairs.iter().any(|repair| repair.kind.is_silence())
    }
}

/// A repair: its kind, first and last day, and the people moved or added.
type Entry = (RepairKind, usize, usize, f64);

/// A series under repair.
struct Work<'a> {
    counts: Vec<f64>,
    repaired: Vec<bool>,
    reports: Vec<Report>,
    log: Vec<Entry>,
    silences: Vec<(usize, usize)>,
    first_weekday: usize,
    around: &'a Around,
}

impl<'a> Work<'a> {
    fn new(raw: &Raw, first_day: Date, around: &'a Around) -> Self {
        Work {
            counts: raw.new.clone(),
            repaired: vec![false; raw.new.len()],
            reports: raw.reports.clone(),
            log: Vec::new(),
            silences: Vec::new(),
            first_weekday: countycast_engine::weekday_index(first_day),
            around,
        }
    }

    /// Weekday of a day, 0 on Sundays.
    fn weekday(&self, day: usize) -> usize {
        (self.first_weekday + day) % 7
    }

    /// Expected relative count of a day, by its weekday.
    fn factor(&self, day: usize) -> f64 {
        self.around.weekday[self.weekday(day)]
    }
}

/// Repairs one series of reported increments that starts on `first_day`.
pub(super) fn clean(raw: &Raw, first_day: Date, around: &Around, settings: &Settings) -> Cleaned {
    let mut work = Work::new(raw, first_day, around);
    raw.awaited.iter().for_each(|(day, people)| work.counts[*day] += people);
    restated::hold(&mut work, &raw.held, &settings.restatements);
    carried::repair(&mut work, &raw.steps, &settings.dumps, &settings.restatements);
    negatives::repair(&mut work, &settings.negatives, &settings.restatements);
    gaps::repair(&mut work, &settings.gaps);
    dumps::repair(&mut work, &settings.dumps, &settings.restatements);
    let holidays = holidays::fill(&mut work, first_day, settings);
    let weekday = weekday::factors(&work, &settings.weekday, &[]);
    let mut last_days = unreported::fill(&mut work, &raw.new, &weekday, settings);
    last_days.held = held(raw, settings);
    last_days.late += raw.awaited.iter().map(|(_, people)| people).sum::<f64>();
    let rises = dumps::rises(&work, &settings.dumps);
    let date = |day| day_after(first_day, day);
    let sum = |counts: &[f64], first: usize, last: usize| counts[first..=last].iter().sum();
    let repair = |&(kind, first, last, people): &Entry| {
        let (published, used) = (sum(&raw.new, first, last), sum(&work.counts, first, last));
        Repair { kind, first: date(first), last: date(last), people, published, used }
    };
    let no_report = |none: &NoReport| {
        let (NoReport { days: (first, last), published, used }, kind) = (*none, RepairKind::NoReport);
        Repair { kind, first: date(first), last: date(last), people: (used - published).abs(), published, used }
    };
    let repairs = raw.no_reports.iter().map(no_report).chain(work.log.iter().map(repair)).collect();
    let Work { counts, repaired, silences, .. } = work;
    Cleaned { counts, repaired, repairs, last_days, weekday, silences, rises, holidays }
}

/// The sum of repaired parts, in place of a sum of their published counts that was repaired on its own: a part without a
/// report is filled there.
pub(super) fn together<'a>(
    whole: Cleaned,
    parts: impl Iterator<Item = &'a Series>,
    first_day: Date,
    settings: &Settings,
) -> Cleaned {
    let mut counts = vec![0.0; whole.counts.len()];
    let (mut late, mut in_time, mut variance) = (0.0, 0.0, 0.0);
    for part in parts {
        counts.iter_mut().zip(part.cleaned()).for_each(|(sum, count)| *sum += count);
        let last_days = part.last_days();
        late += last_days.late;
        in_time += last_days.late * last_days.late_share;
        let week: f64 = part.cleaned().iter().rev().take(7).sum();
        variance += (last_days.spread * week).powi(2);
    }
    let week: f64 = counts.iter().rev().take(7).sum();
    let last_days = LastDays {
        late,
        late_share: if late > 0.0 { (in_time / late).clamp(0.0, 1.0) } else { 1.0 },
        spread: if week > 0.0 { variance.sqrt() / week } else { 0.0 },
        unreported: whole.last_days.unreported,
        held: whole.last_days.held,
    };
    let raw = Raw::of_new(counts);
    let around = Around { weekday: whole.weekday, ..Around::default() };
    let work = Work { repaired: whole.repaired, ..Work::new(&raw, first_day, &around) };
    let weekday = weekday::factors(&work, &settings.weekday, &[]);
    Cleaned { counts: raw.new, repaired: work.repaired, last_days, weekday, ..whole }
}

/// The last report that is held back, if there is one.
fn held(raw: &Raw, settings: &Settings) -> Option<Held> {
    let &(day, people) = raw.held.last()?;
    let rise = last_report::rise(&raw.believed(), (day, people), settings.last_report.factor);
    Some(Held { day, people, rise, probability: settings.last_report.probability })
}

/// Repairs one series of reported increments without information on its region. Returns the cleaned counts, at least 0
/// and with the same sum (except for counts added on holidays and unreported last days), and the repairs.
#[must_use]
pub fn repair_series(reported: &[f64], first_day: Date, settings: &Settings) -> (Vec<f64>, Vec<Repair>) {
    let cleaned = clean(&Raw::of_new(reported.to_vec()), first_day, &Around::default(), settings);
    (cleaned.counts, cleaned.repairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    /// A Sunday, twenty weeks before the next holiday.
    pub(super) const START: Date = date(2020, 1, 5);

    /// Factors of the weekdays, Sunday first, exact in binary and with mean 1.
    pub(super) const RHYTHM: [f64; 7] = [0.5, 0.75, 1.0, 1.25, 1.25, 1.25, 1.0];

    /// Days from [`START`] on with this level and [`RHYTHM`].
    pub(super) fn rhythmic(level: f64, days: usize) -> Vec<f64> {
        (0..days).map(|day| level * RHYTHM[day % 7]).collect()
    }

    fn cleaned(reported: &[f64]) -> Cleaned {
        clean(&Raw::of_new(reported.to_vec()), START, &Around::default(), &Settings::default())
    }

    #[test]
    fn repairs_are_counted_by_kind_and_series() {
        let repair = |kind, people| Repair { kind, first: START, last: START, people, published: 0.0, used: 0.0 };
        let repairs = Repairs {
            cases: vec![repair(RepairKind::Gap, 2.0), repair(RepairKind::Dump, 5.0), repair(RepairKind::Gap, 4.0)],
            deaths: vec![repair(RepairKind::Gap, 3.0)],
        };
        assert_eq!((repairs.count(RepairKind::Gap), repairs.people(RepairKind::Gap)), ((2, 1), (6.0, 3.0)));
        assert_eq!((repairs.count(RepairKind::Dump), repairs.people(RepairKind::Dump)), ((1, 0), (5.0, 0.0)));
        let words = RepairKind::ALL.map(RepairKind::word);
        let expected =
            ["negative", "gap", "dump", "holiday", "unreported", "elsewhere", "no report", "held", "restated"];
        assert_eq!(words, expected);
    }

    #[test]
    fn a_series_alone_is_repaired_as_without_a_region() {
        let mut reported = vec![10.0; 60];
        reported[40..46].fill(0.0);
        reported[46] = 70.0;
        let (counts, repairs) = repair_series(&reported, START, &Settings::default());
        assert!(counts.iter().all(|count| (count - 10.0).abs() < 1e-9), "{counts:?}");
        // Six silent days, and what the seventh gives to them.
        let (first, last) = (date(2020, 2, 14), date(2020, 2, 20));
        assert_eq!(repairs.len(), 1);
        assert_eq!((repairs[0].kind, repairs[0].first, repairs[0].last), (RepairKind::Gap, first, last));
        assert!((repairs[0].people - 60.0).abs() < 1e-9);
    }

    #[test]
    fn a_quiet_series_is_left_alone() {
        let reported: Vec<f64> = (0..100).map(|day| f64::from(20 + day % 7)).collect();
        let result = cleaned(&reported);
        assert_eq!(result.counts, reported);
        assert_eq!(result.repairs, []);
    }

    #[test]
    fn exponential_growth_is_left_alone() {
        // Doubling every three days, faster than the spring of 2020 in New York.
        let reported: Vec<f64> = (0..40).map(|day| (f64::from(day) / 3.0).exp2().floor()).collect();
        assert_eq!(cleaned(&reported).counts, reported);
    }

    proptest! {
        #[test]
        fn totals_are_kept_and_nothing_is_below_zero(
            steps in prop::collection::vec(prop_oneof![6 => 0i32..30, 2 => Just(0), 1 => 200i32..3000, 1 => -400i32..0], 1..200)
        ) {
            // Reported increments of a cumulative count that never falls below zero, as for every county.
            let mut total = 0;
            let reported: Vec<f64> =
                steps.iter().map(|&step| { let step = step.max(-total); total += step; f64::from(step) }).collect();
            let result = cleaned(&reported);
            prop_assert!(result.counts.iter().all(|c| c.is_finite() && *c >= 0.0));
            let expected = |kind| matches!(kind, RepairKind::Holiday | RepairKind::Unreported | RepairKind::Elsewhere);
            let expected = result.repairs.iter().filter(|repair| expected(repair.kind));
            let sum = result.counts.iter().sum::<f64>() - expected.map(|repair| repair.people).sum::<f64>();
            prop_assert!((sum - f64::from(total)).abs() <= 1e-9 * f64::from(total.max(1)), "{} for {}", sum, total);
            for (day, (before, after)) in reported.iter().zip(&result.counts).enumerate() {
                let date = day_after(START, day);
                let holiday = crate::holidays::reported_share(date, 0.5) < 1.0;
                prop_assert!(before == after || result.repaired[day] || holiday, "day {} changed unmarked", day);
            }
        }
    }
}
