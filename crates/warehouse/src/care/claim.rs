//! A claim, and what the claims of a person tell of a disease.

use super::encode::{DRUG, REJECTED, REVERSED};
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
    pub(super) fn clear(&mut self) {
        self.diagnoses.clear();
        self.treated.clear();
        self.visits.clear();
    }

    /// Whether the disease was diagnosed on a day or within a year before it.
    pub(super) fn diagnosed(&self, day: i32) -> bool {
        let after = self.diagnoses.partition_point(|(diagnosed, _)| *diagnosed <= day);
        after.checked_sub(1).is_some_and(|last| day - self.diagnoses[last].0 <= KNOWN_BEFORE)
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
