//! What a person's claims tell of a disease: one file per measure.

mod access;
mod adherence;
pub mod coverage;
mod demand;
mod diagnosis;
mod membership;
mod treatment;

use super::cells::Cells;
use super::claim::{History, Span};

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

#[cfg(test)]
mod tests {
    use super::super::cells::{Block, Counter, Sum};
    use super::super::claim::{Claim, Treated};
    use super::super::encode::{DRUG, REJECTED, REVERSED};
    use super::*;

    const FIRST: i32 = 17_538;
    const COUNTY: u32 = 19_001;

    fn span() -> Span {
        Span::new(FIRST, FIRST + 156 * 7 - 1)
    }

    fn claim(day: i32) -> Claim {
        Claim {
            day: FIRST + day,
            county: COUNTY,
            diseases: 1,
            treatment: 1,
            flags: DRUG,
            days: 30,
            copay: 500,
            provider: 0,
            provider_county: 0,
            specialties: 0,
        }
    }

    fn treated(day: i32, flags: u8, classes: u32) -> Treated {
        Treated {
            claim: Claim { flags: DRUG | flags, treatment: 1 + u16::try_from(classes).unwrap(), ..claim(day) },
            classes,
            adherence: true,
        }
    }

    fn block(history: &History) -> Block {
        let mut cells = Cells::new(span().weeks(), vec![2]);
        count(0, history, 365, span(), &mut cells);
        cells.block(0, COUNTY).clone()
    }

    fn weeks(block: &Block, counter: Counter) -> Vec<usize> {
        (0..span().weeks()).filter(|week| block.count(*week, counter) > 0).collect()
    }

    fn of(treated: Vec<Treated>) -> Block {
        block(&History { treated, ..History::default() })
    }

    #[test]
    fn a_diagnosis_is_new_after_clear_days_of_which_all_are_known() {
        let news = |days: &[i32]| {
            let diagnoses = days.iter().map(|day| (FIRST + day, COUNTY)).collect();
            weeks(&block(&History { diagnoses, ..History::default() }), Counter::New)
        };
        assert_eq!(news(&[364]), Vec::<usize>::new(), "the year before it is not known as a whole");
        assert_eq!(news(&[365]), [52]);
        assert_eq!(news(&[365, 365 + 365]), [52], "365 days later it is the same");
        assert_eq!(news(&[365, 365 + 366]), [52, 104]);
        assert_eq!(news(&[100, 400, 700]), Vec::<usize>::new(), "each renews the one before");
    }

    #[test]
    fn a_drug_that_is_had_within_30_days_is_not_abandoned() {
        let counts = |treated: Vec<Treated>| {
            let block = of(treated);
            let sum = |counter| weeks(&block, counter).len();
            (sum(Counter::Sought), sum(Counter::Rejected), sum(Counter::Reversed), sum(Counter::Abandoned))
        };
        assert_eq!(counts(vec![treated(0, REJECTED, 1), treated(30, 0, 1)]), (2, 1, 0, 0));
        assert_eq!(counts(vec![treated(0, REJECTED, 1), treated(31, 0, 1)]), (2, 1, 0, 1));
        assert_eq!(counts(vec![treated(0, REVERSED, 1), treated(2, 0, 2)]), (1, 0, 1, 1), "another class does not do");
        assert_eq!(counts(vec![treated(0, REVERSED, 1), treated(2, 0, 3)]), (1, 0, 1, 0), "one with both classes does");
        assert_eq!(counts(vec![treated(0, 0, 1), treated(0, REJECTED, 1)]), (1, 1, 0, 0), "had on the day itself");
    }

    #[test]
    fn copays_are_for_30_days_and_a_person_counts_once_a_week() {
        let long = Treated { claim: Claim { days: 90, copay: 3_000, ..claim(1) }, classes: 2, adherence: true };
        let unknown = Treated { claim: Claim { copay: -1, ..claim(2) }, classes: 1, adherence: true };
        let block = of(vec![treated(0, 0, 1), long, unknown]);
        // 35 dollars for 120 days.
        assert_eq!((block.count(0, Counter::Paid), block.sum(0, Sum::Copay)), (1, 875));
        assert_eq!((block.count(0, Counter::Treated), block.class(0, 0), block.class(0, 1)), (1, 1, 1));
    }

    #[test]
    fn people_are_followed_from_91_days_before_a_weeks_end() {
        // One supply of 30 days, from day 400 on.
        let block = of(vec![treated(400, 0, 1)]);
        let followed = weeks(&block, Counter::Followed);
        let end = |week: &usize| i32::try_from(*week).unwrap() * 7 + 7;
        // The end is at least 91 days after the first covered day, and a covered day lies in the 182 before it.
        assert!(followed.iter().all(|week| (491..612).contains(&end(week))), "{followed:?}");
        assert_eq!(followed.len(), (491..612).filter(|day| day % 7 == 0).count());
        let first = followed[0];
        let share = 30 * UNIT / u64::try_from(end(&first) - 400).unwrap();
        assert!(block.sum(first, Sum::Covered).abs_diff(share) <= 1);
        assert_eq!((block.count(first, Counter::Gap60), block.count(first, Counter::Adherent)), (1, 0));
    }

    #[test]
    fn persistence_ends_with_more_than_60_days_uncovered() {
        let began = |days: &[i32]| {
            let block = of(days.iter().map(|day| treated(*day, 0, 1)).collect());
            (weeks(&block, Counter::Began), weeks(&block, Counter::Persisted).len())
        };
        assert_eq!(began(&[400, 490, 580]), (vec![57], 1), "60 days on end twice");
        assert_eq!(began(&[400, 491, 580]), (vec![57], 0), "61 days");
        assert_eq!(began(&[400, 430, 460, 490]).1, 1, "day 520 to the end of 180 days are 60");
        assert_eq!(
            began(&[100, 400]).0,
            [57],
            "182 days without cover: begun again; what was before the first year is not known"
        );
        assert_eq!(began(&[300, 400, 511]).0, [42], "less than 182 days: the same treatment");
        assert_eq!(began(&[1_000]).0, Vec::<usize>::new(), "180 days have not passed");
    }

    #[test]
    fn members_are_those_with_a_claim_in_52_weeks() {
        let mut cells = Cells::new(span().weeks(), vec![]);
        let moved = Claim { county: 20_001, ..claim(7 * 100) };
        members(&[claim(0), claim(7 * 30), moved], span(), &mut cells);
        let mut counts = |county: u32| {
            let mut sum = 0;
            cells
                .members
                .remove(&county)
                .unwrap()
                .iter()
                .map(|change| {
                    sum += change;
                    sum
                })
                .collect::<Vec<i32>>()
        };
        let (stayed, left) = (counts(COUNTY), counts(20_001));
        assert!((0..82).all(|week| stayed[week] == 1) && (82..156).all(|week| stayed[week] == 0));
        assert!((0..100).all(|week| left[week] == 0) && (100..152).all(|week| left[week] == 1) && left[152] == 0);
    }
}
