//! Purposes of random numbers, put beside the day in the second half of what a [`Key`](crate::random::Key) is asked for:
//! no two kinds of decision share a number.

/// Whether a person keeps to a measure.
pub(crate) const COMPLIANCE: u64 = 1 << 32;
/// Whether a contact is traced.
pub(crate) const TRACED: u64 = 2 << 32;
/// Who is infected from elsewhere.
pub(crate) const IMPORTED: u64 = 3 << 32;
/// Who brings a variant.
pub(crate) const VARIANT: u64 = 4 << 32;
/// Whom a vaccine protects.
pub(crate) const VACCINE: u64 = 5 << 32;
/// Whose immunity is lost.
pub(crate) const WANED: u64 = 6 << 32;
/// Who was infected before the simulation.
pub(crate) const PAST: u64 = 7 << 32;
/// How long a person is infectious, and how much.
pub(crate) const COURSE: u64 = 8 << 32;
/// Whom an infected person meets.
pub(crate) const ATTEMPTS: u64 = 9 << 32;
/// Who is isolated after symptoms.
pub(crate) const ISOLATED: u64 = 10 << 32;
/// The fraction of a person among infections from elsewhere.
pub(crate) const IMPORTS: u64 = 11 << 32;
/// The fraction of a person among known infections.
pub(crate) const ROUNDING: u64 = 12 << 32;
/// Who is infected at work in another county, or by somebody who comes from one to work.
pub(crate) const COMMUTING: u64 = 15 << 32;
/// How many are admitted to hospital.
pub(crate) const ADMITTED: u64 = 13 << 32;
/// The course of a patient.
pub(crate) const PATIENT: u64 = 14 << 32;
