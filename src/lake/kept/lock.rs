//! Locks on a lake: one run writes at a time, and none reads a day while it is put in place.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::error::Error;

/// Longest wait for another run; a day is written within seconds.
const LONGEST: Duration = Duration::from_secs(600);
/// Time between two tries.
const PAUSE: Duration = Duration::from_millis(10);

/// A lock on the lake's folder itself, so that no file stays behind; none where the file system has no locks.
#[derive(Debug)]
pub(super) struct Held {
    _folder: Option<File>,
}

/// Waits until no other run writes or reads.
///
/// # Errors
/// [`Error::Request`] if it still does after ten minutes.
pub(super) fn exclusive(root: &Path) -> Result<Held, Error> {
    take(root, File::try_lock, LONGEST)
}

/// Waits until no other run writes.
///
/// # Errors
/// [`Error::Request`] if it still does after ten minutes.
pub(super) fn shared(root: &Path) -> Result<Held, Error> {
    take(root, File::try_lock_shared, LONGEST)
}

fn take(root: &Path, lock: fn(&File) -> Result<(), TryLockError>, longest: Duration) -> Result<Held, Error> {
    // A lake that is not there has nothing to be locked.
    let Ok(folder) = File::open(root) else { return Ok(Held { _folder: None }) };
    let start = Instant::now();
    loop {
        match lock(&folder) {
            Ok(()) => return Ok(Held { _folder: Some(folder) }),
            Err(TryLockError::Error(_)) => return Ok(Held { _folder: None }),
            Err(TryLockError::WouldBlock) if start.elapsed() < longest => sleep(PAUSE),
            Err(TryLockError::WouldBlock) => {
                return Err(Error::Request {
                    message: format!("another run has held the lake {} for ten minutes", root.display()),
                    remedy: "wait for it, or end it if it hangs".to_owned(),
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_share_and_a_writer_is_alone() {
        let folder = tempfile::tempdir().unwrap();
        let try_shared = || take(folder.path(), File::try_lock_shared, Duration::ZERO);
        let try_exclusive = || take(folder.path(), File::try_lock, Duration::ZERO);
        let reading = (try_shared().unwrap(), try_shared().unwrap());
        assert!(try_exclusive().is_err());
        drop(reading);
        let writing = try_exclusive().unwrap();
        assert!(writing._folder.is_some() && try_shared().is_err());
    }
}
