//! JHU-style case and death tables, and the table of the truth.

use std::io;

use jiff::civil::Date;

use super::defects::Published;
use super::places::{Place, STATES};
use super::{DAYS, FIRST_DAY, TrueCounty};
use crate::sources::day_after;

/// Columns before the days. The deaths table has `Population` after them.
const PLACE_COLUMNS: [&str; 11] = [
    "UID",
    "iso2",
    "iso3",
    "code3",
    "FIPS",
    "Admin2",
    "Province_State",
    "Country_Region",
    "Lat",
    "Long_",
    "Combined_Key",
];

/// Cumulative confirmed cases; FIPS as text, as the real table had it in October 2020.
pub(super) fn confirmed(places: &[Place], published: &Published) -> io::Result<Vec<u8>> {
    let mut table = Wide::new(false)?;
    for (place, cases) in places.iter().zip(&published.cases) {
        table.row(&place.fips.to_string(), place.fips.number(), &place.name, place.state, None, cases)?;
    }
    for (i, state) in STATES.iter().enumerate() {
        let (out, none) = (80_000 + state.fips, 90_000 + state.fips);
        table.row(&out.to_string(), out, &format!("Out of {}", state.short), i, None, &published.out_of_state[i])?;
        table.row(&none.to_string(), none, "Unassigned", i, None, &published.unassigned[i])?;
    }
    // A row without a code, as the real table has for prisons and health districts.
    table.row("", 70_099, "Demo prisons", 0, None, &[0; DAYS])?;
    table.end()
}

/// Cumulative deaths with population; FIPS as a float, as the real table had it.
pub(super) fn deaths(places: &[Place], published: &Published) -> io::Result<Vec<u8>> {
    let mut table = Wide::new(true)?;
    for (place, deaths) in places.iter().zip(&published.deaths) {
        let number = place.fips.number();
        table.row(&format!("{number}.0"), number, &place.name, place.state, Some(place.population), deaths)?;
    }
    for (i, state) in STATES.iter().enumerate() {
        for (number, name) in [(80_000, format!("Out of {}", state.short)), (90_000, "Unassigned".to_owned())] {
            let number = number + state.fips;
            table.row(&format!("{number}.0"), number, &name, i, Some(0.0), &[0; DAYS])?;
        }
    }
    table.row("", 70_099, "Demo prisons", 0, Some(0.0), &[0; DAYS])?;
    table.end()
}

/// One row per county and day: true, expected and reported counts, including future days.
pub(super) fn truth(counties: &[TrueCounty]) -> io::Result<Vec<u8>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record([
        "fips",
        "date",
        "infections",
        "reproduction",
        "expected_cases",
        "expected_deaths",
        "cases",
        "deaths",
    ])?;
    let dates: Vec<String> = dates(counties.first().map_or(0, |c| c.infections.len())).map(|d| d.to_string()).collect();
    for county in counties {
        for (day, date) in dates.iter().enumerate() {
            out.write_record([
                &county.fips,
                date,
                &format!("{:.4}", county.infections[day]),
                &format!("{:.4}", county.reproduction[day]),
                &format!("{:.4}", county.expected_cases[day]),
                &format!("{:.4}", county.expected_deaths[day]),
                &county.cases[day].to_string(),
                &county.deaths[day].to_string(),
            ])?;
        }
    }
    out.into_inner().map_err(csv::IntoInnerError::into_error)
}

fn dates(days: usize) -> impl Iterator<Item = Date> {
    (0..days).map(|day| day_after(FIRST_DAY, day))
}

/// A table with one column per day.
struct Wide(csv::Writer<Vec<u8>>);

impl Wide {
    fn new(population: bool) -> io::Result<Self> {
        let mut out = csv::Writer::from_writer(Vec::new());
        let days = dates(DAYS).map(|d| format!("{}/{}/{}", d.month(), d.day(), d.year() % 100));
        let population = population.then(|| "Population".to_owned());
        out.write_record(PLACE_COLUMNS.map(str::to_owned).into_iter().chain(population).chain(days))?;
        Ok(Self(out))
    }

    fn row(
        &mut self,
        fips: &str,
        number: u32,
        name: &str,
        state: usize,
        population: Option<f64>,
        counts: &[i64],
    ) -> io::Result<()> {
        let state = STATES[state].name;
        let place = [
            format!("840{number:05}"),
            "US".to_owned(),
            "USA".to_owned(),
            "840".to_owned(),
            fips.to_owned(),
            name.to_owned(),
            state.to_owned(),
            "US".to_owned(),
            "0.0".to_owned(),
            "0.0".to_owned(),
            format!("{name}, {state}, US"),
        ];
        let cumulative = counts.iter().scan(0, |total, count| {
            *total += count;
            Some(total.to_string())
        });
        let population = population.map(|people| people.to_string());
        self.0.write_record(place.into_iter().chain(population).chain(cumulative))?;
        Ok(())
    }

    fn end(self) -> io::Result<Vec<u8>> {
        self.0.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}
