//! Simulations against what is known on paper.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::sync::Arc;

use countycast_abm::{
    BANDS, Contacts, Disease, Epidemic, Key, Layer, Plan, Population, Profile, Settings, Tables, Tally, World,
};
use countycast_engine::{Contacts as AgeContacts, Delay, Severity, YEARS};
use countycast_testkit::SeirTwin;
use countycast_testkit::closed::{attack_rate, extinction_probability, seir_reproduction_number};

/// Everyone alike and mixed: the assumptions of the formulae.
fn mixed() -> Settings {
    Settings {
        latent_days: Delay::of_shape(4.5, 3.0),
        infectious_days: Delay::of_shape(6.0, 3.0),
        front_loading: 0.0,
        dispersion: 1e6,
        asymptomatic_infectiousness: 1.0,
        susceptibility: [1.0; 5],
        contacts: Contacts {
            household: 0.0,
            school: 0.0,
            work: 0.0,
            care: 0.0,
            community: 1.0,
            community_weekend: 1.0,
            in_team: 0.0,
        },
        ..Settings::default()
    }
}

struct Place {
    population: Population,
    disease: Disease,
    plan: Plan,
}

impl Place {
    fn new(people: usize, settings: &Settings) -> Self {
        Self::meeting(AgeContacts::united_states(), people, settings)
    }

    fn meeting(contacts: &AgeContacts, people: usize, settings: &Settings) -> Self {
        let population = Population::build(people, &Profile::default(), Key::from_seed(1));
        let tables = Arc::new(Tables::new(settings, &Severity::default()));
        let disease = Disease::new(settings, tables, contacts, &population);
        Self { population, disease, plan: Plan::usual() }
    }

    fn world(&self, unit: f32) -> World<'_> {
        let (population, disease, plan) = (&self.population, &self.disease, &self.plan);
        World { population, disease, plan, first_weekday: 0, unit, levels: 1 }
    }

    fn run(&self, seed: u64, multiplier: f32, seeds: usize, days: usize) -> Vec<Tally> {
        let world = self.world(multiplier);
        let mut epidemic = Epidemic::new(&self.population, Key::from_seed(seed));
        (0..days).map(|day| epidemic.step(&world, day, multiplier, if day == 0 { seeds } else { 0 })).collect()
    }
}

fn total(tallies: &[Tally]) -> f64 {
    tallies.iter().map(|tally| f64::from(tally.infections())).sum()
}

#[test]
fn a_mixed_epidemic_ends_at_the_final_size() {
    let place = Place::new(200_000, &mixed());
    for r in [1.5, 2.5] {
        let share = total(&place.run(7, r, 200, 600)) / 2e5;
        // 200 seeds of 200,000 move the end by less than 0.2 %; its standard deviation is 0.3 %.
        let expected = attack_rate(f64::from(r));
        assert!((share - expected).abs() < 0.012, "R {r}: {share}, the formula gives {expected}");
    }
}

#[test]
fn early_growth_is_that_of_the_stages() {
    let place = Place::new(1_000_000, &mixed());
    let tallies = place.run(8, 2.0, 400, 60);
    let growth = (total(&tallies[41..55]) / total(&tallies[27..41])).ln() / 14.0;
    let implied = seir_reproduction_number(growth, 4.5, 3, 6.0, 3);
    // Half of the loss: 3 % of people are infected by then.
    assert!((implied / 2.0 - 1.0).abs() < 0.05, "growth of {growth} a day implies R {implied}, 2 was asked for");
}

#[test]
fn the_mean_course_is_that_of_the_seir_twin() {
    let place = Place::new(300_000, &mixed());
    let days = 140;
    let runs = 6;
    let mut mean = vec![0.0; days];
    for seed in 0..runs {
        for (mean, tally) in mean.iter_mut().zip(place.run(100 + seed, 2.0, 600, days)) {
            *mean += f64::from(tally.infections()) / runs as f64;
        }
    }
    let twin = SeirTwin {
        population: 3e5,
        exposed: 600.0,
        latent: 4.5,
        exposed_stages: 3,
        infectious: 6.0,
        infectious_stages: 3,
        heterogeneity: 1.0,
        steps_per_day: 50,
    };
    let expected: Vec<f64> = twin.run(|_| 2.0, days).iter().map(|day| day.infections).collect();
    let peak = |curve: &[f64]| curve.iter().copied().enumerate().skip(1).max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
    let (found, wanted) = (peak(&mean), peak(&expected));
    assert!(found.0.abs_diff(wanted.0) <= 4, "peak on day {}, the equations say {}", found.0, wanted.0);
    assert!((found.1 / wanted.1 - 1.0).abs() < 0.05, "{} infections at the peak, {} expected", found.1, wanted.1);
}

#[test]
fn outbreaks_from_one_person_die_out_as_often_as_they_should() {
    for (dispersion, r) in [(1e6, 2.0), (0.5, 2.0)] {
        // A fixed infectious time and no chance in it: offspring are negative binomial with the asked dispersion.
        let infectious_days = Delay::new(6.0, 0.4);
        let settings = Settings { dispersion, infectious_days, ..mixed() };
        let place = Place::new(20_000, &settings);
        let runs = 600;
        let died = (0..runs).filter(|seed| total(&place.run(1_000 + seed, r, 1, 150)) < 150.0).count();
        let share = died as f64 / runs as f64;
        let expected = extinction_probability(f64::from(r), dispersion);
        // Standard error at most 0.02; four of them.
        assert!((share - expected).abs() < 0.08, "dispersion {dispersion}: {share} died out, {expected} expected");
    }
}

#[test]
fn offspring_have_the_mean_and_dispersion_asked_for() {
    // All attempts of one person fall between day 5 and day 8; a second generation comes from day 10 on.
    let (latent_days, infectious_days) = (Delay::new(5.0, 0.3), Delay::new(2.0, 0.15));
    let settings = Settings { dispersion: 0.5, latent_days, infectious_days, ..mixed() };
    let place = Place::new(50_000, &settings);
    let runs = 4_000;
    let counts: Vec<f64> = (0..runs).map(|seed| total(&place.run(50_000 + seed, 1.5, 1, 9)[1..])).collect();
    let mean = counts.iter().sum::<f64>() / runs as f64;
    let variance = counts.iter().map(|n| (n - mean).powi(2)).sum::<f64>() / runs as f64;
    // Variance 1.5 + 1.5² / 0.5 = 6: standard error of the mean 0.04, of the dispersion about 0.03.
    assert!((mean - 1.5).abs() < 0.16, "mean {mean}");
    let dispersion = mean * mean / (variance - mean);
    assert!((dispersion - 0.5).abs() < 0.1, "dispersion {dispersion}");
}

#[test]
fn households_are_infected_as_often_as_in_studies() {
    let place = Place::new(100_000, &Settings::default());
    // A multiplier of 3 with everyone susceptible: the spring of 2020, when the studies were made.
    let world = place.world(3.0);
    let mut epidemic = Epidemic::new(&place.population, Key::from_seed(5));
    let mut by_layer = [0.0; 6];
    for day in 0..12 {
        let tally = epidemic.step(&world, day, 3.0, if day == 0 { 400 } else { 0 });
        tally.by_layer.iter().zip(&mut by_layer).for_each(|(n, sum)| *sum += f64::from(*n));
    }
    let members: f64 = (0..100_000_u32).map(|person| f64::from(place.population.household(person).1 - 1)).sum::<f64>();
    // Chance of each other member: infections at home over those exposed there, within the first generation's time.
    let exposed = 400.0 * members / 1e5;
    let attack = by_layer[Layer::Household as usize] / exposed;
    // FIELD: 0.36 (0.27 to 0.48), crude 0.16; a few of the second generation are in.
    assert!((0.16..0.48).contains(&attack), "{attack} of household members infected");
}

#[test]
fn ages_answer_to_the_contact_matrix() {
    // Contacts of anyone with anyone, but people under 20 meet each other six times as often, and nobody much the old.
    let matrix = |among_young: f64, with_old: f64| -> AgeContacts {
        let contacts = |age: usize, met: usize| match (age, met) {
            (0..20, 0..20) => among_young,
            (_, 75..) => with_old,
            _ => 1.0,
        };
        let matrix: Vec<f64> = (0..YEARS).flat_map(|age| (0..YEARS).map(move |met| contacts(age, met))).collect();
        AgeContacts::new([matrix.clone(), matrix.clone(), matrix.clone(), matrix], vec![1.0; YEARS]).unwrap()
    };
    let young = |contacts: &AgeContacts| {
        let rates = Contacts { household: 0.0, school: 0.0, work: 0.0, care: 0.0, ..Settings::default().contacts };
        let settings = Settings { susceptibility: [1.0; 5], contacts: rates, ..Settings::default() };
        let tallies = Place::meeting(contacts, 200_000, &settings).run(3, 1.6, 400, 90);
        let mut by_band = [0.0; BANDS];
        for tally in &tallies {
            tally.by_band.iter().zip(&mut by_band).for_each(|(n, sum)| *sum += f64::from(*n));
        }
        let all: f64 = by_band.iter().sum();
        (by_band[3] / all, by_band[15..].iter().sum::<f64>() / all)
    };
    let ((even, even_old), (mixed, mixed_old)) = (young(&matrix(1.0, 1.0)), young(&matrix(6.0, 0.4)));
    assert!((even - 0.065).abs() < 0.01, "without the matrix ages 15–19 have their share: {even}");
    assert!(mixed > 1.2 * even, "with it more: {mixed} against {even}");
    assert!(mixed_old < 0.7 * even_old, "and those over 75 less: {mixed_old} against {even_old}");
}

#[test]
fn the_week_has_its_community_contacts_and_weekends_their_share() {
    // As many are infected from elsewhere on every day, so that attempts follow the calendar alone.
    let weeks = |community_weekend: f64| {
        let contacts = Contacts { community_weekend, ..Settings::default().contacts };
        let place = Place::new(1_000_000, &Settings { contacts, ..Settings::default() });
        let world = place.world(0.6);
        let mut epidemic = Epidemic::new(&place.population, Key::from_seed(9));
        let mut by_day = [[0.0; 6]; 2];
        for day in 0..63 {
            let tally = epidemic.step(&world, day, 0.6, 1_000);
            if day >= 21 {
                let weekend = usize::from(matches!(day % 7, 0 | 6));
                tally.by_layer.iter().zip(&mut by_day[weekend]).for_each(|(n, sum)| *sum += f64::from(*n));
            }
        }
        let all = |layer: Layer| by_day[0][layer as usize] + by_day[1][layer as usize];
        let share = |layer: Layer| by_day[1][layer as usize] / all(layer);
        (all(Layer::Community), [Layer::Community, Layer::Household, Layer::Work].map(share))
    };
    let (even, shares) = weeks(1.0);
    let (uneven, [community, household, work]) = weeks(1.5);
    // Some 8,000 infections in the community: 1.1 % of their number, 0.005 of a share is a standard error.
    assert!((shares[0] - 2.0 / 7.0).abs() < 0.025, "{} of community infections on weekends, alike", shares[0]);
    assert!((community - 3.0 / 8.0).abs() < 0.025, "{community} of them, half as many again");
    assert!((uneven / even - 1.0).abs() < 0.06, "{uneven} community infections in six weeks, {even} on days alike");
    assert!((household - 2.0 / 7.0).abs() < 0.025, "{household} of those at home");
    assert_eq!(work, 0.0, "nobody works on weekends");
}
