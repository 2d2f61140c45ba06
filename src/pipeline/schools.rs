//! Where and when schools are open: what is closed already cannot be closed by a scenario.

use std::collections::BTreeSet;

use countycast_engine::{Change, Date, Fips, Measure, Scenario};

/// States whose schools are closed by order, and the summer holidays of all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schools {
    closed: BTreeSet<Fips>,
}

/// First and last day of the summer holidays, month and day.
type Summer = ((i8, i8), (i8, i8));

/// Summer holidays by the regions of the Census Bureau: Northeast, Midwest, South, West. School starts are those of most
/// districts in 2019 (Pew Research Center, *"Back to school" means anytime from late July to after Labor Day*, 2019); ends are
/// typical: an assumption.
const SUMMERS: [Summer; 4] = [((6, 20), (9, 3)), ((6, 5), (8, 23)), ((5, 28), (8, 11)), ((6, 8), (8, 18))];
/// The nation's: the time in which most pupils have holidays.
const SUMMER: Summer = ((6, 8), (8, 20));

impl Schools {
    /// With schools closed by order in these states from the as-of day on.
    #[must_use]
    pub fn closed_in(closed: BTreeSet<Fips>) -> Self {
        Self { closed }
    }

    /// Whether a place's schools are open on a day.
    #[must_use]
    pub fn open(&self, place: Fips, day: Date) -> bool {
        let state = place.state();
        if state.is_some_and(|state| self.closed.contains(&state)) {
            return false;
        }
        let (first, last) = Self::summer(place);
        !(first..=last).contains(&(day.month(), day.day()))
    }

    /// First and last day of a place's summer holidays, month and day.
    fn summer(place: Fips) -> Summer {
        place.state().map_or(SUMMER, |state| SUMMERS[region(state)])
    }

    /// The last day of the summer holidays that hold all days of a change in a place; none where a day of it is outside them.
    #[must_use]
    pub fn holidays_until(place: Fips, change: &Change) -> Option<Date> {
        let (first, last) = Self::summer(place);
        let out = |day: Date| (first..=last).contains(&(day.month(), day.day()));
        let one_summer = change.start.year() == change.end.year() && out(change.start) && out(change.end);
        one_summer.then(|| Date::new(change.end.year(), last.0, last.1).ok())?
    }

    /// A scenario in a place: schools are closed on the days on which they would be open, and nothing else is changed.
    #[must_use]
    pub fn in_force(&self, scenario: &Scenario, place: Fips) -> Scenario {
        let changes = scenario.changes().iter().flat_map(|change| match change.measure {
            Measure::CloseSchools { .. } => self.open_days(*change, place),
            _ => vec![*change],
        });
        // Parts of changes that were valid are valid.
        changes.fold(Scenario::baseline(), |scenario, change| scenario.clone().with(change).unwrap_or(scenario))
    }

    /// The parts of a change on days on which schools are open.
    fn open_days(&self, change: Change, place: Fips) -> Vec<Change> {
        let mut parts: Vec<Change> = Vec::new();
        let mut day = change.start;
        loop {
            if self.open(place, day) {
                match parts.last_mut().filter(|part| part.end.tomorrow().is_ok_and(|next| next == day)) {
                    Some(part) => part.end = day,
                    None => parts.push(Change { start: day, end: day, ..change }),
                }
            }
            match day.tomorrow() {
                Ok(next) if next <= change.end => day = next,
                _ => return parts,
            }
        }
    }
}

/// Region of a state, as a position in [`SUMMERS`].
const fn region(state: Fips) -> usize {
    match state.number() {
        9 | 23 | 25 | 33 | 34 | 36 | 42 | 44 | 50 => 0,
        17..=20 | 26 | 27 | 29 | 31 | 38 | 39 | 46 | 55 => 1,
        2 | 4 | 6 | 8 | 15 | 16 | 30 | 32 | 35 | 41 | 49 | 53 | 56 => 3,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::Schools as Which;
    use jiff::civil::date;

    fn close(start: Date, end: Date) -> Scenario {
        let measure = Measure::CloseSchools { schools: Which::All };
        let masks = Change { start, end, measure: Measure::Masks { efficacy: 0.5 }, strength: 0.5 };
        let schools = Change { start, end, measure, strength: 1.0 };
        Scenario::baseline().with(schools).unwrap().with(masks).unwrap()
    }

    fn days(scenario: &Scenario) -> Vec<(Date, Date)> {
        let schools = |change: &&Change| matches!(change.measure, Measure::CloseSchools { .. });
        scenario.changes().iter().filter(schools).map(|change| (change.start, change.end)).collect()
    }

    #[test]
    fn closing_schools_in_the_holidays_changes_nothing_and_before_and_after_them_it_does() {
        let schools = Schools::default();
        let nebraska = "31055".parse().unwrap();
        let july = close(date(2020, 7, 1), date(2020, 7, 31));
        let found = schools.in_force(&july, nebraska);
        assert_eq!((days(&found), found.changes().len()), (vec![], 1), "masks stay");
        let year = schools.in_force(&close(date(2020, 5, 1), date(2020, 10, 31)), nebraska);
        assert_eq!(days(&year), [(date(2020, 5, 1), date(2020, 6, 4)), (date(2020, 8, 24), date(2020, 10, 31))]);
        let autumn = close(date(2020, 10, 1), date(2020, 10, 31));
        assert_eq!(schools.in_force(&autumn, nebraska), autumn, "nothing is cut from open days");
    }

    #[test]
    fn holidays_hold_a_change_if_they_hold_all_of_its_days() {
        let until = |start, end| {
            let change = close(start, end).changes()[0];
            Schools::holidays_until("31055".parse().unwrap(), &change)
        };
        assert_eq!(until(date(2020, 7, 1), date(2020, 8, 23)), Some(date(2020, 8, 23)));
        assert_eq!(until(date(2020, 7, 1), date(2020, 8, 24)), None);
        assert_eq!(until(date(2020, 7, 1), date(2021, 7, 1)), None, "two summers and what is between");
    }

    #[test]
    fn what_an_order_has_closed_stays_closed() {
        let california: Fips = "06".parse().unwrap();
        let schools = Schools::closed_in([california].into());
        let autumn = close(date(2020, 10, 1), date(2020, 10, 31));
        assert_eq!(days(&schools.in_force(&autumn, "06037".parse().unwrap())), []);
        assert_eq!(schools.in_force(&autumn, "31055".parse().unwrap()), autumn);
        assert_eq!(schools.in_force(&autumn, Fips::US), autumn, "the nation has no order of its own");
    }

    #[test]
    fn every_state_has_its_region() {
        let counts = crate::panel::State::all().iter().fold([0; 4], |mut counts, state| {
            counts[region(state.fips())] += 1;
            counts
        });
        assert_eq!(counts, [9, 12, 17, 13]);
    }
}
