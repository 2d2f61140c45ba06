//! States that border on each other.

use std::sync::Arc;

use countycast_engine::Fips;

/// A state's number and those of the states it shares a border with on land or across a river, by FIPS number. Alaska, Hawaii and
/// Puerto Rico have none.
const BORDERS: [(u32, &[u32]); 49] = [
    (1, &[12, 13, 28, 47]),
    (4, &[6, 8, 32, 35, 49]),
    (5, &[22, 28, 29, 40, 47, 48]),
    (6, &[4, 32, 41]),
    (8, &[4, 20, 31, 35, 40, 49, 56]),
    (9, &[25, 36, 44]),
    (10, &[24, 34, 42]),
    (11, &[24, 51]),
    (12, &[1, 13]),
    (13, &[1, 12, 37, 45, 47]),
    (16, &[30, 32, 41, 49, 53, 56]),
    (17, &[18, 19, 21, 29, 55]),
    (18, &[17, 21, 26, 39]),
    (19, &[17, 27, 29, 31, 46, 55]),
    (20, &[8, 29, 31, 40]),
    (21, &[17, 18, 29, 39, 47, 51, 54]),
    (22, &[5, 28, 48]),
    (23, &[33]),
    (24, &[10, 11, 42, 51, 54]),
    (25, &[9, 33, 36, 44, 50]),
    (26, &[18, 39, 55]),
    (27, &[19, 38, 46, 55]),
    (28, &[1, 5, 22, 47]),
    (29, &[5, 17, 19, 20, 21, 31, 40, 47]),
    (30, &[16, 38, 46, 56]),
    (31, &[8, 19, 20, 29, 46, 56]),
    (32, &[4, 6, 16, 41, 49]),
    (33, &[23, 25, 50]),
    (34, &[10, 36, 42]),
    (35, &[4, 8, 40, 48, 49]),
    (36, &[9, 25, 34, 42, 50]),
    (37, &[13, 45, 47, 51]),
    (38, &[27, 30, 46]),
    (39, &[18, 21, 26, 42, 54]),
    (40, &[5, 8, 20, 29, 35, 48]),
    (41, &[6, 16, 32, 53]),
    (42, &[10, 24, 34, 36, 39, 54]),
    (44, &[9, 25]),
    (45, &[13, 37]),
    (46, &[19, 27, 30, 31, 38, 56]),
    (47, &[1, 5, 13, 21, 28, 29, 37, 51]),
    (48, &[5, 22, 35, 40]),
    (49, &[4, 8, 16, 32, 35, 56]),
    (50, &[25, 33, 36]),
    (51, &[11, 21, 24, 37, 47, 54]),
    (53, &[16, 41]),
    (54, &[21, 24, 39, 42, 51]),
    (55, &[17, 19, 26, 27]),
    (56, &[8, 16, 30, 31, 46, 49]),
];

/// Numbers of the states around a state.
fn around(state: u32) -> &'static [u32] {
    BORDERS.binary_search_by_key(&state, |(state, _)| *state).map_or(&[], |place| BORDERS[place].1)
}

/// The mean of a signal's values in the states around a state, week by week; `values` are a state's. None where it has no neighbour
/// with values.
pub(super) fn mean_around<'a>(
    state: Fips,
    weeks: usize,
    values: impl Fn(Fips) -> Option<&'a [f32]>,
) -> Option<Arc<[f32]>> {
    let neighbours = around(state.number()).iter().filter_map(|number| Fips::from_state(*number));
    let around: Vec<&[f32]> = neighbours.filter_map(values).collect();
    let of_week = |week: usize| {
        let known = around.iter().map(|values| values[week]).filter(|value| !value.is_nan());
        let (sum, count) = known.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
        sum / count
    };
    (!around.is_empty()).then(|| (0..weeks).map(of_week).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_around_a_state_is_averaged() {
        // New Hampshire lies between Maine, Massachusetts and Vermont, whose second week is not known.
        let values = [(23, [1.0, 3.0]), (25, [2.0, 5.0]), (50, [6.0, f32::NAN]), (48, [90.0, 90.0])];
        let of = |state: Fips| values.iter().find(|(number, _)| *number == state.number()).map(|(_, v)| v.as_slice());
        let around = |number| mean_around(Fips::from_state(number).unwrap(), 2, of);
        assert_eq!(around(33).as_deref(), Some([3.0, 4.0].as_slice()));
        assert_eq!(around(15), None, "Hawaii");
    }

    #[test]
    fn borders_have_two_sides() {
        for (state, others) in BORDERS {
            for other in others {
                assert!(around(*other).contains(&state), "{state} and {other}");
            }
        }
        // 107 pairs of states, two of which meet only in Four Corners, and the two of the District of Columbia.
        assert_eq!(BORDERS.iter().map(|(_, others)| others.len()).sum::<usize>(), 2 * (107 + 2));
        assert_eq!(around(23), [33], "Maine");
        assert!(around(2).is_empty() && around(72).is_empty());
    }
}
