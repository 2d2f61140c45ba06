//! Adherence and persistence of those who take drugs for every day.

use super::super::cells::{Cells, Counter, Sum};
use super::super::claim::{History, Span, Treated};
use super::coverage::{Days, Fill, carried, course, union};

/// Days of the period over which adherence is told.
const PERIOD: i32 = 182;
/// Fewest days from the first covered day of the period to its end.
const OBSERVED: i32 = 91;
/// Days for which persistence is told.
pub(in super::super) const FOLLOWED: i32 = 180;
/// Days on end that end persistence.
const STOPPED: i32 = 60;
/// Shares are summed in hundred thousandths.
pub(in super::super) const UNIT: u64 = 100_000;

pub(super) fn count(disease: usize, history: &History, span: Span, cells: &mut Cells) {
    let mut fills: Vec<&Treated> = history
        .treated
        .iter()
        .filter(|treated| {
            treated.adherence && treated.claim.is_paid() && treated.claim.is_drug() && treated.claim.days > 0
        })
        .collect();
    if fills.is_empty() {
        return;
    }
    // Where the person lives is told by the last fill up to a day.
    let homes: Vec<(i32, u32)> = fills.iter().map(|fill| (fill.claim.day, fill.claim.county)).collect();
    let home = |day: i32| {
        let after = homes.partition_point(|(fill, _)| *fill <= day);
        after.checked_sub(1).map_or(0, |at| homes[at].1)
    };
    fills.sort_by_key(|fill| fill.claim.treatment);
    let mut periods = Vec::with_capacity(fills.len());
    for drug in fills.chunk_by(|a, b| a.claim.treatment == b.claim.treatment) {
        periods.extend(carried(drug.iter().map(|fill| Fill { day: fill.claim.day, days: fill.claim.days.into() })));
    }
    let covered = union(periods);
    follow(disease, &covered, span, cells, home);
    begin(disease, &covered, span, cells, home);
}

/// Adherence over the half year up to each week's end.
fn follow(disease: usize, covered: &[Days], span: Span, cells: &mut Cells, home: impl Fn(i32) -> u32) {
    let (Some(first), Some(last)) = (covered.first(), covered.last()) else { return };
    let measured = span.measured();
    let early = span.place(first.from).max(measured.start);
    let late = span.place(last.until.min(span.last_day) + PERIOD).min(measured.end);
    for week in early..late {
        let end = span.saturday(week) + 1;
        let Some(course) = course(covered, Days { from: end - PERIOD, until: end }) else { continue };
        if course.observed < OBSERVED {
            continue;
        }
        let block = cells.block(disease, home(end - 1));
        block.add(week, Counter::Followed);
        let (days, of) = (u64::from(course.covered.unsigned_abs()), u64::from(course.observed.unsigned_abs()));
        let share = (days * UNIT + of / 2) / of;
        block.add_sum(week, Sum::Covered, share);
        block.add_sum(week, Sum::CoveredSquared, share * share);
        if 5 * days >= 4 * of {
            block.add(week, Counter::Adherent);
        }
        if course.longest_gap > 30 {
            block.add(week, Counter::Gap30);
        }
        if course.longest_gap > 60 {
            block.add(week, Counter::Gap60);
        }
    }
}

/// Persistence of those who begin: no day was covered in the half year before.
fn begin(disease: usize, covered: &[Days], span: Span, cells: &mut Cells, home: impl Fn(i32) -> u32) {
    let mut end_before = None;
    for days in covered {
        let fresh = end_before.is_none_or(|end| days.from - end >= PERIOD) && days.from >= span.first_day + PERIOD;
        end_before = Some(days.until);
        let period = Days { from: days.from, until: days.from + FOLLOWED };
        if !fresh || period.until - 1 > span.last_day {
            continue;
        }
        let Some(course) = course(covered, period) else { continue };
        let (week, block) = (span.place(days.from), cells.block(disease, home(days.from)));
        block.add(week, Counter::Began);
        if course.longest_gap <= STOPPED {
            block.add(week, Counter::Persisted);
        }
    }
}
