//! The variants that scenarios and their sweeps make.

use super::entry::Entry;

/// A scenario with one strength for each entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// Name in outputs.
    pub name: String,
    /// What changes.
    pub entries: Vec<Entry>,
    /// Position of the variant in a sweep; none without a sweep.
    pub step: Option<Step>,
}

/// A step of a sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Common key of the steps of one line: the scenario's name and the strengths of further swept entries.
    pub of: String,
    /// Kind of the first swept entry.
    pub kind: &'static str,
    /// Its strength.
    pub strength: f64,
}

/// Every combination of the strengths that entries sweep over; the scenario itself where none does.
pub(super) fn variants(name: &str, entries: &[Entry]) -> Vec<Variant> {
    let mut variants = vec![Variant { name: name.to_owned(), entries: Vec::new(), step: None }];
    for entry in entries {
        let with = |variant: &Variant, &strength: &f64| {
            let mut variant = variant.clone();
            if entry.strengths().len() > 1 {
                let (kind, of) = (entry.kind(), variant.name.clone());
                variant.name = joined(&variant.name, kind, strength);
                match &mut variant.step {
                    Some(step) => step.of = joined(&step.of, kind, strength),
                    None => variant.step = Some(Step { of, kind, strength }),
                }
            }
            variant.entries.push(entry.at(strength));
            variant
        };
        variants =
            variants.iter().flat_map(|variant| entry.strengths().iter().map(move |s| with(variant, s))).collect();
    }
    variants
}

fn joined(name: &str, kind: &str, strength: f64) -> String {
    let comma = if name.is_empty() { "" } else { ", " };
    format!("{name}{comma}{kind} {strength}")
}

/// A name with at most this many letters: longer ones keep beginning and end, because the steps of a sweep differ at
/// the end.
#[must_use]
pub fn short(name: &str, letters: usize) -> String {
    let all: Vec<char> = name.chars().collect();
    if all.len() <= letters {
        return name.to_owned();
    }
    let end = letters / 2;
    let start = letters.saturating_sub(end + 1);
    all[..start].iter().chain(&['…']).chain(&all[all.len() - end..]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_keep_both_ends() {
        assert_eq!(short("masks", 5), "masks");
        assert_eq!(short("masks in large counties, masks 0.3", 16), "masks i…asks 0.3");
    }
}
