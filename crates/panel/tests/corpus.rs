//! Inputs that fuzzing started from or found: no reader panics on them, and none takes long (docs/testing.md).
#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]
#![allow(missing_docs, reason = "tests")]

#[path = "../fuzz/folder.rs"]
mod folder;

use std::path::Path;
use std::time::{Duration, Instant};

/// Time for an input without a size, on a loaded machine; each megabyte may take a second more.
const LEAST: Duration = Duration::from_secs(5);

fn replay(target: &str, run: fn(&Path, &[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut inputs = 0;
    for entry in std::fs::read_dir(corpus).unwrap() {
        let path = entry.unwrap().path();
        let (input, folder) = (std::fs::read(&path).unwrap(), tempfile::tempdir().unwrap());
        let start = Instant::now();
        run(folder.path(), &input);
        let (taken, allowed) = (start.elapsed(), LEAST + Duration::from_millis(input.len() as u64 / 1_000));
        assert!(taken <= allowed, "{}: {taken:?}", path.display());
        inputs += 1;
    }
    assert!(inputs >= 6, "{inputs} inputs of {target}");
}

#[test]
fn files_of_any_bytes_are_read_or_refused() {
    replay("file", folder::file);
}

#[test]
fn counts_of_any_bytes_become_a_panel_or_are_refused() {
    replay("counts", folder::twins);
}
