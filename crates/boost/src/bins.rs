//! Features, sorted into bins once for all boosters.

use rayon::prelude::*;

/// The bin of what is not known.
pub(crate) const MISSING: u8 = 0;

/// Bins of a column, that of [`MISSING`] included.
pub(crate) const BINS: usize = 64;

/// Columns that are filled together: their numbers lie in one or two lines of a row's memory.
const GROUP: usize = 16;

/// Rows that quantiles are taken from; of more rows every second, every third … is looked at.
const QUANTILE_ROWS: usize = 1 << 16;

/// A matrix of features whose values have been replaced by the numbers of their bins.
///
/// A column has up to 63 bins of about equal weight and one for what is missing. It is made once; every
/// [`Booster`](crate::Booster) may learn from rows of its own choice.
#[derive(Debug, Clone, PartialEq)]
pub struct Bins {
    /// By column the upper bounds of all bins but the last, rising: bin `b` holds what lies above `b − 1` of them.
    cuts: Vec<Vec<f32>>,
    /// Column after column.
    values: Vec<u8>,
    rows: usize,
}

impl Bins {
    /// Bins of these rows, which are all of one length; what is not known is not a number, all else is finite.
    ///
    /// Each bin holds about the same share of the rows' `weights`, which are finite and not negative: where the rows that
    /// count lie, bins are narrow.
    ///
    /// # Panics
    /// Where rows differ in length, or weights in number from rows.
    #[must_use]
    pub fn new<R: AsRef<[f32]> + Sync>(rows: &[R], weights: &[f64]) -> Self {
        let columns = rows.first().map_or(0, |row| row.as_ref().len());
        assert!(rows.iter().all(|row| row.as_ref().len() == columns), "rows of a table are of one length");
        assert_eq!(rows.len(), weights.len(), "weights of the rows");
        let step = rows.len().div_ceil(QUANTILE_ROWS).max(1);
        let seen = || rows.iter().zip(weights).step_by(step);
        let column = |c: usize| cuts(seen().map(|(row, weight)| (row.as_ref()[c], *weight)).collect());
        let cuts: Vec<Vec<f32>> = (0..columns).into_par_iter().map(column).collect();
        let mut values = vec![MISSING; rows.len() * columns];
        values.par_chunks_mut((GROUP * rows.len()).max(1)).zip(cuts.par_chunks(GROUP)).enumerate().for_each(
            |(group, (values, cuts))| {
                for (r, row) in rows.iter().enumerate() {
                    for (c, (cuts, value)) in cuts.iter().zip(&row.as_ref()[group * GROUP..]).enumerate() {
                        values[c * rows.len() + r] = bin_of(cuts, *value);
                    }
                }
            },
        );
        Self { cuts, values, rows: rows.len() }
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.cuts.len()
    }

    /// The bins of all rows in one column.
    pub(crate) fn column(&self, column: usize) -> &[u8] {
        &self.values[column * self.rows..(column + 1) * self.rows]
    }

    /// The bin of a row in a column.
    #[inline]
    pub(crate) fn at(&self, row: usize, column: usize) -> u8 {
        self.values[column * self.rows + row]
    }

    /// Upper bounds of a column's bins but the last.
    pub(crate) fn cuts(&self, column: usize) -> &[f32] {
        &self.cuts[column]
    }
}

/// Number of a value's bin: one more than the bounds below it.
fn bin_of(cuts: &[f32], value: f32) -> u8 {
    if value.is_nan() { MISSING } else { cuts.partition_point(|cut| *cut < value) as u8 + 1 }
}

/// Bounds between the weighted values of a column: between all neighbours where values are few, else at quantiles.
fn cuts(mut values: Vec<(f32, f64)>) -> Vec<f32> {
    values.retain(|(value, _)| !value.is_nan());
    values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    values.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        kept.1 += if same { next.1 } else { 0.0 };
        same
    });
    let bins = BINS - 1;
    let few = values.len() <= bins;
    let per_bin = values.iter().map(|(_, weight)| weight).sum::<f64>() / bins as f64;
    let (mut sum, mut full) = (0.0, 0);
    let mut cut = |pair: &[(f32, f64)]| {
        sum += pair[0].1;
        // However much the last values weigh, the last bin is left for them.
        let now = ((sum / per_bin) as usize).min(bins - 1);
        let ends = few || now > full;
        full = now;
        ends.then(|| between(pair[0].0, pair[1].0))
    };
    values.windows(2).filter_map(&mut cut).collect()
}

/// A number from `low` on and below `high`, half-way if there is one.
fn between(low: f32, high: f32) -> f32 {
    let middle = 0.5 * low + 0.5 * high;
    if middle > low && middle < high { middle } else { low }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_have_a_bin_each_and_nothing_known_has_that_of_the_missing() {
        let rows = [[3.0, 1.0], [f32::NAN, 1.0], [1.0, 1.0], [3.0, 1.0], [2.0, f32::NAN]];
        let bins = Bins::new(&rows, &[1.0; 5]);
        assert_eq!(bins.cuts(0), [1.5, 2.5]);
        assert_eq!(bins.cuts(1), [0.0; 0]);
        assert_eq!((bins.column(0), bins.column(1)), (&[3, 0, 1, 3, 2][..], &[1, 1, 1, 1, 0][..]));
        assert_eq!((Bins::new(&[[0.0; 0]], &[1.0]).columns(), Bins::new::<[f32; 3]>(&[], &[]).rows()), (0, 0));
    }

    #[test]
    fn many_values_are_shared_out_evenly_and_ties_stay_together() {
        let rows: Vec<[f32; 2]> =
            (0..6_300).map(|i| [((i * 17) % 6_300) as f32, (i as f32 - 5_000.0).max(0.0)]).collect();
        let bins = Bins::new(&rows, &[1.0; 6_300]);
        let count = |c: usize, bin: u8| bins.column(c).iter().filter(|found| **found == bin).count();
        assert!((1..64).all(|bin| count(0, bin) == 100));
        assert_eq!(count(1, 1), 5_001, "zeros are one value");
        let heavy: Vec<f64> = rows.iter().map(|row| if row[0] < 630.0 { 9.0 } else { 1.0 }).collect();
        let weighted = Bins::new(&rows, &heavy);
        let among = weighted.cuts(0).iter().filter(|cut| **cut < 630.0).count();
        assert!((31..=32).contains(&among), "half of the weight has half of the bins, not {among}");
        assert_eq!(Bins::new(&rows, &[0.0; 6_300]).cuts(0).len(), 0, "no weight, nothing to tell apart");
        for (row, values) in rows.iter().enumerate() {
            for (c, value) in values.iter().enumerate() {
                let (bin, cuts) = (usize::from(bins.at(row, c)), bins.cuts(c));
                assert!(bin < 2 || *value > cuts[bin - 2]);
                assert!(bin > cuts.len() || *value <= cuts[bin - 1]);
            }
        }
    }

    #[test]
    fn a_bound_separates_even_neighbouring_numbers() {
        for (low, high) in [(1.0, 1.0_f32.next_up()), (-f32::MAX, f32::MAX), (0.0, f32::MIN_POSITIVE.next_down())] {
            let cut = between(low, high);
            assert!(low <= cut && cut < high, "{low} {cut} {high}");
        }
    }
}
