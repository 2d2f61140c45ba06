//! What a reader of a place's projection has to know about its last reports.

use std::collections::{BTreeMap, BTreeSet};

use countycast_engine::{Fips, Level};
use jiff::civil::Date;

use super::input::Notice;
use super::place::Place;
use super::repair::{Repair, RepairKind};
use super::sources::days_between;

/// Days before the as-of day within which a step or a report held back is told.
const TOLD_DAYS: usize = 28;
/// Days of silence that are told: shorter ones are a habit of many states.
const SILENT_DAYS: usize = 4;
/// Days without counties in a state that goes on that are told: some states report their counties once a week.
const WEEKLY_DAYS: usize = 8;
/// People a week whose silence is told.
const LEAST_PEOPLE: f64 = 5.0;
/// Counties of a state with the same notice above which they are told together.
const MANY_COUNTIES: usize = 3;

impl Place {
    /// Notices about its last reports, such as `cases of 2020-10-24: 25,214 published, not believed until another report
    /// agrees; 145 used`.
    #[must_use]
    pub fn notices(&self) -> Vec<String> {
        self.told().map(|(series, repair)| text(series, repair)).collect()
    }

    fn told(&self) -> impl Iterator<Item = (&'static str, &Repair)> {
        let as_of = self.history.as_of();
        let cases = self.repairs.cases.iter().map(|repair| ("cases", repair));
        let deaths = self.repairs.deaths.iter().map(|repair| ("deaths", repair));
        cases.chain(deaths).filter(move |(_, repair)| is_told(repair, as_of))
    }
}

/// Counties alone with the same kind of repair above which they are told together, of whatever state and day.
const MANY_ALONE: usize = 10;

/// A place and one of its repairs.
type Member<'a> = (&'a Place, &'a Repair);

/// Notices about all places: those of many counties of a state at once are one.
pub(super) fn of_places<'a>(places: impl Iterator<Item = &'a Place>) -> Vec<Notice> {
    let mut groups = BTreeMap::<(&str, RepairKind, Date, Date, Fips), Vec<Member<'_>>>::new();
    for place in places {
        for (series, repair) in place.told() {
            let fips = place.fips();
            let group = (series, repair.kind, repair.first, repair.last, fips.state().unwrap_or(Fips::US));
            groups.entry(group).or_default().push((place, repair));
        }
    }
    // A step of counties is moved in their state, too: it is told of them.
    let of_counties: BTreeSet<(&str, Date, Fips)> = groups
        .iter()
        .filter(|((_, kind, ..), members)| *kind == RepairKind::Restated && members.iter().any(is_county))
        .map(|((series, _, _, last, state), _)| (*series, *last, *state))
        .collect();
    let mut alone = BTreeMap::<(&str, RepairKind), Vec<Member<'_>>>::new();
    for ((series, kind, ..), members) in &groups {
        let counties = members.iter().filter(|member| is_county(member));
        if counties.clone().count() <= MANY_COUNTIES && *kind != RepairKind::Held {
            alone.entry((series, *kind)).or_default().extend(counties);
        }
    }
    alone.retain(|_, members| members.len() > MANY_ALONE);
    let together: Vec<Notice> = alone.iter().map(|((series, _), members)| of_many(series, members)).collect();
    let each = groups.into_iter().flat_map(|((series, kind, _, last, state), mut members)| {
        if kind == RepairKind::Restated && of_counties.contains(&(series, last, state)) {
            members.retain(is_county);
        }
        if members.iter().filter(|member| is_county(member)).count() <= MANY_COUNTIES
            && alone.contains_key(&(series, kind))
        {
            members.retain(|member| !is_county(member));
        }
        of_group(series, &members)
    });
    each.collect::<Vec<Notice>>().into_iter().chain(together).collect()
}

fn is_county((place, _): &Member<'_>) -> bool {
    place.fips().level() == Level::County
}

/// One notice about counties with the same kind of repair on different days: the largest stands for all.
fn of_many(series: &str, members: &[Member<'_>]) -> Notice {
    let largest = members.iter().max_by(|a, b| a.1.people.abs().total_cmp(&b.1.people.abs()));
    let example = largest.map_or_else(String::new, |(place, repair)| {
        let location = place.history.location();
        format!("{} ({}), {}", location.name, location.fips, text(series, repair))
    });
    let message = format!("{example}; so in other counties, on their days: counties.parquet (`notices`) lists all");
    Notice { message, count: members.len() }
}

/// Notices about the places of a state, or the nation, with the same repair of the same days.
fn of_group(series: &str, members: &[Member<'_>]) -> Vec<Notice> {
    let named = |(place, repair): &Member<'_>| {
        let location = place.history.location();
        let message = format!("{} ({}), {}", location.name, location.fips, text(series, repair));
        Notice { message, count: 1 }
    };
    let (counties, wholes): (Vec<&Member<'_>>, Vec<&Member<'_>>) = members.iter().partition(|member| is_county(member));
    let mut notices: Vec<Notice> =
        wholes.iter().filter(|whole| !is_sum(whole.1, &counties)).map(|w| named(w)).collect();
    match counties.as_slice() {
        [(first, repair), ..] if counties.len() > MANY_COUNTIES => {
            let state = first.state.map_or("", |state| state.name);
            let all = |value: fn(&Repair) -> f64| counties.iter().map(|(_, repair)| value(repair)).sum::<f64>();
            let [people, published, used] = [all(|r| r.people), all(|r| r.published), all(|r| r.used)];
            let sum = Repair { people, published, used, ..(*repair).clone() };
            notices.push(Notice {
                message: format!("counties of {state}, {}", text(series, &sum)),
                count: counties.len(),
            });
        }
        few => notices.extend(few.iter().map(|county| named(county))),
    }
    notices
}

/// Whether what is held back of a whole is what is held back of counties that are told themselves.
fn is_sum(whole: &Repair, counties: &[&Member<'_>]) -> bool {
    let parts: f64 = counties.iter().map(|(_, repair)| repair.people).sum();
    whole.kind == RepairKind::Held && parts > 0.5 * whole.people && counties.len() <= MANY_COUNTIES
}

fn is_told(repair: &Repair, as_of: Date) -> bool {
    let days = days_between(repair.first, repair.last).map_or(1, |days| days + 1);
    let recent = days_between(repair.last, as_of).is_some_and(|ago| ago < TOLD_DAYS);
    match repair.kind {
        RepairKind::NoReport => true,
        RepairKind::Held | RepairKind::Restated => recent,
        // A county whose outbreak may be over is no news.
        RepairKind::Unreported | RepairKind::Elsewhere => {
            let usual = if repair.kind == RepairKind::Elsewhere { WEEKLY_DAYS } else { SILENT_DAYS };
            days >= usual && repair.used * 7.0 >= LEAST_PEOPLE * days as f64
        }
        RepairKind::Negative | RepairKind::Gap | RepairKind::Dump | RepairKind::Holiday => false,
    }
}

fn text(series: &str, repair: &Repair) -> String {
    let Repair { kind, first, last, people, published, used } = repair;
    let days = if first == last { last.to_string() } else { format!("{first} to {last}") };
    let [people, published, used] = [people, published, used].map(|number| count(*number));
    match kind {
        RepairKind::NoReport => {
            format!("{series} of {days}: a cumulative count of {published} is no report; {used} was carried on")
        }
        RepairKind::Held => {
            format!("{series} of {days}: {published} published, not believed until another report agrees; {used} used")
        }
        RepairKind::Restated => {
            format!(
                "{series} of {last}: a step of {people} in the total changed the time before, not the present level"
            )
        }
        RepairKind::Elsewhere => {
            format!(
                "{series} of {days}: the state reports its counties no longer; {used} used, by their share of the state"
            )
        }
        _ => format!("{series} of {days}: no report; {used} used, and the interval widened"),
    }
}

/// A number of people with separators of thousands; powers of ten where it is no number of people.
pub(super) fn count(number: f64) -> String {
    if number.abs() >= 1e12 {
        return format!("{number:.0e}");
    }
    let digits = format!("{:.0}", number.abs());
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap_or_default()).collect();
    let sign = if number <= -0.5 { "-" } else { "" };
    sign.to_owned() + &groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        for (number, text) in [(0.0, "0"), (-0.2, "0"), (999.6, "1,000"), (-1_234_567.0, "-1,234,567"), (1e26, "1e26")]
        {
            assert_eq!(count(number), text);
        }
    }
}
