//! Rules as written in a scenario: `when = "icu > 0.8"`, `until = "icu < 0.6"`, `at_least = 14`.

use countycast_engine::{Indicator, Rule};

/// The accepted forms of the start and the end.
pub(super) const WHEN: &str = "write \"icu > 0.8\" (share of the beds in intensive care that are occupied) or \
                               \"cases > 100 per 100,000\" (new cases in the last seven days)";
pub(super) const UNTIL: &str = "write the same indicator with <, such as \"icu < 0.6\" or \"cases < 50 per 100,000\", and a \
                                threshold not above that of `when`; without it a measure ends below three quarters of that";
/// Kinds of entry that are no measures: nobody decides on them.
pub(super) const NO_MEASURES: [&str; 3] = ["variant", "season", "waning"];
/// Greatest threshold of occupancy: a greater one is meant as a percentage.
const MOST_OCCUPANCY: f64 = 5.0;

/// A rule from its two conditions and its least duration in days; none if one is not in its accepted form.
pub(super) fn start(when: &str) -> Option<Rule> {
    let (indicator, above) = condition(when, '>')?;
    Rule::new(indicator, above).ok()
}

/// The same rule with this end; none if that is of another form or indicator, or above the start.
pub(super) fn with_end(rule: Rule, until: &str) -> Option<Rule> {
    let (_, below) = condition(until, '<').filter(|(indicator, _)| *indicator == rule.indicator())?;
    rule.until(below).ok()
}

/// `INDICATOR SIGN NUMBER UNIT`.
fn condition(text: &str, sign: char) -> Option<(Indicator, f64)> {
    let (name, threshold) = text.split_once(sign)?;
    let indicator = Indicator::ALL.into_iter().find(|indicator| indicator.name() == name.trim())?;
    let (number, unit) = match threshold.split_once("per") {
        Some((number, unit)) => (number, Some(unit.trim().replace(',', ""))),
        None => (threshold, None),
    };
    let number: f64 = number.trim().parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0)?;
    let fits = match indicator {
        Indicator::Icu => unit.is_none() && number <= MOST_OCCUPANCY,
        Indicator::Cases => unit.is_some_and(|unit| unit == "100000"),
    };
    fits.then_some((indicator, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read_with_their_unit() {
        let found = start("icu > 0.8").unwrap();
        assert_eq!(found, Rule::new(Indicator::Icu, 0.8).unwrap());
        assert_eq!(with_end(found, "icu<0.6"), Some(found.until(0.6).unwrap()));
        let cases = Rule::new(Indicator::Cases, 100.0).unwrap();
        for text in ["cases > 100 per 100,000", "cases>100 per 100000"] {
            assert_eq!(start(text), Some(cases), "{text}");
        }
        assert_eq!(with_end(cases, "cases < 50 per 100,000"), Some(cases.until(50.0).unwrap()));
    }

    #[test]
    fn other_forms_are_no_rules() {
        let wrong = [
            "icu",
            "icu > ",
            "icu < 0.8",
            "icu > 80",
            "icu > -1",
            "icu > NaN",
            "icu > 0.8 per 100,000",
            "cases > 100",
            "cases > 100 per 1,000",
            "deaths > 1",
            "",
        ];
        for text in wrong {
            assert_eq!(start(text), None, "{text}");
        }
        let rule = start("icu > 0.8").unwrap();
        for text in ["cases < 50 per 100,000", "icu < 0.9", "icu > 0.6"] {
            assert_eq!(with_end(rule, text), None, "{text}");
        }
    }
}
