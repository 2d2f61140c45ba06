//! Availability of providers, which a health department keeps: read by the treatment finder, changed by who has the token.
//!
//! ```text
//! token (who may change it) → update (is it well-formed, known, of now?) → log (written, and on disk, before it is accepted)
//! ```

mod log;
mod numbers;
mod token;
mod update;

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::error::Error;
use log::Log;
use token::Token;
use update::Update;

pub use numbers::Numbers;

/// How much a sender's clock may be ahead.
const AHEAD: chrono::TimeDelta = chrono::TimeDelta::minutes(5);

/// What is known of providers, and the log that it is kept in.
#[derive(Debug)]
pub struct Availability {
    token: Token,
    numbers: Numbers,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    log: Log,
    /// The last update of each provider and specialty.
    latest: BTreeMap<(String, String), Update>,
    /// What told each accepted update from others.
    nonces: HashSet<String>,
}

/// Why an update is not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is not of the form.
    Form(String),
    /// It was accepted before, or a later one was.
    Known(String),
    /// No list has its provider.
    Unknown(String),
    /// It could not be written.
    Disk(String),
}

impl Availability {
    /// Opens the log of a file, or begins one; of a last line that a crash cut off nothing was accepted, and it is removed.
    ///
    /// # Errors
    /// [`Error::Input`] where another service has the log, a line is no update, or the token is missing, short or readable by others;
    /// [`Error::System`] where the file cannot be read or written.
    pub fn open(log: &Path, token: Option<&Path>, numbers: Numbers) -> Result<Self, Error> {
        let token = Token::read(token)?;
        let (log, updates) = Log::open(log)?;
        let mut state = State { log, latest: BTreeMap::new(), nonces: HashSet::new() };
        for update in updates {
            state.take(update);
        }
        Ok(Self { token, numbers, state: Mutex::new(state) })
    }

    /// Whether this is the header of who may change it. The time it takes tells nothing of the token.
    pub(super) fn permits(&self, authorization: Option<&[u8]>) -> bool {
        self.token.permits(authorization)
    }

    /// Accepts an update: when it returns, the update is on disk.
    pub(super) fn accept(&self, body: &[u8], now: DateTime<Utc>) -> Result<(), Refusal> {
        let mut update = Update::parse(body).map_err(Refusal::Form)?;
        if update.updated_at > now + AHEAD {
            return Err(Refusal::Form(format!("updated_at {} has not come yet", update.updated_at.to_rfc3339())));
        }
        if !self.numbers.has(&update.provider) {
            return Err(Refusal::Unknown("no list has this provider; its number is text, as in the list".into()));
        }
        let mut state = self.state();
        if state.nonces.contains(&update.nonce) {
            return Err(Refusal::Known("an update with this nonce has been accepted already".into()));
        }
        if state.latest.get(&update.key()).is_some_and(|known| known.updated_at > update.updated_at) {
            return Err(Refusal::Known("a later update of this provider and specialty has been accepted".into()));
        }
        update.received_at = Some(now);
        state.log.append(&update).map_err(|error| Refusal::Disk(format!("the update could not be kept: {error}")))?;
        state.take(update);
        Ok(())
    }

    /// What is known now.
    pub(super) fn told(&self) -> Value {
        let entries: Vec<Value> = self.state().latest.values().map(Update::told).collect();
        json!({ "entries": entries })
    }

    /// Nothing is left half-done in memory: an update is taken once it is on disk.
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take(&mut self, update: Update) {
        self.nonces.insert(update.nonce.clone());
        let known = self.latest.get(&update.key());
        if known.is_none_or(|known| known.updated_at <= update.updated_at) {
            self.latest.insert(update.key(), update);
        }
    }
}

#[cfg(test)]
mod tests;
