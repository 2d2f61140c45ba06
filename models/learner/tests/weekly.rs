//! The weekly learner on seasons of known shape.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use countycast_engine::weekly::{Area, Series, Signal, Snapshot, Week, WeeklyEngine};
use countycast_engine::{Date, MEDIAN, Row};
use countycast_learner::weekly::{Pooled, Settings};

/// The last week of the ninth season that is known, in the middle of its rise.
fn reference() -> Week {
    Week::of(Date::constant(2025, 12, 20))
}

/// A number from 0 to 1 that depends on its address alone.
fn chance(a: u64, b: u64) -> f64 {
    let mixed = (a.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ b.wrapping_mul(0xbf58_476d_1ce4_e5b9))
        .wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 29)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Seasons that rise exponentially and fall, with a peak and a height of their own for each area and year.
fn value(area: u64, week: Week) -> f64 {
    let (season, _) = week.season();
    let year = season as u64;
    let peak = 6.0 * chance(year, 1) - 1.0 + 3.0 * chance(area, year);
    let height = 0.03 + 0.04 * chance(year, 2) + 0.02 * chance(area, year + 7);
    let distance = (f64::from(week.since_christmas()) - peak) / 4.5;
    let noise = 1.0 + 0.1 * (chance(area, (week.since(reference()) + 10_000) as u64) - 0.5);
    (0.002 + height * (-0.5 * distance * distance).exp()) * noise
}

fn areas() -> Vec<Area> {
    (1..=40).map(Area::ServiceArea).collect()
}

fn data(last: Week, weeks: i32) -> Snapshot {
    let signal: Signal = "flu-ed".parse().unwrap();
    let one = |(number, area): (usize, Area)| {
        let first = last.plus(1 - weeks);
        let values = (0..weeks).map(|week| value(number as u64, first.plus(week))).collect();
        Series::new(signal, area, first, values).located(None, Some(500_000.0))
    };
    let mut series: Vec<Series> = areas().into_iter().enumerate().map(one).collect();
    series.sort_by(|a, b| a.area.cmp(&b.area));
    Snapshot { as_of: last.saturday(), series }
}

fn forecasts(data: &Snapshot) -> Vec<Vec<Row>> {
    let settings = Settings { local_visits: 0.6, ..Settings::default() };
    let model = Pooled::new(settings).unwrap().train(data, reference(), 3).unwrap();
    data.series.iter().map(|series| model.forecast(series).unwrap()).collect()
}

#[test]
fn seasons_that_were_not_seen_lie_in_the_intervals_and_turns_are_foreseen() {
    let data = data(reference().plus(-1), 8 * 52);
    let found = forecasts(&data);
    let (mut inside, mut all, mut errors) = (0, 0, [0.0, 0.0]);
    for (number, (series, rows)) in data.series.iter().zip(&found).enumerate() {
        let last = series.values().last().unwrap();
        assert!(rows[0].iter().all(|value| (f64::from(*value) - last).abs() < 1e-6), "a published week is known");
        for (horizon, row) in rows.iter().enumerate().skip(1) {
            assert!(row.is_sorted() && row[0] >= 0.0 && row[22] <= 1.0);
            let truth = value(number as u64, reference().plus(horizon as i32 - 1));
            inside += usize::from((f64::from(row[1])..=f64::from(row[21])).contains(&truth));
            all += 1;
            errors[0] += (f64::from(row[MEDIAN]) - truth).abs();
            errors[1] += (last - truth).abs();
        }
    }
    // One season: all areas are early or late together, so that the share may be far from 0.95 by chance.
    let share = f64::from(inside as u32) / f64::from(all);
    assert!(share > 0.8, "{share} of what came is within the 95 % intervals");
    assert!(errors[0] < 0.6 * errors[1], "errors {errors:?}: ours, and those of the last value");
}

#[test]
fn threads_move_no_bit_and_neither_does_what_lies_ahead() {
    let known = data(reference().plus(-1), 200);
    let with = |threads: usize, data: &Snapshot| {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| forecasts(data))
    };
    assert_eq!(with(1, &known), with(3, &known));
    // The same weeks, cut from longer series.
    let longer = data(reference().plus(3), 204);
    let series = longer.series.iter().map(|series| series.until(reference().plus(-1))).collect();
    assert_eq!(with(2, &Snapshot { as_of: known.as_of, series }), with(2, &known));
}

#[test]
fn what_cannot_be_learned_or_forecast_is_refused() {
    let short = data(reference().plus(-1), 20);
    let error = Pooled::default().train(&short, reference(), 3).err().unwrap().to_string();
    assert!(error.contains("too few seasons"), "{error}");
    let mut known = data(reference().plus(-1), 200);
    known.series[0] = known.series[0].until(reference().plus(-12));
    let settings = Settings { local_visits: 0.6, ..Settings::default() };
    let model = Pooled::new(settings).unwrap().train(&known, reference(), 3).unwrap();
    assert!(model.forecast(&known.series[0]).unwrap_err().to_string().contains("nothing was reported for eight weeks"));
    assert!(model.forecast(&known.series[1]).is_ok());
}
