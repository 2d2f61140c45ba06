//! Panics in other crates on files that others may have damaged.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::error::InputError;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread reads under [`guarded`], which tells of a panic by its error.
#[must_use]
pub fn is_guarded() -> bool {
    GUARDED.get()
}

/// Reads a file; a reader that panics on it is an error that names the file.
///
/// The reader of Parquet files panics on some damaged ones, as its indices come from the file.
///
/// # Errors
/// That of `read`, or that the file is damaged.
pub fn guarded<T, E: From<InputError>>(path: &Path, read: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let before = GUARDED.replace(true);
    // What a reader leaves behind when it panics is dropped with it.
    let read = catch_unwind(AssertUnwindSafe(read));
    GUARDED.set(before);
    read.unwrap_or_else(|_| {
        let remedy = "replace the file by a whole one, or remove it";
        Err(InputError::new(path, "is damaged: its reader failed on it", remedy).into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_panics_is_an_error_that_names_the_file() {
        let path = Path::new("archive/part.parquet");
        let error = guarded(path, || -> Result<(), InputError> {
            assert!(is_guarded());
            let (bytes, place) = ([0_u8; 4], path.as_os_str().len());
            panic!("on purpose: {}", bytes[place]);
        });
        let error = error.unwrap_err();
        assert!(error.to_string().contains("archive/part.parquet: is damaged"), "{error}");
        assert!(!is_guarded());
        assert_eq!(guarded(path, || Ok::<_, InputError>(1)).unwrap(), 1);
    }
}
