//! Numbers in the data files of sites.

use serde_json::{Value, json};

/// A number without the decimals that a whole one would be given, which are a fifth of the site.
pub(super) fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 1e15 { json!(value as i64) } else { json!(value) }
}

/// A number to so many decimals.
pub(super) fn rounded(value: f64, decimals: i32) -> Value {
    let digits = 10_f64.powi(decimals);
    number((value * digits).round() / digits)
}

/// People: to tenths below a hundred, whole from there. A chart can show no more.
pub(super) fn people(value: f64) -> f64 {
    if value.abs() < 100.0 { (value * 10.0).round() / 10.0 } else { value.round() }
}

/// People a day or a week.
pub(super) fn counts(values: &[f64]) -> Vec<Value> {
    values.iter().map(|value| number(people(*value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_short_as_they_can_be_shown() {
        let texts = |values: &[Value]| values.iter().map(Value::to_string).collect::<Vec<_>>();
        assert_eq!(texts(&counts(&[12.0, 12.34, 99.96, 1234.56, -0.04])), ["12", "12.3", "100", "1235", "0"]);
        assert_eq!(texts(&[rounded(1.2345, 2), rounded(2.0, 2), rounded(f64::NAN, 1)]), ["1.23", "2", "null"]);
    }
}
