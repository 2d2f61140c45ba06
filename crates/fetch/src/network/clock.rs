//! Time and chance, so that tests need neither.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;

/// What tells the time, waits, and spreads waits.
pub trait Clock {
    /// The time.
    fn now(&self) -> Timestamp;

    /// Waits.
    fn sleep(&self, time: Duration);

    /// A number from 0 to 1 by which clients that failed together do not ask again together.
    fn jitter(&self) -> f64;
}

/// The clock of the system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, time: Duration) {
        thread::sleep(time);
    }

    fn jitter(&self) -> f64 {
        // Hashers are seeded by the system, each with another number.
        RandomState::new().build_hasher().finish() as f64 / u64::MAX as f64
    }
}
