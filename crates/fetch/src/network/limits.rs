//! Bounds of a fetch.

use std::time::Duration;

/// Bounds of the fetch of one source, and how it is tried again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Requests, all attempts together.
    pub requests: u32,
    /// Bytes of all answers together, as they are once unpacked.
    pub bytes: u64,
    /// Time, waits included.
    pub time: Duration,
    /// Time without a byte after which an answer is given up.
    pub silence: Duration,
    /// Attempts in a row that bring nothing.
    pub attempts: u32,
    /// Wait before the second attempt; each further one doubles it.
    pub first_wait: Duration,
    /// Longest wait between attempts, and the longest that a server may ask for.
    pub longest_wait: Duration,
}

impl Default for Limits {
    /// 500 requests, 2 GB, an hour, a minute without a byte, five attempts, waits of a second to five minutes.
    fn default() -> Self {
        Self {
            requests: 500,
            bytes: 2_000_000_000,
            time: Duration::from_secs(3_600),
            silence: Duration::from_secs(60),
            attempts: 5,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(300),
        }
    }
}
