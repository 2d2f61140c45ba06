//! Diseases: which codes tell them, which treatments belong to them, who treats them.

use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, shown};

/// Most diseases of a run: a claim's diseases are the bits of a number.
const MOST: usize = 64;
/// Most classes of treatment of a disease.
const MOST_CLASSES: usize = 32;

/// A disease as its file tells it: `config/diseases/NAME.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disease {
    /// Name in tables: that of the file.
    #[serde(skip)]
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Where the codes are from.
    pub sources: Vec<String>,
    /// Days without a diagnosis after which the next one is new.
    pub clear_days: u16,
    /// ICD-10-CM codes, with all codes that begin with them.
    pub diagnoses: Vec<String>,
    /// SNOMED CT concepts, as Synthea records them.
    #[serde(default)]
    pub snomed: Vec<String>,
    /// NUCC taxonomy codes of those who treat it.
    #[serde(default)]
    pub specialties: Vec<String>,
    /// Its treatments by class.
    #[serde(default, rename = "treatment")]
    pub treatments: Vec<Treatment>,
    /// What the treatment finder of `countycast report` reads.
    #[serde(default)]
    pub finder: Elsewhere,
}

/// A section of the file that another program reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Elsewhere;

impl<'de> Deserialize<'de> for Elsewhere {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

/// A class of treatments of a disease: drugs by their substances, or procedures by their codes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Treatment {
    /// Name of the class.
    pub class: String,
    /// ATC classes of its drugs, which tell the reader where the substances are from.
    #[serde(default)]
    pub atc: Vec<String>,
    /// Words with which the names of its substances begin, as in `SUBSTANCENAME` of the NDC directory.
    #[serde(default)]
    pub substances: Vec<String>,
    /// Routes of `ROUTENAME` of the NDC directory; all if there is none.
    #[serde(default)]
    pub routes: Vec<String>,
    /// CPT or HCPCS codes of procedures.
    #[serde(default)]
    pub procedures: Vec<String>,
    /// Whether its days supplied tell whether it is taken: a drug for every day.
    #[serde(default)]
    pub adherence: bool,
}

/// The diseases that the program knows.
///
/// # Errors
/// None but a fault of the shipped files, which a test excludes.
pub fn shipped() -> Result<Vec<Disease>, Error> {
    SHIPPED.iter().map(|(name, text)| parse(name, text, Path::new(name))).collect()
}

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../../config/diseases/", $name, ".toml")))),*]
    };
}

const SHIPPED: &[(&str, &str)] = shipped![
    "asthma",
    "atrial-fibrillation",
    "breast-cancer",
    "chronic-kidney-disease",
    "copd",
    "coronary-heart-disease",
    "depression",
    "diabetes-type-2",
    "epilepsy",
    "heart-failure",
    "hypertension",
    "hypothyroidism",
    "rheumatoid-arthritis",
];

/// Reads the diseases of a folder, by name.
pub(super) fn read(folder: &Path) -> Result<Vec<Disease>, Error> {
    let entries = std::fs::read_dir(folder).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => crate::error::missing(folder),
        _ => Error::unreadable(folder, &source),
    })?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|source| Error::unreadable(folder, &source))?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            files.push(path);
        }
    }
    files.sort();
    let mut diseases = Vec::new();
    for path in &files {
        let text = std::fs::read_to_string(path).map_err(|source| Error::unreadable(path, &source))?;
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        diseases.push(parse(name, &text, path)?);
    }
    if diseases.is_empty() || diseases.len() > MOST {
        return Err(Error::input(
            format!("{} has {} files of diseases", shown(folder), diseases.len()),
            format!("give a folder with 1 to {MOST} files NAME.toml, as config/diseases of the project"),
        ));
    }
    Ok(diseases)
}

fn parse(name: &str, text: &str, path: &Path) -> Result<Disease, Error> {
    let wrong = |what: String, remedy: &str| Error::input(format!("{}: {what}", shown(path)), remedy);
    let mut disease: Disease = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        wrong(
            format!("line {line}: {}", crate::error::brief(error.message())),
            "compare it with the files of config/diseases",
        )
    })?;
    name.clone_into(&mut disease.name);
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || !name.chars().all(plain) {
        return Err(wrong(
            "the name of the file is no name of a disease".into(),
            "use lower-case letters, digits and hyphens: heart-failure.toml",
        ));
    }
    if disease.diagnoses.is_empty() || disease.clear_days == 0 || disease.treatments.len() > MOST_CLASSES {
        return Err(wrong(
            format!(
                "{} diagnoses, clear_days = {}, {} treatments",
                disease.diagnoses.len(),
                disease.clear_days,
                disease.treatments.len()
            ),
            "a disease has diagnoses, clear_days above 0 and at most 32 classes of treatment",
        ));
    }
    if let Some(code) = disease.diagnoses.iter().find(|code| !is_icd10(code)) {
        return Err(wrong(format!("{code:?} is no ICD-10-CM code"), "write it as E11, I11.0 or S72.001A"));
    }
    if let Some(code) = disease.specialties.iter().find(|code| !is_taxonomy(code)) {
        return Err(wrong(format!("{code:?} is no NUCC taxonomy code"), "write ten letters and digits: 207RC0000X"));
    }
    for treatment in &disease.treatments {
        if treatment.class.is_empty() || treatment.substances.is_empty() == treatment.procedures.is_empty() {
            return Err(wrong(
                format!("the treatment {:?} has both substances and procedures, or none", treatment.class),
                "a class has substances or procedures",
            ));
        }
        let named = disease.treatments.iter().filter(|other| other.class == treatment.class).count();
        if named > 1 {
            return Err(wrong(format!("the class {:?} stands twice", treatment.class), "keep one of the two"));
        }
    }
    Ok(disease)
}

/// Whether a text has the form of an ICD-10-CM code or category.
fn is_icd10(code: &str) -> bool {
    let (head, tail) = code.split_once('.').unwrap_or((code, ""));
    let bytes = head.as_bytes();
    let alphanumeric = |text: &[u8]| text.iter().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    bytes.len() == 3
        && bytes[0].is_ascii_uppercase()
        && bytes[1].is_ascii_digit()
        && alphanumeric(&bytes[2..])
        && tail.len() <= 4
        && alphanumeric(tail.as_bytes())
        && !code.ends_with('.')
}

/// Whether a text has the form of a code of the NUCC taxonomy.
pub(super) fn is_taxonomy(code: &str) -> bool {
    code.len() == 10 && code.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_disease_can_be_used_and_names_its_sources() {
        let diseases = shipped().unwrap();
        assert!(diseases.len() >= 10);
        for disease in &diseases {
            assert!(disease.sources.len() >= 3, "{}", disease.name);
            assert!(disease.treatments.iter().any(|treatment| treatment.adherence), "{}", disease.name);
            assert!(!disease.specialties.is_empty() && !disease.snomed.is_empty(), "{}", disease.name);
            for treatment in disease.treatments.iter().filter(|treatment| !treatment.substances.is_empty()) {
                assert!(!treatment.atc.is_empty(), "{}: {}", disease.name, treatment.class);
            }
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/diseases");
        assert_eq!(read(&folder).unwrap(), diseases, "every file of the folder is shipped");
    }

    #[test]
    fn codes_of_other_forms_are_refused() {
        for code in ["E11", "I11.0", "S72.001A", "C7A"] {
            assert!(is_icd10(code), "{code}");
        }
        for code in ["e11", "E1", "E11.", "250.00", "I11.00000", "44054006"] {
            assert!(!is_icd10(code), "{code}");
        }
        let text = "title = \"x\"\nsources = []\nclear_days = 1\ndiagnoses = [\"250\"]\n";
        let error = parse("x", text, Path::new("x.toml")).unwrap_err();
        assert!(error.to_string().contains("\"250\" is no ICD-10-CM code"), "{error}");
        let error = parse("x", "title = 1", Path::new("x.toml")).unwrap_err();
        assert!(error.to_string().contains("x.toml: line 1"), "{error}");
    }
}
