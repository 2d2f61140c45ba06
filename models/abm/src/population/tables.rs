//! What is known of American homes, schools and workplaces where a county's own covariates are silent.
//!
//! Shares are those of the US Census Bureau as collected by synthpops (Mistry et al. 2021; repository
//! InstituteforDiseaseModeling/synthpops, MIT): household sizes and age of heads nationally (CPS 2019), enrolment,
//! employment, workplace sizes and use of long-term care for Washington (ACS 2019; National Study of Long-Term Care
//! Providers 2015–2016), the only state it gives them for.

/// Age bands: five years each, the last from 85 on.
pub const BANDS: usize = 18;
/// Oldest age, in years.
pub(super) const OLDEST: usize = 100;

/// Share of residents in each age band, United States 2019.
pub(super) const AGE_SHARES: [f64; BANDS] = [
    0.0591, 0.0600, 0.0653, 0.0651, 0.0654, 0.0708, 0.0681, 0.0662, 0.0615, 0.0621, 0.0623, 0.0655, 0.0639, 0.0531,
    0.0431, 0.0297, 0.0194, 0.0194,
];

/// Share of households of 1, 2, … 7 people, United States 2019.
pub(super) const HOUSEHOLD_SIZES: [f64; 7] = [0.2802, 0.3426, 0.1547, 0.1262, 0.0589, 0.0228, 0.0146];

/// First age of the brackets of household heads; the last ends with 99.
pub(super) const HEAD_AGES: [u8; 11] = [18, 20, 25, 30, 35, 40, 45, 50, 55, 65, 75];
/// Heads in each bracket by household size 1, 2, … 7 (thousands, CPS 2019). The collection says nothing on people who
/// live alone: that row is our assumption, two in three of them over 50.
pub(super) const HEADS: [[f64; 11]; 7] = [
    [100.0, 1_200.0, 2_700.0, 2_500.0, 2_100.0, 2_000.0, 2_300.0, 2_900.0, 7_300.0, 6_800.0, 6_300.0],
    [163.0, 999.0, 2_316.0, 2_230.0, 1_880.0, 1_856.0, 2_390.0, 3_118.0, 9_528.0, 9_345.0, 5_584.0],
    [115.0, 757.0, 1_545.0, 1_907.0, 2_066.0, 1_811.0, 2_028.0, 2_175.0, 3_311.0, 1_587.0, 588.0],
    [135.0, 442.0, 1_029.0, 1_951.0, 2_670.0, 2_547.0, 2_368.0, 1_695.0, 1_763.0, 520.0, 221.0],
    [61.0, 172.0, 394.0, 905.0, 1_429.0, 1_232.0, 969.0, 683.0, 623.0, 235.0, 94.0],
    [25.0, 81.0, 153.0, 352.0, 511.0, 459.0, 372.0, 280.0, 280.0, 113.0, 49.0],
    [24.0, 33.0, 63.0, 144.0, 279.0, 242.0, 219.0, 115.0, 157.0, 80.0, 16.0],
];

/// Share of people of an age who are enrolled where they go to every school day.
pub(super) fn enrolment(age: u8) -> f32 {
    match age {
        5..=9 => 0.941,
        10..=14 => 0.981,
        15..=17 => 0.974,
        18..=19 => 0.707,
        20..=22 => 0.335,
        _ => 0.0,
    }
}

/// Share of people of an age who work, of those not enrolled.
pub(super) fn employment(age: u8) -> f32 {
    match age {
        16..=19 => 0.332,
        20..=24 => 0.699,
        25..=29 => 0.784,
        30..=34 => 0.782,
        35..=44 => 0.792,
        45..=54 => 0.801,
        55..=59 => 0.721,
        60..=64 => 0.567,
        65..=74 => 0.242,
        75.. => 0.064,
        _ => 0.0,
    }
}

/// Share of people of an age who live in long-term care.
pub(super) fn care_use(age: u8) -> f32 {
    match age {
        60..=74 => 0.01,
        75..=84 => 0.061,
        85.. => 0.184,
        _ => 0.0,
    }
}

/// Workplaces by size: first and last number of workers, and how many there are.
pub(super) const WORKPLACES: [(u32, u32, f64); 9] = [
    (1, 4, 107_682.0),
    (5, 9, 35_584.0),
    (10, 19, 24_769.0),
    (20, 49, 16_509.0),
    (50, 99, 5_255.0),
    (100, 249, 2_898.0),
    (250, 499, 725.0),
    (500, 999, 245.0),
    (1_000, 1_999, 150.0),
];

/// Primary schools, secondary schools, college departments and care homes: pupils (residents) of one, and how many of
/// them there are for each member of staff. Round numbers of our choosing, near the means of American public schools and
/// of the care homes in synthpops.
pub(super) const HOUSES: [(u32, u32); 4] = [(480, 15), (800, 16), (1_500, 25), (60, 2)];
