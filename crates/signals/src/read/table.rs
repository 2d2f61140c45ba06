//! CSV and Parquet files as columns of cells, with row and column in errors.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use countycast_engine::Date;
use countycast_panel::{InputError, opened, quoted};

use super::cells::{Cells, Words};
use super::parquet;

/// Most bytes of a file that is read: the table of emergency visits by county is 60 MB as CSV.
const MOST_BYTES: u64 = 2_000_000_000;

/// Words with which publishers mark what is missing.
const MISSING: [&str; 7] = ["", "NA", "N/A", "NaN", "null", "None", "Data Unavailable"];

/// A table in memory.
#[derive(Debug)]
pub(crate) struct Table {
    path: PathBuf,
    columns: Vec<(String, Cells)>,
    rows: usize,
    /// Lines before the first row; none where rows are not lines.
    header_lines: Option<u64>,
    /// The day on which it was published, where that is known of the file.
    published: Option<Date>,
}

impl Table {
    /// Reads a file by its ending, `.csv` or `.parquet`.
    ///
    /// # Errors
    /// Where it cannot be read as such.
    pub(crate) fn read(path: &Path) -> Result<Self, InputError> {
        let size = path.metadata().map_err(|error| InputError::unreadable(path, &error))?.len();
        if size > MOST_BYTES {
            let problem = format!("{size} bytes, where at most {MOST_BYTES} are read");
            return Err(InputError::new(path, problem, "leave out what is not needed"));
        }
        if is_parquet(path) { Self::parquet(path) } else { Self::csv(path) }
    }

    /// The same table, published on a day.
    pub(crate) fn published_on(mut self, day: Date) -> Self {
        self.published = Some(day);
        self
    }

    /// The day on which it was published, where that is known of the file.
    pub(crate) fn published(&self) -> Option<Date> {
        self.published
    }

    fn csv(path: &Path) -> Result<Self, InputError> {
        let wrong = |error: &csv::Error| {
            let line = error.position().map_or(1, csv::Position::line);
            InputError::new(path, format!("not readable as CSV: {error}"), "download the file again").on_line(line)
        };
        let text = opened(path).map_err(|error| InputError::unreadable(path, &error))?;
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text);
        let names: Vec<String> = reader.headers().map_err(|e| wrong(&e))?.iter().map(str::to_owned).collect();
        let mut cells: Vec<Words> = names.iter().map(|_| Words::default()).collect();
        let mut record = csv::StringRecord::new();
        let mut rows = 0;
        while reader.read_record(&mut record).map_err(|e| wrong(&e))? {
            cells.iter_mut().zip(&record).for_each(|(column, cell)| column.push(cell));
            rows += 1;
        }
        let columns = names.into_iter().zip(cells.into_iter().map(Cells::Text)).collect();
        Ok(Self { path: path.to_owned(), columns, rows, header_lines: Some(1), published: None })
    }

    fn parquet(path: &Path) -> Result<Self, InputError> {
        let (columns, rows) = parquet::columns(path)?;
        Ok(Self { path: path.to_owned(), columns, rows, header_lines: None, published: None })
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Names of the columns.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// Position of a column.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|(column, _)| column == name)
    }

    /// Position of a required column.
    pub(crate) fn column(&self, name: &str) -> Result<usize, InputError> {
        self.find(name).ok_or_else(|| {
            let found: Vec<String> = self.columns.iter().map(|(name, _)| quoted(name)).take(12).collect();
            let problem = format!("there is no column `{name}`; the table has {}", found.join(", "));
            InputError::new(&self.path, problem, "use the file as published")
        })
    }

    /// The text of a cell; whole numbers without a decimal point.
    pub(crate) fn text(&self, row: usize, column: usize) -> Cow<'_, str> {
        match &self.columns[column].1 {
            Cells::Text(words) => Cow::Borrowed(words.at(row)),
            Cells::Number(cells) if cells[row].is_nan() => Cow::Borrowed(""),
            Cells::Number(cells) => Cow::Owned(format!("{}", cells[row])),
            Cells::Date(cells) => Cow::Owned(cells[row].map(|date| date.to_string()).unwrap_or_default()),
        }
    }

    /// The number in a cell; none where it is marked as missing.
    ///
    /// # Errors
    /// For other text.
    pub(crate) fn number(&self, row: usize, column: usize) -> Result<Option<f64>, InputError> {
        if let Cells::Number(cells) = &self.columns[column].1 {
            return Ok(Some(cells[row]).filter(|value| value.is_finite()));
        }
        let text = self.text(row, column);
        if MISSING.contains(&text.as_ref()) {
            return Ok(None);
        }
        let number = text.parse::<f64>().ok().filter(|value| value.is_finite());
        number.map(Some).ok_or_else(|| self.wrong(row, column, "is not a number", "leave the cell blank if unknown"))
    }

    /// The date in a cell, with or without a time behind it.
    ///
    /// # Errors
    /// Where there is none.
    pub(crate) fn date(&self, row: usize, column: usize) -> Result<Date, InputError> {
        let date = match &self.columns[column].1 {
            Cells::Date(cells) => cells[row],
            _ => self.text(row, column).get(..10).and_then(|text| text.parse().ok()),
        };
        date.ok_or_else(|| self.wrong(row, column, "is not a date", "write dates as 2026-01-10"))
    }

    /// An error at a cell.
    pub(crate) fn wrong(&self, row: usize, column: usize, problem: &str, remedy: &str) -> InputError {
        let text = quoted(self.text(row, column).as_bytes());
        let name = quoted(&self.columns[column].0);
        match self.header_lines {
            Some(lines) => InputError::new(&self.path, format!("`{text}` {problem}"), remedy)
                .on_line(row as u64 + lines + 1)
                .in_column(name),
            None => InputError::new(&self.path, format!("row {}: `{text}` {problem}", row + 1), remedy).in_column(name),
        }
    }
}

/// Whether a file is Parquet, by its name.
pub(crate) fn is_parquet(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "parquet")
}

/// Whether a file is CSV, plain or packed, by its name.
pub(crate) fn is_csv(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".csv") || name.ends_with(".csv.gz")
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    fn table(text: &str) -> (tempfile::TempDir, Table) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, text).unwrap();
        let table = Table::read(&path).unwrap();
        (folder, table)
    }

    #[test]
    fn cells_are_text_numbers_and_dates() {
        let (_folder, table) =
            table("place,week,value\n06,2026-01-10T00:00:00.000,1.5\n\"01\",2026-01-03,Data Unavailable\n");
        assert_eq!((table.rows(), table.find("value"), table.find("other")), (2, Some(2), None));
        assert_eq!((table.text(0, 0), table.text(1, 0)), ("06".into(), "01".into()));
        assert_eq!(table.date(0, 1).unwrap(), Date::constant(2026, 1, 10));
        assert_eq!([0, 1].map(|row| table.number(row, 2).unwrap()), [Some(1.5), None]);
    }

    #[test]
    fn a_wrong_cell_is_named_with_its_line_and_column() {
        let (_folder, table) = table("week,value\n2026-01-10,1.5\n10/01/2026,many\n");
        let error = table.date(1, 0).unwrap_err().to_string();
        assert!(error.contains("a.csv, line 3, column `week`: `10/01/2026` is not a date"), "{error}");
        let error = table.number(1, 1).unwrap_err().to_string();
        assert!(error.contains("line 3, column `value`: `many` is not a number"), "{error}");
        let error = table.column("as_of").unwrap_err().to_string();
        assert!(error.contains("no column `as_of`; the table has week, value"), "{error}");
    }

    #[test]
    fn packed_text_is_read_as_plain_text_is() {
        use std::io::Write;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv.gz");
        let mut packed = flate2::write::GzEncoder::new(File::create(&path).unwrap(), flate2::Compression::fast());
        packed.write_all(b"week,value\n2026-01-10,1.5\n").unwrap();
        packed.finish().unwrap();
        let table = Table::read(&path).unwrap().published_on(Date::constant(2026, 1, 14));
        assert_eq!((table.rows(), table.text(0, 1)), (1, "1.5".into()));
        assert_eq!(table.published(), Some(Date::constant(2026, 1, 14)));
        let packed = std::fs::read(&path).unwrap();
        std::fs::write(&path, &packed[..packed.len() - 9]).unwrap();
        assert!(Table::read(&path).unwrap_err().to_string().contains("not readable as CSV"), "cut");
        // Names say nothing.
        std::fs::write(&path, "week,value\n2026-01-10,1.5\n").unwrap();
        std::fs::write(folder.path().join("a.csv"), packed).unwrap();
        for name in ["a.csv.gz", "a.csv"] {
            assert_eq!(Table::read(&folder.path().join(name)).unwrap().text(0, 1), "1.5", "{name}");
        }
    }

    #[test]
    fn a_file_that_unpacks_to_far_more_is_refused_and_not_cut() {
        use std::io::{Read, Write};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv.gz");
        let mut packed = flate2::write::GzEncoder::new(File::create(&path).unwrap(), flate2::Compression::best());
        packed.write_all(b"week,value\n").unwrap();
        std::io::copy(&mut std::io::repeat(b'\n').take(17 << 20), &mut packed).unwrap();
        packed.finish().unwrap();
        let error = Table::read(&path).unwrap_err().to_string();
        assert!(error.contains("a.csv.gz") && error.contains("it holds more than 16777216 bytes"), "{error}");
    }

    #[test]
    fn what_is_no_table_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("a.parquet", "PAR1 and no more"), ("b.csv", "a,b\n1,2,3\n")] {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            assert!(Table::read(&path).unwrap_err().to_string().contains("not readable as"), "{name}");
        }
        assert!(Table::read(&folder.path().join("none.csv")).is_err());
    }
}
