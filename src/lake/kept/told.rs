//! What a manifest tells, and what to do where it is damaged.

use std::path::Path;

use serde::Deserialize;

use super::models::Coefficients;
use crate::error::{Error, InputError};
use crate::output::Written;

/// Most bytes of a manifest: 64 MiB.
pub(super) const MOST_MANIFEST_BYTES: u64 = 64 << 20;
/// What to do about a damaged file.
pub(super) const REMEDY: &str = "bring it back from a backup; or remove it, and a hindcast is made again";

/// The part of a kept manifest that is read. It may be of any version: a lake outlives the fields of a manifest.
#[derive(Debug, Deserialize)]
pub(super) struct Told {
    /// The files of the day.
    pub(super) files: Vec<Written>,
    /// Effects of the determinants.
    pub(super) fallback_coefficients: Option<Coefficients>,
}

/// The error for a damaged file.
pub(super) fn damaged(path: &Path, problem: &str) -> Error {
    InputError::new(path, problem, REMEDY).into()
}
