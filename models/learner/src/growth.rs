//! Scales on which places are alike.

/// People a week that are added before a logarithm of cases: below it, growth is mostly chance.
pub(crate) const CASES_OFFSET: f64 = 3.0;
/// The same for deaths.
pub(crate) const DEATHS_OFFSET: f64 = 0.7;

/// Logarithm of a week's cases.
pub(crate) fn log_cases(week: f64) -> f64 {
    (week.max(0.0) + CASES_OFFSET).ln()
}

/// Logarithm of a week's deaths.
pub(crate) fn log_deaths(week: f64) -> f64 {
    (week.max(0.0) + DEATHS_OFFSET).ln()
}

/// Logarithm of counts per 100,000 residents; not a number where residents are unknown.
pub(crate) fn log_rate(count: f64, population: f64) -> f64 {
    if population > 0.0 { (count.max(0.0) / population * 1e5 + 1.0).ln() } else { f64::NAN }
}
