//! Relative scores of models that did not all answer the same tasks.

use std::collections::BTreeMap;

/// A model's score relative to all others, over the tasks that each pair has in common.
#[derive(Debug, Clone, PartialEq)]
pub struct Pairwise {
    /// The model.
    pub model: String,
    /// Tasks that it answered.
    pub tasks: usize,
    /// Its relative score divided by the baseline's: below 1 is better than the baseline. None where it shares no
    /// scored task with any other model.
    pub relative: Option<f64>,
}

/// Pairwise relative scores, best first (Cramer et al. 2022, *PNAS* 119, e2113561119).
///
/// For two models, θ is the ratio of their mean scores over the tasks that both answered. A model's relative score is the
/// geometric mean of its θ against every model, itself included; it is divided by the baseline's. `scores` holds a
/// model's score by task; scores are at least 0 and lower is better. A pair with fewer than `least` tasks in common, or whose
/// ratio is not a positive number (a mean of 0), is left out.
///
/// ```
/// use std::collections::BTreeMap;
/// let scores = BTreeMap::from([
///     ("base", BTreeMap::from([("a", 2.0), ("b", 4.0)])),
///     ("half", BTreeMap::from([("a", 1.0), ("b", 2.0)])),
/// ]);
/// let found = countycast_scores::pairwise(&scores, "base", 1);
/// assert_eq!(found[0].model, "half");
/// assert!((found[0].relative.unwrap() - 0.5).abs() < 1e-12);
/// ```
#[must_use]
pub fn pairwise<T: Ord>(scores: &BTreeMap<&str, BTreeMap<T, f64>>, baseline: &str, least: usize) -> Vec<Pairwise> {
    let ratio = |own: &BTreeMap<T, f64>, other: &BTreeMap<T, f64>| {
        let (mut sums, mut common) = ([0.0; 2], 0);
        for (task, score) in own {
            if let Some(theirs) = other.get(task) {
                sums[0] += score;
                sums[1] += theirs;
                common += 1;
            }
        }
        let ratio = Some(sums[0] / sums[1]).filter(|ratio| ratio.is_finite() && *ratio > 0.0);
        ratio.filter(|_| common >= least)
    };
    let geometric_mean = |own: &BTreeMap<T, f64>| {
        let logs: Vec<f64> = scores.values().filter_map(|other| ratio(own, other)).map(f64::ln).collect();
        (!logs.is_empty()).then(|| (logs.iter().sum::<f64>() / logs.len() as f64).exp())
    };
    let of_baseline = scores.get(baseline).and_then(geometric_mean);
    let of_model = |(model, own): (&&str, &BTreeMap<T, f64>)| {
        let relative = geometric_mean(own).zip(of_baseline).map(|(own, baseline)| own / baseline);
        Pairwise { model: (*model).to_owned(), tasks: own.len(), relative }
    };
    let mut found: Vec<Pairwise> = scores.iter().map(of_model).collect();
    let key = |model: &Pairwise| model.relative.unwrap_or(f64::INFINITY);
    found.sort_by(|a, b| key(a).total_cmp(&key(b)).then_with(|| a.model.cmp(&b.model)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(of: &[(&'static str, &[(u8, f64)])]) -> BTreeMap<&'static str, BTreeMap<u8, f64>> {
        of.iter().map(|(model, scores)| (*model, scores.iter().copied().collect())).collect()
    }

    #[test]
    fn hard_tasks_do_not_count_against_those_who_answer_them() {
        // `easy` skips the hard task 2; on what they share, `all` is as good as it.
        let scores =
            scores(&[("base", &[(1, 2.0), (2, 20.0)]), ("all", &[(1, 1.0), (2, 10.0)]), ("easy", &[(1, 1.0)])]);
        let found = pairwise(&scores, "base", 1);
        // θ(base, ·) = 1, 2, 2; θ(all, ·) = 1/2, 1, 1; θ(easy, ·) = 1/2, 1, 1: geometric means 4^⅓, 2^−⅓, 2^−⅓.
        let expected = 0.5_f64.cbrt() / 4.0_f64.cbrt();
        for model in &found[..2] {
            assert!((model.relative.unwrap() - expected).abs() < 1e-12, "{model:?}");
        }
        assert_eq!((found[2].model.as_str(), found[2].relative), ("base", Some(1.0)));
        assert_eq!(found[1].tasks, 1);
    }

    #[test]
    fn models_without_a_common_task_have_no_ratio() {
        let found = pairwise(&scores(&[("base", &[(1, 2.0)]), ("other", &[(2, 1.0)])]), "base", 1);
        // Each is compared with itself alone.
        assert!(found.iter().all(|model| model.relative == Some(1.0)));
        assert_eq!(pairwise(&scores(&[("a", &[(1, 1.0)])]), "base", 1)[0].relative, None, "no baseline");
    }

    #[test]
    fn few_common_tasks_make_no_pair() {
        let scores =
            scores(&[("base", &[(1, 2.0), (2, 2.0)]), ("twice", &[(1, 1.0), (2, 1.0)]), ("once", &[(1, 1.0)])]);
        let found = pairwise(&scores, "base", 2);
        let relative = |name: &str| found.iter().find(|model| model.model == name).unwrap().relative;
        // The one with a single task is not compared even with itself.
        assert_eq!((relative("once"), relative("base")), (None, Some(1.0)));
        assert!((relative("twice").unwrap() - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_perfect_score_gives_no_ratio() {
        let found = pairwise(&scores(&[("base", &[(1, 2.0)]), ("perfect", &[(1, 0.0)])]), "base", 1);
        // 0/2, 2/0 and 0/0 are left out: the baseline is compared with itself alone, the other with nobody.
        assert_eq!((found[0].model.as_str(), found[0].relative), ("base", Some(1.0)));
        assert_eq!((found[1].model.as_str(), found[1].relative), ("perfect", None));
    }
}
