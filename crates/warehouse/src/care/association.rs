//! How the change of a measure since the year before goes along with that of an exposure, over the weeks of each county.

use super::areas::Area;
use super::exposure::Exposure;
use super::interval::Estimate;
use super::places::Places;

/// Weeks by which a measure may follow an exposure.
const LAGS: [usize; 3] = [0, 2, 4];
/// Fewest counties whose weeks are compared.
const FEWEST_COUNTIES: usize = 10;
/// Quantile of the normal law for 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// The change of a measure in a county's week.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change {
    pub(super) county: u32,
    pub(super) week: usize,
    pub(super) value: f64,
}

/// An association.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Association {
    pub(super) exposure: String,
    pub(super) lag: usize,
    pub(super) counties: usize,
    pub(super) county_weeks: usize,
    /// Change of the measure per unit of the exposure.
    pub(super) slope: Estimate,
    /// Correlation within counties.
    pub(super) correlation: f64,
}

/// Associations with all exposures, of changes in order of counties. There is none over fewer than ten counties, or where the exposure never
/// changes within one.
pub(super) fn associations(
    changes: &[Change],
    exposures: &[Exposure],
    places: &Places,
    weeks_before: usize,
) -> Vec<Association> {
    let mut found = Vec::new();
    for exposure in exposures {
        for lag in LAGS {
            let mut counties: Vec<Vec<(f64, f64)>> = Vec::new();
            for county in changes.chunk_by(|a, b| a.county == b.county) {
                let fips = places.code(Area::County, county[0].county);
                let pairs = county.iter().filter_map(|change| {
                    Some((exposure.change(&fips, change.week.checked_sub(lag)?, weeks_before)?, change.value))
                });
                let pairs: Vec<(f64, f64)> = pairs.collect();
                if pairs.len() > 1 {
                    counties.push(pairs);
                }
            }
            if let Some((slope, correlation)) = within(&counties) {
                found.push(Association {
                    exposure: exposure.name.clone(),
                    lag,
                    counties: counties.len(),
                    county_weeks: counties.iter().map(Vec::len).sum(),
                    slope,
                    correlation,
                });
            }
        }
    }
    found
}

/// Slope of the second values on the first ones within counties, each measured from its county's mean, with an interval that
/// takes the weeks of a county as dependent (sandwich estimate by county); and their correlation.
fn within(counties: &[Vec<(f64, f64)>]) -> Option<(Estimate, f64)> {
    if counties.len() < FEWEST_COUNTIES {
        return None;
    }
    let centred: Vec<Vec<(f64, f64)>> = counties
        .iter()
        .map(|pairs| {
            let n = pairs.len() as f64;
            let mean = |value: fn(&(f64, f64)) -> f64| pairs.iter().map(value).sum::<f64>() / n;
            let (x, y) = (mean(|pair| pair.0), mean(|pair| pair.1));
            pairs.iter().map(|pair| (pair.0 - x, pair.1 - y)).collect()
        })
        .collect();
    let total = |value: fn(f64, f64) -> f64| centred.iter().flatten().map(|(x, y)| value(*x, *y)).sum::<f64>();
    let (xx, xy, yy) = (total(|x, _| x * x), total(|x, y| x * y), total(|_, y| y * y));
    if xx <= 1e-12 || yy <= 1e-18 {
        return None;
    }
    let slope = xy / xx;
    let meat: f64 =
        centred.iter().map(|pairs| pairs.iter().map(|(x, y)| x * (y - slope * x)).sum::<f64>().powi(2)).sum();
    let groups = counties.len() as f64;
    let half = Z * (meat * groups / (groups - 1.0)).sqrt() / xx;
    Some((Estimate { value: slope, lower: slope - half, upper: slope + half }, xy / (xx * yy).sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_line_within_counties_is_found_whatever_their_levels() {
        let county = |county: u32| -> Vec<(f64, f64)> {
            let level = f64::from(county) * 10.0;
            (0..20).map(|week| f64::from(week % 7)).map(|x| (x, level - 0.5 * x)).collect()
        };
        let counties: Vec<_> = (0..12).map(county).collect();
        let (slope, correlation) = within(&counties).unwrap();
        assert!((slope.value + 0.5).abs() < 1e-12 && (correlation + 1.0).abs() < 1e-12, "{slope:?}");
        assert!(slope.upper - slope.lower < 1e-9);
        assert_eq!(within(&counties[..9]), None, "nine counties are too few");
        let flat: Vec<Vec<(f64, f64)>> = vec![vec![(1.0, 2.0), (1.0, 3.0)]; 12];
        assert_eq!(within(&flat), None);
    }
}
