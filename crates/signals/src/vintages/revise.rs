//! Tables of one source, fetched one after the other, as what changed between them.

use std::collections::BTreeMap;

use countycast_engine::Date;
use countycast_engine::weekly::{Signal, Week};

use super::{Report, Vintages, last_of_weeks};

impl Vintages {
    /// The same vintages without reports that repeat what was known.
    #[must_use]
    pub fn condensed(mut self) -> Self {
        for reports in self.reports.values_mut() {
            let mut kept: Vec<Report> = Vec::with_capacity(reports.len());
            for report in reports.drain(..) {
                let before = kept.last().filter(|last| last.week == report.week).map_or(f64::NAN, |last| last.value);
                if !is_same(before, report.value) {
                    kept.push(report);
                }
            }
            *reports = kept;
        }
        self
    }

    /// Adds what a later table of the same source, fetched on a day, tells otherwise: new and changed values are known from that
    /// day on, whatever day the table gives, for no earlier one could see them.
    ///
    /// A value that the table does not have any more is withdrawn. Weeks before the first that the table has of the signal keep
    /// their values: publishers leave out old seasons, and do not mean that they are wrong.
    pub fn revise(&mut self, newer: &Self, day: Date) {
        let mut begins: BTreeMap<Signal, Week> = BTreeMap::new();
        for ((signal, _), reports) in &newer.reports {
            if let Some(first) = reports.first() {
                let begin = begins.entry(*signal).or_insert(first.week);
                *begin = first.week.min(*begin);
            }
        }
        for (key, reports) in &mut self.reports {
            let Some(begin) = begins.get(&key.0) else { continue };
            let told: BTreeMap<Week, f64> = newer
                .reports
                .get(key)
                .map(|reports| last_of_weeks(reports.iter()))
                .unwrap_or_default()
                .into_iter()
                .collect();
            for (week, value) in last_of_weeks(reports.iter()) {
                if week >= *begin && !value.is_nan() && !told.contains_key(&week) {
                    publish(reports, week, day, f64::NAN);
                }
            }
        }
        for (key, told) in &newer.reports {
            let reports = self.reports.entry(key.clone()).or_default();
            let known: BTreeMap<Week, f64> = last_of_weeks(reports.iter()).into_iter().collect();
            for (week, value) in last_of_weeks(told.iter()) {
                if !is_same(known.get(&week).copied().unwrap_or(f64::NAN), value) {
                    publish(reports, week, day, value);
                }
            }
        }
        for reports in self.reports.values_mut() {
            reports.sort_by_key(|report| (report.week, report.as_of));
        }
    }

    /// Adds another source's reports; [`Vintages::sorted`] must follow. Of two on the same day those that are there already hold.
    pub fn absorb(&mut self, other: Self) {
        for (key, reports) in other.reports {
            self.reports.entry(key).or_default().extend(reports);
        }
    }
}

/// Whether two values are the same, or both none.
fn is_same(one: f64, other: f64) -> bool {
    one == other || (one.is_nan() && other.is_nan())
}

/// Adds a report, or replaces that of the same day: a day knows what was fetched last on it.
fn publish(reports: &mut Vec<Report>, week: Week, day: Date, value: f64) {
    match reports.iter_mut().find(|report| report.week == week && report.as_of == day) {
        Some(report) => report.value = value,
        None => reports.push(Report { week, as_of: day, value }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::Fips;
    use countycast_engine::weekly::Area;

    const FLU: Signal = Signal::ALL[0];
    const COVID: Signal = Signal::ALL[1];

    fn day(day: i8) -> Date {
        Date::constant(2026, 1, day)
    }

    /// A table of the nation with these values of the weeks that end on 3, 10 and 17 January.
    fn table(published: Date, values: [Option<f64>; 3]) -> Vintages {
        let mut vintages = Vintages::default();
        for (saturday, value) in [3, 10, 17].into_iter().zip(values) {
            if value.is_some() {
                vintages.add(FLU, Area::Nation, Week::of(day(saturday)), published, value);
            }
        }
        vintages.sorted()
    }

    fn reports(vintages: &Vintages) -> Vec<(i8, i8, Option<f64>)> {
        vintages.reports().map(|(_, _, week, as_of, value)| (week.saturday().day(), as_of.day(), value)).collect()
    }

    #[test]
    fn what_changed_is_known_from_the_day_of_the_fetch() {
        let mut known = table(day(7), [Some(1.0), Some(2.0), None]);
        // The table itself claims that all was known on the 8th.
        known.revise(&table(day(8), [Some(1.0), Some(2.5), Some(3.0)]), day(14));
        assert_eq!(reports(&known), [(3, 7, Some(1.0)), (10, 7, Some(2.0)), (10, 14, Some(2.5)), (17, 14, Some(3.0))]);
        let before = reports(&known);
        known.revise(&table(day(14), [Some(1.0), Some(2.5), Some(3.0)]), day(21));
        assert_eq!(reports(&known), before, "the same table adds nothing");
    }

    #[test]
    fn a_day_knows_its_last_fetch() {
        let mut known = table(day(7), [Some(1.0), None, None]);
        known.revise(&table(day(14), [Some(1.1), None, None]), day(14));
        known.revise(&table(day(14), [Some(1.2), None, None]), day(14));
        assert_eq!(reports(&known), [(3, 7, Some(1.0)), (3, 14, Some(1.2))]);
    }

    #[test]
    fn what_is_gone_is_withdrawn_but_for_weeks_before_the_tables_first() {
        let mut known = table(day(7), [Some(1.0), Some(2.0), Some(3.0)]);
        let state = Area::state(Fips::from_state(6).unwrap()).unwrap();
        known.add(FLU, state.clone(), Week::of(day(17)), day(7), Some(9.0));
        known.add(COVID, Area::Nation, Week::of(day(3)), day(7), Some(5.0));
        known = known.sorted();
        known.revise(&table(day(14), [None, Some(2.0), None]), day(14));
        let value = |signal, area: &Area, saturday| known.last(signal, area, Week::of(day(saturday)));
        assert_eq!([3, 10, 17].map(|saturday| value(FLU, &Area::Nation, saturday)), [Some(1.0), Some(2.0), None]);
        assert_eq!(value(FLU, &state, 17), None, "an area that is gone");
        assert_eq!(value(COVID, &Area::Nation, 3), Some(5.0), "the table has nothing of the signal");
        assert_eq!(known.known(FLU, &Area::Nation, Week::of(day(17)), day(13)), Some(3.0), "it was known until then");
    }

    #[test]
    fn repeated_reports_are_left_out() {
        let mut vintages = Vintages::default();
        for (as_of, value) in [(7, None), (8, Some(1.0)), (9, Some(1.0)), (10, None), (11, None), (12, Some(1.0))] {
            vintages.add(FLU, Area::Nation, Week::of(day(3)), day(as_of), value);
        }
        let found = reports(&vintages.sorted().condensed());
        assert_eq!(found, [(3, 8, Some(1.0)), (3, 10, None), (3, 12, Some(1.0))]);
    }
}
