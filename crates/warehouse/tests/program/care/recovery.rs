//! Changes that were planted are found, and no others.

use super::measured;
use super::population::{self, planted};

fn near(found: f64, planted: f64, tolerance: f64, what: &str) {
    assert!((found - planted).abs() <= tolerance, "{what}: {found} for {planted}, within {tolerance}");
}

#[test]
fn planted_changes_are_found() {
    let all = measured();
    let (disease, factor) = planted::NEW;
    near(all.change(disease, "new_diagnoses", "", (2, 40))[1], factor, 0.08, "new diagnoses");
    let (disease, before, after) = planted::MIX;
    let second = &all.diseases[disease].treatments[population::daily(&all.diseases[disease])[1]].class;
    let [was, change] = all.change(disease, "treated_with", second, (2, 40));
    near(was, before, 0.04, "mix before");
    near(change, after - before, 0.03, "mix");
    let (disease, before, after) = planted::REJECTED;
    let [was, change] = all.change(disease, "rejected", "", (2, 40));
    near(was, before, 0.015, "rejected before");
    near(change, after - before, 0.02, "rejected");
    let (disease, before, after) = planted::REVERSED;
    for measure in ["reversed", "abandoned"] {
        let [was, change] = all.change(disease, measure, "", (2, 30));
        near(was, before, 0.015, measure);
        near(change, after - before, 0.02, measure);
    }
    let (disease, before, after) = planted::COPAY;
    let [was, change] = all.change(disease, "copay_30_days", "", (2, 40));
    near(was, before, 0.3, "copay before");
    near(change, after - before, 0.3, "copay");
    let (disease, before, after) = planted::ADHERENT;
    // Half a year after the change all days of the period lie after it.
    let [was, change] = all.change(disease, "adherent", "", (30, 40));
    near(was, before, 0.06, "adherent before");
    near(change, after - before, 0.05, "adherent");
    let (disease, before, after) = planted::PERSISTENT;
    let [was, change] = all.change(disease, "persistent_180_days", "", (2, 12));
    near(was, before, 0.08, "persistent before");
    near(change, after - before, 0.1, "persistent");
}

#[test]
fn what_was_not_changed_stays() {
    let all = measured();
    for disease in 9..all.diseases.len() {
        for (measure, tolerance) in [
            ("rejected", 0.015),
            ("reversed", 0.015),
            ("abandoned", 0.015),
            ("adherent", 0.05),
            ("days_covered", 0.02),
            ("gap_over_60_days", 0.02),
            ("copay_30_days", 0.25),
        ] {
            let [_, change] = all.change(disease, measure, "", (2, 30));
            near(change, 0.0, tolerance, &format!("{} {measure}", all.diseases[disease].name));
        }
    }
}

#[test]
fn fewer_visits_and_their_providers_are_found() {
    let all = measured();
    let (disease, factor) = planted::VISITS;
    let name = &all.diseases[disease].name;
    let sum = |years: &str| {
        all.numbers(&format!(
            "select sum(count), count(*) from care where disease = '{name}' and measure = 'people_seen' and hidden is null
             and fips = '19001' and {years}"
        ))[0]
    };
    let ratio =
        sum("week_end between '2020-03-21' and '2020-12-26'") / sum("week_end between '2019-03-23' and '2019-12-28'");
    near(ratio, factor, 0.15, "people seen in the largest county");
    let used = all.numbers(
        "select min(value), max(value), count(*) from care where measure = 'utilisation' and hidden is null and value is not null",
    );
    assert!(used[0] > 0.0 && used[1] < 4.0 && used[2] > 100.0, "{used:?}");
}

#[test]
fn rejections_that_follow_the_epidemic_are_associated_with_it() {
    let all = measured();
    let (disease, slope) = planted::FOLLOWS;
    let name = &all.diseases[disease].name;
    let found = all.numbers(&format!(
        "select slope, slope_lower, slope_upper, counties from care_associations
         where disease = '{name}' and measure = 'rejected' and exposure = 'epidemic' and lag_weeks = 0"
    ));
    // Of weeks with few rejections, those with the fewest are hidden.
    assert!(found[1] > 0.0 && found[1] - 0.02 < slope && slope < found[2] + 0.02, "{found:?} for {slope}");
}

#[test]
fn every_interval_holds_its_value_and_shares_lie_between_0_and_1() {
    let all = measured();
    let wrong = all.numbers(
        "select count(*) from care where hidden is null and (not (lower <= value and value <= upper)
         or (measure not in ('new_diagnoses', 'copay_30_days', 'people_seen', 'utilisation') and not (value between 0 and 1)))",
    );
    assert_eq!(wrong, [0.0]);
}
