//! stub
use std::path::Path;
/// Seed.
pub const SEED: u64 = 1;
/// Stub.
///
/// # Errors
/// None.
pub fn write(_: &Path, _: u64) -> Result<(), crate::error::Error> {
    Ok(())
}
