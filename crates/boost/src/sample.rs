//! Which rows and columns a tree sees.

use rand_philox::splitmix64;

/// What one tree sees: each row and each column has a random number of its own, addressed by seed, tree and number,
/// so that no choice depends on the order of the others.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    rows: u64,
    columns: u64,
}

impl Sample {
    pub(crate) fn new(seed: u64, tree: usize) -> Self {
        let key = |purpose: u64| splitmix64(splitmix64(seed ^ purpose).wrapping_add(tree as u64));
        Self { rows: key(0x726f_7773), columns: key(0x636f_6c73) }
    }

    /// Shares out the rows `0 .. n`: each is inside with probability `share`. Both sides ascend.
    pub(crate) fn rows(self, n: usize, share: f64, inside: &mut Vec<u32>, outside: &mut Vec<u32>) {
        // The upper half of a random number is held against the share of 2³².
        let bound = (share * 2.0_f64.powi(32)) as u64;
        inside.resize(n, 0);
        outside.resize(n, 0);
        let mut count = 0;
        // Written to both sides and counted on one: what chance decides no processor predicts.
        for row in 0..n {
            inside[count] = row as u32;
            outside[row - count] = row as u32;
            count += usize::from(splitmix64(self.rows.wrapping_add(row as u64)) >> 32 < bound);
        }
        inside.truncate(count);
        outside.truncate(n - count);
    }

    /// `share` of these columns, rounded, at least one if there is one; rising.
    pub(crate) fn columns(self, of: &[usize], share: f64) -> Vec<usize> {
        let count = ((share * of.len() as f64).round() as usize).max(1);
        let mut drawn = of.to_vec();
        drawn.sort_by_key(|column| splitmix64(self.columns.wrapping_add(*column as u64)));
        drawn.truncate(count);
        drawn.sort_unstable();
        drawn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(seed: u64, tree: usize, n: usize, share: f64) -> Vec<u32> {
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        Sample::new(seed, tree).rows(n, share, &mut inside, &mut outside);
        let mut all = [&inside[..], &outside].concat();
        all.sort_unstable();
        assert!(inside.is_sorted() && outside.is_sorted() && all.into_iter().eq(0..n as u32));
        inside
    }

    #[test]
    fn each_row_is_inside_with_the_asked_probability_and_by_chance() {
        let (n, trees) = (2_000, 200);
        let mut times = vec![0; n];
        for tree in 0..trees {
            rows(5, tree, n, 0.35).iter().for_each(|row| times[*row as usize] += 1);
        }
        // Binomial: mean 70, standard deviation 6.7; over 2,000 rows the mean is known to 0.15 and the variance to 3 %.
        let mean = times.iter().sum::<i32>() as f64 / n as f64;
        let variance = times.iter().map(|t| (f64::from(*t) - mean).powi(2)).sum::<f64>() / n as f64;
        assert!((mean - 70.0).abs() < 0.6 && (variance / 45.5 - 1.0).abs() < 0.12, "{mean}, {variance}");
        assert_eq!(rows(5, 0, 50, 1.0), (0..50).collect::<Vec<u32>>());
        assert_ne!(rows(5, 0, 50, 0.5), rows(6, 0, 50, 0.5));
        assert_eq!(rows(5, 3, 50, 0.5), rows(5, 3, 80, 0.5).into_iter().filter(|r| *r < 50).collect::<Vec<_>>());
    }

    #[test]
    fn columns_are_as_many_as_asked_and_take_turns() {
        let all: Vec<usize> = (3..23).collect();
        let mut times = [0; 23];
        for tree in 0..1_000 {
            let drawn = Sample::new(1, tree).columns(&all, 0.3);
            assert!(drawn.len() == 6 && drawn.is_sorted());
            drawn.iter().for_each(|c| times[*c] += 1);
        }
        // 300 times each, standard deviation 14.5.
        assert!(times[3..].iter().all(|t| (240..360).contains(t)), "{times:?}");
        assert_eq!(Sample::new(1, 0).columns(&[7], 0.01), [7]);
        assert!(Sample::new(1, 0).columns(&[], 0.5).is_empty());
    }
}
