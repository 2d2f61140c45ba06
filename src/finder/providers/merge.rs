//! Hospitals of both lists, each once: CMS's number and address with HIFLD's point.

use std::collections::{BTreeMap, BTreeSet};

use super::Provider;

/// Words that many hospitals' names have.
const COMMON: [&str; 11] = ["THE", "OF", "AND", "AT", "INC", "LLC", "HOSPITAL", "MEDICAL", "CENTER", "HEALTH", "CTR"];

/// What tells that two rows are of one hospital, from the surest: its telephone; street and number within a postal code; its name within a
/// postal code; its name within a city.
const KEYS: [fn(&Provider) -> Option<String>; 4] = [
    |provider| {
        let digits: String = provider.telephone.chars().filter(char::is_ascii_digit).collect();
        (digits.len() == 10).then(|| format!("{} {digits}", provider.state))
    },
    |provider| Some(format!("{} {} {}", provider.state, provider.postal_code, street(&provider.address)?)),
    |provider| Some(format!("{} {} {}", provider.state, provider.postal_code, words(&provider.name)?)),
    |provider| Some(format!("{} {} {}", provider.state, provider.city.to_uppercase(), words(&provider.name)?)),
];

/// All hospitals of CMS, those that HIFLD has too with point, beds and its day; then those of HIFLD alone.
pub(super) fn together(hospitals: Vec<Provider>, sites: Vec<Provider>) -> Vec<Provider> {
    let mut left: BTreeMap<usize, Provider> = sites.into_iter().enumerate().collect();
    let mut found: Vec<Option<usize>> = vec![None; hospitals.len()];
    for key in KEYS {
        let mut by_key: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let taken: BTreeSet<usize> = found.iter().flatten().copied().collect();
        for (&at, site) in left.iter().filter(|(at, _)| !taken.contains(at)) {
            if let Some(key) = key(site) {
                by_key.entry(key).or_default().push(at);
            }
        }
        for (hospital, found) in hospitals.iter().zip(&mut found).filter(|(_, found)| found.is_none()) {
            // Where several have the same key, it tells nothing.
            if let Some([only]) = key(hospital).and_then(|key| by_key.remove(&key)).as_deref() {
                *found = Some(*only);
            }
        }
    }
    let mut all = Vec::new();
    for (mut hospital, found) in hospitals.into_iter().zip(found) {
        if let Some(site) = found.and_then(|at| left.remove(&at)) {
            hospital.place = site.place;
            hospital.beds = site.beds;
            hospital.as_of = site.as_of;
        }
        all.push(hospital);
    }
    all.extend(left.into_values());
    all
}

/// House number and the first word of the street that is no point of the compass.
fn street(address: &str) -> Option<String> {
    let upper = address.to_uppercase();
    let mut words = upper.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let number = words.next().filter(|word| word.bytes().all(|byte| byte.is_ascii_digit()))?;
    let compass = ["N", "S", "E", "W", "NORTH", "SOUTH", "EAST", "WEST"];
    Some(format!("{number} {}", words.find(|word| !compass.contains(word))?))
}

/// The telling words of a name in alphabetical order.
fn words(name: &str) -> Option<String> {
    let upper = name.to_uppercase();
    let words: BTreeSet<&str> =
        upper.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && !COMMON.contains(word)).collect();
    (!words.is_empty()).then(|| words.into_iter().collect::<Vec<_>>().join(" "))
}
