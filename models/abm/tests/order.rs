//! Modules use only those that stand above them where they are listed.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::fs;
use std::path::{Path, PathBuf};

/// The modules that a file lists: groups in their order, each parted from the next by an empty line.
fn groups(list: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(list).unwrap();
    let mut groups = vec![Vec::new()];
    for line in text.lines() {
        match line.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) {
            Some(module) => groups.last_mut().unwrap().push(module.to_owned()),
            None => groups.push(Vec::new()),
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// The source of a module: its file, or all files of its folder.
fn sources(folder: &Path, module: &str) -> Vec<PathBuf> {
    let inner = folder.join(module);
    if !inner.is_dir() {
        return vec![folder.join(format!("{module}.rs"))];
    }
    fs::read_dir(inner).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// Fails where a module of `list` names, after `prefix`, one that does not stand above it.
fn check(list: &Path, prefix: &str) {
    let folder = list.parent().unwrap();
    let groups = groups(list);
    let level = |module: &str| groups.iter().position(|group| group.iter().any(|name| name == module));
    for module in groups.iter().flatten() {
        for file in sources(folder, module) {
            let text = fs::read_to_string(&file).unwrap();
            // Tests at the end of a file may use anything.
            for line in text.split("#[cfg(test)]").next().unwrap().lines().filter(|line| !line.trim().starts_with("//"))
            {
                for rest in line.split(prefix).skip(1) {
                    let used = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap();
                    let above = used == module || level(used).is_none_or(|used| used < level(module).unwrap());
                    assert!(above, "{} uses {used}, which does not stand above it: {line}", file.display());
                }
            }
        }
    }
}

#[test]
fn modules_use_only_what_stands_above_them() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    check(&source.join("lib.rs"), "crate::");
    for entry in fs::read_dir(&source).unwrap() {
        let list = entry.unwrap().path().join("mod.rs");
        if list.is_file() {
            check(&list, "super::");
        }
    }
}
