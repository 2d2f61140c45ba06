//! Attempts: what may pass is tried again, after growing waits that respect what the server asks for.

use std::cell::Cell;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::error::FetchError;
use crate::network::clock::Clock;
use crate::network::limits::Limits;
use crate::network::watch::Watch;

/// Why an attempt failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Another attempt may succeed.
    Passing {
        /// What happened.
        message: String,
        /// `Retry-After`, as the server wrote it.
        wait: Option<String>,
        /// Whether something came that need not come again.
        progress: bool,
    },
    /// Nothing will change it.
    Fatal(FetchError),
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        Self::Fatal(error)
    }
}

/// The bounds of one source's fetch, and how much of them is used.
pub(crate) struct Budget<'a> {
    pub(crate) limits: Limits,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) watch: &'a dyn Watch,
    began: Timestamp,
    requests: Cell<u32>,
    bytes: Cell<u64>,
}

impl<'a> Budget<'a> {
    pub(crate) fn new(limits: Limits, clock: &'a dyn Clock, watch: &'a dyn Watch) -> Self {
        Self { limits, clock, watch, began: clock.now(), requests: Cell::new(0), bytes: Cell::new(0) }
    }

    /// Counts a request.
    pub(crate) fn request(&self) -> Result<(), FetchError> {
        self.in_time()?;
        self.requests.set(self.requests.get() + 1);
        if self.requests.get() > self.limits.requests {
            return Err(FetchError::Limit(format!("more than {} requests", self.limits.requests)));
        }
        Ok(())
    }

    /// Counts bytes that have come.
    pub(crate) fn receive(&self, bytes: u64) -> Result<(), FetchError> {
        self.watch.received(bytes);
        self.bytes.set(self.bytes.get().saturating_add(bytes));
        self.announced(0)?;
        self.in_time()
    }

    /// Refuses an answer whose announced length is beyond the bound before it comes.
    pub(crate) fn announced(&self, bytes: u64) -> Result<(), FetchError> {
        if self.bytes.get().saturating_add(bytes) > self.limits.bytes {
            return Err(FetchError::Limit(format!("the answer has more than the {} bytes allowed", self.limits.bytes)));
        }
        Ok(())
    }

    /// Whether time is left, and nobody asks to stop.
    pub(crate) fn in_time(&self) -> Result<(), FetchError> {
        if self.watch.stopped() {
            return Err(FetchError::Stopped);
        }
        let taken = self.clock.now().duration_since(self.began);
        if taken > SignedDuration::try_from(self.limits.time).unwrap_or(SignedDuration::MAX) {
            return Err(FetchError::Limit(format!("it takes more than {} s", self.limits.time.as_secs())));
        }
        Ok(())
    }

    /// Tries until it succeeds, fails for good, or has brought nothing so often that it is given up.
    pub(crate) fn retrying<T>(&self, mut attempt: impl FnMut() -> Result<T, Failure>) -> Result<T, FetchError> {
        let mut fruitless = 0;
        loop {
            self.request()?;
            let (message, wait, progress) = match attempt() {
                Ok(found) => return Ok(found),
                Err(Failure::Fatal(error)) => return Err(error),
                Err(Failure::Passing { message, wait, progress }) => (message, wait, progress),
            };
            fruitless = if progress { 1 } else { fruitless + 1 };
            if fruitless >= self.limits.attempts {
                return Err(FetchError::Server(format!("{message}, {fruitless} times in a row")));
            }
            let wait = self.wait(&message, wait.as_deref(), fruitless)?;
            self.watch.note(&format!("{message}: again in {} s", wait.as_secs().max(1)));
            self.pause(wait)?;
        }
    }

    /// The wait before the next attempt: what the server asks for, else twice the last one, half of it by chance.
    fn wait(&self, message: &str, asked: Option<&str>, fruitless: u32) -> Result<Duration, FetchError> {
        if let Some(asked) = asked.and_then(|text| retry_after(text, self.clock.now())) {
            if asked > self.limits.longest_wait {
                return Err(FetchError::Server(format!("{message} and asks for {} s of patience", asked.as_secs())));
            }
            return Ok(asked.max(Duration::from_millis(100)));
        }
        let doubled = self.limits.first_wait.saturating_mul(1 << (fruitless - 1).min(16));
        Ok(doubled.min(self.limits.longest_wait).mul_f64(0.5 + 0.5 * self.clock.jitter().clamp(0.0, 1.0)))
    }

    /// Waits in short steps, so that a stop is heard.
    fn pause(&self, wait: Duration) -> Result<(), FetchError> {
        const STEP: Duration = Duration::from_millis(200);
        let mut left = wait;
        while left > Duration::ZERO {
            self.in_time()?;
            let step = left.min(STEP);
            self.clock.sleep(step);
            left -= step;
        }
        self.in_time()
    }
}

/// The wait that `Retry-After` asks for: seconds, or the time of an HTTP date.
fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    Some(Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "2026-01-14T23:00:00Z".parse().unwrap();
        assert_eq!(retry_after("120", now), Some(Duration::from_secs(120)));
        assert_eq!(retry_after("Wed, 14 Jan 2026 23:00:30 GMT", now), Some(Duration::from_secs(30)));
        assert_eq!(retry_after("Wed, 14 Jan 2026 22:00:00 GMT", now), Some(Duration::ZERO));
        for wrong in ["soon", "-5", "", "1.5"] {
            assert_eq!(retry_after(wrong, now), None, "{wrong}");
        }
    }
}
