//! Settings outside their ranges.

/// A setting outside its range.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("setting `{name}` is {value}: it must be a number from {low} to {high}")]
pub struct SettingsError {
    /// The setting.
    pub name: &'static str,
    /// Its value.
    pub value: f64,
    /// Least value.
    pub low: f64,
    /// Greatest value.
    pub high: f64,
}

impl SettingsError {
    /// Checks settings, each with its name, value and both ends of its range, which are allowed.
    ///
    /// # Errors
    /// The first one outside its range; what is not a number is outside every range.
    pub fn check(settings: impl IntoIterator<Item = (&'static str, f64, f64, f64)>) -> Result<(), Self> {
        match settings.into_iter().find(|(_, value, low, high)| !(*low..=*high).contains(value)) {
            Some((name, value, low, high)) => Err(Self { name, value, low, high }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_outside_its_range_is_named_and_ends_are_allowed() {
        assert_eq!(SettingsError::check([("a", 0.0, 0.0, 1.0), ("b", 1.0, 0.0, 1.0)]), Ok(()));
        let error = SettingsError::check([("a", 0.5, 0.0, 1.0), ("b", f64::NAN, 0.0, 1.0), ("c", 2.0, 0.0, 1.0)]);
        assert_eq!(error.unwrap_err().name, "b");
    }
}
