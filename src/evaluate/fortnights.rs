//! The worst fortnight of each quarter.

use std::collections::BTreeMap;

use countycast_engine::{Date, Target};

use crate::scores::{Means, quarter};

/// Most days from the first to the last as-of day of a fortnight.
const DAYS: i32 = 13;

/// The two successive as-of days of a quarter, at most 13 days apart, on which the blend's weekly cases in counties did worst together;
/// single days where none are so near.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Fortnight {
    /// The quarter, such as `2020 Q3`.
    pub quarter: String,
    /// First as-of day.
    pub from: Date,
    /// Last as-of day.
    pub to: Date,
    /// WIS of the blend over that of `flat`, all weeks together.
    pub relative_wis: f64,
}

/// Sums of WIS on an as-of day, of the blend and of `flat`.
#[derive(Debug, Clone, Copy)]
struct Day {
    as_of: Date,
    own: f64,
    baseline: f64,
}

/// The worst fortnights, by quarter.
pub(super) fn worst(means: &[Means]) -> Vec<Fortnight> {
    let mut quarters: BTreeMap<String, Vec<Day>> = BTreeMap::new();
    for day in means.iter().filter_map(day) {
        quarters.entry(quarter(day.as_of)).or_default().push(day);
    }
    quarters.into_iter().filter_map(|(quarter, days)| worst_of(quarter, &days)).collect()
}

/// An as-of day's sums. Groups are in order of the day.
fn day(means: &Means) -> Option<Day> {
    let group = &means.group;
    let is = (group.by, group.model.as_str(), group.horizon) == ("as_of", "blend", 0) && group.target == Target::Cases;
    let (as_of, relative) = (group.value.parse().ok().filter(|_| is)?, means.relative_wis.filter(|r| *r > 0.0)?);
    let own = means.wis * means.n as f64;
    Some(Day { as_of, own, baseline: own / relative })
}

fn worst_of(quarter: String, days: &[Day]) -> Option<Fortnight> {
    let near = |pair: &&[Day]| pair[1].as_of.since(pair[0].as_of).is_ok_and(|span| span.get_days() <= DAYS);
    let mut candidates: Vec<&[Day]> = days.windows(2).filter(near).collect();
    if candidates.is_empty() {
        candidates = days.chunks(1).collect();
    }
    let relative =
        |days: &[Day]| days.iter().map(|day| day.own).sum::<f64>() / days.iter().map(|day| day.baseline).sum::<f64>();
    let days = candidates.into_iter().max_by(|a, b| relative(a).total_cmp(&relative(b)))?;
    let (from, to) = (days.first()?.as_of, days.last()?.as_of);
    Some(Fortnight { quarter, from, to, relative_wis: relative(days) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::{Group, PIT_BINS};

    fn means(day: &str, n: u64, wis: f64, relative: f64) -> Means {
        let group =
            Group { target: Target::Cases, by: "as_of", value: day.to_owned(), model: "blend".to_owned(), horizon: 0 };
        Means {
            group,
            n,
            wis,
            spread: 0.0,
            over: 0.0,
            under: 0.0,
            log_wis: 0.0,
            absolute_error: 0.0,
            span_absolute_error: None,
            relative_wis: Some(relative),
            relative_log_wis: None,
            relative_error: None,
            relative_span_error: None,
            projected_over_observed: None,
            coverage: [0.0; 3],
            pit: [0.0; PIT_BINS],
        }
    }

    #[test]
    fn the_worst_two_days_of_each_quarter_are_found() {
        let days = [
            means("2020-07-18", 10, 8.0, 0.8),
            means("2020-07-25", 10, 6.0, 0.6),
            means("2020-08-01", 30, 9.0, 0.9),
            // Far from the others, and in the next quarter alone.
            means("2020-09-19", 10, 20.0, 2.0),
            means("2020-10-03", 10, 7.0, 0.7),
        ];
        let other = Means { group: Group { model: "seir".to_owned(), ..days[0].group.clone() }, ..days[0].clone() };
        let found = worst(&[days.to_vec(), vec![other]].concat());
        let of = |i: usize| (found[i].quarter.as_str(), found[i].from.to_string(), found[i].to.to_string());
        assert_eq!(found.len(), 2);
        assert_eq!(of(0), ("2020 Q3", "2020-07-25".to_owned(), "2020-08-01".to_owned()));
        // 60 + 270 over 100 + 300.
        assert!((found[0].relative_wis - 0.825).abs() < 1e-12, "{}", found[0].relative_wis);
        assert_eq!(of(1), ("2020 Q4", "2020-10-03".to_owned(), "2020-10-03".to_owned()));
        assert!((found[1].relative_wis - 0.7).abs() < 1e-12);
    }
}
