//! Last values that are no reports.

use countycast_engine::weekly::{Measure, Series, Snapshot};

use crate::panel::Notice;

/// Reports before a zero whose mean tells whether it can be one.
const BEFORE: usize = 4;
/// Weeks back within which these reports must lie: zeros that are not believed are passed over, so that a second one in a row is
/// judged as the first was.
const LOOK_BACK: usize = 12;
/// People expected in a week from whom on a zero is no report: as a Poisson count it has a probability below 1 in 2,000.
const NO_ZERO_PEOPLE: f64 = 8.0;
/// Visits of emergency departments a week and resident: 155.4 million in 2022, of 333 million people (National Hospital
/// Ambulatory Medical Care Survey, 2022, table 1).
const VISITS_A_WEEK: f64 = 155.4 / 333.0 / 52.0;
/// Share of visits which all weeks before exceed where a zero is no report, however small the area.
const NO_ZERO_SHARE: f64 = 0.005;
/// Weeks at the end of a series in which zeros are told.
const TOLD: usize = 8;
/// Weeks from a season to the next, and seasons back that tell what is to be expected where nothing was reported lately.
const YEAR: usize = 52;
const YEARS: usize = 3;
/// Zeros in a row in a state's share of visits that reach into winter and are no reports: a state's feed that is down.
const LONG: usize = 8;

/// The series without zeros that stand where a report is missing, and a notice about them.
///
/// Publishers print 0 for a hospital or a state that did not report. It is not believed where the weeks before let at least 8
/// people be expected: admitted, or among the visits that an area of its size has. Hospitals of small areas do have weeks of
/// none.
pub(super) fn clean(data: Snapshot) -> (Snapshot, Vec<Notice>) {
    let mut removed: Vec<String> = Vec::new();
    let mut one = |series: Series| {
        let mut cleaned = series.values().to_vec();
        let told = cleaned.len().saturating_sub(TOLD);
        for week in silent_winters(&series) {
            cleaned[week] = f64::NAN;
        }
        for week in 0..cleaned.len() {
            let earlier = cleaned[week.saturating_sub(LOOK_BACK)..week].iter().rev().copied();
            let mut before: Vec<f64> = earlier.filter(|value| !value.is_nan()).take(BEFORE).collect();
            if before.is_empty() {
                before = years_before(&cleaned, week);
            }
            let expected = before.iter().sum::<f64>() / before.len() as f64;
            let many = match series.signal.measure {
                Measure::Admissions => expected >= NO_ZERO_PEOPLE,
                _ => {
                    let visits = series.population.map_or(0.0, |residents| residents * VISITS_A_WEEK);
                    let all = before.len() >= BEFORE;
                    all && (expected * visits >= NO_ZERO_PEOPLE || before.iter().all(|value| *value > NO_ZERO_SHARE))
                }
            };
            if cleaned[week] == 0.0 && many && !before.is_empty() {
                cleaned[week] = f64::NAN;
                if week < told {
                    continue;
                }
                removed.push(format!(
                    "{} in {}, week to {}",
                    series.signal,
                    series.area,
                    series.first().plus(week as i32)
                ));
            }
        }
        let plain = Series::new(series.signal, series.area.clone(), series.first(), cleaned);
        plain.located(series.state, series.population)
    };
    let series = data.series.into_iter().map(&mut one).filter(|series| !series.values().is_empty()).collect();
    let notices = removed.first().map(|first| {
        let others = if removed.len() > 1 { " and others" } else { "" };
        let message = format!("0 where a report is missing is not believed: {first}{others}");
        Notice { message, count: removed.len() }
    });
    (Snapshot { series, ..data }, notices.into_iter().collect())
}

/// What is known of the same week, and those beside it, of earlier years.
fn years_before(values: &[f64], week: usize) -> Vec<f64> {
    let years = (1..=YEARS).filter_map(|years| week.checked_sub(YEAR * years));
    let near = years.flat_map(|then| &values[then.saturating_sub(1)..=then + 1]);
    near.copied().filter(|value| !value.is_nan()).collect()
}

/// Places of zeros in a row that reach into a winter in a state's share of visits: no state has none of its viruses for weeks.
fn silent_winters(series: &Series) -> Vec<usize> {
    if series.signal.measure != Measure::EmergencyVisits || series.area.below_state() {
        return Vec::new();
    }
    let values = series.values();
    let is_winter = |place: usize| matches!(series.first().plus(place as i32).saturday().month(), 12 | 1 | 2);
    let mut found = Vec::new();
    let mut start = 0;
    for end in 0..=values.len() {
        if values.get(end).is_some_and(|value| *value == 0.0) {
            continue;
        }
        if end - start >= LONG && (start..end).any(is_winter) {
            found.extend(start..end);
        }
        start = end + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::Date;
    use countycast_engine::weekly::{Area, Week};

    #[test]
    fn a_zero_after_many_is_no_report_and_one_after_few_is() {
        let first = Week::of(Date::constant(2025, 11, 1));
        let series =
            |values: &[f64]| Series::new("flu-admissions".parse().unwrap(), Area::Nation, first, values.to_vec());
        let of = |values: &[f64]| {
            let data = Snapshot { as_of: Date::constant(2026, 1, 7), series: vec![series(values)] };
            let (cleaned, notices) = clean(data);
            (cleaned.series[0].values().len(), notices.len())
        };
        assert_eq!(of(&[20.0, 30.0, 25.0, 28.0, 0.0]), (4, 1));
        assert_eq!(of(&[2.0, 3.0, 2.0, 1.0, 0.0]), (5, 0));
        assert_eq!(of(&[0.0, 0.0]), (2, 0));
        assert_eq!(of(&[20.0, 30.0, 25.0, 28.0, 0.0, 30.0]), (6, 1), "within a series");
        assert_eq!(of(&[20.0, 30.0, 25.0, 28.0, 0.0, 0.0, 0.0, 0.0, 0.0]), (4, 1), "one after the other");
    }

    #[test]
    fn a_zero_of_a_large_area_is_no_report_and_one_of_a_small_area_is() {
        let first = Week::of(Date::constant(2025, 11, 1));
        let left = |residents: f64, share: f64| {
            let values = vec![share, share, share, share, 0.0];
            let series = Series::new("flu-ed".parse().unwrap(), "H590".parse().unwrap(), first, values);
            let data =
                Snapshot { as_of: Date::constant(2026, 1, 7), series: vec![series.located(None, Some(residents))] };
            clean(data).0.series[0].values().len()
        };
        // Of 1,000,000 people nearly 9,000 visit each week: 18 of 0.2 %. Of 50,000 people, one.
        assert_eq!(left(1e6, 0.002), 4);
        assert_eq!(left(5e4, 0.002), 5);
        assert_eq!(left(5e4, 0.006), 4, "no hospital is so small");
    }

    #[test]
    fn zeros_after_a_long_silence_are_held_against_earlier_years() {
        let first = Week::of(Date::constant(2023, 11, 4));
        let left = |share: f64| {
            // Two winters, a silence, and six weeks of zeros.
            let mut values = vec![share; 90];
            values.extend(vec![f64::NAN; 20]);
            values.extend([0.0; 6]);
            let series = Series::new("flu-ed".parse().unwrap(), "56".parse().unwrap(), first, values);
            let data = Snapshot { as_of: Date::constant(2026, 1, 7), series: vec![series.located(None, Some(6e5))] };
            clean(data).0.series[0].values().len()
        };
        assert_eq!(left(0.02), 90, "a hundred visits a week were usual");
        assert_eq!(left(0.0001), 116, "half a visit was");
    }

    #[test]
    fn a_winter_of_zeros_in_a_state_is_a_feed_that_is_down() {
        let weeks = |zeros: usize| {
            let first = Week::of(Date::constant(2025, 12, 6));
            let values: Vec<f64> = [vec![0.001; 2], vec![0.0; zeros], vec![0.002; 2]].concat();
            let series =
                |area: &str| Series::new("rsv-ed".parse().unwrap(), area.parse().unwrap(), first, values.clone());
            ["56", "H590"].map(|area| silent_winters(&series(area)).len())
        };
        assert_eq!(weeks(9), [9, 0], "small areas may have none for long");
        assert_eq!(weeks(7), [0, 0]);
        let autumn = Week::of(Date::constant(2025, 10, 4));
        let zeros =
            |weeks: usize| Series::new("flu-ed".parse().unwrap(), "56".parse().unwrap(), autumn, vec![0.0; weeks]);
        assert_eq!(
            [8, 10].map(|weeks| silent_winters(&zeros(weeks)).len()),
            [0, 10],
            "from December on, and from the first"
        );
    }
}
