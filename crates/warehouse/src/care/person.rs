//! All claims of one person at a time: what they tell is counted, and they are forgotten.

use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::datatypes::{Int32Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type};

use super::cells::Cells;
use super::claim::{Claim, History, Span, Treated, bits};
use super::codes::Codes;
use super::encode::REVERSED;
use super::measure;

/// Counts people from batches of claims that are sorted by patient.
pub(super) struct Fold<'a> {
    codes: &'a Codes,
    clear_days: &'a [u16],
    span: Span,
    cells: Cells,
    patient: String,
    claims: Vec<Claim>,
    histories: Vec<History>,
    people: u64,
}

impl<'a> Fold<'a> {
    pub(super) fn new(codes: &'a Codes, clear_days: &'a [u16], span: Span, cells: Cells) -> Self {
        let histories = clear_days.iter().map(|_| History::default()).collect();
        Self { codes, clear_days, span, cells, patient: String::new(), claims: Vec::new(), histories, people: 0 }
    }

    /// Counts a batch, but for its last person, of whom more may come. Bytes that the counts take.
    pub(super) fn push(&mut self, batch: &RecordBatch) -> usize {
        let patients = batch.column(0).as_string_view();
        let days = batch.column(1).as_primitive::<Int32Type>();
        let counties = batch.column(2).as_primitive::<UInt32Type>();
        let diseases = batch.column(3).as_primitive::<UInt64Type>();
        let treatments = batch.column(4).as_primitive::<UInt16Type>();
        let flags = batch.column(5).as_primitive::<UInt8Type>();
        let supplies = batch.column(6).as_primitive::<UInt16Type>();
        let copays = batch.column(7).as_primitive::<Int32Type>();
        let providers = batch.column(8).as_primitive::<UInt64Type>();
        let places = batch.column(9).as_primitive::<UInt32Type>();
        let specialties = batch.column(10).as_primitive::<UInt64Type>();
        for row in 0..batch.num_rows() {
            let patient = patients.value(row);
            if patient != self.patient {
                self.count();
                patient.clone_into(&mut self.patient);
            }
            self.claims.push(Claim {
                day: days.value(row),
                county: counties.value(row),
                diseases: diseases.value(row),
                treatment: treatments.value(row),
                flags: flags.value(row),
                days: supplies.value(row),
                copay: copays.value(row),
                provider: providers.value(row),
                provider_county: places.value(row),
                specialties: specialties.value(row),
            });
        }
        self.cells.bytes()
    }

    /// The counts, and the number of people.
    pub(super) fn finish(mut self) -> (Cells, u64) {
        self.count();
        (self.cells, self.people)
    }

    /// Counts the person whose claims have been gathered.
    fn count(&mut self) {
        if self.claims.is_empty() {
            return;
        }
        self.people += 1;
        self.claims.sort_unstable();
        measure::members(&self.claims, self.span, &mut self.cells);
        measure::all_visits(&self.claims, self.span, &mut self.cells);
        let mut touched = 0_u64;
        // A claim of nowhere belongs to no county.
        let placed = || self.claims.iter().filter(|claim| claim.county != 0);
        for claim in placed().filter(|claim| claim.flags & REVERSED == 0) {
            touched |= claim.diseases;
            for disease in bits(claim.diseases) {
                self.histories[disease].diagnoses.push((claim.day, claim.county));
            }
        }
        for claim in placed() {
            note(claim, self.codes, &mut self.histories);
        }
        for disease in bits(touched) {
            let history = &mut self.histories[disease];
            measure::count(disease, history, self.clear_days[disease], self.span, &mut self.cells);
            history.clear();
        }
        self.claims.clear();
    }
}

/// Notes what a claim tells of the treatment of its diseases, all of whose diagnoses have been noted.
fn note(claim: &Claim, codes: &Codes, histories: &mut [History]) {
    for used in codes.uses(claim.treatment).chunk_by(|a, b| a.disease == b.disease) {
        let history = &mut histories[usize::from(used[0].disease)];
        if !history.diagnosed(claim.day) || (!claim.is_drug() && !claim.is_paid()) {
            continue;
        }
        let classes = used.iter().fold(0, |all, used| all | 1 << used.class);
        let adherence = used.iter().any(|used| used.adherence);
        history.treated.push(Treated { claim: *claim, classes, adherence });
    }
    if measure::is_visit(claim) {
        for disease in bits(claim.diseases & claim.specialties) {
            histories[disease].visits.push(*claim);
        }
    }
}
