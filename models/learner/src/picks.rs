//! Which past errors the draws take.

use rand::{Rng, RngExt};
use statrs::distribution::{ContinuousCDF, Normal};

use crate::errors::Errors;

/// Steps of the two-dimensional Kronecker sequence of lowest known discrepancy: 1/g and 1/g², g³ = g + 1 (Roberts 2018, *The
/// unreasonable effectiveness of quasirandom sequences*).
const STEPS: [f64; 2] = [0.754_877_666_246_692_7, 0.569_840_290_998_053_3];

/// For each of `draws` draws the place in `errors` of the one it takes, none where there are no errors.
///
/// Errors stand in groups by their first week, and within each by the sum of the later ones. Draws go over groups and places
/// in them on a quasirandom sequence from a random start (Cranley & Patterson 1976), so that quantiles of the draws lie
/// much nearer those of the errors than with errors picked one by one. Fewer draws are the first of more.
pub(crate) fn picks(errors: &[Errors], draws: usize, rng: &mut impl Rng) -> Vec<usize> {
    if errors.is_empty() {
        return Vec::new();
    }
    let mut order: Vec<usize> = (0..errors.len()).collect();
    order.sort_by(|a, b| errors[*a][0].total_cmp(&errors[*b][0]));
    let size = (errors.len() as f64).sqrt().ceil() as usize;
    let later = |i: usize| errors[i][1..].iter().sum::<f32>();
    for group in order.chunks_mut(size) {
        group.sort_by(|a, b| later(*a).total_cmp(&later(*b)));
    }
    let groups: Vec<&[usize]> = order.chunks(size).collect();
    let start: [f64; 2] = [rng.random(), rng.random()];
    let at = |draw: usize| {
        let point: [f64; 2] = std::array::from_fn(|axis| (start[axis] + draw as f64 * STEPS[axis]).fract());
        let group = groups[(point[0] * order.len() as f64) as usize / size];
        group[(point[1] * group.len() as f64) as usize]
    };
    (0..draws).map(at).collect()
}

/// Standard normal numbers, one for each draw, at another axis of the sequence.
pub(crate) fn normals<R: Rng>(rng: &mut R) -> impl Iterator<Item = f64> + use<R> {
    let start: f64 = rng.random();
    // Of 2⁻¹ᐟ² no rational combination with the other steps is whole.
    let share = move |draw: u32| (start + f64::from(draw) * std::f64::consts::FRAC_1_SQRT_2).fract();
    (0..).map(move |draw| Normal::standard().inverse_cdf(share(draw).max(f64::EPSILON)))
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::SmallRng;
    use rand_distr::{Distribution, StandardNormal};

    use super::*;
    use crate::WEEKS;

    /// Errors that grow from week to week.
    fn errors(n: usize) -> Vec<Errors> {
        let mut rng = rng(5);
        let mut walk = || {
            let mut sum = 0.0;
            std::array::from_fn::<f32, WEEKS, _>(|_| {
                let step: f32 = StandardNormal.sample(&mut rng);
                sum += step;
                sum
            })
        };
        (0..n).map(|_| walk()).collect()
    }

    fn rng(seed: u64) -> SmallRng {
        SmallRng::seed_from_u64(seed)
    }

    fn median(mut values: Vec<f32>) -> f64 {
        values.sort_by(f32::total_cmp);
        f64::from(values[values.len() / 2])
    }

    #[test]
    fn more_draws_extend_fewer_and_every_error_has_its_turn() {
        let errors = errors(90);
        let many = picks(&errors, 3_000, &mut rng(0));
        assert_eq!(many[..40], picks(&errors, 40, &mut rng(0)));
        assert_ne!(many[..40], picks(&errors, 40, &mut rng(1)));
        let times = |i: usize| many.iter().filter(|picked| **picked == i).count();
        // 3,000 draws of 90: each 33 times; picked one by one the standard deviation would be 6.
        assert!((0..90).all(|i| times(i).abs_diff(33) <= 4), "{:?}", (0..90).map(times).collect::<Vec<_>>());
        assert!(picks(&[], 30, &mut rng(0)).is_empty());
    }

    #[test]
    fn few_normals_have_the_moments_of_many() {
        let many: Vec<f64> = normals(&mut rng(3)).take(300).collect();
        assert!(normals(&mut rng(3)).take(40).eq(many[..40].iter().copied()));
        let mean = many.iter().sum::<f64>() / 300.0;
        let variance = many.iter().map(|z| z * z).sum::<f64>() / 300.0;
        // Of independent ones the standard errors are 0.06 and 0.08.
        assert!(mean.abs() < 0.01 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
    }

    #[test]
    fn medians_of_draws_are_those_of_the_errors() {
        let errors = errors(800);
        for (week, part) in [(0, 0.35), (WEEKS - 1, 0.6)] {
            let of_week = |picked: &[usize]| median(picked.iter().map(|i| errors[*i][week]).collect());
            let whole = of_week(&(0..errors.len()).collect::<Vec<_>>());
            let rms = |pick: &dyn Fn(&mut SmallRng) -> Vec<usize>| {
                let square = |draw| (of_week(&pick(&mut rng(draw))) - whole).powi(2);
                ((0..200).map(square).sum::<f64>() / 200.0).sqrt()
            };
            let one_by_one = rms(&|rng| (0..300).map(|_| rng.random_range(0..errors.len())).collect());
            let stratified = rms(&|rng| picks(&errors, 300, rng));
            assert!(stratified < part * one_by_one, "week {week}: {stratified} and {one_by_one}");
        }
    }
}
