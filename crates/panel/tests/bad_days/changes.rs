//! A bad day, and changes of which bad days are made.

use crate::{DAYS, LAST, Table, counties};

/// What happened to the published counts, and what has to be made of it.
pub(crate) struct Bad {
    pub(crate) name: &'static str,
    pub(crate) change: fn(&mut Table),
    /// Places whose level is kept.
    pub(crate) kept: &'static [&'static str],
    /// Part of a notice that has to be given.
    pub(crate) notice: &'static str,
    /// How much wider than the counts the level is, at least: the standard deviation of its logarithm, and its rise if a held
    /// report is right.
    pub(crate) doubt: (f64, f64),
}

/// Sets the cumulative counts of these codes from a day on.
pub(crate) fn set(
    table: &mut Table,
    codes: impl Iterator<Item = u32>,
    from: usize,
    to: usize,
    count: impl Fn(&[f64], usize) -> f64,
) {
    for code in codes {
        let row = table.get_mut(&code).unwrap();
        let before = row.clone();
        (from..=to).for_each(|day| row[day] = count(&before, day));
    }
}

/// Sets them to what they were on the day before.
pub(crate) fn silence(table: &mut Table, codes: impl Iterator<Item = u32>, days: usize) {
    set(table, codes, DAYS - days, LAST, |row, _| row[DAYS - days - 1]);
}

/// A state's counties report nothing for some days, and `Unassigned` has their new cases, or all of them.
pub(crate) fn unassigned(table: &mut Table, days: usize, all: bool) {
    let first = DAYS - days;
    for day in first..DAYS {
        let sum = |day: usize| counties(19).map(|code| table[&code][day]).sum::<f64>();
        let moved = sum(day) - if all { 0.0 } else { sum(first - 1) };
        table.get_mut(&90_019).unwrap()[day] = moved;
    }
    set(table, counties(19), first, LAST, |row, _| if all { 0.0 } else { row[first - 1] });
}
