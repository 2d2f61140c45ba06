//! Serialisation of codes and names as their text.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::{Covariate, Fips, Target};

/// Reads a value from text by its [`FromStr`].
struct Text<T>(PhantomData<T>);

impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

macro_rules! as_text {
    ($($type:ty),+) => {
        $(
            impl Serialize for $type {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_str(self)
                }
            }

            impl<'de> Deserialize<'de> for $type {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    deserializer.deserialize_str(Text(PhantomData))
                }
            }
        )+
    };
}

as_text!(Covariate, Fips, Target);

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn codes_and_names_serialise_as_text_in_values_and_in_keys() {
        let rows: BTreeMap<Fips, (Target, Covariate)> =
            [("01001".parse().unwrap(), (Target::HospitalCensus, Covariate::Svi))].into();
        let text = serde_json::to_string(&rows).unwrap();
        assert_eq!(text, r#"{"01001":["hosp census","svi"]}"#);
        assert_eq!(serde_json::from_str::<BTreeMap<Fips, (Target, Covariate)>>(&text).unwrap(), rows);
    }

    #[test]
    fn an_unknown_code_or_name_is_quoted_in_the_error() {
        let error = serde_json::from_str::<Fips>(r#""1001""#).unwrap_err().to_string();
        assert!(error.contains("`1001` is not a FIPS code"), "{error}");
        let error = serde_json::from_str::<Target>(r#""inc cases""#).unwrap_err().to_string();
        assert!(error.contains("`inc cases` is not a prediction target"), "{error}");
    }
}
