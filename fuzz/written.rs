//! Folders of files written from one input, and the replay of inputs as tests: for the readers of more than one crate.

use std::path::{Component, Path, PathBuf};

use tempfile::TempDir;

/// A reader by name: that of its target and of the folder with its inputs.
pub type Named = (&'static str, fn(&[u8]));

/// Marks the line before each file of a folder; the file's path follows.
const FILE: &[u8] = b"== ";

/// The files of a folder. What stands before the first of them, and a path that leads out of the folder, is left out.
pub(crate) fn files(bytes: &[u8]) -> Vec<(&Path, &[u8])> {
    let mut found: Vec<(&Path, &[u8])> = Vec::new();
    let mut rest = bytes;
    while let Some(start) = rest.windows(FILE.len()).position(|window| window == FILE) {
        let (content, after) = (&rest[..start], &rest[start + FILE.len()..]);
        if let Some(last) = found.last_mut() {
            last.1 = content;
        }
        let end = after.iter().position(|byte| *byte == b'\n').unwrap_or(after.len());
        let path = Path::new(std::str::from_utf8(&after[..end]).unwrap_or_default().trim_ascii());
        rest = after.get(end + 1..).unwrap_or_default();
        found.push((path, rest));
    }
    found.retain(|(path, _)| {
        let inside = |part| matches!(part, Component::Normal(name) if name.len() < 100);
        (1..=3).contains(&path.components().count()) && path.components().all(inside)
    });
    found
}

/// Writes files to a new folder. A file in the place of a folder, and the reverse, is left out.
pub(crate) fn write<'a>(files: impl IntoIterator<Item = (&'a Path, &'a [u8])>) -> TempDir {
    let written = tempfile::tempdir().expect("there is a folder for temporary files");
    for (path, content) in files {
        let path: PathBuf = written.path().join(path);
        let _ = path.parent().map(std::fs::create_dir_all);
        let _ = std::fs::write(path, content);
    }
    written
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    /// Time for a file of any size, for machines with other work to do, and for each megabyte, both in unoptimised code.
    const FLOOR: Duration = Duration::from_secs(5);
    const A_MEGABYTE: Duration = Duration::from_secs(1);

    fn entries(folder: &str) -> Vec<PathBuf> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz").join(folder);
        let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        entries
    }

    #[test]
    fn no_input_of_the_corpora_stops_or_holds_up_its_reader() {
        for (name, reader) in super::super::ALL {
            let inputs = entries(&format!("corpus/{name}"));
            assert!(!inputs.is_empty(), "no input for {name}");
            for input in inputs {
                let bytes = std::fs::read(&input).unwrap();
                let start = Instant::now();
                reader(&bytes);
                let allowed = FLOOR + A_MEGABYTE.mul_f64(bytes.len() as f64 / 1e6);
                assert!(start.elapsed() < allowed, "{} took {:?}", input.display(), start.elapsed());
            }
        }
    }

    #[test]
    fn every_reader_has_its_target() {
        let this_crate = env!("CARGO_PKG_NAME").replace('-', "_");
        let is_ours = |path: &PathBuf| std::fs::read_to_string(path).unwrap().contains(&this_crate);
        let targets: Vec<PathBuf> = entries("targets").into_iter().filter(is_ours).collect();
        let names: Vec<_> = targets.iter().map(|path| path.file_stem().unwrap().to_str().unwrap()).collect();
        let mut readers = super::super::ALL.map(|(name, _)| name);
        readers.sort_unstable();
        assert_eq!(names, readers);
    }

    #[test]
    fn files_follow_their_paths() {
        let found = files(b"x == a/b.csv\n1,2\n== ../c\nno\n== d.csv");
        assert_eq!(found, [(Path::new("a/b.csv"), &b"1,2\n"[..]), (Path::new("d.csv"), &b""[..])]);
    }
}
