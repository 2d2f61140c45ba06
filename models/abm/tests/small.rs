//! Places at the edge: with nobody, with a few dozen, with nobody left to infect.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::sync::Arc;

use countycast_abm::{Disease, Epidemic, Key, Plan, Population, Profile, Settings, Tables, Tally, World};
use countycast_engine::{Change, Contacts, Date, Measure, Scenario, Severity};

const AS_OF: Date = Date::constant(2020, 8, 29);
const DAYS: usize = 100;

/// Runs a hundred days at a high multiplier with two infections a day from elsewhere.
fn run(people: usize, immune: usize, plan: &Plan) -> (Vec<Tally>, Epidemic) {
    let settings = Settings::default();
    let population = Population::build(people, &Profile::default(), Key::from_seed(1));
    assert_eq!(population.len(), people);
    let disease = Disease::new(
        &settings,
        Arc::new(Tables::new(&settings, &Severity::default())),
        Contacts::united_states(),
        &population,
    );
    let (population, disease) = (&population, &disease);
    let world = World { population, disease, plan, first_weekday: 0, unit: 4.0, levels: 1 };
    let mut epidemic = Epidemic::new(population, Key::from_seed(2));
    epidemic.immunise(&world, immune);
    let tallies = (0..DAYS).map(|day| epidemic.step(&world, day, 4.0, 2)).collect();
    (tallies, epidemic)
}

fn total(tallies: &[Tally]) -> usize {
    tallies.iter().map(|tally| tally.infections() as usize).sum()
}

#[test]
fn where_nobody_lives_nobody_is_infected() {
    let (tallies, epidemic) = run(0, 10, &Plan::usual());
    assert_eq!((total(&tallies), epidemic.susceptible(), epidemic.waiting()), (0, 0, 0));
}

#[test]
fn eighty_people_are_infected_once_each_at_most() {
    for people in [1, 2, 80] {
        let (tallies, epidemic) = run(people, 0, &Plan::usual());
        let infected = total(&tallies);
        assert!(infected > 0, "two infections a day from elsewhere must reach some of {people} people");
        assert_eq!(infected + epidemic.susceptible(), people);
        let by_band: u32 = tallies.iter().flat_map(|tally| tally.by_band).sum();
        assert_eq!(by_band as usize, infected);
    }
}

#[test]
fn where_all_are_immune_nobody_is_infected_until_immunity_wanes() {
    const PEOPLE: usize = 3_000;
    let (tallies, epidemic) = run(PEOPLE, PEOPLE, &Plan::usual());
    assert_eq!((total(&tallies), epidemic.susceptible(), epidemic.waiting()), (0, 0, 0));
    let (start, end) = (AS_OF, Date::constant(2021, 8, 29));
    let wane = Change { start, end, measure: Measure::Wane { mean_days: 60.0 }, strength: 1.0 };
    let scenario = Scenario::baseline().with(wane).unwrap();
    let (tallies, _) = run(PEOPLE, PEOPLE, &Plan::new(&scenario, AS_OF, 0, DAYS));
    assert!(total(&tallies) > PEOPLE / 10, "{} infections of those who lost their immunity", total(&tallies));
}
