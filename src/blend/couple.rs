//! Joint draws with the quantiles of the blend.
//!
//! The blend averages quantiles, which have no dependence between days. The members' draws have it, but their pool is wider than
//! the blend. So the pool determines how draws rank in each week, and the blend the value of each rank (ensemble copula coupling:
//! Schefzik, Thorarinsdottir and Gneiting 2013, *Uncertainty quantification in complex simulation models using ensemble copula
//! coupling*). Weeks are what is scored; within a week a draw keeps its shape.

use countycast_engine::{DrawError, Draws, Target};

use super::spread::spread;
use crate::scores::quantiles::{Forecast, Row};

/// The same draws with their weekly cases and deaths replaced, rank by rank, by the blend's quantiles. Days after the last whole
/// week are scaled like that week. Targets that the blend does not project are left unchanged.
///
/// # Errors
/// [`DrawError::Value`] if a scaled value is not a valid count.
pub fn coupled(pool: Draws, blend: &Forecast) -> Result<Draws, DrawError> {
    let days = pool.days();
    let mut draws = pool;
    for target in [Target::Cases, Target::Deaths] {
        let Some((quantiles, paths)) = blend.target(target).zip(draws.paths(target)) else { continue };
        let mut values: Vec<f32> = paths.flatten().copied().collect();
        let last = quantiles.week.len().saturating_sub(1);
        for (week, row) in quantiles.week.iter().enumerate() {
            let own = 7 * week..7 * (week + 1);
            let sums: Vec<f64> = values.chunks_exact(days).map(|path| total(&path[own.clone()])).collect();
            let wanted = ranked(&sums, row);
            let moved = if week == last { own.start..days } else { own };
            for ((path, sum), wanted) in values.chunks_exact_mut(days).zip(&sums).zip(wanted) {
                let days = &mut path[moved.clone()];
                if *sum > 0.0 {
                    days.iter_mut().for_each(|day| *day *= (wanted / sum) as f32);
                } else {
                    days.fill((wanted / 7.0) as f32);
                }
            }
        }
        draws = draws.with(target, values)?;
    }
    Ok(draws)
}

/// Values with these quantiles in the rank order of a sample; ties are ranked by position.
#[must_use]
pub fn ranked(sample: &[f64], row: &Row) -> Vec<f64> {
    let mut order: Vec<usize> = (0..sample.len()).collect();
    order.sort_by(|&a, &b| sample[a].total_cmp(&sample[b]));
    let mut values = vec![0.0; sample.len()];
    for (place, value) in order.into_iter().zip(spread(row, sample.len())) {
        values[place] = f64::from(value);
    }
    values
}

fn total(path: &[f32]) -> f64 {
    path.iter().map(|value| f64::from(*value)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::quantiles::{LEVELS, Quantiles};

    #[test]
    fn weeks_have_the_quantiles_of_the_blend_and_draws_keep_their_rank_and_shape() {
        let n = 200;
        // Weeks grow with the draw, and their first day is half of them; the last two days belong to no whole week.
        let path = |draw: usize| (0..16).map(move |day| (1 + draw) as f32 * if day % 7 == 0 { 6.0 } else { 1.0 });
        let pool = Draws::new(n, 16).unwrap().with(Target::Cases, (0..n).rev().flat_map(path).collect()).unwrap();
        let rows = [100.0, 300.0].map(|width| LEVELS.map(|level| (width * (1.0 + level)) as f32));
        let quantiles = Quantiles { day: vec![], week: rows.to_vec(), sum: vec![] };
        let blend = Forecast { targets: vec![(Target::Cases, quantiles)] };
        let found = coupled(pool, &blend).unwrap();
        let weeks = Forecast::from_draws(&found).target(Target::Cases).unwrap().week.clone();
        for (week, row) in weeks.iter().zip(rows) {
            assert!(week.iter().zip(row).all(|(found, wanted)| (found / wanted - 1.0).abs() < 0.005), "{week:?}");
        }
        let paths: Vec<&[f32]> = found.paths(Target::Cases).unwrap().collect();
        assert!(paths.windows(2).all(|pair| pair[0][7] > pair[1][7]));
        assert!(paths.iter().all(|path| (path[0] - 6.0 * path[3]).abs() < 1e-3 && (path[14] - path[7]).abs() < 1e-3));
    }

    #[test]
    fn a_week_of_nobody_is_spread_evenly() {
        let pool = Draws::new(3, 7).unwrap().with(Target::Deaths, vec![0.0; 21]).unwrap();
        let quantiles = Quantiles { day: vec![], week: vec![[7.0; 23]], sum: vec![] };
        let found = coupled(pool, &Forecast { targets: vec![(Target::Deaths, quantiles)] }).unwrap();
        assert_eq!(found.paths(Target::Deaths).unwrap().next(), Some(&[1.0; 7][..]));
    }
}
