//! Access: whether people get the drugs that they seek, and what they pay.

use super::super::cells::{Cells, Counter, Sum};
use super::super::claim::{History, Span, Treated};
use super::super::encode::{REJECTED, REVERSED};

/// Days after a rejection or reversal within which the drug, or another of its class, may still be had.
pub(in super::super) const WAITING: i32 = 30;
/// Days for which copays are told.
const SUPPLY: u64 = 30;

pub(super) fn count(disease: usize, history: &History, span: Span, cells: &mut Cells) {
    let drugs: Vec<&Treated> = history.treated.iter().filter(|treated| treated.claim.is_drug()).collect();
    for week in drugs.chunk_by(|a, b| span.place(a.claim.day) == span.place(b.claim.day)) {
        let first = &week[0].claim;
        let (place, block) = (span.place(first.day), cells.block(disease, first.county));
        block.add(place, Counter::Sought);
        let any = |flag: u8| week.iter().any(|treated| treated.claim.flags & flag != 0);
        if any(REJECTED) {
            block.add(place, Counter::Rejected);
        }
        if any(REVERSED) {
            block.add(place, Counter::Reversed);
        }
        if week.iter().any(|treated| !treated.claim.is_paid() && !had_later(treated, &drugs)) {
            block.add(place, Counter::Abandoned);
        }
        let paying = || {
            let known =
                |treated: &&&Treated| treated.claim.is_paid() && treated.claim.copay >= 0 && treated.claim.days > 0;
            week.iter().filter(known).map(|treated| &treated.claim)
        };
        let days: u64 = paying().map(|claim| u64::from(claim.days)).sum();
        let cents: u64 = paying().map(|claim| u64::try_from(claim.copay).unwrap_or(0)).sum();
        if let Some(cents) = (cents * SUPPLY).checked_div(days) {
            block.add(place, Counter::Paid);
            block.add_sum(place, Sum::Copay, cents);
            block.add_sum(place, Sum::CopaySquared, cents * cents);
        }
    }
}

/// Whether a drug of one of the classes was had within the waiting time.
fn had_later(refused: &Treated, drugs: &[&Treated]) -> bool {
    let day = refused.claim.day;
    let from = drugs.partition_point(|treated| treated.claim.day < day);
    drugs[from..]
        .iter()
        .take_while(|treated| treated.claim.day <= day + WAITING)
        .any(|treated| treated.claim.is_paid() && treated.classes & refused.classes != 0)
}
