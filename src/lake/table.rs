//! Files of tables, in groups of rows.

use std::io::Write;
use std::path::Path;

use polars::prelude::{DataFrame, ParquetWriter, PolarsResult};

use crate::error::Error;
use crate::output::parquet;

/// Rows of a group: a reader of one place passes over the other groups by their first and last place.
const GROUP: usize = 20_000;

/// Writes a table, whose rows are ordered by place.
pub(super) fn write(path: &Path, frame: DataFrame) -> Result<(), Error> {
    let writer = parquet::writer(path, frame.schema())?;
    finish(writer, frame).map_err(|error| parquet::write_error(path, error))
}

/// The bytes of such a file.
pub(super) fn to_bytes(frame: DataFrame) -> PolarsResult<Vec<u8>> {
    let mut bytes = Vec::new();
    finish(parquet::into(&mut bytes, frame.schema()), frame)?;
    Ok(bytes)
}

fn finish<W: Write>(writer: ParquetWriter<W>, mut frame: DataFrame) -> PolarsResult<()> {
    writer.with_row_group_size(Some(GROUP)).finish(&mut frame).map(drop)
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use polars::prelude::Column;
    use polars_parquet::parquet::read::read_metadata;

    use super::*;

    #[test]
    fn the_rows_of_a_place_lie_in_the_groups_that_say_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("part.parquet");
        let places = (0..3_000).flat_map(|place| std::iter::repeat_n(format!("{:05}", 1_001 + 2 * place), 32));
        let places: Vec<String> = places.collect();
        let rows = places.len();
        write(&path, DataFrame::new(rows, vec![Column::new("fips".into(), places)]).unwrap()).unwrap();
        let metadata = read_metadata(&mut File::open(&path).unwrap()).unwrap();
        assert!(metadata.row_groups.len() >= rows / GROUP, "{} groups", metadata.row_groups.len());
        let holds = |place: &str| {
            let within = metadata.row_groups.iter().filter(|group| {
                let statistics = group.parquet_columns()[0].statistics(&metadata.footer_buf).unwrap().unwrap();
                let statistics = statistics.expect_binary();
                let (first, last) = (statistics.min_value.unwrap(), statistics.max_value.unwrap());
                (first.as_slice()..=last.as_slice()).contains(&place.as_bytes())
            });
            within.count()
        };
        assert!((1..=2).contains(&holds("03999")) && holds("00999") == 0, "a code keeps its zero in the statistics");
    }
}
