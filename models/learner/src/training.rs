//! From past origins to boosters and to the errors that they make on what they have not seen.

use std::ops::Range;

use countycast_engine::{EngineError, Streams};
use rayon::prelude::*;

use crate::boost::{Booster, Table};
use crate::errors::{Library, Size};
use crate::foreteller::Foreteller;
use crate::rows::{Kind, Row, WEEKS};
use crate::settings::Settings;

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
) -> Result<[Foreteller; 2], EngineError> {
    let blocks = blocks(rows, days, settings);
    if blocks.is_empty() {
        let found = rows.len();
        return Err(EngineError::Refused(format!(
            "{found} past days of places with {} cases in four weeks: learning takes {LEAST_ROWS} before the last weeks",
            settings.least_cases
        )));
    }
    let jobs: Vec<Job> = Job::all(blocks.len());
    let train = |job: &Job| job.booster(rows, &blocks, settings, streams);
    let mut trained = jobs.par_iter().map(train).collect::<Result<Vec<Booster>, EngineError>>()?.into_iter();
    let mut foreteller = |kind: Kind| {
        let mut weeks = || -> Vec<Booster> { trained.by_ref().take(WEEKS).collect() };
        let boosters = weeks();
        let held_out: Vec<Vec<Booster>> = blocks.iter().map(|_| weeks()).collect();
        let errors = blocks.iter().zip(&held_out).flat_map(|(block, boosters)| errors(kind, boosters, block, rows));
        Foreteller { boosters, library: Library::new(errors.collect()) }
    };
    Ok([foreteller(Kind::Cases), foreteller(Kind::Deaths)])
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

/// One booster to be trained.
struct Job {
    kind: Kind,
    week: usize,
    /// The block that it is not to see.
    block: Option<usize>,
}

impl Job {
    /// In the order in which they are put together: by target, those that see all first, then by block, by week.
    fn all(blocks: usize) -> Vec<Self> {
        let blocks = || std::iter::once(None).chain((0..blocks).map(Some));
        let weeks = |kind, block| (0..WEEKS).map(move |week| Self { kind, week, block });
        Kind::ALL.into_iter().flat_map(|kind| blocks().flat_map(move |block| weeks(kind, block))).collect()
    }

    fn booster(
        &self,
        rows: &[Row],
        blocks: &[Range<usize>],
        settings: &Settings,
        streams: &Streams,
    ) -> Result<Booster, EngineError> {
        let block = self.block.map(|block| &blocks[block]);
        let rows: Vec<&Row> = rows.iter().filter(|row| learns(row, self.week, block)).collect();
        let table = Table::new(rows.iter().map(|row| &row.features));
        let targets: Vec<f64> = rows.iter().filter_map(|row| row.target(self.kind, self.week)).collect();
        let days = rows.iter().map(|row| row.seen).max().unwrap_or(0);
        let fresh = |row: &Row| 0.5_f64.powf((days - row.seen) as f64 / settings.half_life_days);
        let weight = |row: &&Row| self.kind.weight(row.levels[self.kind as usize], settings.size_power) * fresh(row);
        let weights: Vec<f64> = rows.iter().map(weight).collect();
        let purpose = match self.kind {
            Kind::Cases => "case booster",
            Kind::Deaths => "death booster",
        };
        let number = self.block.map_or(0, |block| block + 1);
        let seed = streams.rng(purpose, WEEKS * number + self.week).next_u64();
        // What the errors are made of answers for widths alone: there one member does.
        let members = if self.block.is_none() { settings.committee } else { 1 };
        Booster::fit(&table, &targets, &weights, settings, members, seed)
    }
}

/// Errors of boosters on a block that they have not seen.
fn errors(kind: Kind, boosters: &[Booster], block: &Range<usize>, rows: &[Row]) -> Vec<(Size, [f32; WEEKS])> {
    let rows: Vec<&Row> = rows.iter().filter(|row| block.contains(&row.seen) && row.came[0].len() == WEEKS).collect();
    let table = Table::new(rows.iter().map(|row| &row.features));
    let found: Vec<Vec<f64>> = boosters.par_iter().map(|booster| booster.predict(&table)).collect();
    let error = |(i, row): (usize, &&Row)| {
        let of = |week: usize| {
            let expected = row.expected(kind, week, found[week][i]);
            row.outcome(kind, week).map_or(0.0, |outcome| (outcome - expected) as f32)
        };
        let level = kind.log(row.levels[kind as usize]) as f32;
        (Size { is_county: row.is_county, level }, std::array::from_fn(of))
    };
    rows.iter().enumerate().map(error).collect()
}
