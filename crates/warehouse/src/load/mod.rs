//! A lake's days into PostgreSQL: one transaction a day, and none for a day that is there already.
//!
//! ```text
//! days (what the lake holds) → connect (a server) → tables (columns on both sides) → binary (rows as COPY takes them) → day (one transaction)
//!                                                                                                      failure (what a server refuses)
//! ```

mod binary;
mod connect;
mod day;
mod days;
mod failure;
mod sql;
mod tables;

use std::path::PathBuf;

use chrono::NaiveDate;

use crate::error::Error;
use crate::stores::Stores;
use connect::connect;
use days::{Day, Lake};
use tables::Tables;

/// What is to be loaded, and where to.
#[derive(Debug, Clone)]
pub struct Request {
    /// The lake: a path, or `s3://BUCKET/FOLDER`.
    pub lake: PathBuf,
    /// Names of the tables; all that there are if it is empty.
    pub tables: Vec<String>,
    /// The first day.
    pub since: Option<NaiveDate>,
}

/// What became of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loaded {
    /// Tables that are new or have changed, and their rows.
    New {
        /// Number of tables.
        tables: usize,
        /// Number of rows in them.
        rows: u64,
    },
    /// Nothing has changed since it was loaded.
    Same,
    /// The lake's files are not those that its manifest names: it is being written, or damaged.
    Unfinished,
}

/// Loads days into the database at an address (`postgres://USER@HOST:PORT/DATABASE`, or `host=… user=…`), each in a transaction of its
/// own, oldest first, and tells of each. What is committed stays, whatever comes later.
///
/// # Errors
/// [`Error::Input`] where the lake has no complete day or a table that is not known, the server cannot be reached, refuses the user, or
/// has tables of other columns; [`Error::System`] where files cannot be read or the server fails.
pub async fn load(
    request: &Request,
    address: &str,
    mut told: impl FnMut(&str, NaiveDate, Loaded),
) -> Result<(), Error> {
    let lake = Lake::open(&request.lake, &Stores::default())?;
    let days = days(&lake, request).await?;
    let mut client = connect(address).await?;
    let mut tables = Tables::read(&client).await?;
    if days.iter().flat_map(Day::tables).any(|name| !tables.has(name)) {
        client.batch_execute(sql::SCHEMA).await.map_err(|error| failure::of(&error, "the tables cannot be made"))?;
        tables = Tables::read(&client).await?;
    }
    for day in &days {
        let loaded = day::load(&mut client, &tables, &lake, day).await?;
        told(day.column, day.date, loaded);
    }
    Ok(())
}

/// The statements that [`load`] would run if nothing had been loaded before, in their order, as a text.
///
/// # Errors
/// As [`load`], but for what concerns the server.
pub async fn statements(request: &Request) -> Result<String, Error> {
    let lake = Lake::open(&request.lake, &Stores::default())?;
    let mut text = String::from(sql::SCHEMA);
    for day in days(&lake, request).await? {
        text.push_str("\nbegin;\n");
        for file in &day.files {
            let bytes = lake.bytes(file).await?.ok_or_else(|| unfinished(&day))?;
            let (reader, columns) = binary::open(&bytes, file)?;
            let rows: usize = reader.map(|batch| batch.map_or(0, |batch| batch.num_rows())).sum();
            text.push_str(&sql::clear(&file.table, day.column, Some(day.date)));
            text.push_str(&format!(";\n-- {rows} rows of {}:\n", file.path));
            text.push_str(&sql::copy(&file.table, day.column, &columns));
            text.push_str(";\n");
        }
        text.push_str("commit;\n");
    }
    Ok(text)
}

fn unfinished(day: &Day) -> Error {
    Error::input(
        format!("the lake's files of {} are not those that its manifest names", day.date),
        "wait until the run that writes them has ended, or repeat the day: countycast project --lake LAKE --as-of DATE",
    )
}

/// The days that are asked for, with the tables that are.
async fn days(lake: &Lake, request: &Request) -> Result<Vec<Day>, Error> {
    let known = sql::known_tables();
    for name in &request.tables {
        if !known.contains(&name.as_str()) {
            return Err(Error::input(
                format!("there is no table {name} to load"),
                format!("the tables are {}", known.join(", ")),
            ));
        }
    }
    let mut days = lake.days().await?;
    for day in &mut days {
        day.files.retain(|file| {
            known.contains(&file.table.as_str()) && (request.tables.is_empty() || request.tables.contains(&file.table))
        });
    }
    days.retain(|day| !day.files.is_empty() && request.since.is_none_or(|since| day.date >= since));
    if days.is_empty() {
        return Err(Error::input(
            "no complete day of the lake is among those that are asked for",
            "`countycast project --lake LAKE` writes days; --since and --tables leave out others",
        ));
    }
    Ok(days)
}
