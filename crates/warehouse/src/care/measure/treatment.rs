//! Treatment mix: who is treated in a week, and with which classes.

use super::super::cells::{Cells, Counter};
use super::super::claim::{History, Span, bits};

pub(super) fn count(disease: usize, history: &History, span: Span, cells: &mut Cells) {
    let paid: Vec<_> = history.treated.iter().filter(|treated| treated.claim.is_paid()).collect();
    for week in paid.chunk_by(|a, b| span.place(a.claim.day) == span.place(b.claim.day)) {
        let claim = &week[0].claim;
        let (place, block) = (span.place(claim.day), cells.block(disease, claim.county));
        block.add(place, Counter::Treated);
        let classes = week.iter().fold(0, |all, treated| all | treated.classes);
        bits(classes.into()).for_each(|class| block.add_class(place, class));
    }
}
