//! A number in a table of covariates, or its absence.

use csv::ByteRecord;

use crate::error::InputError;
use crate::quote::quoted;
use crate::sources::table::{Table, number, text};

/// What publishers write for an unknown value, letter case aside: statistical packages, the USDA, and the Census Bureau
/// (`(X)` not applicable, `(D)` withheld, `(NA)` not available, `N` too few to show, `-` no estimate).
const MISSING: [&str; 16] =
    ["", "na", "n/a", "nan", "null", "none", ".", "-", "--", "*", "**", "n", "x", "(x)", "(d)", "(na)"];
/// Numbers that mean an unknown value: -999 in the CDC's Social Vulnerability Index, the rest in the Census Bureau's
/// American Community Survey ("Notes on ACS estimate and annotation values").
const CODES: [f64; 8] =
    [-999.0, -9_999.0, -222_222_222.0, -333_333_333.0, -555_555_555.0, -666_666_666.0, -888_888_888.0, -999_999_999.0];

/// The number in a cell; none where it is missing.
///
/// # Errors
/// Text that is neither a number nor a mark of a missing value, such as `180,786`.
pub(super) fn cell(table: &Table<'_>, record: &ByteRecord, column: usize) -> Result<Option<f64>, InputError> {
    let field = record.get(column).unwrap_or_default();
    if let Some(value) = number(field) {
        return Ok(Some(value).filter(|value| !CODES.contains(value)));
    }
    if MISSING.contains(&text(record, column).to_ascii_lowercase().as_str()) {
        return Ok(None);
    }
    let remedy = "write a plain number such as 180786 or 12.5, without separators or signs, or leave the cell blank";
    Err(table.wrong(record, column, format!("`{}` is not a number", quoted(field.trim_ascii())), remedy))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn read(field: &str) -> Result<Option<f64>, String> {
        let text = format!("a,b\n1,{field}\n");
        let mut table = Table::new(Path::new("f.csv"), text.as_bytes()).unwrap();
        let mut record = ByteRecord::new();
        assert!(table.read(&mut record).unwrap());
        cell(&table, &record, 1).map_err(|error| error.to_string())
    }

    #[test]
    fn numbers_missing_values_and_text() {
        for (field, value) in [("12", 12.0), (" 61937 ", 61_937.0), ("-0.5", -0.5), ("1e3", 1_000.0), ("\"7\"", 7.0)] {
            assert_eq!(read(field), Ok(Some(value)), "{field}");
        }
        for field in ["", " ", "NA", "n/a", "NaN", "NULL", ".", "-", "(D)", "-999", "-999.0", "-666666666"] {
            assert_eq!(read(field), Ok(None), "{field}");
        }
        for field in ["\"180,786\"", "12.5%", "$50", "1 234", "inf", "many", "1.234.567", "12*"] {
            let problem = format!("f.csv, line 2, column `b`: `{}` is not a number", field.trim_matches('"'));
            assert_eq!(read(field), Err(problem));
        }
    }
}
