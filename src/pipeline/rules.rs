//! Measures that a rule brings into force, in each trajectory by itself.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use countycast_engine::{Date, Draws, EngineError, Indicator, Rule, Scenario};
use jiff::ToSpan;

/// First and last day of a measure in force, in days after the as-of day.
pub(super) type Spell = (usize, usize);

/// How often and how long a rule had its measure in force.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InForce {
    /// Share of the trajectories in which it came into force, 0 to 1.
    pub share: f64,
    /// The first day in force, in days after the as-of day: the median of the trajectories in which there is one.
    pub first_day: Option<f64>,
    /// Days in force, the mean of all trajectories.
    pub days: f64,
}

impl InForce {
    /// Of one rule, whose spells are given by trajectory.
    pub(super) fn of(spells: &[&[Spell]]) -> Self {
        let mut first: Vec<usize> = spells.iter().filter_map(|spells| Some(spells.first()?.0)).collect();
        first.sort_unstable();
        let all = spells.len().max(1) as f64;
        let days: usize = spells.iter().copied().flatten().map(|(first, last)| last + 1 - first).sum();
        let (lower, upper) = (first.get(first.len().saturating_sub(1) / 2), first.get(first.len() / 2));
        Self {
            share: first.len() as f64 / all,
            first_day: lower.zip(upper).map(|(lower, upper)| (lower + upper) as f64 / 2.0),
            days: days as f64 / all,
        }
    }
}

/// Joint draws in which measures have come into force by rule, and when.
pub(super) struct Drawn {
    pub(super) draws: Draws,
    /// By rule and trajectory.
    pub(super) spells: Vec<Vec<Vec<Spell>>>,
}

/// Draws a scenario whose rules are looked at every [`Rule::EVERY`] days, the day before a change may begin first.
///
/// What a trajectory does up to a day does not depend on what is decided on that day, since engines draw a scenario on the same
/// random numbers as every other. So a trajectory whose measure begins or ends is drawn again, as if it stayed so, and the
/// others are left as they are: one draw for each that begins or ends, whatever the number of days.
///
/// `draw` makes the trajectories of these numbers under a scenario without rules. `watch` gives an indicator in each
/// trajectory by day, from the as-of day on; where it is not known, it is not a number, and no rule holds.
pub(super) fn draw_by_rules(
    scenario: &Scenario,
    as_of: Date,
    count: usize,
    draw: impl Fn(&Scenario, &[usize]) -> Result<Draws, EngineError>,
    watch: impl Fn(&Draws, Indicator) -> Result<Vec<Vec<f64>>, EngineError>,
) -> Result<Drawn, EngineError> {
    let everyone: Vec<usize> = (0..count).collect();
    let rules: Vec<Watched> =
        scenario.ruled().iter().map(|ruled| Watched::new(ruled.rule, ruled.change, as_of)).collect();
    let mut spells: Vec<Vec<Vec<Spell>>> = vec![vec![Vec::new(); rules.len()]; count];
    let dated = |spells: &[Vec<Spell>]| {
        let date = |ahead: usize| as_of.saturating_add((ahead as i64).days());
        let dates = spells.iter().map(|of_rule| of_rule.iter().map(|(a, b)| (date(*a), date(*b))).collect());
        scenario.with_days(&dates.collect::<Vec<Vec<(Date, Date)>>>())
    };
    let mut draws = draw(&dated(&vec![Vec::new(); rules.len()]), &everyone)?;
    let mut seen: BTreeMap<Indicator, Vec<Vec<f64>>> = BTreeMap::new();
    for day in 0..draws.days() {
        let mut changed: BTreeMap<Vec<Vec<Spell>>, Vec<usize>> = BTreeMap::new();
        for rule in rules.iter().filter(|rule| rule.looks_on(day)) {
            let indicator = rule.rule.indicator();
            if let Entry::Vacant(entry) = seen.entry(indicator) {
                entry.insert(watch(&draws, indicator)?);
            }
        }
        for (number, spells) in spells.iter_mut().enumerate() {
            let mut moved = false;
            for (rule, spells) in rules.iter().zip(spells.iter_mut()).filter(|(rule, _)| rule.looks_on(day)) {
                let value = seen.get(&rule.rule.indicator()).and_then(|all| all.get(number)?.get(day));
                moved |= rule.decide(spells, day, value.copied().unwrap_or(f64::NAN));
            }
            if moved {
                changed.entry(spells.clone()).or_default().push(number);
            }
        }
        for (spells, numbers) in &changed {
            draws.replace(numbers, &draw(&dated(spells), numbers)?)?;
        }
        if !changed.is_empty() {
            seen.clear();
        }
    }
    let of_rule = |rule: usize| spells.iter().map(|spells| spells[rule].clone()).collect();
    Ok(Drawn { draws, spells: (0..rules.len()).map(of_rule).collect() })
}

/// A rule with the days on which its change may be in force, in days after the as-of day.
struct Watched {
    rule: Rule,
    first: usize,
    last: usize,
}

impl Watched {
    fn new(rule: Rule, change: countycast_engine::Change, as_of: Date) -> Self {
        let ahead = |date: Date| as_of.until(date).map_or(0, |span| span.get_days()).max(0) as usize;
        Self { rule, first: ahead(change.start).max(1), last: ahead(change.end) }
    }

    fn looks_on(&self, day: usize) -> bool {
        (self.first - 1..self.last).contains(&day) && (day + 1 - self.first).is_multiple_of(Rule::EVERY)
    }

    /// Begins or ends a spell on the evening of a day; whether it did.
    fn decide(&self, spells: &mut Vec<Spell>, day: usize, value: f64) -> bool {
        let current = spells.last_mut().filter(|(_, last)| *last > day);
        let in_force = current.as_ref().map(|(first, _)| day + 1 - first);
        let holds = self.rule.holds(in_force, value);
        match (current, holds) {
            (None, true) => spells.push((day + 1, self.last)),
            (Some(spell), false) => spell.1 = day,
            (None, false) | (Some(_), true) => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::{Change, Target};

    const AS_OF: Date = Date::constant(2020, 10, 24);
    const DAYS: usize = 56;

    fn scenario(rule: Rule, start: i64, end: i64) -> Scenario {
        let day = |ahead: i64| AS_OF.saturating_add(ahead.days());
        Scenario::baseline().with_rule(Change::transmission(day(start), day(end), 0.5), rule).unwrap()
    }

    /// Cases that rise by ten a day from the number of the trajectory times 100, and fall by ten where the measure is in force.
    fn draw(scenario: &Scenario, draws: &[usize]) -> Result<Draws, EngineError> {
        let mut values = Vec::new();
        for number in draws {
            let mut level = 100.0 * *number as f32;
            for ahead in 1..=DAYS {
                let on = scenario.transmission(AS_OF.saturating_add((ahead as i64).days())) < 1.0;
                level = (level + if on { -10.0 } else { 10.0 }).max(0.0);
                values.push(level);
            }
        }
        Ok(Draws::new(draws.len(), DAYS)?.with(Target::Cases, values)?)
    }

    fn watch(draws: &Draws, _: Indicator) -> Result<Vec<Vec<f64>>, EngineError> {
        let path = |path: &[f32]| std::iter::once(0.0).chain(path.iter().map(|x| f64::from(*x))).collect();
        Ok(draws.paths(Target::Cases).unwrap().map(path).collect())
    }

    fn spells(rule: Rule, start: i64, end: i64) -> Vec<Vec<Spell>> {
        draw_by_rules(&scenario(rule, start, end), AS_OF, 3, draw, watch).unwrap().spells.remove(0)
    }

    fn above(threshold: f64) -> Rule {
        Rule::new(Indicator::Cases, threshold).unwrap()
    }

    #[test]
    fn a_measure_begins_and_ends_by_the_course_it_makes_itself() {
        // Trajectory 0 has 10 d on day d: above 200 it is found on day 21, with 210, and falls to 140 on day 28.
        let found = spells(above(200.0), 1, DAYS as i64);
        assert_eq!(found[0][0], (22, 28));
        // Up again from 140 on day 28 to 210 on day 35.
        assert_eq!(found[0][1], (36, 42));
        // Between the thresholds it stays in force: 140, 70 and 0 are not below 0.
        assert_eq!(spells(above(200.0).until(0.0).unwrap(), 1, DAYS as i64)[0], [(22, DAYS)]);
        assert_eq!(spells(above(200.0).until(100.0).unwrap(), 1, DAYS as i64)[0], [(22, 35), (50, DAYS)]);
        assert_eq!(spells(above(200.0).at_least(15), 1, DAYS as i64)[0][0], (22, 42), "three weeks hold 15 days");
        assert_eq!(found[2][0].0, 8, "270 on day 7; of the as-of day nothing is seen here");
    }

    #[test]
    fn no_rule_holds_before_its_first_day_nor_after_its_last() {
        let found = spells(above(0.0).until(0.0).unwrap(), 10, 20);
        assert!(found.iter().all(|spells| spells == &[(10, 20)]), "{found:?}");
        let never = draw_by_rules(&scenario(above(1e9), 1, 56), AS_OF, 3, draw, watch).unwrap();
        assert_eq!(never.draws, draw(&Scenario::baseline(), &[0, 1, 2]).unwrap());
        assert_eq!(InForce::of(&[&[], &[]]), InForce { share: 0.0, first_day: None, days: 0.0 });
    }

    #[test]
    fn what_is_not_known_brings_nothing_into_force() {
        let unknown = |draws: &Draws, _| Ok(vec![vec![f64::NAN; DAYS + 1]; draws.draws()]);
        let found = draw_by_rules(&scenario(above(0.0), 1, 56), AS_OF, 3, draw, unknown).unwrap();
        assert!(found.spells[0].iter().all(Vec::is_empty));
    }

    #[test]
    fn rules_are_summed_up_over_trajectories() {
        let found = InForce::of(&[&[(8, 14), (22, 28)], &[], &[(15, 21)], &[]]);
        assert_eq!(found, InForce { share: 0.5, first_day: Some(11.5), days: 21.0 / 4.0 });
    }
}
