use super::*;
use countycast_engine::Date;
use countycast_testkit::county;

const DAYS: usize = 140;

/// A county whose cases rise and fall within nine weeks; from `from` on they are `factor` times as many.
fn wave(number: u32, from: usize, factor: f64) -> History {
    let cases = (0..DAYS).map(|day| {
        let phase = std::f64::consts::TAU * (day as f64 / 63.0 + f64::from(number) * 0.618);
        let level = (60.0 * phase.sin().exp()).round();
        if day >= from { factor * level } else { level }
    });
    let fips = format!("{}", 19_001 + 2 * number);
    county(&fips, 1e5, Date::constant(2020, 3, 1), cases.collect(), vec![1.0; DAYS])
}

fn panel(from: usize, factor: f64) -> (Places, Arc<Surroundings>) {
    let histories = (0..200).map(|number| Arc::new(wave(number, from, factor)));
    let places = Places::new(histories, std::collections::BTreeMap::new());
    let surroundings = Surroundings::of(&places).unwrap();
    (places, Arc::new(surroundings))
}

#[test]
fn a_row_knows_the_days_before_it_and_no_other() {
    let (_, surroundings) = panel(DAYS, 1.0);
    let settings = Settings::default();
    let [one, two] = [1.0, 5.0].map(|factor| rows(&wave(3, 100, factor), &surroundings, &settings));
    let bits = |row: &Row| row.features.map(f32::to_bits);
    for (one, two) in one.iter().zip(&two) {
        assert_eq!(bits(one) == bits(two), one.seen <= 100, "day {}", one.seen);
    }
    assert!(one.iter().any(|row| row.seen > 100) && one.iter().any(|row| row.seen <= 100));
}

#[test]
fn boosters_on_trial_have_not_seen_the_last_weeks() {
    let trial = DAYS - 7 * TRIAL_WEEKS;
    let settings = Settings::default();
    let [one, two] = [1.0, 5.0].map(|factor| {
        let (places, surroundings) = panel(trial, factor);
        Learned::train(&places, &surroundings, &settings, 1).unwrap().unwrap()
    });
    let (before, history) = (wave(3, DAYS, 1.0).truncated(trial).unwrap(), wave(3, trial, 1.0));
    let outlook = Outlook::new(&before, trial, &settings);
    // A place that goes on past the trial's start is asked of the boosters on trial, one that ends there of the last ones.
    let [on_trial, last] = [&history, &before].map(|history| {
        [&one, &two].map(|learned| learned.place(history, 1.0).after(trial, &outlook).map(f64::to_bits))
    });
    assert_eq!(on_trial[0], on_trial[1]);
    assert_ne!(last[0], last[1]);
}

#[test]
fn nothing_departs_where_nothing_was_reported() {
    let (places, surroundings) = panel(DAYS, 1.0);
    let settings = Settings::default();
    let learned = Learned::train(&places, &surroundings, &settings, 1).unwrap().unwrap();
    let silent = county("19399", 1e5, Date::constant(2020, 3, 1), vec![0.0; DAYS], vec![0.0; DAYS]);
    let outlook = Outlook::new(&silent, DAYS, &settings);
    assert_eq!(learned.place(&silent, 1.0).after(DAYS, &outlook), Lift::default());
}
