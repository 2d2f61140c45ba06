//! The best split of a node.

use crate::bins::BINS;
use crate::sums::Sums;

/// Sums of a node's rows by bin of one column.
pub(crate) type Histogram = [Sums; BINS];

/// Penalty on leaves and their least weight, in fixed-point units of weight.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) ridge: f64,
    pub(crate) least: f64,
}

/// A split that a node's histograms tell of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Candidate {
    /// Place of the column among the sampled ones.
    pub(crate) column: usize,
    /// The last bin that goes left.
    pub(crate) cut: u8,
    pub(crate) missing_right: bool,
    /// Sums of the rows that go left.
    pub(crate) left: Sums,
}

impl Limits {
    /// Twice what a leaf of these rows takes from the penalised squared error, `G²/(H + λ)`.
    pub(crate) fn score(self, sums: Sums) -> f64 {
        sums.gradient().powi(2) / (sums.weight() + self.ridge)
    }

    /// The scores of two leaves together; none where one would hold too little.
    pub(crate) fn divided(self, left: Sums, right: Sums) -> Option<f64> {
        if left.weight() < self.least || right.weight() < self.least {
            return None;
        }
        // Over one denominator: a division takes longer than all else here.
        let (l, r) = (left.weight() + self.ridge, right.weight() + self.ridge);
        Some((left.gradient().powi(2) * r + right.gradient().powi(2) * l) / (l * r))
    }

    /// The split of a node that lowers the error most, the first of equal ones; none where no split lowers it.
    ///
    /// `bins` counts the bins of each column without the missing one. Past the last of them, all that is known goes left
    /// and what is missing right.
    pub(crate) fn best(self, node: Sums, histograms: &[Histogram], bins: &[usize]) -> Option<Candidate> {
        let mut best: Option<Candidate> = None;
        let mut highest = self.score(node);
        for (column, (histogram, bins)) in histograms.iter().zip(bins).enumerate() {
            let [missing, known_bins @ ..] = histogram;
            let mut known = Sums::default();
            for (sums, cut) in known_bins[..*bins].iter().zip(1..) {
                known += *sums;
                let mut offer = |left: Sums, missing_right: bool| {
                    if let Some(score) = self.divided(left, node - left).filter(|score| *score > highest) {
                        highest = score;
                        best = Some(Candidate { column, cut, missing_right, left });
                    }
                };
                offer(known + *missing, false);
                if *missing != Sums::default() {
                    offer(known, true);
                }
            }
        }
        best
    }
}
