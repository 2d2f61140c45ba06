//! The variants that scenarios and their sweeps make.

use super::entry::Entry;

/// A scenario with one strength for each entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// Name in outputs.
    pub name: String,
    /// What changes.
    pub entries: Vec<Entry>,
    /// Strength of the swept entry, where the variant is a step of a sweep over one.
    pub swept: Option<f64>,
}

/// Every combination of the strengths that entries sweep over; the scenario itself where none does.
pub(super) fn variants(name: &str, entries: &[Entry]) -> Vec<Variant> {
    let sweeps = entries.iter().filter(|entry| entry.strengths().len() > 1).count();
    let mut variants = vec![Variant { name: name.to_owned(), entries: Vec::new(), swept: None }];
    for entry in entries {
        let sweep = entry.strengths().len() > 1;
        let with = |variant: &Variant, &strength: &f64| {
            let mut variant = variant.clone();
            if sweep {
                variant.name = format!("{}, {} {strength}", variant.name, entry.kind());
                variant.swept = (sweeps == 1).then_some(strength);
            }
            variant.entries.push(entry.at(strength));
            variant
        };
        variants =
            variants.iter().flat_map(|variant| entry.strengths().iter().map(move |s| with(variant, s))).collect();
    }
    variants
}
