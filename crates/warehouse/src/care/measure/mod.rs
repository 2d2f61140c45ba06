//! What a person's claims tell of a disease: one file per measure.

mod access;
mod adherence;
pub mod coverage;
mod demand;
mod diagnosis;
mod membership;
mod treatment;

use super::cells::Cells;
use super::person::{History, Span};

pub(super) use access::WAITING;
pub(super) use adherence::{FOLLOWED, UNIT};
pub(super) use demand::{Load, all_visits, is_visit, utilisation};
pub(super) use membership::members;

/// Counts a person with a disease.
pub(super) fn count(disease: usize, history: &History, clear_days: u16, span: Span, cells: &mut Cells) {
    diagnosis::count(disease, history, clear_days, span, cells);
    treatment::count(disease, history, span, cells);
    access::count(disease, history, span, cells);
    adherence::count(disease, history, span, cells);
    demand::count(disease, history, span, cells);
}
