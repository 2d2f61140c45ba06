//! Claims as Parquet files by month of service, in the order of people, as records are delivered.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, Date32Array, Float64Array, Int32Array, RecordBatch, StringArray, StringBuilder,
};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::population::{Population, Row};

/// Rows that are gathered for a file before they are written.
const BATCH: usize = 65_536;
/// Days of a file.
const PERIOD: i32 = 30;

/// Writes the claims of so many people into a folder; their number.
pub(crate) fn write(population: &Population<'_>, people: u64, folder: &Path) -> u64 {
    std::fs::create_dir_all(folder).unwrap();
    let mut files: BTreeMap<i32, (Option<ArrowWriter<File>>, Vec<Row<'_>>)> = BTreeMap::new();
    let (mut rows, mut count) = (Vec::new(), 0);
    for patient in 0..people {
        rows.clear();
        population.claims(patient, &mut rows);
        count += rows.len() as u64;
        for row in &rows {
            let period = row.day / PERIOD;
            let (writer, waiting) = files.entry(period).or_default();
            waiting.push(*row);
            if waiting.len() == BATCH {
                flush(folder, period, writer, waiting);
            }
        }
    }
    for (period, (mut writer, mut waiting)) in files {
        flush(folder, period, &mut writer, &mut waiting);
        writer.unwrap().close().unwrap();
    }
    count
}

fn flush(folder: &Path, period: i32, writer: &mut Option<ArrowWriter<File>>, rows: &mut Vec<Row<'_>>) {
    let batch = batch(rows);
    rows.clear();
    let writer = writer.get_or_insert_with(|| {
        let file = File::create(folder.join(format!("claims-{period}.parquet"))).unwrap();
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(4 * BATCH))
            .build();
        ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap()
    });
    writer.write(&batch).unwrap();
}

/// Claims as a batch in the schema of `docs/care.md`.
pub(crate) fn batch(rows: &[Row<'_>]) -> RecordBatch {
    let text = |value: &dyn Fn(&Row<'_>) -> Option<String>| -> ArrayRef {
        let mut builder = StringBuilder::new();
        rows.iter().for_each(|row| builder.append_option(value(row)));
        Arc::new(builder.finish())
    };
    let known = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let drug = |row: &Row<'_>| row.product.map(|product| format!("99999{product:04}01"));
    let is_drug = |row: &Row<'_>| row.product.is_some();
    let payers: StringArray = rows.iter().map(|row| Some(row.payer)).collect();
    let statuses: StringArray = rows.iter().map(|row| Some(row.status)).collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("patient", text(&|row| Some(format!("p{:010}", row.patient)))),
        ("date", Arc::new(rows.iter().map(|row| Some(row.day)).collect::<Date32Array>())),
        ("patient_county", text(&|row| Some(format!("{:05}", row.county)))),
        ("provider_county", text(&|row| (!is_drug(row)).then(|| format!("{:05}", row.provider_county)))),
        ("diagnosis", text(&|row| known(row.diagnosis))),
        ("procedure", text(&|row| (!is_drug(row)).then(|| row.procedure.to_owned()))),
        ("drug", text(&|row| drug(row))),
        (
            "days_supplied",
            Arc::new(rows.iter().map(|row| is_drug(row).then_some(i32::from(row.days))).collect::<Int32Array>()),
        ),
        ("status", Arc::new(statuses)),
        ("copay", Arc::new(rows.iter().map(|row| is_drug(row).then_some(row.copay)).collect::<Float64Array>())),
        ("payer", Arc::new(payers)),
        ("provider", text(&|row| (!is_drug(row)).then(|| row.provider.to_string()))),
        ("taxonomy", text(&|row| known(row.taxonomy))),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()
}
