//! What boosters find, and what they leave alone.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use countycast_boost::{Bins, Booster, Fit, FitError, Params};

/// A number from 0 to 1 that looks random.
fn noise(row: usize, column: usize) -> f64 {
    let mixed = (row as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15 ^ ((column as u64) << 17)).rotate_left(23);
    (mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 11) as f64 / 2.0_f64.powi(53)
}

fn table(n: usize) -> Vec<[f32; 4]> {
    (0..n).map(|r| std::array::from_fn(|c| noise(r, c) as f32)).collect()
}

fn fit_all(rows: &[[f32; 4]], targets: &[f64], weights: &[f64], params: &Params) -> Fit {
    let numbers: Vec<u32> = (0..rows.len() as u32).collect();
    Booster::fit(&Bins::new(rows, weights), &numbers, targets, weights, params).unwrap()
}

#[test]
fn a_law_is_found_through_noise() {
    let rows = table(6_000);
    let law = |row: &[f32; 4]| f64::from((6.0 * row[0]).sin() + 2.0 * row[1] * row[2]);
    let targets: Vec<f64> = rows.iter().enumerate().map(|(r, row)| law(row) + noise(r, 9) - 0.5).collect();
    let params =
        Params { trees: 200, depth: 4, leaf_weight: 20.0, row_share: 0.5, column_share: 0.8, ..Params::default() };
    let booster = fit_all(&rows[..4_000], &targets[..4_000], &[1.0; 4_000], &params).booster;
    let unseen = &rows[4_000..];
    let mean = unseen.iter().map(law).sum::<f64>() / 2_000.0;
    let sum = |error: &dyn Fn(&[f32; 4]) -> f64| unseen.iter().map(|row| error(row).powi(2)).sum::<f64>();
    let unexplained = sum(&|row| booster.predict(row) - law(row)) / sum(&|row| mean - law(row));
    assert!(unexplained < 0.03, "share of the law's variance that is left: {unexplained}");
}

#[test]
fn one_tree_of_a_rising_target_rises() {
    let rows: Vec<[f32; 1]> = (0..1_000).map(|r| [noise(r, 0) as f32]).collect();
    let targets: Vec<f64> = rows.iter().map(|row| f64::from(row[0]).powi(3)).collect();
    let numbers: Vec<u32> = (0..1_000).collect();
    let params = Params { trees: 1, depth: 5, learning_rate: 1.0, ridge: 0.0, leaf_weight: 5.0, ..Params::default() };
    let booster =
        Booster::fit(&Bins::new(&rows, &[1.0; 1_000]), &numbers, &targets, &[1.0; 1_000], &params).unwrap().booster;
    let answers: Vec<f64> = (0..=100).map(|step| booster.predict(&[step as f32 / 100.0])).collect();
    assert!(answers.is_sorted());
    // 32 leaves of a cube: steps of some hundredths.
    assert!(answers.iter().zip(0..).all(|(answer, step)| (answer - (f64::from(step) / 100.0).powi(3)).abs() < 0.06));
}

#[test]
fn what_is_missing_goes_to_the_better_side() {
    let mut rows = table(900);
    let mut targets = vec![0.0; 900];
    for (r, (row, target)) in rows.iter_mut().zip(&mut targets).enumerate() {
        match r % 3 {
            0 => (row[0], *target) = (f32::NAN, 5.0),
            1 => (row[0], *target) = (1.0, 5.0),
            _ => (row[0], *target) = (0.0, -5.0),
        }
    }
    let params = Params { trees: 1, depth: 1, learning_rate: 1.0, ridge: 0.0, ..Params::default() };
    let booster = fit_all(&rows, &targets, &[1.0; 900], &params).booster;
    for (value, expected) in [(f32::NAN, 5.0), (1.0, 5.0), (0.0, -5.0), (7.0, 5.0), (-7.0, -5.0)] {
        assert!((booster.predict(&[value, 0.5, f32::NAN, 0.5]) - expected).abs() < 1e-5);
    }
    // Missing or known may itself be all that matters.
    let alone: Vec<f64> = (0..900).map(|r| if r % 3 == 0 { 2.0 } else { 1.0 }).collect();
    let booster = fit_all(&rows, &alone, &[1.0; 900], &params).booster;
    assert!((booster.predict(&[f32::NAN, 0.0, 0.0, 0.0]) - 2.0).abs() < 1e-5);
    assert!((booster.predict(&[1.0, 0.0, 0.0, 0.0]) - 1.0).abs() < 1e-5);
}

#[test]
fn a_weight_of_three_is_three_rows_and_a_weight_of_none_is_none() {
    let coarse = |row: [f32; 4]| row.map(|x| (5.0 * x).floor());
    let rows: Vec<[f32; 4]> = table(300).into_iter().map(coarse).collect();
    let targets: Vec<f64> = (0..300).map(|r| noise(r, 7)).collect();
    let weights: Vec<f64> = (0..300).map(|r| (r % 4) as f64).collect();
    let params = Params { trees: 20, depth: 3, leaf_weight: 6.0, ..Params::default() };
    let weighted = fit_all(&rows, &targets, &weights, &params).booster;
    let copies: Vec<usize> = (0..300).flat_map(|r| std::iter::repeat_n(r, r % 4)).collect();
    let (many, many_targets): (Vec<_>, Vec<_>) = copies.iter().map(|r| (rows[*r], targets[*r])).unzip();
    let copied = fit_all(&many, &many_targets, &vec![1.0; many.len()], &params).booster;
    let mut other = targets;
    (0..300).step_by(4).for_each(|r| other[r] = 1e6);
    let without = fit_all(&rows, &other, &weights, &params).booster;
    for row in &rows {
        assert!((weighted.predict(row) - copied.predict(row)).abs() < 1e-5);
        assert_eq!(weighted.predict(row), without.predict(row));
    }
}

#[test]
fn rows_that_are_not_asked_for_teach_nothing() {
    let mut rows = table(400);
    let targets: Vec<f64> = rows.iter().map(|row| f64::from(row[0])).collect();
    let bins = Bins::new(&rows, &[1.0; 400]);
    let some: Vec<u32> = (0..400).filter(|r| r % 3 != 0).collect();
    let of = |targets: &[f64]| -> Vec<f64> { some.iter().map(|r| targets[*r as usize]).collect() };
    let weights = vec![1.0; some.len()];
    let params = Params { row_share: 0.6, ..Params::default() };
    let one = Booster::fit(&bins, &some, &of(&targets), &weights, &params).unwrap().booster;
    // The same as of a table without them, where bins are the same: every value is kept by an even and an odd row.
    rows.iter_mut().enumerate().for_each(|(r, row)| row.fill((r % 40) as f32));
    let subset: Vec<[f32; 4]> = some.iter().map(|r| rows[*r as usize]).collect();
    let numbers: Vec<u32> = (0..subset.len() as u32).collect();
    let [two, three] = [(Bins::new(&rows, &[1.0; 400]), &some), (Bins::new(&subset, &weights), &numbers)]
        .map(|(bins, numbers)| Booster::fit(&bins, numbers, &of(&targets), &weights, &params).unwrap());
    assert_eq!(two, three);
    assert_ne!(one, two.booster);
}

#[test]
fn the_seed_decides_and_nothing_else() {
    let rows = table(500);
    let targets: Vec<f64> = rows.iter().map(|row| f64::from(row[0] * row[1])).collect();
    let fit = |seed, threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let params = Params { seed, row_share: 0.5, column_share: 0.5, trees: 30, ..Params::default() };
        pool.install(|| fit_all(&rows, &targets, &[1.0; 500], &params))
    };
    assert_eq!(fit(1, 1), fit(1, 3));
    assert_ne!(fit(1, 1).booster, fit(2, 1).booster);
}

#[test]
fn nothing_to_learn_gives_the_mean() {
    let rows = table(50);
    let same = fit_all(&rows, &[0.7; 50], &[2.0; 50], &Params::default());
    assert!(same.fitted.iter().all(|fitted| (fitted - 0.7).abs() < 1e-12));
    let constant = vec![[1.0, f32::NAN, 1.0, 1.0]; 50];
    let targets: Vec<f64> = (0..50).map(f64::from).collect();
    let mean = fit_all(&constant, &targets, &[1.0; 50], &Params::default()).booster;
    assert_eq!(mean.predict(&[3.0, 1.0, f32::NAN, 0.0]), 24.5);
}

#[test]
fn what_cannot_be_fitted_is_named() {
    let bins = Bins::new(&table(3), &[1.0; 3]);
    let fit = |rows: &[u32], targets: &[f64], weights: &[f64], params: Params| {
        Booster::fit(&bins, rows, targets, weights, &params).unwrap_err().to_string()
    };
    let (rows, targets, weights) = ([0, 1, 2], [1.0, 2.0, 3.0], [1.0, 1.0, 0.0]);
    let wrong = Params { row_share: 1.5, ..Params::default() };
    assert_eq!(fit(&rows, &targets, &weights, wrong), "parameter `row_share` is 1.5, outside of its range");
    assert_eq!(fit(&rows, &targets, &[1.0], Params::default()), "3 rows, but 3 targets and 1 weights");
    assert_eq!(fit(&[0, 1, 3], &targets, &weights, Params::default()), "row 3 of a table of 3");
    for (targets, weights) in [([1.0, f64::NAN, 0.0], [1.0; 3]), (targets, [0.0; 3]), (targets, [1.0, -1.0, 1.0])] {
        let error = Booster::fit(&bins, &rows, &targets, &weights, &Params::default()).unwrap_err();
        assert_eq!(error, FitError::Values);
    }
}

#[test]
fn a_booster_is_read_as_it_was_written() {
    let rows = table(300);
    let targets: Vec<f64> = rows.iter().map(|row| f64::from(row[0] * row[3])).collect();
    let booster = fit_all(&rows, &targets, &[1.0; 300], &Params { trees: 12, depth: 3, ..Params::default() }).booster;
    let text = serde_json::to_string(&booster).unwrap();
    assert_eq!(serde_json::from_str::<Booster>(&text).unwrap(), booster);
    // Twelve trees of seven splits and eight leaves.
    assert!(text.len() < 12 * (7 * 24 + 8 * 16), "{} bytes", text.len());
    for (from, to, reason) in [
        ("\"columns\":4", "\"columns\":2", "a tree looks at column 4 of 2"),
        ("\"trees\":[", "\"trees\":[[[],[0.5]],", "trees differ in depth"),
        ("\"trees\":[", "\"trees\":[[[],[0.5,1.0]],", "the tree is not full"),
    ] {
        let error = serde_json::from_str::<Booster>(&text.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
}
