//! New diagnoses: the first after so many days without one of the disease.

use super::super::cells::{Cells, Counter};
use super::super::claim::{History, Span};

pub(super) fn count(disease: usize, history: &History, clear_days: u16, span: Span, cells: &mut Cells) {
    // Before the first claim of all, nothing is known.
    let mut clear_from = span.first_day + i32::from(clear_days);
    for &(day, county) in &history.diagnoses {
        if day >= clear_from {
            cells.block(disease, county).add(span.place(day), Counter::New);
        }
        clear_from = clear_from.max(day + 1 + i32::from(clear_days));
    }
}
