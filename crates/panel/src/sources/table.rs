//! Delimited text, with line and column in its errors.

use std::path::{Path, PathBuf};

use csv::{ByteRecord, ReaderBuilder};

use crate::error::{Error, InputError};
use crate::quote::{cleaned, quoted};

/// A table with a header, read record by record.
pub(crate) struct Table<'a> {
    path: PathBuf,
    header: Vec<String>,
    reader: csv::Reader<&'a [u8]>,
}

impl<'a> Table<'a> {
    /// Reads the header. Columns at its end without a name are left out.
    pub(crate) fn new(path: &Path, bytes: &'a [u8]) -> Result<Self, Error> {
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(bytes);
        let header = reader.byte_headers().map_err(|error| unreadable(path, &error))?;
        let mut header: Vec<String> = header.iter().map(cleaned).collect();
        let named = header.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
        header.truncate(named);
        Ok(Self { path: path.to_owned(), header, reader })
    }

    /// Names of the columns.
    pub(crate) fn header(&self) -> &[String] {
        &self.header
    }

    /// Position of a column, letter case aside.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column.eq_ignore_ascii_case(name))
    }

    /// Position of a required column.
    pub(crate) fn column(&self, name: &str) -> Result<usize, Error> {
        self.position(name).ok_or_else(|| {
            let found = self.header.iter().take(12).map(quoted).collect::<Vec<_>>().join(", ");
            let problem = format!("there is no column `{name}`; the header starts with {found}");
            InputError::new(&self.path, problem, "use the file as published, with its header").on_line(1).into()
        })
    }

    /// Reads the next record; false at the end.
    ///
    /// # Errors
    /// Where it cannot be read or has another number of fields than the header, empty ones at its end aside.
    pub(crate) fn read(&mut self, record: &mut ByteRecord) -> Result<bool, Error> {
        if !self.reader.read_byte_record(record).map_err(|error| unreadable(&self.path, &error))? {
            return Ok(false);
        }
        // Spreadsheets write separators of empty columns after the last.
        if record.iter().skip(self.header.len()).all(|field| field.trim_ascii().is_empty()) {
            record.truncate(self.header.len());
        }
        if record.len() != self.header.len() {
            let problem = format!("{} fields where the header has {}", record.len(), self.header.len());
            let remedy = "the line is cut or has a stray comma or quote: download the file again";
            return Err(InputError::new(&self.path, problem, remedy).on_line(line(record)).into());
        }
        Ok(true)
    }

    /// An error at a field.
    pub(crate) fn wrong(
        &self,
        record: &ByteRecord,
        column: usize,
        problem: impl Into<String>,
        remedy: &str,
    ) -> InputError {
        let name = self.header.get(column).map_or("", String::as_str);
        InputError::new(&self.path, problem, remedy).on_line(line(record)).in_column(quoted(name))
    }

    /// A count; none where the field is blank.
    pub(crate) fn count(&self, record: &ByteRecord, column: usize) -> Result<Option<f64>, InputError> {
        let text = record.get(column).unwrap_or_default();
        if text.trim_ascii().is_empty() {
            return Ok(None);
        }
        number(text).map(Some).ok_or_else(|| {
            let problem = format!("`{}` is not a number", quoted(text));
            self.wrong(record, column, problem, "write the cumulative count as a number, such as 1234")
        })
    }

    /// A required number of people, which may be more or fewer than there can be; `who` names them in the error.
    pub(crate) fn people(
        &self,
        record: &ByteRecord,
        column: usize,
        who: &str,
        remedy: &str,
    ) -> Result<f64, InputError> {
        let text = record.get(column).unwrap_or_default();
        number(text).ok_or_else(|| {
            let problem = format!("`{}` is not a number of {who}", quoted(text));
            self.wrong(record, column, problem, remedy)
        })
    }

    /// A FIPS number, such as `01001`, `1001` or `1001.0`; none where the field is blank.
    pub(crate) fn fips(&self, record: &ByteRecord, column: usize) -> Result<Option<u32>, InputError> {
        let text = record.get(column).unwrap_or_default().trim_ascii();
        if text.is_empty() {
            return Ok(None);
        }
        let whole = number(text).filter(|n| n.fract() == 0.0 && (0.0..100_000.0).contains(n));
        // The range has just been checked, so nothing is truncated.
        whole.map(|n| Some(n as u32)).ok_or_else(|| {
            let problem = format!("`{}` is not a FIPS code", quoted(text));
            self.wrong(record, column, problem, "write five digits, such as 01001, or leave it blank for no county")
        })
    }
}

/// Line of a record, from 1.
pub(crate) fn line(record: &ByteRecord) -> u64 {
    record.position().map_or(0, csv::Position::line)
}

/// Text of a field; what is no letter is replaced.
pub(crate) fn text(record: &ByteRecord, column: usize) -> String {
    cleaned(record.get(column).unwrap_or_default())
}

/// A finite number. Integers, nearly all values, take a fast path.
pub(crate) fn number(text: &[u8]) -> Option<f64> {
    let text = text.trim_ascii();
    if !text.is_empty() && text.len() <= 15 && text.iter().all(u8::is_ascii_digit) {
        return Some(text.iter().fold(0u64, |n, digit| n * 10 + u64::from(digit - b'0')) as f64);
    }
    std::str::from_utf8(text).ok()?.parse().ok().filter(|n: &f64| n.is_finite())
}

fn unreadable(path: &Path, error: &csv::Error) -> Error {
    let mut input = InputError::new(path, format!("is not readable CSV: {error}"), "download the file again");
    input.line = error.position().map(csv::Position::line);
    input.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        assert_eq!(number(b"1234"), Some(1234.0));
        assert_eq!(number(b" -7.5 "), Some(-7.5));
        for bad in ["", "x", "NaN", "inf", "1,234", "12 3"] {
            assert_eq!(number(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn lines_are_counted() {
        let mut table = Table::new(Path::new("f.csv"), b"FIPS,n\n1001.0,5\n,x\n").unwrap();
        let mut record = ByteRecord::new();
        assert!(table.read(&mut record).unwrap());
        assert_eq!(table.fips(&record, 0).unwrap(), Some(1001));
        assert!(table.read(&mut record).unwrap());
        assert_eq!(table.fips(&record, 0).unwrap(), None);
        let error = table.count(&record, 1).unwrap_err().to_string();
        assert_eq!(error, "f.csv, line 3, column `n`: `x` is not a number");
        assert!(!table.read(&mut record).unwrap());
    }

    #[test]
    fn lines_with_other_columns_than_the_header_are_refused() {
        for (text, fields) in [("a,b\n1\n", 1), ("a,b\n1,2,3\n", 3), ("a,b,,\n1,2,,3\n", 4), ("a,b,\n1\n", 1)] {
            let mut table = Table::new(Path::new("f.csv"), text.as_bytes()).unwrap();
            let error = table.read(&mut ByteRecord::new()).unwrap_err().to_string();
            assert_eq!(error, format!("f.csv, line 2: {fields} fields where the header has 2"));
        }
    }

    #[test]
    fn empty_columns_at_the_end_are_left_out() {
        for text in ["a,b,\n1,2,\n", "a,b,,\n1,2\n", "a,b\n1,2, ,\n"] {
            let mut table = Table::new(Path::new("f.csv"), text.as_bytes()).unwrap();
            let mut record = ByteRecord::new();
            assert!(table.read(&mut record).unwrap());
            assert_eq!((table.header(), record.len()), (&["a".to_owned(), "b".to_owned()][..], 2), "{text}");
        }
    }
}
