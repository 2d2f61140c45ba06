//! How good samples, categories of change and peaks are on past dates, from a team's quantiles: no engine need be trained.
//!
//! `cargo test --release --test derived_scores -- --ignored --nocapture` prints the figures of `docs/live.md`.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::collections::BTreeMap;
use std::path::Path;

use countycast::weekly::{Derived, Forecast, Forecasts, HORIZONS};
use countycast_engine::weekly::{Area, Disease, Week};
use countycast_engine::{Date, Row, quantile};
use countycast_signals::{Answer, Hub, Hubs, Season, Signals, Task};
use rayon::prelude::*;

/// The model whose quantiles are taken.
const MODEL: &str = "FluSight-ensemble";

/// Everything that scores are made from.
struct Past {
    hubs: Hubs,
    read: Signals,
    /// By reference week and location.
    rows: BTreeMap<Week, Vec<Forecast>>,
}

impl Past {
    fn read() -> Self {
        let live = Path::new(&std::env::var("COUNTYCAST_DATA").unwrap()).join("live");
        let hubs = Hubs::parse(include_str!("../config/hubs.toml")).unwrap();
        let read = Signals::read(&live, &hubs).unwrap();
        let hub = hubs.find("flusight").unwrap();
        let teams = countycast_signals::Forecasts::read_teams(&live.join("forecasts_flusight.parquet"), hub).unwrap();
        let mut rows: BTreeMap<Week, Vec<Forecast>> = BTreeMap::new();
        for task in teams.models[MODEL].keys() {
            if task.horizon == 0 && &*task.target == "wk inc flu hosp" {
                rows.entry(task.reference).or_default().extend(forecast(&read, hub, task, &teams.models[MODEL]));
            }
        }
        Self { hubs, read, rows }
    }

    fn hub(&self) -> &Hub {
        self.hubs.find("flusight").unwrap()
    }

    /// What was known, with the forecasts, in these reference weeks.
    fn weeks(&self, from: Date, to: Date) -> Vec<Forecasts> {
        let weeks: Vec<_> = self.rows.range(Week::of(from)..=Week::of(to)).collect();
        let known = |(reference, forecasts): &(&Week, &Vec<Forecast>)| {
            let as_of = self.hub().due(**reference);
            let mut known = self.read.vintages.as_of(as_of, &self.read.geography).snapshot;
            // Other signals are of no use for influenza in states.
            known.series.retain(|series| {
                let of_flu = matches!(series.signal.disease, Disease::Influenza | Disease::InfluenzaLike);
                of_flu && !series.area.below_state()
            });
            Forecasts { reference: **reference, as_of, forecasts: (*forecasts).clone(), known, notices: Vec::new() }
        };
        weeks.par_iter().map(known).collect()
    }

    fn truth(&self, forecast: &Forecast, week: Week) -> Option<f64> {
        self.read.vintages.last(forecast.signal, &forecast.area, week)
    }
}

/// A team's forecast of all horizons; the week before the reference week as published where the team has none.
fn forecast(read: &Signals, hub: &Hub, task: &Task, tasks: &BTreeMap<Task, Answer>) -> Option<Forecast> {
    let area = read.geography.located(&task.location).filter(|area| *area != Area::Nation)?;
    let signal = hub.target(&task.target)?.signal;
    let last = task.reference.plus(-1);
    let published = read.vintages.known(signal, &area, last, hub.due(task.reference))?;
    let row = |horizon: i8| -> Option<Row> {
        match tasks.get(&Task { horizon, ..task.clone() }) {
            Some(answer) => Some(std::array::from_fn(|place| answer.quantiles[place] as f32)),
            None => (horizon == -1).then_some([published as f32; 23]),
        }
    };
    let rows = (-1..=3).map(row).collect::<Option<Vec<_>>>()?;
    Some(Forecast { signal, area, model: MODEL, last, follows: false, rows })
}

/// Ranked probability score of ordered categories.
fn ranked(probabilities: &[f64; 5], found: usize) -> f64 {
    let mut below = 0.0;
    let scores = (0..4).map(|place| {
        below += probabilities[place];
        (below - f64::from(found <= place)).powi(2)
    });
    scores.sum()
}

/// Shares of four weeks' sums within the central 50 and 95 % of trajectories, and of trajectories with weeks put in any order.
fn sums(past: &Past, weeks: &[Forecasts]) -> [[f64; 2]; 2] {
    let of_week = |made: &Forecasts| -> Vec<[[bool; 2]; 2]> {
        let derived = Derived::new(made, 1);
        let one = |forecast: &Forecast| {
            let truth =
                (0..4).map(|horizon| past.truth(forecast, made.reference.plus(horizon))).sum::<Option<f64>>()?;
            let draws = derived.trajectories(forecast, 500);
            let shuffled: Vec<[f64; HORIZONS]> =
                (0..draws.len()).map(|i| std::array::from_fn(|h| draws[(i + 97 * h) % draws.len()][h])).collect();
            Some([draws, shuffled].map(|draws| {
                let mut sums: Vec<f64> = draws.iter().map(|draw| draw[1..].iter().sum()).collect();
                sums.sort_by(f64::total_cmp);
                [0.25, 0.025].map(|tail| (quantile(&sums, tail)..=quantile(&sums, 1.0 - tail)).contains(&truth))
            }))
        };
        made.forecasts.iter().filter_map(one).collect()
    };
    let all: Vec<_> = weeks.par_iter().flat_map_iter(of_week).collect();
    let share =
        |which: usize, level: usize| all.iter().filter(|held| held[which][level]).count() as f64 / all.len() as f64;
    [0, 1].map(|which| [0, 1].map(|level| share(which, level)))
}

/// Mean ranked probability score by horizon: of the categories, and of the frequencies of all observed ones.
fn categories(past: &Past, weeks: &[Forecasts]) -> ([[f64; 2]; 4], [[f64; 2]; 5]) {
    let changes = past.hub().changes.as_ref().unwrap();
    let of_week = |made: &Forecasts| -> Vec<(usize, [f64; 5], usize)> {
        let derived = Derived::new(made, 1);
        let mut found = Vec::new();
        for forecast in &made.forecasts {
            let residents = made.known.find(forecast.signal, &forecast.area).unwrap().population.unwrap();
            let before = past.truth(forecast, made.reference.plus(-1));
            for (horizon, probabilities) in (0..).zip(derived.changes(forecast, changes).unwrap()) {
                let after = past.truth(forecast, made.reference.plus(horizon));
                if let Some((before, after)) = before.zip(after) {
                    let category = changes.category(horizon as i8, after - before, residents);
                    found.push((horizon as usize, probabilities, category));
                }
            }
        }
        found
    };
    let all: Vec<_> = weeks.par_iter().flat_map_iter(of_week).collect();
    let by_horizon = [0, 1, 2, 3].map(|horizon| {
        let here: Vec<_> = all.iter().filter(|found| found.0 == horizon).collect();
        let mut usual = [0.0; 5];
        here.iter().for_each(|found| usual[found.2] += 1.0 / here.len() as f64);
        let mean = |of: &dyn Fn(&[f64; 5], usize) -> f64| {
            here.iter().map(|found| of(&found.1, found.2)).sum::<f64>() / here.len() as f64
        };
        [mean(&ranked), mean(&|_, category| ranked(&usual, category))]
    });
    // Of all probabilities in a fifth of the unit interval: their mean, and how often the category came.
    let calibration = std::array::from_fn(|fifth| {
        let pairs =
            all.iter().flat_map(|(_, p, found)| p.iter().enumerate().map(move |(i, p)| (*p, f64::from(i == *found))));
        let here: Vec<_> = pairs.filter(|(p, _)| ((p * 5.0) as usize).min(4) == fifth).collect();
        let mean = |of: fn(&(f64, f64)) -> f64| here.iter().map(of).sum::<f64>() / here.len() as f64;
        [mean(|pair| pair.0), mean(|pair| pair.1)]
    });
    (by_horizon, calibration)
}

/// Of every fourth week, by month: mean log score of the peak's week, probability of it and the weeks beside it, and shares of the sizes within the
/// central 50 and 95 %.
fn peaks(past: &Past, weeks: &[Forecasts], season: Season) -> BTreeMap<String, (usize, [f64; 4])> {
    let of_week = |made: &Forecasts| -> Vec<(String, [f64; 4])> {
        let derived = Derived::new(made, 1);
        let analogues = derived.analogues(&made.forecasts[0], season);
        let one = |forecast: &Forecast| {
            let observed: Vec<f64> =
                season.weeks().map(|week| past.truth(forecast, week)).collect::<Option<Vec<_>>>()?;
            let highest = observed.iter().copied().fold(0.0, f64::max);
            let place = observed.iter().position(|value| *value == highest)?;
            let peak = derived.peak(forecast, season, &analogues)?;
            let near = peak.weeks[place.saturating_sub(1)..(place + 2).min(peak.weeks.len())].iter().sum();
            let held = |low: usize, high: usize| {
                f64::from((peak.size[low].floor()..=peak.size[high].ceil()).contains(&highest))
            };
            let month = made.reference.saturday().to_string()[..7].to_owned();
            Some((month, [peak.weeks[place].max(1e-4).ln(), near, held(6, 16), held(1, 21)]))
        };
        made.forecasts.iter().filter_map(one).collect()
    };
    let all: Vec<_> = weeks.par_iter().flat_map_iter(of_week).collect();
    let mut months: BTreeMap<String, (usize, [f64; 4])> = BTreeMap::new();
    for (month, scores) in all {
        let entry = months.entry(month).or_default();
        entry.0 += 1;
        entry.1.iter_mut().zip(scores).for_each(|(sum, score)| *sum += score);
    }
    months.values_mut().for_each(|(count, sums)| sums.iter_mut().for_each(|sum| *sum /= *count as f64));
    months
}

#[test]
#[ignore = "needs the live hubs' data: COUNTYCAST_DATA with a folder `live`"]
fn trajectories_categories_and_peaks_are_calibrated_on_past_dates() {
    let past = Past::read();
    let day = Date::constant;
    let named = |days: [&str; 2]| Season::try_from(days.map(str::to_owned)).unwrap();
    for (name, from, to, season) in [
        ("2023/24", day(2023, 10, 14), day(2024, 4, 27), Some(named(["2023-11-25", "2024-05-25"]))),
        ("2024/25", day(2024, 11, 23), day(2025, 5, 31), Some(named(["2024-11-23", "2025-05-31"]))),
        ("late 2025", day(2025, 11, 22), day(2025, 12, 20), None),
    ] {
        let weeks = past.weeks(from, to);
        let [joint, alone] = sums(&past, &weeks);
        println!(
            "{name}, {} dates: four weeks' sum within 50, 95 %: {joint:.2?}; independent weeks {alone:.2?}",
            weeks.len()
        );
        let (scores, calibration) = categories(&past, &weeks);
        println!("  categories, ranked probability score and that of frequencies: {scores:.3?}");
        println!("  probability said and share that came: {calibration:.2?}");
        assert!(scores.iter().all(|[ours, usual]| ours < usual) && joint[1] > alone[1]);
        let every_fourth: Vec<Forecasts> = weeks.into_iter().step_by(4).collect();
        for (month, (tasks, scores)) in season.map(|season| peaks(&past, &every_fourth, season)).unwrap_or_default() {
            println!("  peak, {month}, {tasks} tasks: log score, within a week, size in 50 and 95 %: {scores:.2?}");
        }
    }
}
