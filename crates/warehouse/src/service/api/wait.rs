//! Waiting for a statement within a request.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::super::failure::Failure;
use super::super::statement::Statement;

/// Most requests that wait for one statement.
const MOST_WAITING: usize = 10;

/// Longest time that a request may wait, in seconds.
const MOST_SECONDS: i64 = 30;

/// Waits until a statement is done, for as many seconds as were asked for.
pub(super) async fn wait(statement: &Statement, seconds: Option<i64>) -> Result<(), Failure> {
    let Some(seconds) = seconds else { return Ok(()) };
    let time = u64::try_from(seconds).ok().filter(|_| (1..=MOST_SECONDS).contains(&seconds)).ok_or_else(|| {
        Failure::validation(format!("WaitTimeSeconds must be between 1 and {MOST_SECONDS}, and is {seconds}"))
    })?;
    let _place = Place::of(statement)?;
    let mut progress = statement.progress.subscribe();
    let done = progress.wait_for(|progress| progress.status.is_final());
    // A statement that is not done in time is described as it is.
    let _ = tokio::time::timeout(Duration::from_secs(time), done).await;
    Ok(())
}

/// A place among those that wait. It is free again when the request ends, however it ends.
struct Place<'a>(&'a Statement);

impl<'a> Place<'a> {
    fn of(statement: &'a Statement) -> Result<Self, Failure> {
        if statement.waiting.fetch_add(1, Ordering::Relaxed) >= MOST_WAITING {
            statement.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(Failure::too_many_waiting(MOST_WAITING));
        }
        Ok(Self(statement))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}
