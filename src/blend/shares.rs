//! Shares of the engines, from what their past projections were worth.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use countycast_engine::{Date, Fips, Target};

use super::settings::Settings;
use super::stratum::Stratum;
use crate::evaluate::{BASELINE, Scored};

/// The least number of engines' shares that the cap allows: with few members no cap below 1.5 / M (FIELD rule for small
/// ensembles: a cap of 0.3 suits five members and more).
const CAP_FACTOR: f64 = 1.5;

/// Sums of scores of one engine on the weeks where the baseline answered too.
#[derive(Debug, Clone, Copy, Default)]
struct Paired {
    own: f64,
    baseline: f64,
}

/// Shares by target and stratum; engines that are not listed were never seen.
pub(super) type Shares = BTreeMap<(Target, Stratum), BTreeMap<String, f64>>;

/// Learns shares from scored past projections, a list per as-of day: `exp(−θ·relative WIS)`, capped, shrunk to equal
/// shares where few days are known (Ray et al. 2023, *Comparing trained and untrained probabilistic ensemble forecasts
/// of COVID-19 cases and deaths in the United States*).
pub(super) fn learn(past: &[(Date, Vec<Scored>)], as_of: Date, settings: &Settings) -> Shares {
    let mut sums: BTreeMap<(Target, Stratum), BTreeMap<String, Paired>> = BTreeMap::new();
    let mut days: BTreeMap<(Target, Stratum), BTreeSet<Date>> = BTreeMap::new();
    for (made, scored) in past {
        let age = as_of.since(*made).map_or(0.0, |span| f64::from(span.get_days())) / 7.0;
        let weight = 0.5_f64.powf(age / settings.half_life_weeks);
        let baseline: HashMap<(Fips, Target, u8), f64> = scored
            .iter()
            .filter(|s| s.model == BASELINE)
            .map(|s| ((s.fips, s.target, s.horizon), s.wis.total))
            .collect();
        // A county on fallback has no member but the baseline: it says nothing of the others.
        for score in scored.iter().filter(|s| s.stratum.independent) {
            let Some(base) = baseline.get(&(score.fips, score.target, score.horizon)) else { continue };
            let stratum = score.stratum.quintile.map_or(Stratum::Region, Stratum::Quintile);
            let key = (score.target, stratum);
            let paired = sums.entry(key).or_default().entry(score.model.clone()).or_default();
            paired.own += weight * score.wis.total;
            paired.baseline += weight * base;
            days.entry(key).or_default().insert(*made);
        }
    }
    let share = |(key, engines): ((Target, Stratum), BTreeMap<String, Paired>)| {
        let days = days.get(&key).map_or(0.0, |days| days.len() as f64);
        let relative = engines.iter().map(|(name, sums)| (name.clone(), sums.own / sums.baseline.max(1e-9)));
        (key, shares(&relative.collect(), days, settings))
    };
    sums.into_iter().map(share).collect()
}

/// Shares of engines with these relative scores after `days` as-of days.
fn shares(relative: &BTreeMap<String, f64>, days: f64, settings: &Settings) -> BTreeMap<String, f64> {
    let n = relative.len() as f64;
    let best = relative.values().copied().fold(f64::INFINITY, f64::min);
    let raw: Vec<f64> = relative.values().map(|r| (-settings.sharpness * (r - best)).exp()).collect();
    let capped = capped(raw, settings.max_share.max(CAP_FACTOR / n));
    let trust = if days + settings.prior_days > 0.0 { days / (days + settings.prior_days) } else { 1.0 };
    let shrunk = capped.into_iter().map(|share| trust * share + (1.0 - trust) / n);
    relative.keys().cloned().zip(shrunk).collect()
}

/// Shares that add up to 1, none above `cap`: what is cut off goes to the others in proportion.
fn capped(raw: Vec<f64>, cap: f64) -> Vec<f64> {
    let sum: f64 = raw.iter().sum();
    let mut shares: Vec<f64> = raw.iter().map(|r| r / sum).collect();
    if cap * shares.len() as f64 <= 1.0 {
        return vec![1.0 / shares.len() as f64; shares.len()];
    }
    // Each round fixes at least one more share at the cap.
    for _ in 0..shares.len() {
        let over: f64 = shares.iter().map(|s| (s - cap).max(0.0)).sum();
        let free: f64 = shares.iter().filter(|s| **s < cap).sum();
        if over < 1e-12 || free <= 0.0 {
            break;
        }
        for share in &mut shares {
            *share = if *share < cap { *share * (1.0 + over / free) } else { cap };
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relative(values: &[(&str, f64)]) -> BTreeMap<String, f64> {
        values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
    }

    #[test]
    fn better_engines_weigh_more_and_all_add_up_to_one() {
        let settings = Settings { prior_days: 0.0, max_share: 1.0, ..Settings::default() };
        let found = shares(&relative(&[("a", 0.8), ("b", 0.9), ("c", 1.2)]), 8.0, &settings);
        assert!(found["a"] > found["b"] && found["b"] > found["c"]);
        assert!((found["a"] / found["b"] - (0.1 * settings.sharpness).exp()).abs() < 1e-9);
        assert!((found.values().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn no_share_exceeds_the_cap_and_little_knowledge_means_equal_shares() {
        let settings = Settings { prior_days: 0.0, max_share: 0.4, sharpness: 50.0, ..Settings::default() };
        let four = relative(&[("a", 0.5), ("b", 0.9), ("c", 1.0), ("d", 1.2)]);
        let found = shares(&four, 8.0, &settings);
        assert!(found.values().all(|share| *share <= 0.4 + 1e-9), "{found:?}");
        assert!((found.values().sum::<f64>() - 1.0).abs() < 1e-9);
        let none = shares(&four, 0.0, &Settings { prior_days: 2.0, ..settings });
        assert!(none.values().all(|share| (share - 0.25).abs() < 1e-12));
    }
}
