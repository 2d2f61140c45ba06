//! What the blend learns from past projections.

use std::collections::BTreeMap;

use countycast_engine::{Date, Fips, Target};

use super::calibration::Calibration;
use super::prior::Prior;
use super::settings::Settings;
use super::shares::{self, Evidence};
use super::stratum::Stratum;
use crate::scores::quantiles::Row;
use crate::scores::{PhaseKind, QuantileForecast, Resolution, Run, Scored, Truth, quintiles, score};

/// What several models forecast: a place's week or sum.
type Task = (Fips, Target, Resolution, u8);

/// Name of the blend among a run's models.
const BLEND: &str = "blend";

/// Shares of the engines: a prior, and evidence from the scores of past projections.
#[derive(Debug, Clone, PartialEq)]
pub struct Learned {
    prior: Prior,
    max_share: f64,
    evidence: Evidence,
    /// Calibration factors of county intervals.
    pub calibration: Calibration,
    /// As-of days that were learned from.
    pub days: usize,
}

impl Learned {
    /// Shares before any past projection.
    #[must_use]
    pub fn nothing(settings: &Settings) -> Self {
        let (prior, max_share) = (settings.prior.clone(), settings.max_share);
        Self { prior, max_share, evidence: Evidence::new(), calibration: Calibration::default(), days: 0 }
    }

    /// Learns from runs whose outcomes have been at least partly observed by `as_of`. `truth` ends there.
    #[must_use]
    pub fn from(past: &[Run], truth: &Truth, as_of: Date, settings: &Settings) -> Self {
        let scored: Vec<(Date, Vec<Scored>)> =
            past.iter().map(|run| (run.as_of, score(run, truth))).filter(|(_, scored)| !scored.is_empty()).collect();
        let evidence = shares::weigh(&scored, as_of, settings);
        let mut learned = Self { days: scored.len(), evidence, ..Self::nothing(settings) };
        let blend = |run: &Run| learned.blend_again(run);
        learned.calibration = Calibration::learn(past, truth, as_of, settings.narrowest, blend);
        learned
    }

    /// Shares of these engines, which add up to 1. One that was never scored has the mean evidence of the others.
    #[must_use]
    pub fn shares(&self, target: Target, stratum: Stratum, engines: &[&str]) -> Vec<f64> {
        let evidence = self.evidence.get(&(target, stratum));
        let factor = |engine: &&str| evidence.and_then(|known| known.get(*engine)).copied();
        let found: Vec<f64> = engines.iter().filter_map(factor).collect();
        let mean = if found.is_empty() { 1.0 } else { found.iter().sum::<f64>() / found.len() as f64 };
        let raw = engines.iter().map(|engine| self.prior.of(engine) * factor(engine).unwrap_or(mean));
        shares::capped(raw.collect(), self.max_share)
    }

    /// The blend of a past run's weeks and sums as it would be with the shares of today, where the engines projected.
    pub(crate) fn blend_again(&self, run: &Run) -> Vec<QuantileForecast> {
        self.blend_of(run, |model| model != BLEND, BLEND)
    }

    /// The same of some members, under another name.
    pub(crate) fn blend_of(&self, run: &Run, members: impl Fn(&str) -> bool, name: &str) -> Vec<QuantileForecast> {
        let quintiles = quintiles(&run.places);
        let mut tasks: BTreeMap<Task, Vec<(&str, &Row)>> = BTreeMap::new();
        let independent = |fips: &Fips| run.places.get(fips).is_none_or(|place| place.phase == PhaseKind::Independent);
        for f in run.forecasts.iter().filter(|f| members(&f.model) && independent(&f.fips)) {
            tasks.entry((f.fips, f.target, f.resolution, f.horizon)).or_default().push((&f.model, &f.row));
        }
        let blend = |((fips, target, resolution, horizon), members): (Task, Vec<(&str, &Row)>)| {
            let (names, rows): (Vec<&str>, Vec<&Row>) = members.into_iter().unzip();
            let row = average(rows.into_iter(), &self.shares(target, Stratum::of(fips, &quintiles), &names));
            QuantileForecast { fips, model: name.to_owned(), target, resolution, horizon, row }
        };
        tasks.into_iter().map(blend).collect()
    }

    /// Everything learned from past projections, for the key of a run.
    pub(crate) fn content(&self) -> impl serde::Serialize {
        let evidence = self.evidence.iter();
        let evidence = evidence.map(|((target, stratum), engines)| (*target as usize, stratum.to_string(), engines));
        (self.days, evidence.collect::<Vec<_>>(), self.calibration.rows().collect::<Vec<_>>())
    }

    /// Shares of all engines that were scored, as rows: target, stratum, engine, share.
    pub fn rows(&self) -> impl Iterator<Item = (Target, Stratum, &str, f64)> {
        self.evidence.iter().flat_map(|((target, stratum), engines)| {
            let names: Vec<&str> = engines.keys().map(String::as_str).collect();
            let shares = self.shares(*target, *stratum, &names);
            names.into_iter().zip(shares).map(|(engine, share)| (*target, *stratum, engine, share))
        })
    }
}

/// The weighted mean of rows, level by level.
pub(crate) fn average<'a>(rows: impl Iterator<Item = &'a Row>, shares: &[f64]) -> Row {
    let mut sums = [0.0_f64; 23];
    for (row, share) in rows.zip(shares) {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += share * f64::from(*value);
        }
    }
    sums.map(|sum| sum as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::{BASELINE, PlaceThen};

    const AS_OF: Date = Date::constant(2020, 9, 5);

    fn fips(code: &str) -> Fips {
        code.parse().unwrap()
    }

    fn forecast(place: &str, model: &str, value: f32) -> QuantileForecast {
        let (fips, model) = (fips(place), model.to_owned());
        QuantileForecast {
            fips,
            model,
            target: Target::Cases,
            resolution: Resolution::Week,
            horizon: 1,
            row: [value; 23],
        }
    }

    fn place(phase: PhaseKind) -> PlaceThen {
        PlaceThen { reproduction: None, phase, population: Some(1.0) }
    }

    /// Evidence of `one` and `two` about cases in states and the nation.
    fn learned() -> Learned {
        let known = [("one".to_owned(), 1.0), ("two".to_owned(), 0.5)];
        let evidence = Evidence::from([((Target::Cases, Stratum::Region), known.into())]);
        Learned { evidence, max_share: 1.0, ..Learned::nothing(&Settings::default()) }
    }

    #[test]
    fn each_level_is_the_mean() {
        let row = |from: f32| -> Row { std::array::from_fn(|level| from + level as f32) };
        assert_eq!(average([row(0.0), row(2.0)].iter(), &[0.5; 2]), row(1.0));
        assert_eq!(average([row(3.0)].iter(), &[1.0]), row(3.0));
    }

    #[test]
    fn an_engine_without_a_score_has_the_mean_evidence() {
        // None of them is named in the prior: 1, 1/2, and their mean 3/4.
        let shares = learned().shares(Target::Cases, Stratum::Region, &["one", "two", "new"]);
        let expected = [4.0 / 9.0, 2.0 / 9.0, 3.0 / 9.0];
        assert!(shares.iter().zip(expected).all(|(s, e)| (s - e).abs() < 1e-12), "{shares:?}");
        let unknown = learned().shares(Target::Cases, Stratum::Quintile(1), &["one", "two"]);
        assert_eq!(unknown, [0.5, 0.5]);
        let prior = learned().shares(Target::Deaths, Stratum::Region, &["learner", "seir"]);
        assert!((prior[0] - 0.7).abs() < 1e-12 && (prior[1] - 0.3).abs() < 1e-12, "{prior:?}");
        let rows: Vec<_> =
            learned().rows().map(|(target, stratum, engine, _)| (target, stratum, engine.to_owned())).collect();
        assert_eq!(rows, ["one", "two"].map(|engine| (Target::Cases, Stratum::Region, engine.to_owned())));
        let shares: Vec<f64> = learned().rows().map(|row| row.3).collect();
        assert!((shares[0] - 2.0 / 3.0).abs() < 1e-12 && (shares[1] - 1.0 / 3.0).abs() < 1e-12, "{shares:?}");
    }

    #[test]
    fn a_past_run_is_blended_anew_where_engines_projected() {
        let forecasts = vec![
            forecast("19", "one", 30.0),
            forecast("19", "two", 60.0),
            forecast("19", "blend", 99.0),
            forecast("19001", "one", 5.0),
            forecast("19003", "one", 7.0),
        ];
        let places =
            [(fips("19001"), place(PhaseKind::Independent)), (fips("19003"), place(PhaseKind::Fallback))].into();
        let again = learned().blend_again(&Run { as_of: AS_OF, forecasts, places });
        // 30 · 2/3 + 60 · 1/3; the earlier blend and the county on fallback are left out.
        assert_eq!(again.len(), 2);
        assert!((again[0].row[0] - 40.0).abs() < 1e-4, "{}", again[0].row[0]);
        assert_eq!((again[0].fips, again[0].model.as_str(), again[0].horizon), (fips("19"), "blend", 1));
        assert_eq!(again[1], forecast("19001", "blend", 5.0));
    }

    #[test]
    fn only_days_with_an_outcome_are_learned_from() {
        let run = |as_of| {
            let forecasts = vec![forecast("19", BASELINE, 10.0), forecast("19", "one", 80.0)];
            Run { as_of, forecasts, places: BTreeMap::new().into_iter().collect() }
        };
        let (now, mut truth) = (Date::constant(2020, 9, 19), Truth::new(Date::constant(2020, 9, 1)));
        let past = [run(AS_OF), run(now)];
        let settings = Settings { prior: Prior::default(), max_share: 1.0, ..Settings::default() };
        assert_eq!(Learned::from(&past, &truth, now, &settings), Learned::nothing(&settings));
        truth.insert_week(fips("19"), Target::Cases, Date::constant(2020, 9, 12), 80.0);
        let learned = Learned::from(&past, &truth, now, &settings);
        assert_eq!(learned.days, 1);
        // `one` was right: relative scores 0 and 1, of which one day counts 1 / (1 + 2).
        let shares = learned.shares(Target::Cases, Stratum::Region, &["one", BASELINE]);
        let odds = 10.0 * (settings.sharpness / 3.0).exp();
        assert!((shares[0] / shares[1] / odds - 1.0).abs() < 1e-9, "{shares:?}");
    }
}
