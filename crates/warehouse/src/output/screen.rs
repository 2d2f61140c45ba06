//! Rows as a table that fits the terminal.

use std::io::{IsTerminal, Write};

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::execution::SendableRecordBatchStream;
use futures::StreamExt;

use crate::error::Error;
use crate::statement::from_engine;

/// Most rows that a table shows.
const MOST_ROWS: usize = 1_000;
/// Widest column before its text is wrapped.
const WIDEST: usize = 40;
/// Width of the column that stands for those left out: a sign and its borders.
const ELLIPSIS: usize = 4;

/// What a table may use.
#[derive(Debug, Clone, Copy)]
pub(super) struct Screen {
    /// Letters in a line; none where lines have no end.
    width: Option<usize>,
    /// Most rows.
    rows: usize,
}

/// How much of the rows was written.
#[derive(Debug)]
pub struct Shown {
    /// Number of rows that there are.
    pub rows: u64,
    /// What was left out, in words.
    pub remark: Option<String>,
}

impl Screen {
    /// The terminal at standard output, if there is one.
    pub(super) fn of_terminal() -> Self {
        let terminal = std::io::stdout().is_terminal();
        let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        Self { width: terminal.then(|| width.unwrap_or(100).max(40)), rows: MOST_ROWS }
    }

    /// A file: all rows and columns.
    pub(super) const fn of_file() -> Self {
        Self { width: None, rows: usize::MAX }
    }
}

/// Writes rows as a table, and says what it does not show.
pub(super) async fn write(
    mut rows: SendableRecordBatchStream,
    out: &mut (impl Write + Send),
    screen: &Screen,
    sql: &str,
) -> Result<Shown, Error> {
    let schema = rows.schema();
    let mut kept: Vec<RecordBatch> = Vec::new();
    let (mut shown, mut count) = (0, 0_u64);
    while let Some(batch) = rows.next().await {
        let batch = batch.map_err(|error| from_engine(&error, sql))?;
        count += batch.num_rows() as u64;
        let wanted = batch.num_rows().min(screen.rows - shown);
        shown += wanted;
        if wanted > 0 {
            kept.push(batch.slice(0, wanted));
        }
    }
    let names: Vec<String> = schema.fields().iter().map(|field| escaped(field.name())).collect();
    let cells = cells(&kept).map_err(|error| from_engine(&error.into(), sql))?;
    let columns = fitting(&names, &cells, screen.width);
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED);
    if let Some(width) = screen.width {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(u16::try_from(width).unwrap_or(u16::MAX));
    }
    let dots = columns < names.len();
    let more = |mut cells: Vec<Cell>| {
        if dots {
            cells.push(Cell::new("…"));
        }
        cells
    };
    table.set_header(more(names[..columns].iter().map(Cell::new).collect()));
    for row in cells {
        table
            .add_row(more(row.into_iter().take(columns).collect::<Vec<String>>().into_iter().map(Cell::new).collect()));
    }
    for (i, field) in schema.fields().iter().take(columns).enumerate() {
        if field.data_type().is_numeric()
            && let Some(column) = table.column_mut(i)
        {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let failed = |source: std::io::Error| Error::unwritable(std::path::Path::new("the table"), &source);
    match writeln!(out, "{table}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => return Err(failed(error)),
        _ => {}
    }
    Ok(Shown { rows: count, remark: remark(shown, count, &names[columns..]) })
}

fn remark(shown: usize, count: u64, left_out: &[String]) -> Option<String> {
    let mut words = Vec::new();
    if (shown as u64) < count {
        words.push(format!("the first {shown} of {count} rows are shown"));
    }
    if !left_out.is_empty() {
        words.push(format!("columns not shown: {}", left_out.join(", ")));
    }
    (!words.is_empty()).then(|| format!("{}; --format csv gives all", words.join("; ")))
}

/// The texts of rows.
fn cells(batches: &[RecordBatch]) -> Result<Vec<Vec<String>>, datafusion::arrow::error::ArrowError> {
    let options = FormatOptions::default().with_null("NULL");
    let mut rows = Vec::new();
    for batch in batches {
        let columns = batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        for i in 0..batch.num_rows() {
            rows.push(columns.iter().map(|column| escaped(&column.value(i).to_string())).collect());
        }
    }
    Ok(rows)
}

/// Number of columns that fit into a width, at least one.
fn fitting(names: &[String], cells: &[Vec<String>], width: Option<usize>) -> usize {
    let Some(width) = width else { return names.len() };
    let letters = |text: &String| text.chars().count();
    let mut used = 1;
    for (i, name) in names.iter().enumerate() {
        let widest = cells.iter().map(|row| letters(&row[i])).max().unwrap_or(0).max(letters(name)).min(WIDEST);
        used += widest + 3;
        let room = if i + 1 == names.len() { width } else { width.saturating_sub(ELLIPSIS) };
        if used > room {
            return i.max(1);
        }
    }
    names.len()
}

/// A text in which nothing moves the cursor or colours a terminal.
#[must_use]
pub fn escaped(text: &str) -> String {
    if !text.contains(char::is_control) {
        return text.to_owned();
    }
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect::<Vec<_>>() } else { vec![c] }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fit_the_width_and_one_is_always_shown() {
        let names: Vec<String> = ["fips", "name", "model"].map(String::from).to_vec();
        let rows = vec![["01001", "Autauga County, Alabama", "blend"].map(String::from).to_vec()];
        assert_eq!(fitting(&names, &rows, None), 3);
        assert_eq!(fitting(&names, &rows, Some(80)), 3);
        assert_eq!(fitting(&names, &rows, Some(43)), 3);
        assert_eq!(fitting(&names, &rows, Some(42)), 2);
        assert_eq!(fitting(&names, &rows, Some(5)), 1);
    }

    #[test]
    fn commands_to_terminals_are_shown_as_text() {
        assert_eq!(escaped("a\u{1b}[31mb\n"), "a\\u{1b}[31mb\\n");
        assert_eq!(escaped("Doña Ana"), "Doña Ana");
    }
}
