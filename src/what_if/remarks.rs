//! What a reader of a comparison has to know before its numbers.

use super::done::Done;
use super::effect::{Effect, Quantity};
use super::variant::Variant;

/// Factor between the answers of mechanistic engines from which on their mean is no answer of either.
const FAR: f64 = 2.0;
/// Change of cases, as a share, below which nothing changes.
const NOTHING: f64 = 1e-4;
/// Days of the first whole week: a peak there is the present, from which the course falls.
const FIRST_WEEK: f64 = 7.0;

impl Done {
    /// Remarks about the main place: a scenario that changes nothing, engines that disagree, a peak that is the present.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let Some(place) = self.main_place() else { return Vec::new() };
        let mut remarks = Vec::new();
        let ratio = |effect: &Effect| Some(effect.ratio?.median);
        for variant in &self.variants {
            let of = |quantity: Quantity| {
                self.effects.iter().filter(move |effect| {
                    effect.fips == place.fips && effect.scenario == variant.name && effect.quantity == quantity
                })
            };
            let blend = of(Quantity::Cases).find(|effect| effect.response == "blend");
            if blend.and_then(ratio).is_some_and(|ratio| (ratio - 1.0).abs() < NOTHING) {
                remarks.push(format!("`{}` changes no cases here: {}", variant.name, self.reason(variant)));
            }
            let mechanisms: Vec<(&str, f64)> = of(Quantity::Cases)
                .filter(|effect| effect.response == "mechanism")
                .filter_map(|effect| Some((effect.model, ratio(effect)?)))
                .collect();
            let least = mechanisms.iter().min_by(|a, b| a.1.total_cmp(&b.1));
            let most = mechanisms.iter().max_by(|a, b| a.1.total_cmp(&b.1));
            if let Some(((low_name, low), (high_name, high))) = least.zip(most).filter(|(l, m)| m.1 >= FAR * l.1) {
                remarks.push(format!(
                    "engines disagree about `{}`: {high_name} has {high:.2} times the baseline's cases, {low_name} {low:.2}; \
                     what follows lies between them and is the answer of neither",
                    variant.name
                ));
            }
        }
        let peak = self.blended(&place.fips).find(|effect| effect.quantity == Quantity::PeakDay);
        let has_cases = self.blended(&place.fips).any(|e| e.quantity == Quantity::Cases && e.baseline.median > 0.0);
        if has_cases && peak.is_some_and(|effect| effect.baseline.median <= FIRST_WEEK) {
            remarks.push("the baseline's peak is the present: it falls from the first week on".to_owned());
        }
        remarks
    }

    /// Why a scenario changes nothing.
    fn reason(&self, variant: &Variant) -> &str {
        let mut rules = self.rules.iter().filter(|rule| rule.scenario == variant.name);
        if let Some(reason) = self.idle.get(&variant.name) {
            return reason;
        }
        if variant.entries.iter().all(|entry| entry.rule().is_some()) && rules.all(|rule| rule.share == 0.0) {
            return "its rules are met in no trajectory";
        }
        "its measures are in force already, have no strength, or are on other days"
    }
}
