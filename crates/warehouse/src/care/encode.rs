//! Claims with their codes as numbers: what the measures need, and no more.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};

use datafusion::arrow::array::{
    ArrayRef, Int32Builder, RecordBatch, StringViewBuilder, UInt8Builder, UInt16Builder, UInt32Builder, UInt64Builder,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::HashMap;

use super::codes::Codes;
use super::columns::{Columns, Text};
use super::places::{COUNTY, Places, county};
use super::source::{Raw, Vocabulary};
use crate::error::Error;

/// Status of a claim in its flags.
pub(super) const REJECTED: u8 = 1;
/// Status of a claim in its flags.
pub(super) const REVERSED: u8 = 2;
/// A claim for a drug, whether it belongs to a disease or not.
pub(super) const DRUG: u8 = 4;

/// Earliest day that is believed: 1990-01-01.
const EARLIEST: i32 = 7_305;
/// Longest supply, in days.
const LONGEST_SUPPLY: f64 = 999.0;
/// Highest copay, in dollars.
const HIGHEST_COPAY: f64 = 1_000_000.0;

/// Columns of encoded claims, in their order.
pub(super) fn schema() -> SchemaRef {
    let column = |name, kind| Field::new(name, kind, false);
    Arc::new(Schema::new(vec![
        column("patient", DataType::Utf8View),
        column("day", DataType::Int32),
        column("county", DataType::UInt32),
        column("diseases", DataType::UInt64),
        column("treatment", DataType::UInt16),
        column("flags", DataType::UInt8),
        column("days", DataType::UInt16),
        column("copay", DataType::Int32),
        column("provider", DataType::UInt64),
        column("provider_county", DataType::UInt32),
        column("specialties", DataType::UInt64),
    ]))
}

/// What was read, over all threads.
#[derive(Debug)]
pub(super) struct Seen {
    /// First and last day of all claims.
    pub(super) first: AtomicI32,
    pub(super) last: AtomicI32,
    pub(super) rows: AtomicU64,
    /// Claims for drugs whose code is no NDC, or one that the directory lacks or that no disease uses.
    pub(super) other_drugs: AtomicU64,
    pub(super) without_county: AtomicU64,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            first: AtomicI32::new(i32::MAX),
            last: AtomicI32::new(i32::MIN),
            rows: AtomicU64::new(0),
            other_drugs: AtomicU64::new(0),
            without_county: AtomicU64::new(0),
        }
    }
}

/// Encodes batches of one source.
#[derive(Debug)]
pub(super) struct Encoder {
    codes: Arc<Codes>,
    places: Arc<Places>,
    vocabulary: Vocabulary,
    seen: Arc<Seen>,
    /// The last day that a claim may have.
    today: i32,
    diagnoses: HashMap<String, u64>,
    drugs: HashMap<String, Option<u16>>,
}

impl Encoder {
    pub(super) fn new(codes: Arc<Codes>, places: Arc<Places>, vocabulary: Vocabulary, seen: Arc<Seen>) -> Self {
        let today = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).date_naive();
        let today = today.signed_duration_since(chrono::NaiveDate::default()).num_days();
        Self {
            codes,
            places,
            vocabulary,
            seen,
            // A day more, for clocks behind those of the record.
            today: i32::try_from(today).unwrap_or(i32::MAX - 1) + 1,
            diagnoses: HashMap::new(),
            drugs: HashMap::new(),
        }
    }

    /// Encodes a batch; an error tells its file, row, column and value.
    pub(super) fn encode(&mut self, raw: &Raw) -> Result<RecordBatch, Error> {
        let columns = Columns::of(raw)?;
        let rows = raw.batch.num_rows();
        let mut patients = StringViewBuilder::with_capacity(rows);
        let (mut days, mut copays) = (Int32Builder::with_capacity(rows), Int32Builder::with_capacity(rows));
        let (mut counties, mut places) = (UInt32Builder::with_capacity(rows), UInt32Builder::with_capacity(rows));
        let (mut diseases, mut providers) = (UInt64Builder::with_capacity(rows), UInt64Builder::with_capacity(rows));
        let mut specialties = UInt64Builder::with_capacity(rows);
        let (mut treatments, mut supplies) = (UInt16Builder::with_capacity(rows), UInt16Builder::with_capacity(rows));
        let mut flags = UInt8Builder::with_capacity(rows);
        let (mut first, mut last, mut others, mut without) = (i32::MAX, i32::MIN, 0, 0);
        for row in 0..rows {
            let patient = columns.patient.get(row);
            if patient.is_empty() {
                return Err(raw.refused(row, "patient", "", "every claim needs the key of a patient"));
            }
            let day = self.day(raw, &columns, row)?;
            (first, last) = (first.min(day), last.max(day));
            let county = area(raw, &self.places, &columns.patient_county, row, "patient_county")?;
            without += u64::from(county == 0);
            let drug = columns.drug.get(row);
            let mut flag = status(raw, &columns.status, row)?;
            let treatment = if drug.is_empty() {
                self.codes.procedure(columns.procedure.get(row))
            } else {
                flag |= DRUG;
                let number = self.drug(drug);
                let number = number.ok_or_else(|| {
                    raw.refused(
                        row,
                        "drug",
                        drug,
                        "an NDC has eleven digits, or three parts with hyphens: 00002821501 or 0002-8215-01",
                    )
                })?;
                others += u64::from(number == 0);
                number
            };
            patients.append_value(patient);
            days.append_value(day);
            counties.append_value(county);
            diseases.append_value(self.diagnosis(columns.diagnosis.get(row)));
            treatments.append_value(treatment);
            flags.append_value(flag);
            supplies.append_value(supply(raw, &columns, row)?);
            copays.append_value(copay(raw, &columns, row)?);
            providers.append_value(provider(columns.provider.get(row)));
            places.append_value(area(raw, &self.places, &columns.provider_county, row, "provider_county")?);
            specialties.append_value(self.codes.of_taxonomy(columns.taxonomy.get(row)));
        }
        self.seen.first.fetch_min(first, Ordering::Relaxed);
        self.seen.last.fetch_max(last, Ordering::Relaxed);
        self.seen.rows.fetch_add(rows as u64, Ordering::Relaxed);
        self.seen.other_drugs.fetch_add(others, Ordering::Relaxed);
        self.seen.without_county.fetch_add(without, Ordering::Relaxed);
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(patients.finish()),
            Arc::new(days.finish()),
            Arc::new(counties.finish()),
            Arc::new(diseases.finish()),
            Arc::new(treatments.finish()),
            Arc::new(flags.finish()),
            Arc::new(supplies.finish()),
            Arc::new(copays.finish()),
            Arc::new(providers.finish()),
            Arc::new(places.finish()),
            Arc::new(specialties.finish()),
        ];
        RecordBatch::try_new(schema(), arrays)
            .map_err(|error| Error::input(error.to_string(), "report this as a fault"))
    }

    fn day(&self, raw: &Raw, columns: &Columns, row: usize) -> Result<i32, Error> {
        let day = columns.date.day(row);
        let value = || columns.date.text(row);
        let day = day.ok_or_else(|| raw.refused(row, "date", &value(), "write dates as 2020-10-24"))?;
        if !(EARLIEST..=self.today).contains(&day) {
            return Err(raw.refused(row, "date", &value(), "dates lie between 1990-01-01 and today"));
        }
        Ok(day)
    }

    fn diagnosis(&mut self, code: &str) -> u64 {
        if code.is_empty() {
            return 0;
        }
        if let Some(known) = self.diagnoses.get(code) {
            return *known;
        }
        let found = match self.vocabulary {
            Vocabulary::Claims => self.codes.of_diagnosis(code),
            Vocabulary::Synthea => self.codes.of_snomed(code),
        };
        self.diagnoses.insert(code.to_owned(), found);
        found
    }

    fn drug(&mut self, code: &str) -> Option<u16> {
        if let Some(known) = self.drugs.get(code) {
            return *known;
        }
        let found = match self.vocabulary {
            Vocabulary::Claims => self.codes.drug(code),
            Vocabulary::Synthea => Some(self.codes.drug_of_name(code)),
        };
        self.drugs.insert(code.to_owned(), found);
        found
    }
}

/// The number of the area of a county; 0 where there is none.
fn area(raw: &Raw, places: &Places, column: &Text, row: usize, name: &str) -> Result<u32, Error> {
    match column.get(row) {
        "" => Ok(0),
        text => {
            let county = county(text).ok_or_else(|| raw.refused(row, name, text, COUNTY))?;
            Ok(places.of_county(county))
        }
    }
}

fn status(raw: &Raw, column: &Text, row: usize) -> Result<u8, Error> {
    match column.get(row) {
        "paid" => Ok(0),
        "rejected" => Ok(REJECTED),
        "reversed" => Ok(REVERSED),
        other => Err(raw.refused(row, "status", other, "a claim is paid, rejected or reversed")),
    }
}

fn supply(raw: &Raw, columns: &Columns, row: usize) -> Result<u16, Error> {
    let remedy = "a supply lasts 0 to 999 whole days";
    let value = columns.days_supplied.value(row);
    let days = value.map_err(|text| raw.refused(row, "days_supplied", text, remedy))?.unwrap_or(0.0);
    if !(0.0..=LONGEST_SUPPLY).contains(&days) || days.fract() != 0.0 {
        return Err(raw.refused(row, "days_supplied", &days.to_string(), remedy));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number from 0 to 999")]
    Ok(days as u16)
}

/// A copay in cents; -1 where there is none.
fn copay(raw: &Raw, columns: &Columns, row: usize) -> Result<i32, Error> {
    let remedy = "a copay is 0 to 1,000,000 dollars, without a sign or currency";
    let value = columns.copay.value(row).map_err(|text| raw.refused(row, "copay", text, remedy))?;
    let Some(dollars) = value else { return Ok(-1) };
    if !(0.0..=HIGHEST_COPAY).contains(&dollars) {
        return Err(raw.refused(row, "copay", &dollars.to_string(), remedy));
    }
    #[expect(clippy::cast_possible_truncation, reason = "at most 100,000,000 cents")]
    Ok((dollars * 100.0).round() as i32)
}

/// A provider's number, or another text's digest; 0 where there is none. It tells providers apart and is never written.
fn provider(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    if text.is_empty() {
        return 0;
    }
    text.parse().ok().filter(|_| text.len() == 10).unwrap_or_else(|| {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        hasher.finish() | 1
    })
}
