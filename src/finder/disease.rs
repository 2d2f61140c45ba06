//! Diseases as the finder sees them: who has them, what they change in an infection, and who treats them.

use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, InputError};
use crate::panel::quoted;

/// A disease.
#[derive(Debug, Clone, PartialEq)]
pub struct Disease {
    /// Name in files and addresses: that of its file.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// NUCC taxonomy codes of those who treat it.
    pub specialties: Vec<String>,
    /// Prevalence and risks.
    pub facts: Facts,
}

/// Section `[finder]` of a disease's file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Identifier of its measure in CDC PLACES, if it has one.
    pub places: Option<String>,
    /// Kinds of hospitals that are listed for it.
    #[serde(default = "general")]
    pub hospitals: Vec<Hospitals>,
    /// Per cent of the people of an age and above, to the next entry, in ascending order of age.
    pub prevalence: Vec<Step>,
    /// Where the prevalence is from.
    pub source: String,
    /// How many times as likely an infected person with it is to be admitted; none where no estimate is known.
    pub admission: Option<Ratio>,
    /// How many times as likely to die.
    pub death: Option<Ratio>,
}

fn general() -> Vec<Hospitals> {
    vec![Hospitals::General]
}

/// Kinds of hospitals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hospitals {
    /// General and children's hospitals, those for veterans and for the military.
    General,
    /// Psychiatric hospitals.
    Psychiatric,
}

/// Prevalence from an age on.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Age, years, 0 to 89.
    pub from: u8,
    /// Per cent of the people of that age, 0 to below 100.
    pub percent: f64,
}

/// A ratio of risks with its 95 % interval, and where it is from.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ratio {
    /// The estimate, above 0.
    pub ratio: f64,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Study, and what it measured.
    pub source: String,
}

/// What is read of a disease's file; the rest is for `countycast care`.
#[derive(Deserialize)]
struct Document {
    title: String,
    #[serde(default)]
    specialties: Vec<String>,
    finder: Option<Facts>,
}

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../config/diseases/", $name, ".toml")))),*]
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

/// The diseases that the program knows.
///
/// # Errors
/// None but a fault of the shipped files, which a test excludes.
pub fn shipped() -> Result<Vec<Disease>, Error> {
    let all = SHIPPED.iter().map(|(name, text)| parse(name, text, Path::new(name)));
    all.filter_map(Result::transpose).collect()
}

/// Reads the diseases of a folder, by name; those without a section `[finder]` are left out.
///
/// # Errors
/// [`Error::Input`] where the folder cannot be read, a file is not of its form, or none has the section.
pub fn read(folder: &Path) -> Result<Vec<Disease>, Error> {
    let unreadable = |source| Error::read(folder, source);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            files.push(path);
        }
    }
    files.sort();
    let mut diseases = Vec::new();
    for path in &files {
        let text = std::fs::read_to_string(path).map_err(|source| Error::read(path, source))?;
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        diseases.extend(parse(name, &text, path)?);
    }
    if diseases.is_empty() {
        let remedy =
            "give a folder with files NAME.toml that have a section [finder], as config/diseases of the project";
        return Err(InputError::new(folder, "no file describes a disease for the finder", remedy).into());
    }
    Ok(diseases)
}

fn parse(name: &str, text: &str, path: &Path) -> Result<Option<Disease>, Error> {
    let wrong = |problem: String, remedy: &str| InputError::new(path, problem, remedy);
    let document: Document = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        wrong(quoted(error.message()), "compare it with the files of config/diseases").on_line(line as u64)
    })?;
    let Some(facts) = document.finder else { return Ok(None) };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || !name.chars().all(plain) {
        let remedy = "use lower-case letters, digits and hyphens: heart-failure.toml";
        return Err(wrong("the name of the file is no name of a disease".into(), remedy).into());
    }
    let steps = &facts.prevalence;
    let ascending = steps.windows(2).all(|pair| pair[0].from < pair[1].from);
    if steps.is_empty()
        || !ascending
        || steps.iter().any(|step| !(0.0..100.0).contains(&step.percent) || step.from > 89)
    {
        let remedy = "write ages from 0 to 89 in ascending order, each with 0 to 99.9 per cent";
        return Err(wrong("finder.prevalence does not tell who has the disease".into(), remedy)
            .in_column("finder.prevalence")
            .into());
    }
    for (key, ratio) in [("finder.admission", &facts.admission), ("finder.death", &facts.death)] {
        let ordered = |r: &Ratio| 0.0 < r.lower && r.lower <= r.ratio && r.ratio <= r.upper && r.upper < 100.0;
        if let Some(ratio) = ratio.as_ref().filter(|ratio| !ordered(ratio)) {
            let problem = format!("{} does not lie between {} and {}", ratio.ratio, ratio.lower, ratio.upper);
            return Err(wrong(problem, "write a ratio above 0 with the ends of its interval").in_column(key).into());
        }
    }
    Ok(Some(Disease { name: name.to_owned(), title: document.title, specialties: document.specialties, facts }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_disease_says_where_its_numbers_are_from() {
        let diseases = shipped().unwrap();
        assert_eq!(diseases.len(), SHIPPED.len());
        for Disease { name, facts, specialties, .. } in &diseases {
            assert!(!specialties.is_empty() && facts.source.len() > 20, "{name}");
            for ratio in facts.admission.iter().chain(&facts.death) {
                assert!(ratio.source.len() > 20, "{name}");
            }
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/diseases");
        assert_eq!(read(&folder).unwrap(), diseases, "every file of the folder is shipped");
    }

    #[test]
    fn what_cannot_be_is_told_with_its_line() {
        let text = "title = \"x\"\n[finder]\nsource = \"y\"\nprevalence = [{ from = 18, percent = 100.0 }]\n";
        let error = parse("x", text, Path::new("x.toml")).unwrap_err().to_string();
        assert!(error.contains("x.toml, column `finder.prevalence`"), "{error}");
        let error = parse("x", "title = \"x\"\n[finder]\nodd = 1\n", Path::new("x.toml")).unwrap_err().to_string();
        assert!(error.starts_with("x.toml, line "), "{error}");
        assert_eq!(parse("x", "title = \"x\"\n", Path::new("x.toml")).unwrap(), None, "one for `care` alone");
    }
}
