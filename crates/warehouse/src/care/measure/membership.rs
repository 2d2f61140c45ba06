//! Members: people of a county with any claim in the 52 weeks up to a week. They are whom claims can tell of.

use super::super::cells::Cells;
use super::super::claim::{Claim, Span};

/// Weeks that a claim makes a person a member, its own included.
const WEEKS: usize = 52;

/// Counts a person as a member where the claims, in order of days, are from.
pub(in super::super) fn members(claims: &[Claim], span: Span, cells: &mut Cells) {
    // County, first week, and the week after the last.
    let mut open: Option<(u32, usize, usize)> = None;
    for claim in claims.iter().filter(|claim| claim.county != 0) {
        let week = span.place(claim.day);
        open = match open {
            Some((county, from, until)) if county == claim.county && week <= until => {
                Some((county, from, week + WEEKS))
            }
            Some((county, from, until)) => {
                cells.member(county, from, until.min(week));
                Some((claim.county, week, week + WEEKS))
            }
            None => Some((claim.county, week, week + WEEKS)),
        };
    }
    if let Some((county, from, until)) = open {
        cells.member(county, from, until);
    }
}
