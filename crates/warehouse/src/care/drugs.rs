//! Drugs: which substances a National Drug Code stands for, from the FDA's NDC directory (`product.txt`).

use std::collections::HashMap;
use std::path::Path;

use crate::error::{Error, shown};

/// What a product of the directory is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Product {
    /// `SUBSTANCENAME`: substances in capitals, separated by semicolons.
    pub(super) substances: String,
    /// `ROUTENAME`: routes, separated by semicolons.
    pub(super) routes: String,
}

/// Products by labeler and product code: the first nine of a code's eleven digits.
pub(super) type Directory = HashMap<u32, Product>;

/// Reads a directory: a table separated by tabs, with the columns `PRODUCTNDC`, `SUBSTANCENAME` and `ROUTENAME`.
pub(super) fn read(path: &Path) -> Result<Directory, Error> {
    let wrong = |line: u64, what: String, remedy: &str| {
        Error::input(format!("{}: line {line}: {what}", shown(path)), remedy.to_owned())
    };
    let file = std::fs::File::open(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => crate::error::missing(path),
        _ => Error::unreadable(path, &source),
    })?;
    // The FDA's table has single quotation marks in names, and is not quoted.
    let mut reader = csv::ReaderBuilder::new().delimiter(b'\t').quoting(false).flexible(true).from_reader(file);
    let header = reader.byte_headers().map_err(|error| wrong(1, error.to_string(), FORM))?.clone();
    let column = |name: &str| {
        let found = header.iter().position(|field| field.trim_ascii() == name.as_bytes());
        found.ok_or_else(|| wrong(1, format!("there is no column {name}"), FORM))
    };
    let (code, substance, route) = (column("PRODUCTNDC")?, column("SUBSTANCENAME")?, column("ROUTENAME")?);
    let mut directory = Directory::new();
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(|error| wrong(1, error.to_string(), FORM))? {
        let line = record.position().map_or(0, csv::Position::line);
        // The directory is in Latin-1; codes and substances are ASCII.
        let text = |at: usize| String::from_utf8_lossy(record.get(at).unwrap_or_default()).trim().to_uppercase();
        let ndc = text(code);
        let product = product_code(&ndc).ok_or_else(|| {
            wrong(
                line,
                format!("PRODUCTNDC {ndc:?} is no labeler and product"),
                "write it with a hyphen: 0002-8215 or 50242-040",
            )
        })?;
        directory.insert(product, Product { substances: text(substance), routes: text(route) });
    }
    if directory.is_empty() {
        return Err(wrong(1, "there is no product".into(), FORM));
    }
    Ok(directory)
}

const FORM: &str = "give product.txt of the FDA's NDC directory (ndctext.zip)";

/// Labeler and product of `4-4`, `5-3`, `5-4` digits with a hyphen, as nine digits.
fn product_code(text: &str) -> Option<u32> {
    let (labeler, product) = text.split_once('-')?;
    nine(labeler, product)
}

fn nine(labeler: &str, product: &str) -> Option<u32> {
    let digits = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
        (lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()))
            .then(|| text.parse::<u32>().ok())
            .flatten()
    };
    Some(digits(labeler, 4..=5)? * 10_000 + digits(product, 3..=4)?)
}

/// Labeler and product of a package's code: eleven digits, or ten with two hyphens.
pub(super) fn of_package(code: &str) -> Option<u32> {
    if code.len() == 11 && code.bytes().all(|b| b.is_ascii_digit()) {
        return code.get(..9)?.parse().ok();
    }
    let mut parts = code.split('-');
    let (labeler, product, package) = (parts.next()?, parts.next()?, parts.next()?);
    let lengths = (labeler.len(), product.len(), package.len());
    let known = matches!(lengths, (4, 4, 2) | (5, 3, 2) | (5, 4, 1) | (5, 4, 2));
    let rest = parts.next().is_none() && package.bytes().all(|b| b.is_ascii_digit());
    (known && rest).then(|| nine(labeler, product)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_all_forms_are_one_product() {
        for (package, product) in [
            ("00028215001", "0002-82150"),
            ("50242-040-62", "50242-040"),
            ("50242004062", "50242-040"),
            ("0002-8215-01", "0002-8215"),
            ("00002821501", "0002-8215"),
            ("12345-6789-1", "12345-6789"),
        ] {
            if product.len() > 9 && product.starts_with('0') {
                assert_eq!(product_code(product), None, "{product}");
            } else {
                assert_eq!(of_package(package), product_code(product), "{package}");
                assert!(of_package(package).is_some());
            }
        }
        for code in ["", "0002821501", "1234-567-89", "00002-8215-01-1", "0000282150a", "500000000000"] {
            assert_eq!(of_package(code), None, "{code}");
        }
    }
}
