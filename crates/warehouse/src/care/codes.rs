//! What a claim's codes stand for: diseases, classes of their treatments, specialties.

use std::collections::HashMap;

use super::disease::Disease;
use super::drugs::{Directory, of_package};

/// Diseases by their places in the list, as bits.
pub(super) type Diseases = u64;

/// A class of treatment of a disease, by their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Use {
    pub(super) disease: u8,
    pub(super) class: u8,
    pub(super) adherence: bool,
}

/// Codes of the diseases of a run. Drugs and procedures have numbers from 1; 0 is none that belongs to a disease.
#[derive(Debug)]
pub(super) struct Codes {
    diagnoses: HashMap<String, Diseases>,
    snomed: HashMap<String, Diseases>,
    taxonomies: HashMap<String, Diseases>,
    procedures: HashMap<String, u16>,
    products: HashMap<u32, u16>,
    names: HashMap<String, u16>,
    /// Words with which substances begin, and their classes.
    words: Vec<(String, Use)>,
    /// What drugs and procedures are used for, by number.
    uses: Vec<Vec<Use>>,
}

impl Codes {
    /// Codes of diseases, and of drugs where there is a directory.
    pub(super) fn new(diseases: &[Disease], directory: Option<&Directory>) -> Self {
        let mut codes = Self {
            diagnoses: HashMap::new(),
            snomed: HashMap::new(),
            taxonomies: HashMap::new(),
            procedures: HashMap::new(),
            products: HashMap::new(),
            names: HashMap::new(),
            words: Vec::new(),
            uses: vec![Vec::new()],
        };
        let mut procedures: HashMap<&str, Vec<Use>> = HashMap::new();
        for (i, disease) in (0_u8..).zip(diseases) {
            let bit = 1 << i;
            for code in &disease.diagnoses {
                *codes.diagnoses.entry(code.replace('.', "")).or_default() |= bit;
            }
            for code in &disease.snomed {
                *codes.snomed.entry(code.clone()).or_default() |= bit;
            }
            for code in &disease.specialties {
                *codes.taxonomies.entry(code.clone()).or_default() |= bit;
            }
            for (class, treatment) in (0_u8..).zip(&disease.treatments) {
                let used = Use { disease: i, class, adherence: treatment.adherence };
                for code in &treatment.procedures {
                    procedures.entry(code).or_default().push(used);
                }
                codes.words.extend(treatment.substances.iter().map(|word| (word.to_uppercase(), used)));
            }
        }
        let mut procedures: Vec<_> = procedures.into_iter().collect();
        procedures.sort_unstable();
        for (code, uses) in procedures {
            let number = codes.number(uses);
            codes.procedures.insert(code.to_owned(), number);
        }
        codes.add_products(diseases, directory);
        codes
    }

    /// Products with the same substances are one drug: its supplies follow each other.
    fn add_products(&mut self, diseases: &[Disease], directory: Option<&Directory>) {
        let Some(directory) = directory else { return };
        let mut sorted: Vec<_> = directory.iter().collect();
        sorted.sort_unstable_by_key(|(code, _)| **code);
        let mut drugs: HashMap<(&str, Vec<Use>), u16> = HashMap::new();
        for (code, product) in sorted {
            let routes: Vec<&str> = product.routes.split(';').map(str::trim).collect();
            let fits = |used: &Use| {
                let wanted = &diseases[usize::from(used.disease)].treatments[usize::from(used.class)].routes;
                wanted.is_empty() || wanted.iter().any(|route| routes.contains(&route.as_str()))
            };
            let uses: Vec<Use> = self.uses_of(&product.substances).into_iter().filter(fits).collect();
            if uses.is_empty() {
                continue;
            }
            let number = match drugs.get(&(product.substances.as_str(), uses.clone())) {
                Some(number) => *number,
                None => {
                    let number = self.number(uses.clone());
                    drugs.insert((&product.substances, uses), number);
                    number
                }
            };
            self.products.insert(*code, number);
        }
    }

    fn number(&mut self, uses: Vec<Use>) -> u16 {
        // There are some hundred drugs and procedures of diseases; beyond 65,535 they would count as none.
        let number = u16::try_from(self.uses.len()).unwrap_or(0);
        if number > 0 {
            self.uses.push(uses);
        }
        number
    }

    /// Uses of substances, of which each begins with a word of a class.
    fn uses_of(&self, substances: &str) -> Vec<Use> {
        let mut uses: Vec<Use> = substances
            .split(';')
            .flat_map(|name| {
                let name = name.trim();
                self.words.iter().filter(move |(word, _)| begins(name, word)).map(|(_, used)| *used)
            })
            .collect();
        uses.sort_unstable();
        uses.dedup();
        uses
    }

    /// Learns products that are known by their names alone, as Synthea's are: those whose names have a word of a class.
    pub(super) fn learn_names<'a>(&mut self, names: impl Iterator<Item = &'a str>) {
        let mut known: HashMap<Vec<Use>, u16> = HashMap::new();
        for name in names {
            if self.names.contains_key(name) {
                continue;
            }
            let upper = name.to_uppercase();
            let parts = upper.split(|c: char| !c.is_ascii_alphanumeric());
            let mut uses: Vec<Use> = parts
                .flat_map(|part| self.words.iter().filter(move |(word, _)| part == word).map(|(_, used)| *used))
                .collect();
            uses.sort_unstable();
            uses.dedup();
            let number = match known.get(&uses) {
                _ if uses.is_empty() => 0,
                Some(number) => *number,
                None => {
                    let number = self.number(uses.clone());
                    known.insert(uses, number);
                    number
                }
            };
            self.names.insert(name.to_owned(), number);
        }
    }

    /// The number of a drug that is known by its name.
    pub(super) fn drug_of_name(&self, name: &str) -> u16 {
        self.names.get(name).copied().unwrap_or(0)
    }

    /// Diseases of an ICD-10-CM code, with or without its point.
    pub(super) fn of_diagnosis(&self, code: &str) -> Diseases {
        let plain: String = code.chars().filter(|c| *c != '.').map(|c| c.to_ascii_uppercase()).collect();
        (3..=plain.len())
            .filter_map(|length| self.diagnoses.get(plain.get(..length)?))
            .fold(0, |all, diseases| all | diseases)
    }

    /// Diseases of a SNOMED CT concept.
    pub(super) fn of_snomed(&self, code: &str) -> Diseases {
        self.snomed.get(code).copied().unwrap_or(0)
    }

    /// Diseases that providers of a taxonomy treat.
    pub(super) fn of_taxonomy(&self, code: &str) -> Diseases {
        self.taxonomies.get(code).copied().unwrap_or(0)
    }

    /// The number of a procedure.
    pub(super) fn procedure(&self, code: &str) -> u16 {
        self.procedures.get(code).copied().unwrap_or(0)
    }

    /// The number of a package's drug; none where the code is none.
    pub(super) fn drug(&self, code: &str) -> Option<u16> {
        Some(self.products.get(&of_package(code)?).copied().unwrap_or(0))
    }

    /// What a drug or procedure is used for.
    pub(super) fn uses(&self, number: u16) -> &[Use] {
        self.uses.get(usize::from(number)).map_or(&[], Vec::as_slice)
    }
}

/// Whether a name begins with a word and goes on with another, if at all.
fn begins(name: &str, word: &str) -> bool {
    name.strip_prefix(word).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::super::disease::shipped;
    use super::super::drugs::Product;
    use super::*;

    fn place(diseases: &[Disease], name: &str) -> u8 {
        u8::try_from(diseases.iter().position(|disease| disease.name == name).unwrap()).unwrap()
    }

    #[test]
    fn diagnoses_belong_to_the_categories_that_they_begin_with() {
        let diseases = shipped().unwrap();
        let codes = Codes::new(&diseases, None);
        let bit = |name| 1_u64 << place(&diseases, name);
        assert_eq!(codes.of_diagnosis("E11.65"), bit("diabetes-type-2"));
        assert_eq!(codes.of_diagnosis("e1165"), bit("diabetes-type-2"));
        assert_eq!(codes.of_diagnosis("I11.0"), bit("hypertension") | bit("heart-failure"));
        assert_eq!(codes.of_diagnosis("I11.9"), bit("hypertension"));
        assert_eq!(codes.of_diagnosis("M06.4"), 0, "inflammatory polyarthropathy is no rheumatoid arthritis");
        for none in ["", "E1", "Z00.00", "é11"] {
            assert_eq!(codes.of_diagnosis(none), 0, "{none}");
        }
        assert_eq!(codes.of_snomed("44054006"), bit("diabetes-type-2"));
        assert_ne!(codes.of_taxonomy("207RC0000X") & bit("heart-failure"), 0);
    }

    #[test]
    fn combinations_belong_to_each_class_and_routes_are_heeded() {
        let diseases = shipped().unwrap();
        let product = |substances: &str, routes: &str| Product { substances: substances.into(), routes: routes.into() };
        let inhaled = "RESPIRATORY (INHALATION)";
        let directory = Directory::from([
            (1, product("BUDESONIDE; FORMOTEROL FUMARATE DIHYDRATE", inhaled)),
            (2, product("BUDESONIDE", "ORAL")),
            (3, product("METFORMIN HYDROCHLORIDE", "ORAL")),
            (4, product("METFORMIN HYDROCHLORIDE", "ORAL")),
            (5, product("INSULINOID", "ORAL")),
        ]);
        let codes = Codes::new(&diseases, Some(&directory));
        let drug = |code: u32| codes.drug(&format!("{code:09}01")).unwrap();
        let asthma = place(&diseases, "asthma");
        let classes: Vec<&str> = codes
            .uses(drug(1))
            .iter()
            .filter(|used| used.disease == asthma)
            .map(|used| diseases[usize::from(asthma)].treatments[usize::from(used.class)].class.as_str())
            .collect();
        assert_eq!(classes, ["inhaled corticosteroid", "long-acting beta agonist"]);
        assert_eq!((drug(2), drug(5), drug(9)), (0, 0, 0), "by mouth, another word, unknown");
        assert_eq!(drug(3), drug(4), "the same substance is one drug");
        assert_eq!(codes.drug("12"), None);
    }
}
