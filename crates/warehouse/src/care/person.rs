//! All claims of one person at a time: what they tell is counted, and they are forgotten.

use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::datatypes::{Int32Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type};

use super::cells::Cells;
use super::codes::Codes;
use super::encode::{DRUG, REJECTED, REVERSED};
use super::measure;
use super::week;

/// Days of claims that are known before the first week that is measured: what is new, and who is a member, is told from them.
const KNOWN_BEFORE: i32 = 365;

/// The days that the claims of all people span, and their weeks by place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) first_day: i32,
    pub(super) last_day: i32,
    first_week: i32,
}

impl Span {
    pub(super) const fn new(first_day: i32, last_day: i32) -> Self {
        Self { first_day, last_day, first_week: week::of_day(first_day) }
    }

    /// Number of weeks, of which the first and the last may have days without claims.
    pub(super) fn weeks(self) -> usize {
        self.place(self.last_day) + 1
    }

    /// Place of the week of a day.
    pub(super) fn place(self, day: i32) -> usize {
        usize::try_from(week::of_day(day) - self.first_week).unwrap_or(0)
    }

    /// The Saturday of a week, by place.
    pub(super) fn saturday(self, place: usize) -> i32 {
        week::saturday(self.first_week + i32::try_from(place).unwrap_or(0))
    }

    /// Weeks that are measured: full ones, with a year of claims before them.
    pub(super) fn measured(self) -> std::ops::Range<usize> {
        let weeks = self.weeks();
        let early = |place: &usize| self.saturday(*place) - 6 < self.first_day + KNOWN_BEFORE;
        let start = (0..weeks).take_while(early).count();
        let end = if self.saturday(weeks - 1) > self.last_day { weeks - 1 } else { weeks };
        start..end.max(start)
    }
}

/// A claim of a person. Claims are in order of days; those of a day in one order, however they were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Claim {
    pub(super) day: i32,
    pub(super) county: u32,
    pub(super) diseases: u64,
    pub(super) treatment: u16,
    pub(super) flags: u8,
    pub(super) days: u16,
    pub(super) copay: i32,
    pub(super) provider: u64,
    pub(super) provider_county: u32,
    pub(super) specialties: u64,
}

impl Claim {
    pub(super) const fn is_paid(&self) -> bool {
        self.flags & (REJECTED | REVERSED) == 0
    }

    pub(super) const fn is_drug(&self) -> bool {
        self.flags & DRUG != 0
    }
}

/// A claim for a drug or procedure of a disease.
#[derive(Debug, Clone, Copy)]
pub(super) struct Treated {
    pub(super) claim: Claim,
    /// Its classes as bits.
    pub(super) classes: u32,
    /// Whether it is a drug for every day.
    pub(super) adherence: bool,
}

/// What a person's claims tell of one disease, in order of days.
#[derive(Debug, Default)]
pub(super) struct History {
    /// Day and county of each diagnosis.
    pub(super) diagnoses: Vec<(i32, u32)>,
    /// Drugs and procedures within a year after a diagnosis.
    pub(super) treated: Vec<Treated>,
    /// Visits for the disease to providers who treat it.
    pub(super) visits: Vec<Claim>,
}

impl History {
    fn clear(&mut self) {
        self.diagnoses.clear();
        self.treated.clear();
        self.visits.clear();
    }

    /// Whether the disease was diagnosed on a day or within a year before it.
    fn diagnosed(&self, day: i32) -> bool {
        let after = self.diagnoses.partition_point(|(diagnosed, _)| *diagnosed <= day);
        after.checked_sub(1).is_some_and(|last| day - self.diagnoses[last].0 <= KNOWN_BEFORE)
    }
}

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

/// Places of the bits of a number.
pub(super) fn bits(mut number: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        if number == 0 {
            return None;
        }
        let place = number.trailing_zeros();
        number &= number - 1;
        Some(place as usize)
    })
}
