//! Files of tables, in groups of rows.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use polars::prelude::{DataFrame, ParquetWriter, PolarsResult};

use crate::error::Error;
use crate::output::{disk, parquet};

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

/// Writes a file under a hidden name, which no reader of a table takes for a part, syncs it, and renames it; its folder is created.
pub(super) fn replace(path: &Path, write: impl FnOnce(&Path) -> Result<(), Error>) -> Result<(), Error> {
    let fail = |error| Error::write(path, error);
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(fail)?;
    let new = folder.join(format!(".{}.new", path.file_name().unwrap_or_default().to_string_lossy()));
    write(&new)?;
    let synced = File::open(&new).and_then(|file| file.sync_all());
    synced.and_then(|()| fs::rename(&new, path)).and_then(|()| disk::sync(folder)).map_err(fail)
}

#[cfg(test)]
mod tests {
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
