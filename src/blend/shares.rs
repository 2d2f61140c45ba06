//! Shares of the engines, from the scores of their past projections.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use countycast_engine::{Date, Fips, Target};

use super::settings::Settings;
use super::stratum::Stratum;
use crate::scores::{BASELINE, PhaseKind, Scored};

/// With M members the cap is at least 1.5 / M: a cap of 0.3 suits only ensembles of five members or more.
const CAP_FACTOR: f64 = 1.5;

/// Sums of scores of one engine on the weeks that the baseline also projected.
#[derive(Debug, Clone, Copy, Default)]
struct Paired {
    own: f64,
    baseline: f64,
}

/// Evidence from the past for each engine, by target and stratum: a factor on its prior share, 1 for the best engine.
/// Engines that are not listed were never scored.
pub(super) type Evidence = BTreeMap<(Target, Stratum), BTreeMap<String, f64>>;

/// Weighs the evidence of scored past projections, a list per as-of day: `exp(−θ·relative WIS)` (Ray et al. 2023,
/// *Comparing trained and untrained probabilistic ensemble forecasts of COVID-19 cases and deaths in the United States*),
/// where θ, the sharpness, grows with the days known.
pub(super) fn weigh(past: &[(Date, Vec<Scored>)], as_of: Date, settings: &Settings) -> Evidence {
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
        // A fallback county has no member but the baseline, and hence no evidence about the others.
        for score in scored.iter().filter(|s| s.stratum.phase == PhaseKind::Independent) {
            let Some(base) = baseline.get(&(score.fips, score.target, score.horizon)) else { continue };
            let stratum = score.stratum.quintile.map_or(Stratum::Region, Stratum::Quintile);
            let key = (score.target, stratum);
            let paired = sums.entry(key).or_default().entry(score.model.clone()).or_default();
            paired.own += weight * score.wis.total;
            paired.baseline += weight * base;
            days.entry(key).or_default().insert(*made);
        }
    }
    let evidence = |(key, engines): ((Target, Stratum), BTreeMap<String, Paired>)| {
        let days = days.get(&key).map_or(0.0, |days| days.len() as f64);
        let relative = engines.iter().map(|(name, sums)| (name.clone(), sums.own / sums.baseline.max(1e-9)));
        (key, factors(&relative.collect(), days, settings))
    };
    sums.into_iter().map(evidence).collect()
}

/// Factors of engines with these relative scores after `days` as-of days.
fn factors(relative: &BTreeMap<String, f64>, days: f64, settings: &Settings) -> BTreeMap<String, f64> {
    let best = relative.values().copied().fold(f64::INFINITY, f64::min);
    let trust = if days + settings.prior_days > 0.0 { days / (days + settings.prior_days) } else { 1.0 };
    let factor = |r: &f64| (-trust * settings.sharpness * (r - best)).exp();
    relative.iter().map(|(name, r)| (name.clone(), factor(r))).collect()
}

/// Shares in proportion to these, which add up to 1 and of which none exceeds `cap` where the number of engines allows it;
/// equal ones if all are 0.
pub(super) fn capped(raw: Vec<f64>, cap: f64) -> Vec<f64> {
    let n = raw.len() as f64;
    let (sum, cap) = (raw.iter().sum::<f64>(), cap.max(CAP_FACTOR / n));
    if sum <= 0.0 {
        return vec![1.0 / n; raw.len()];
    }
    let mut shares: Vec<f64> = raw.iter().map(|r| r / sum).collect();
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
    use crate::scores::{self, Course, Wis};

    fn relative(values: &[(&str, f64)]) -> BTreeMap<String, f64> {
        values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
    }

    #[test]
    fn better_engines_have_more_evidence_the_more_days_are_known() {
        let settings = Settings { prior_days: 2.0, ..Settings::default() };
        let found = |days| factors(&relative(&[("a", 0.8), ("b", 0.9), ("c", 1.2)]), days, &settings);
        assert!(found(0.0).values().all(|factor| (factor - 1.0).abs() < 1e-12));
        let (few, many) = (found(2.0), found(1e9));
        assert!(few["a"] > few["b"] && few["b"] > few["c"] && few["c"] > many["c"]);
        assert!((few["a"] / few["b"] - (0.05 * settings.sharpness).exp()).abs() < 1e-9);
        assert!((many["a"] / many["b"] - (0.1 * settings.sharpness).exp()).abs() < 1e-6);
    }

    #[test]
    fn without_a_prior_the_first_day_counts_in_full() {
        let settings = Settings { prior_days: 0.0, ..Settings::default() };
        for days in [0.0, 1.0] {
            let found = factors(&relative(&[("a", 0.8), ("b", 0.9)]), days, &settings);
            assert!((found["a"] - 1.0).abs() < 1e-12);
            assert!((found["b"] - (-0.1 * settings.sharpness).exp()).abs() < 1e-12, "{found:?}");
        }
    }

    fn scored(made: Date, model: &str, horizon: u8, wis: f64) -> Scored {
        Scored {
            as_of: made,
            fips: Fips::US,
            model: model.to_owned(),
            target: Target::Cases,
            horizon,
            truth: 0.0,
            median: 0.0,
            wis: Wis { total: wis, ..Wis::default() },
            log_wis: 0.0,
            error: 0.0,
            span_error: None,
            covered: [true; 3],
            pit: 0.5,
            stratum: scores::Stratum {
                quintile: None,
                course: Course::Turning,
                phase: PhaseKind::Independent,
                reproduction: None,
            },
        }
    }

    #[test]
    fn past_days_are_weighed_by_age_on_the_weeks_of_the_baseline() {
        let (late, early) = (Date::constant(2020, 9, 5), Date::constant(2020, 8, 8));
        let mut fallback = scored(late, "x", 1, 1e6);
        fallback.stratum.phase = PhaseKind::Fallback;
        let past = [
            // The baseline does not know week 2, and a county on fallback is no evidence.
            (
                late,
                vec![scored(late, BASELINE, 1, 10.0), scored(late, "x", 1, 5.0), scored(late, "x", 2, 1e6), fallback],
            ),
            (early, vec![scored(early, BASELINE, 1, 10.0), scored(early, "x", 1, 20.0)]),
        ];
        let settings = Settings { half_life_weeks: 2.0, prior_days: 2.0, sharpness: 10.0, ..Settings::default() };
        let found = weigh(&past, Date::constant(2020, 9, 19), &settings);
        // Two and six weeks ago: weights 1/2 and 1/8. (5/2 + 20/8) / (10/2 + 10/8) = 0.8, of which two days count half.
        let factors = &found[&(Target::Cases, Stratum::Region)];
        assert!((factors["x"] - 1.0).abs() < 1e-12, "{factors:?}");
        assert!((factors[BASELINE] - (-0.5 * 10.0 * 0.2_f64).exp()).abs() < 1e-12, "{factors:?}");
        assert_eq!((found.len(), factors.len()), (1, 2));
    }

    #[test]
    fn shares_add_up_to_one_and_none_exceeds_the_cap() {
        let near = |raw: &[f64], cap: f64, expected: &[f64]| {
            let found = capped(raw.to_vec(), cap);
            assert!(found.iter().zip(expected).all(|(f, e)| (f - e).abs() < 1e-9), "{found:?} for {expected:?}");
        };
        // What the first has too much goes to the others in proportion: 0.6 by 5 : 2 : 1.
        near(&[50.0, 0.5, 0.2, 0.1], 0.4, &[0.4, 0.375, 0.15, 0.075]);
        // The second exceeds the cap as well once it has its part.
        near(&[60.0, 35.0, 4.0, 1.0], 0.45, &[0.45, 0.45, 0.08, 0.02]);
        near(&[10.0, 8.0, 1.0, 1.0], 0.4, &[0.4, 0.4, 0.1, 0.1]);
        near(&[1.0, 0.0], 0.4, &[1.0, 0.0]);
        let two = capped(vec![9.0, 1.0], 0.4);
        assert!((two[0] - 0.75).abs() < 1e-9, "with two engines no cap below 1.5 / 2: {two:?}");
        assert_eq!(capped(vec![0.0, 0.0], 0.6), [0.5, 0.5]);
        assert_eq!(capped(vec![3.0], 0.6), [1.0]);
    }
}
