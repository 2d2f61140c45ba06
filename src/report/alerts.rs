//! Alerts: what of a place's projection calls for attention today.

use countycast_engine::Fips;
use serde::Serialize;

use super::capacity;
use super::content::Content;
use super::past::PastRun;
use super::projections::{Fan, MEDIAN};
use crate::output::BLEND;
use crate::output::places::Listed;

/// Fewest cases of a week of whose rise is warned.
const LEAST_CASES: f64 = 20.0;
/// Probability from which on is warned: three chances in four.
const LIKELY: f64 = 0.75;
/// Position of the 25 % quantile in a fan, which three chances in four lie above.
const QUARTER: usize = 2;
/// Positions of the 10 and 90 % quantiles.
const ENDS: [usize; 2] = [1, 5];

/// What an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// More cases next week than in the last, with three chances in four.
    Rise,
    /// Hospitals that serve the place lack intensive-care beds, with three chances in four.
    Gap,
}

/// An alert of a place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Alert {
    pub(super) kind: Kind,
    /// A sentence for people.
    pub(super) text: String,
}

/// Whether a projection of the next week rises above the last week's cases.
pub(super) fn rises(last_week: f64, weeks: &Fan) -> bool {
    last_week >= LEAST_CASES && weeks.first().is_some_and(|next| next[QUARTER] > last_week)
}

/// Cases of the seven days that end `back` days before the last.
pub(super) fn week(fips: Fips, content: &Content, back: usize) -> Option<f64> {
    let place = content.panel.place(fips).filter(|place| place.reported_in.is_none())?;
    let days = place.history.cases().cleaned();
    let end = days.len().checked_sub(back)?;
    Some(days[end.checked_sub(7)?..end].iter().sum())
}

/// Whether a run, `back` days ago, expected more cases than in the week before.
pub(super) fn rose_in(run: &PastRun, back: usize, fips: Fips, content: &Content) -> bool {
    week(fips, content, back).zip(run.weeks.get(&fips)).is_some_and(|(last, weeks)| rises(last, weeks))
}

/// Whether this run does.
pub(super) fn rises_now(fips: Fips, content: &Content) -> bool {
    rise(fips, content).is_some()
}

/// Cases of the last week and the projection of the next weeks, where these rise.
fn rise(fips: Fips, content: &Content) -> Option<(f64, &Fan)> {
    let weeks = content.forecasts.get(&fips).and_then(|forecast| forecast.weeks.get(BLEND));
    week(fips, content, 0).zip(weeks).filter(|(last, weeks)| rises(*last, weeks))
}

/// Alerts of a place, in the order of their kinds.
pub(super) fn of(row: &Listed, content: &Content) -> Vec<Alert> {
    let mut alerts = Vec::new();
    if let Some((last, weeks)) = rise(row.fips, content)
        && let Some(next) = weeks.first()
    {
        let text = format!(
            "Cases are likely to rise: {} are projected for the next 7 days (80 % interval {} – {}), after {} in the last 7.",
            people(next[MEDIAN]),
            people(next[ENDS[0]]),
            people(next[ENDS[1]]),
            people(last)
        );
        alerts.push(Alert { kind: Kind::Rise, text });
    }
    if let Some((probability, day)) = content.needs.get(&row.fips).and_then(|needs| capacity::overflow(needs))
        && probability >= LIKELY
    {
        let first = day.map(|day| format!(", first on {day}")).unwrap_or_default();
        let text = format!(
            "Hospital gap: patients exceed the free intensive-care beds of the hospitals that serve the residents with a probability of {:.0} %{first}.",
            100.0 * probability
        );
        alerts.push(Alert { kind: Kind::Gap, text });
    }
    alerts
}

/// A number of people with commas between thousands, as the site's script writes them.
fn people(count: f64) -> String {
    let digits = format!("{count:.0}");
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_told_apart() {
        assert_eq!(
            [0.4, 999.0, 1000.0, 524_420.2, 1_234_567.0].map(people),
            ["0", "999", "1,000", "524,420", "1,234,567"]
        );
    }

    #[test]
    fn a_rise_needs_three_chances_in_four_and_enough_cases() {
        let week = |low: f64| vec![[low - 10.0, low - 5.0, low, low + 10.0, low + 20.0, low + 30.0, low + 40.0]];
        assert!(rises(100.0, &week(101.0)));
        assert!(!rises(100.0, &week(100.0)), "one chance in four of no more");
        assert!(!rises(19.0, &week(40.0)), "too few to tell");
        assert!(!rises(100.0, &Vec::new()), "no projection");
    }
}
