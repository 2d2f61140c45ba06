//! The lake as it is: its latest fans in memory, and answers that were given since it changed last.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::Duration;

use tokio::runtime::Handle;

use super::fans::Fans;
use super::reply::{Form, Reply};
use crate::engine::Warehouse;
use crate::lake::Tables;

/// How often the lake is looked at.
const LOOK: Duration = Duration::from_secs(2);
/// Most bytes of answers that are kept.
const MOST_BYTES: usize = 64 << 20;

/// What an answer is given to: an address and how it is written.
pub(super) type Key = (String, Form);

/// The lake between two changes.
#[derive(Debug, Default)]
pub(super) struct State {
    /// The latest fans, where the lake has projections of days.
    pub(super) fans: Option<Fans>,
    given: Mutex<(usize, HashMap<Key, Arc<Reply>>)>,
}

impl State {
    /// An answer that was given before.
    pub(super) fn known(&self, key: &Key) -> Option<Arc<Reply>> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner).1.get(key).cloned()
    }

    /// Keeps an answer. Where there are too many, those before are forgotten.
    pub(super) fn keep(&self, key: Key, reply: &Arc<Reply>) {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = reply.bytes() + key.0.len();
        if given.0 + bytes > MOST_BYTES {
            *given = (0, HashMap::new());
        }
        if bytes <= MOST_BYTES && given.1.insert(key, Arc::clone(reply)).is_none() {
            given.0 += bytes;
        }
    }
}

/// The state that holds now.
#[derive(Debug, Default)]
pub(super) struct Current(RwLock<Option<Arc<State>>>);

impl Current {
    /// The state; none until the lake has been looked at.
    pub(super) fn get(&self) -> Option<Arc<State>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, state: State) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(state));
    }
}

/// Looks at the lake again and again, as long as somebody holds the state.
pub(super) fn follow(current: &Arc<Current>, warehouse: &Warehouse, threads: &Handle) {
    let (current, warehouse, handle) = (Arc::downgrade(current), warehouse.clone(), threads.clone());
    threads.spawn(async move {
        let mut seen: Option<Tables> = None;
        loop {
            let (asked, before) = (warehouse.clone(), seen.clone());
            // Listing files takes as long as the disk does.
            let listed = handle.spawn_blocking(move || {
                let tables = asked.lake().tables().ok()?;
                (before.as_ref() != Some(&tables)).then_some(tables)
            });
            if let Ok(Some(tables)) = listed.await {
                let fans = Fans::read(&warehouse).await;
                let Some(current) = Weak::upgrade(&current) else { return };
                current.set(State { fans, given: Mutex::default() });
                seen = Some(tables);
            }
            if Weak::strong_count(&current) == 0 {
                return;
            }
            tokio::time::sleep(LOOK).await;
        }
    });
}
