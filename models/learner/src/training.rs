//! From past origins to boosters and to the errors that they make on what they have not seen.

use std::ops::Range;

use countycast_engine::{EngineError, Streams};
use rayon::prelude::*;

use crate::WEEKS;
use crate::boost::Booster;
use crate::errors::{Library, Size};
use crate::examples::Examples;
use crate::features::COUNT;
use crate::forecaster::Forecaster;
use crate::rows::{Kind, Row};
use crate::settings::Settings;
use crate::table::Table;

/// Fewest rows that trees are grown on.
const LEAST_ROWS: usize = 100;

/// Trains the boosters of both targets, and gathers their errors.
///
/// `rows` are sorted by day; `days` is the number of days known.
pub(crate) fn train(
    rows: &[Row],
    days: usize,
    settings: &Settings,
    streams: &Streams,
) -> Result<[Forecaster; 2], EngineError> {
    let blocks = blocks(rows, days, settings);
    if blocks.is_empty() {
        let found = rows.len();
        return Err(EngineError::Refused(format!(
            "{found} past days of places with {} cases in four weeks: learning takes {LEAST_ROWS} before the last weeks",
            settings.least_cases
        )));
    }
    let all = Set::new(rows, None, settings).boosters(settings, streams)?;
    let mut libraries = [Vec::new(), Vec::new()];
    for block in blocks.iter().enumerate() {
        let boosters = Set::new(rows, Some(block), settings).boosters(settings, streams)?;
        for ((library, boosters), kind) in libraries.iter_mut().zip(&boosters).zip(Kind::ALL) {
            library.extend(errors(kind, boosters, block.1, rows));
        }
    }
    let [cases, deaths] = all;
    let [case_errors, death_errors] = libraries.map(Library::new);
    Ok([Forecaster { boosters: cases, library: case_errors }, Forecaster { boosters: deaths, library: death_errors }])
}

/// Origins whose errors are looked at, days known at each, newest block first: blocks of `error_weeks` with four weeks
/// known after them, as long as there is enough to learn from outside of them.
fn blocks(rows: &[Row], days: usize, settings: &Settings) -> Vec<Range<usize>> {
    let (length, first) = (7 * settings.error_weeks, days.saturating_sub(7 * WEEKS) + 1);
    let block = |back: usize| {
        let end = first.checked_sub(back * length)?;
        Some(end.checked_sub(length)?..end)
    };
    let enough = |block: &Range<usize>| {
        let outside = |row: &&Row| learns(row, WEEKS - 1, Some(block));
        rows.iter().filter(outside).count() >= LEAST_ROWS
    };
    (0..settings.error_blocks).map_while(block).take_while(enough).collect()
}

/// Whether a booster of this week may learn from a row: its outcome is known and, for a booster that is to be tried on a
/// block, no day that counts in the block's outcomes counts in it.
fn learns(row: &Row, week: usize, block: Option<&Range<usize>>) -> bool {
    let apart =
        |block: &Range<usize>| row.seen + 7 * (week + 1) <= block.start || row.seen >= block.end + 7 * WEEKS - 1;
    row.came[0].len() > week && block.is_none_or(apart)
}

/// What a set of boosters, one for each target and week, may learn from.
struct Set<'a> {
    rows: Vec<&'a Row>,
    table: Table,
    /// Number and days of the block that it is not to see.
    block: Option<(usize, &'a Range<usize>)>,
}

impl<'a> Set<'a> {
    fn new(rows: &'a [Row], block: Option<(usize, &'a Range<usize>)>, settings: &Settings) -> Self {
        // Whoever may learn of a later week from a row may do so of the first.
        let rows: Vec<&Row> = rows.iter().filter(|row| learns(row, 0, block.map(|(_, days)| days))).collect();
        let features: Vec<&[f32; COUNT]> = rows.iter().map(|row| &row.features).collect();
        let table = Table::new(&features, &weights(Kind::Cases, &rows, settings));
        Self { rows, table, block }
    }

    /// Boosters by target and week.
    fn boosters(&self, settings: &Settings, streams: &Streams) -> Result<[Vec<Booster>; 2], EngineError> {
        let jobs: Vec<(Kind, usize)> =
            Kind::ALL.into_iter().flat_map(|kind| (0..WEEKS).map(move |week| (kind, week))).collect();
        let booster = |(kind, week): &(Kind, usize)| self.booster(*kind, *week, settings, streams);
        let mut cases = jobs.par_iter().map(booster).collect::<Result<Vec<Booster>, EngineError>>()?;
        let deaths = cases.split_off(WEEKS);
        Ok([cases, deaths])
    }

    fn booster(&self, kind: Kind, week: usize, settings: &Settings, streams: &Streams) -> Result<Booster, EngineError> {
        let purpose = match kind {
            Kind::Cases => "case booster",
            Kind::Deaths => "death booster",
        };
        let number = self.block.map_or(0, |(block, _)| block + 1);
        let seed = streams.rng(purpose, WEEKS * number + week).next_u64();
        // What the errors are made of answers for widths alone: there one member does.
        let members = if self.block.is_none() { settings.committee } else { 1 };
        Booster::fit(&self.table, self.examples(kind, week, settings), settings, members, seed)
    }

    fn examples(&self, kind: Kind, week: usize, settings: &Settings) -> Examples {
        let block = self.block.map(|(_, days)| days);
        let (numbers, rows): (Vec<u32>, Vec<&Row>) =
            (0..).zip(&self.rows).filter(|(_, row)| learns(row, week, block)).unzip();
        Examples {
            targets: rows.iter().filter_map(|row| row.target(kind, week)).collect(),
            weights: weights(kind, &rows, settings),
            rows: numbers,
        }
    }
}

/// How much rows count: by the level of the target, and by age, the newest fully.
fn weights(kind: Kind, rows: &[&Row], settings: &Settings) -> Vec<f64> {
    let newest = rows.iter().map(|row| row.seen).max().unwrap_or(0);
    let fresh = |row: &Row| 0.5_f64.powf((newest - row.seen) as f64 / settings.half_life_days);
    let weight = |row: &&Row| kind.weight(row.levels[kind as usize], settings.size_power) * fresh(row);
    rows.iter().map(weight).collect()
}

/// Errors of boosters on a block that they have not seen.
fn errors(kind: Kind, boosters: &[Booster], block: &Range<usize>, rows: &[Row]) -> Vec<(Size, [f32; WEEKS])> {
    let rows: Vec<&Row> = rows.iter().filter(|row| block.contains(&row.seen) && row.came[0].len() == WEEKS).collect();
    let error = |row: &&Row| {
        let of = |week: usize| {
            let expected = row.expected(kind, week, boosters[week].predict(&row.features));
            row.outcome(kind, week).map_or(0.0, |outcome| (outcome - expected) as f32)
        };
        let level = kind.log(row.levels[kind as usize]) as f32;
        (Size { is_county: row.is_county, level }, std::array::from_fn(of))
    };
    rows.par_iter().map(error).collect()
}

#[cfg(test)]
mod tests {
    use countycast_engine::Fips;

    use super::*;

    const DAYS: usize = 154;

    /// Rows of 40 places at every seventh day; features and outcomes are those of `course`, by place and day.
    fn rows(course: impl Fn(usize, usize) -> f64) -> Vec<Row> {
        let days = (42..DAYS).step_by(7).flat_map(|seen| (0..40).map(move |place| (place, seen)));
        let row = |(place, seen): (usize, usize)| {
            let weeks = ((DAYS - seen) / 7).min(WEEKS);
            let came: Vec<f64> = (1..=weeks).map(|week| course(place, seen + 7 * week)).collect();
            let mut features = [f32::NAN; COUNT];
            (0..6).for_each(|back| features[back] = course(place, seen - 7 * back) as f32);
            Row {
                seen,
                is_county: true,
                features,
                levels: [course(place, seen); 2],
                nation_came: vec![0.0; came.len()],
                came: [came.clone(), came],
                nation_expected: [0.0; WEEKS],
            }
        };
        days.map(row).collect()
    }

    #[test]
    fn boosters_that_are_tried_on_a_block_have_not_seen_it() {
        let settings = Settings { trees: 10, rough_trees: 5, leaf_rows: 5.0, ..Settings::default() };
        let wave = |place: usize, day: usize| 50.0 + 40.0 * (day as f64 / 9.0 + place as f64).sin();
        let block = blocks(&rows(wave), DAYS, &settings).remove(0);
        let other = |place: usize, day: usize| if day > block.start { 7.0 } else { wave(place, day) };
        let trained = |rows: &[Row], block| {
            let boosters =
                Set::new(rows, block, &settings).boosters(&settings, &Streams::new(1, "learner", Fips::US)).unwrap();
            serde_json::to_string(&boosters).unwrap()
        };
        let [one, two] =
            [rows(wave), rows(other)].map(|rows| (trained(&rows, Some((0, &block))), trained(&rows, None)));
        assert!(one.0 == two.0, "nothing that came after the block's start is known");
        assert!(one.1 != two.1, "the boosters that project know it");
    }
}
