//! Parameters of a fit as plain numbers, as starting points for another day's fit of the same place.

use crate::Date;

/// Parameter vectors of one place's fit, all of the same parameters.
///
/// Only the engine interprets the parameters; storage needs only names and numbers. An engine that cannot use the given
/// vectors fits without them.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters {
    as_of: Date,
    names: Vec<String>,
    vectors: Vec<Vec<f64>>,
}

impl Parameters {
    /// Vectors found on data up to `as_of`, with a finite value for each name; none where a vector is not.
    #[must_use]
    pub fn new(as_of: Date, names: Vec<String>, vectors: Vec<Vec<f64>>) -> Option<Self> {
        let whole = |vector: &Vec<f64>| vector.len() == names.len() && vector.iter().all(|value| value.is_finite());
        let usable = !names.is_empty() && !vectors.is_empty() && vectors.iter().all(whole);
        usable.then_some(Self { as_of, names, vectors })
    }

    /// The last day of the data behind them.
    #[must_use]
    pub fn as_of(&self) -> Date {
        self.as_of
    }

    /// Names of the parameters, in the order of their values.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The vectors, at least one, with equal weights.
    #[must_use]
    pub fn vectors(&self) -> &[Vec<f64>] {
        &self.vectors
    }

    /// Position of a parameter in each vector; none if the name is unknown.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vector_has_a_finite_value_for_each_name() {
        let day = Date::constant(2020, 7, 4);
        let of = |vectors: &[&[f64]]| {
            let vectors = vectors.iter().map(|vector| vector.to_vec()).collect();
            Parameters::new(day, vec!["a".to_owned(), "b".to_owned()], vectors)
        };
        let parameters = of(&[&[1.0, 2.0], &[3.0, 4.0]]).unwrap();
        assert_eq!((parameters.position("b"), parameters.position("c")), (Some(1), None));
        assert_eq!(of(&[&[1.0, 2.0], &[3.0]]), None);
        assert_eq!(of(&[&[1.0, f64::NAN]]), None);
        assert_eq!(of(&[]), None);
    }
}
