//! What lies in the folders of a trial.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Contents of a folder by path.
pub(crate) type Content = BTreeMap<String, Vec<u8>>;

/// Every file below a folder with its bytes; what is no file, such as a pipe, has none.
pub(crate) fn files(folder: &Path) -> Content {
    let (mut files, mut folders) = (Content::new(), vec![folder.to_owned()]);
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(&inner).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(name, if path.is_file() { fs::read(&path).unwrap() } else { Vec::new() });
            }
        }
    }
    files
}

/// Results and lake; what depends on clocks and on what was reused is left out.
pub(crate) fn content(folder: &Path) -> Content {
    let mut content = Content::new();
    for part in ["out", "lake"] {
        // Where a file system swaps no folders a killed run may have put the earlier result aside.
        let places = [part.to_owned(), format!(".{part}.earlier")].map(|name| folder.join(name));
        let Some(place) = places.iter().find(|place| place.exists()) else { continue };
        for (name, mut bytes) in files(place) {
            if ["trials.parquet", "summary.txt", "key"].contains(&name.as_str()) || name.starts_with("response.") {
                // With the seconds of each trial.
                bytes.clear();
            }
            if name.ends_with("run.json") || name == "summary.json" {
                bytes = timeless(&bytes).unwrap_or(bytes);
            }
            content.insert(format!("{part}/{name}"), bytes);
        }
    }
    content
}

fn timeless(document: &[u8]) -> Option<Vec<u8>> {
    let mut document: serde_json::Value = serde_json::from_slice(document).ok()?;
    let fields = document.as_object_mut()?;
    ["stages", "data", "notices", "reused", "seconds"].iter().for_each(|field| drop(fields.remove(*field)));
    serde_json::to_vec(&document).ok()
}

/// The results alone: a lake may hold a day that its run was killed after.
pub(crate) fn results_of(content: &Content) -> Content {
    content.iter().filter(|(name, _)| !name.starts_with("lake/")).map(|(n, b)| (n.clone(), b.clone())).collect()
}

/// Names some of the files that differ.
pub(crate) fn different(expected: &Content, found: &Content) -> String {
    let names = expected.keys().chain(found.keys()).filter(|name| expected.get(*name) != found.get(*name));
    let names: BTreeSet<_> = names.collect();
    format!("other files: {:?}", names.into_iter().take(6).collect::<Vec<_>>())
}

/// Copies a folder with all that it holds.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(drop).unwrap() }
    }
}
