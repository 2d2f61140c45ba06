//! Counts that can hardly be what their file is for: cases and deaths exchanged, daily counts in a cumulative layout, and
//! more people than a place has.
//!
//! Only days up to the as-of day are looked at.

use countycast_engine::Covariate::{Latitude, Longitude};
use countycast_engine::Location;

use super::align::Aligned;
use super::covariates::{self, RESIDENTS};
use super::geography::{State, Unit};
use super::input::{Notice, Reader};
use super::listed;
use super::raw::Raw;
use super::sources::Published;
use crate::error::{Error, InputError};

/// Fewest deaths in the nation that can exceed its cases only by mistake: of the first cases of an epidemic, most may be
/// found dead.
const FEWEST_DEATHS: f64 = 20.0;
/// Fewest days on which a series changes, and fewest falls, that mean anything.
const FEWEST_CHANGES: u32 = 20;
const FEWEST_FALLS: u32 = 5;
/// What a cumulative count does not do: fall on so many of the days on which it changes, or by so many of the people by
/// which it rises, as shares.
///
/// Daily counts that are read as cumulative ones fall on two to four of seven days and lose nearly all that they gain. In
/// the files of Johns Hopkins University of October 2020 the nation never falls; the counties with most corrections fall
/// on 0.39 of their days (Richmond, Virginia, deaths) and lose 0.78 (the same).
const NATION: (f64, f64) = (0.2, 0.5);
const COUNTY: (f64, f64) = (0.4, 0.8);

/// Looks at the totals of a panel; what is odd in single places is returned as notices.
///
/// # Errors
/// In words, where deaths exceed cases in all places together.
pub(super) fn totals(aligned: &Aligned, locations: &[Location]) -> Result<Vec<Notice>, String> {
    let total = |of: fn(&(Raw, Raw)) -> &Raw| aligned.states.values().map(|both| of(both).total).sum::<f64>();
    let (cases, deaths) = (total(|both| &both.0), total(|both| &both.1));
    if deaths > cases && deaths >= FEWEST_DEATHS {
        return Err(format!("{deaths:.0} deaths in all places together are more than the {cases:.0} cases"));
    }
    let counties = || aligned.counties.iter().zip(locations);
    let overfull = counties().filter_map(|(county, location)| {
        let (cases, residents) = (county.cases.total, location.population?);
        (cases > residents).then(|| format!("{} with {cases:.0} cases of {residents:.0} residents", place(location)))
    });
    let exceeding = |place: String, cases: &Raw, deaths: &Raw| {
        (deaths.total > cases.total.max(0.0))
            .then(|| format!("{place} with {:.0} deaths and {:.0} cases", deaths.total, cases.total))
    };
    let states = aligned.states.iter().filter_map(|(fips, (cases, deaths))| {
        let state = State::of(*fips)?;
        exceeding(state.name.to_owned(), cases, deaths)
    });
    let exceeding =
        counties().filter_map(|(county, location)| exceeding(place(location), &county.cases, &county.deaths));
    let exceeding: Vec<String> = states.chain(exceeding).collect();
    let notices = [
        listed::notice("more cases than residents: reinfections, or one is wrong", &overfull.collect::<Vec<_>>()),
        listed::notice("more deaths than cases: are they exchanged?", &exceeding),
    ];
    Ok(notices.into_iter().flatten().collect())
}

/// Looks at the first `days` days of cumulative counts for daily ones.
///
/// # Errors
/// Where the counts of all rows together fall as often as daily ones.
pub(super) fn cumulative(published: &Published, days: usize, reader: &mut Reader) -> Result<(), Error> {
    for (counts, what) in [(&published.cases, "cases"), (&published.deaths, "deaths")] {
        let mut all = vec![0.0; days];
        for row in &counts.rows {
            all.iter_mut().zip(&row.cumulative).for_each(|(sum, count)| *sum += count);
        }
        if let Some((falls, changes)) = falls(&all, NATION) {
            let problem = format!("all {what} together fall on {falls} of the {changes} days on which they change");
            let remedy = "give cumulative counts, as the publisher does, not daily ones";
            return Err(InputError::new(&counts.path, problem, remedy).into());
        }
        let often = counts.rows.iter().filter(|row| matches!(row.unit, Unit::County(_))).filter_map(|row| {
            let (falls, changes) = falls(&row.cumulative[..days.min(row.cumulative.len())], COUNTY)?;
            let state = row.unit.state().and_then(State::of).map_or("", |state| state.abbreviation);
            Some(format!("{}, {state} on {falls} of {changes} days with a change", row.name))
        });
        let often: Vec<String> = often.collect();
        let notice = format!("cumulative {what} often fall: are they daily counts?");
        reader.notices.extend(listed::notice(&notice, &often));
    }
    Ok(())
}

/// Days with a fall and days with a change, where a cumulative count does not have as many.
fn falls(cumulative: &[f64], (of_days, of_people): (f64, f64)) -> Option<(u32, u32)> {
    let before = std::iter::once(0.0).chain(cumulative.iter().copied());
    let steps = cumulative.iter().zip(before).map(|(count, before)| count - before).filter(|step| *step != 0.0);
    let (mut falls, mut changes, mut lost, mut gained) = (0_u32, 0_u32, 0.0, 0.0);
    for step in steps {
        changes += 1;
        if step < 0.0 {
            (falls, lost) = (falls + 1, lost - step);
        } else {
            gained += step;
        }
    }
    let often = f64::from(falls) > of_days * f64::from(changes);
    let far = lost > of_people * gained;
    (changes >= FEWEST_CHANGES && falls >= FEWEST_FALLS && (often || far)).then_some((falls, changes))
}

/// A notice where daily counts of all places together only rise, as cumulative counts do.
pub(super) fn daily(aligned: &Aligned) -> Option<Notice> {
    let days = aligned.states.values().next().map_or(0, |(cases, _)| cases.new.len());
    let mut all = vec![0.0; days];
    for (cases, _) in aligned.states.values() {
        all.iter_mut().zip(&cases.new).for_each(|(sum, new)| *sum += new);
    }
    let rises = all.windows(2).filter(|pair| pair[1] > pair[0]).count();
    let only = all.is_sorted() && rises >= FEWEST_CHANGES as usize && 2 * rises > days;
    let message = format!("new cases never fall in {days} days: are they cumulative counts?");
    only.then_some(Notice { message, count: 1 })
}

fn place(location: &Location) -> String {
    format!("{} ({})", location.name, location.fips)
}

/// Removes residents and positions that a county cannot have from the publisher's own files, with a notice.
pub(super) fn attributes(published: &mut Published, reader: &mut Reader) {
    for counts in [&mut published.cases, &mut published.deaths] {
        let (mut residents, mut positions) = (Vec::new(), Vec::new());
        for row in &mut counts.rows {
            if let Some(people) = row.population.take_if(|people| !RESIDENTS.holds(*people)) {
                residents.push(format!("{people:?} in {} on line {}", row.name, row.line));
            }
            let outside = |&mut (latitude, longitude): &mut (f64, f64)| {
                !(covariates::possible(Latitude, latitude) && covariates::possible(Longitude, longitude))
            };
            if let Some((latitude, longitude)) = row.position.take_if(outside) {
                positions.push(format!("{latitude:?}, {longitude:?} of {} on line {}", row.name, row.line));
            }
        }
        let file = counts.path.display();
        let what = format!("{file}: not a county's number of residents, left out");
        reader.notices.extend(listed::notice(&what, &residents));
        reader.notices.extend(listed::notice(&format!("{file}: positions outside the country, left out"), &positions));
    }
}
