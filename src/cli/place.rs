//! Places as people write them: `36061`, `VT`, `Vermont`, `Cook County, IL`, `st louis mo`.

use countycast_engine::Fips;

use crate::error::Error;
use crate::output::places::Listed;
use crate::panel::State;

/// Words for a county that names leave out.
const KINDS: [&str; 6] = ["county", "parish", "borough", "census area", "municipality", "planning region"];
/// Most candidates that an error names.
const MOST_NAMED: usize = 8;

/// The place that a text names among those of a run.
///
/// # Errors
/// [`Error::Request`] where none has that code or name, or several have.
pub(super) fn find(text: &str, places: &[Listed]) -> Result<Fips, Error> {
    let wanted = full(&simple(text));
    // A spreadsheet takes the zero of 01001 away.
    let code = if text.trim().len() == 4 { format!("0{}", text.trim()) } else { text.trim().to_owned() };
    if let Some(place) = places.iter().find(|place| place.fips.to_string().eq_ignore_ascii_case(&code)) {
        return Ok(place.fips);
    }
    if let Some(state) = State::named(text).map(State::fips)
        && places.iter().any(|place| place.fips == state)
    {
        return Ok(state);
    }
    let exact: Vec<&Listed> = places.iter().filter(|place| simple(&place.name) == wanted).collect();
    let without_state = |name: &str| name.rsplit_once(", ").map(|(county, _)| simple(county));
    let found = if exact.is_empty() {
        places.iter().filter(|place| without_state(&place.name).as_ref() == Some(&wanted)).collect()
    } else {
        exact
    };
    match found.as_slice() {
        [place] => Ok(place.fips),
        [] => Err(Error::Request {
            message: format!("`{text}` is none of the {} places of this run", places.len()),
            remedy: "write a code such as 36061, a state such as VT, or a county such as \"Cook, IL\"".to_owned(),
        }),
        several => {
            let named: Vec<String> =
                several.iter().take(MOST_NAMED).map(|place| format!("{} ({})", place.name, place.fips)).collect();
            let more = if several.len() > MOST_NAMED { " and others" } else { "" };
            Err(Error::Request {
                message: format!("`{text}` is the name of {} places: {}{more}", several.len(), named.join(", ")),
                remedy: "add the state, or write the code".to_owned(),
            })
        }
    }
}

/// A simple name with the state's abbreviation in place of its name, and other names of the nation.
fn full(name: &str) -> String {
    if matches!(name, "us" | "usa" | "nation") {
        return "united states".to_owned();
    }
    let states = State::all().iter();
    let ending = states.filter_map(|state| {
        let county = name.strip_suffix(&state.name.to_lowercase())?.strip_suffix(' ')?;
        Some(format!("{county} {}", state.abbreviation.to_lowercase()))
    });
    // West Virginia ends with Virginia as well: the longest name of a state leaves the shortest name of a county.
    ending.min_by_key(String::len).unwrap_or_else(|| name.to_owned())
}

/// A name without case, points, commas and the word for a county.
fn simple(name: &str) -> String {
    let lower = name.to_lowercase().replace('\'', "").replace(['.', ','], " ");
    let mut text = format!(" {} ", lower.split_whitespace().collect::<Vec<_>>().join(" "));
    for kind in KINDS {
        text = text.replace(&format!(" {kind} "), " ");
    }
    text.replace(" saint ", " st ").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::PhaseKind;

    fn places() -> Vec<Listed> {
        let place = |(code, name): (&str, &str)| Listed {
            fips: code.parse().unwrap(),
            name: name.to_owned(),
            population: None,
            phase: PhaseKind::Independent,
            reproduction: None,
            remarks: Vec::new(),
        };
        [
            ("US", "United States"),
            ("50", "Vermont"),
            ("17031", "Cook, IL"),
            ("13075", "Cook, GA"),
            ("29189", "St. Louis, MO"),
            ("29510", "St. Louis City, MO"),
            ("22071", "Orleans, LA"),
            ("24033", "Prince George's, MD"),
        ]
        .map(place)
        .to_vec()
    }

    #[test]
    fn a_place_is_found_as_people_write_it() {
        for (text, code) in [
            ("17031", "17031"),
            ("us", "US"),
            ("USA", "US"),
            ("VT", "50"),
            ("vermont", "50"),
            ("Cook County, IL", "17031"),
            ("cook il", "17031"),
            ("St Louis", "29189"),
            ("Saint Louis, MO", "29189"),
            ("st louis city", "29510"),
            ("Orleans Parish, LA", "22071"),
            ("prince georges", "24033"),
            ("Cook County, Illinois", "17031"),
        ] {
            assert_eq!(find(text, &places()).unwrap().to_string(), code, "{text}");
        }
    }

    #[test]
    fn several_places_of_a_name_are_told_and_so_is_none() {
        let error = find("Cook County", &places()).unwrap_err().to_string();
        assert!(error.contains("2 places: Cook, IL (17031), Cook, GA (13075)"), "{error}");
        for nothing in ["Atlantis", "", "...", "County"] {
            let error = find(nothing, &places()).unwrap_err().to_string();
            assert!(error.contains(&format!("`{nothing}` is none of")), "{error}");
        }
    }
}
