//! Columns and rows of a table, and whether they are those that were expected.

use std::io::Read;
use std::path::Path;

use crate::error::FetchError;
use crate::manifest::Manifest;
use crate::network::sources::Source;

/// Columns and rows of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Rows.
    pub rows: u64,
}

/// Tells the shape of a Parquet file, or why it is none: a reader of Parquet is large, and the caller has one.
pub type ParquetShape<'a> = dyn Fn(&Path) -> Result<Shape, String> + 'a;

/// The shape of a CSV table: every row must have as many cells as the first.
///
/// # Errors
/// What is wrong, with the line.
pub fn of_csv(text: impl Read) -> Result<Shape, String> {
    let mut reader = csv::ReaderBuilder::new().from_reader(text);
    let columns: Vec<String> = {
        let header = reader.byte_headers().map_err(|error| error.to_string())?;
        let name = |cell: &[u8]| String::from_utf8_lossy(cell).trim_start_matches('\u{feff}').trim().to_owned();
        header.iter().map(name).collect()
    };
    let mut record = csv::ByteRecord::new();
    let mut rows = 0;
    while reader.read_byte_record(&mut record).map_err(|error| error.to_string())? {
        rows += 1;
    }
    Ok(Shape { columns, rows })
}

/// Longest name of a column in a message, and most of them.
const SHOWN: (usize, usize) = (40, 12);

/// Checks a table against the source's layout and the last vintage; returns what is worth telling.
///
/// # Errors
/// [`FetchError::Layout`] where a column is missing that the source must have, with those that are new, or where there are no
/// rows.
pub(crate) fn check(source: &Source, shape: &Shape, last: Option<&Manifest>) -> Result<Vec<String>, FetchError> {
    let has = |columns: &[String], name: &String| columns.contains(name);
    let lacking: Vec<&String> = source.columns.iter().filter(|name| !has(&shape.columns, name)).collect();
    let before = last.map_or(&source.columns, |last| &last.columns);
    let added: Vec<&String> = shape.columns.iter().filter(|name| !has(before, name)).collect();
    if !lacking.is_empty() {
        let new = if added.is_empty() { String::new() } else { format!("; new are {}", list(&added)) };
        return Err(FetchError::Layout(format!("its columns have changed: {} are missing{new}", list(&lacking))));
    }
    if shape.rows == 0 {
        return Err(FetchError::Layout("it has no rows".to_owned()));
    }
    let mut notices = Vec::new();
    if let Some(last) = last {
        let gone: Vec<&String> = last.columns.iter().filter(|name| !has(&shape.columns, name)).collect();
        if !added.is_empty() {
            notices.push(format!("new columns: {}", list(&added)));
        }
        if !gone.is_empty() {
            notices.push(format!("columns that are gone, and not needed: {}", list(&gone)));
        }
        if shape.rows < last.rows / 2 {
            notices.push(format!("{} rows, where the last vintage had {}", shape.rows, last.rows));
        }
    }
    Ok(notices)
}

fn list(names: &[&String]) -> String {
    let short = |name: &String| {
        let start: String = name.chars().take(SHOWN.0).collect();
        if start.len() < name.len() { format!("`{start}…`") } else { format!("`{name}`") }
    };
    let mut shown: Vec<String> = names.iter().take(SHOWN.1).map(|name| short(name)).collect();
    if names.len() > SHOWN.1 {
        shown.push(format!("{} more", names.len() - SHOWN.1));
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_columns_of_a_table_are_told_and_a_ragged_one_is_none() {
        let shape = of_csv("\u{feff}a, b\n1,\"x\ny\"\n2,\n".as_bytes()).unwrap();
        assert_eq!(shape, Shape { columns: vec!["a".to_owned(), "b".to_owned()], rows: 2 });
        assert!(of_csv("a,b\n1,2\n3\n".as_bytes()).unwrap_err().contains("line: 3"));
        assert_eq!(of_csv("".as_bytes()).unwrap().rows, 0);
    }
}
