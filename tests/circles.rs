//! No two modules side by side use each other, directly or through others.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A module's path below its crate, outermost first; empty for the crate itself.
type Module = Vec<String>;

/// The modules of a crate with their text, free of comments, strings and tests.
struct Crate {
    modules: BTreeMap<Module, String>,
    /// Names that a module takes from elsewhere, by module and name.
    taken: BTreeMap<(Module, String), Module>,
}

fn owned(path: &[&str]) -> Module {
    path.iter().map(|part| (*part).to_owned()).collect()
}

/// Code without comments, text in quotes, and the tests at its end.
fn bare(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod").next().unwrap();
    let mut bare = String::new();
    for line in code.lines() {
        let mut quoted = false;
        let line = line.split("//").next().unwrap();
        bare.extend(line.chars().filter(|c| {
            quoted ^= *c == '"';
            !quoted
        }));
        bare.push('\n');
    }
    bare
}

/// All paths that a tree of names stands for: `a::{b, c::d}` for two.
fn tree(code: &str) -> (Vec<Module>, &str) {
    let mut path = Module::new();
    let mut rest = code;
    loop {
        rest = rest.trim_start();
        if let Some(inside) = rest.strip_prefix('{') {
            let (mut all, mut rest) = (Vec::new(), inside);
            loop {
                let (paths, after) = tree(rest);
                all.extend(paths.into_iter().map(|tail| [path.clone(), tail].concat()));
                rest = after.trim_start();
                match rest.chars().next() {
                    Some(',') => rest = &rest[1..],
                    Some('}') => return (all, &rest[1..]),
                    _ => return (all, rest),
                }
            }
        }
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        if end == 0 {
            return (vec![path], rest);
        }
        path.push(rest[..end].to_owned());
        rest = &rest[end..];
        match rest.strip_prefix("::") {
            Some(more) => rest = more,
            None => {
                // Another name for it, if any, is of no interest.
                let after =
                    rest.strip_prefix(" as ").map_or(rest, |alias| alias.trim_start_matches(char::is_alphanumeric));
                return (vec![path], after.trim_start_matches('_'));
            }
        }
    }
}

impl Crate {
    fn read(folder: &Path) -> Self {
        let mut modules = BTreeMap::new();
        let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
        while let Some(inside) = folders.pop() {
            for entry in fs::read_dir(inside).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(folder).unwrap().with_extension("");
                let mut module: Module = name.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
                module.pop_if(|last| ["mod", "lib"].contains(&last.as_str()));
                if path.is_dir() {
                    folders.push(path);
                } else if name != Path::new("main") && path.extension().is_some_and(|end| end == "rs") {
                    modules.insert(module, bare(&fs::read_to_string(path).unwrap()));
                }
            }
        }
        let mut found = Self { modules, taken: BTreeMap::new() };
        found.taken = found.modules.iter().flat_map(|(module, text)| found.takes(module, text)).collect();
        found
    }

    /// What `use` brings into a module.
    fn takes(&self, module: &Module, text: &str) -> Vec<((Module, String), Module)> {
        let uses = text.lines().scan(0, |at, line| {
            let start = *at;
            *at += line.len() + 1;
            Some((start, line))
        });
        let uses = uses.filter_map(|(start, line)| {
            let visible = line.trim_start().trim_start_matches("pub").trim_start();
            let visible =
                visible.split_once(") ").filter(|_| visible.starts_with('(')).map_or(visible, |(_, rest)| rest);
            let tail = visible.strip_prefix("use ")?;
            Some(tree(&text[start + line.len() - tail.len()..]).0)
        });
        let named = uses.flatten().filter_map(|path| {
            let target = self.absolute(module, &path)?;
            Some(((module.clone(), path.last()?.clone()), target))
        });
        named.filter(|((module, name), target)| [module.clone(), vec![name.clone()]].concat() != *target).collect()
    }

    /// A path from the crate's root; none where it leads out of the crate.
    fn absolute(&self, module: &Module, path: &[String]) -> Option<Module> {
        let ups = path.iter().take_while(|part| *part == "super").count();
        match path.first()?.as_str() {
            "crate" => Some(path[1..].to_vec()),
            "self" => Some([module, &path[1..]].concat()),
            "super" => Some([&module[..module.len().checked_sub(ups)?], &path[ups..]].concat()),
            child => {
                let inside = [module.clone(), owned(&[child])].concat();
                self.modules.contains_key(&inside).then(|| [module.clone(), path.to_vec()].concat())
            }
        }
    }

    /// The module that a path from the root leads to, through whatever modules hand names on.
    fn home(&self, path: &Module) -> Module {
        let known = (0..=path.len()).rev().find(|&length| self.modules.contains_key(&path[..length])).unwrap();
        let (module, rest) = (path[..known].to_vec(), &path[known..]);
        match rest.first().and_then(|name| self.taken.get(&(module.clone(), name.clone()))) {
            Some(target) if target != path => self.home(&[target.clone(), rest[1..].to_vec()].concat()),
            _ => module,
        }
    }

    /// Modules side by side, by what uses what: parents and children belong together and are left out.
    fn uses(&self) -> BTreeMap<Module, BTreeSet<Module>> {
        let mut uses: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
        for (module, text) in &self.modules {
            for start in ["crate::", "super::", "self::"] {
                for (at, _) in text.match_indices(start) {
                    let begun = text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
                    let paths = if begun { Vec::new() } else { tree(&text[at..]).0 };
                    for target in paths.iter().filter_map(|path| self.absolute(module, path)) {
                        let target = self.home(&target);
                        let common = module.iter().zip(&target).take_while(|(a, b)| a == b).count();
                        if common < module.len() && common < target.len() {
                            let used = uses.entry(module[..=common].to_vec()).or_default();
                            used.insert(target[..=common].to_vec());
                        }
                    }
                }
            }
        }
        uses
    }

    /// Circles, each from one of its modules back to it.
    fn circles(&self) -> BTreeSet<String> {
        let uses = self.uses();
        let mut circles = BTreeSet::new();
        for start in uses.keys() {
            let mut ways: Vec<Vec<&Module>> = vec![vec![start]];
            let mut seen = BTreeSet::new();
            while let Some(way) = ways.pop() {
                for next in uses.get(way[way.len() - 1]).into_iter().flatten() {
                    if next == start {
                        // Told from its first module on, once.
                        let names: Vec<String> = way.iter().map(|module| module.join("::")).collect();
                        if names.iter().min() == names.first() {
                            circles.insert(names.join(" → "));
                        }
                    } else if seen.insert(next) {
                        ways.push([way.clone(), vec![next]].concat());
                    }
                }
            }
        }
        circles
    }
}

#[test]
fn modules_side_by_side_use_each_other_in_no_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let members = ["crates", "models"].into_iter().flat_map(|folder| fs::read_dir(root.join(folder)).unwrap());
    let members = members.map(|entry| entry.unwrap().path().join("src")).filter(|folder| folder.is_dir());
    let mut found = Vec::new();
    for folder in members.chain([root.join("src")]) {
        let name = folder.strip_prefix(root).unwrap().display().to_string();
        found.extend(Crate::read(&folder).circles().into_iter().map(|circle| format!("{name}: {circle}")));
    }
    assert!(found.is_empty(), "modules use each other in a circle:\n{}", found.join("\n"));
}

#[test]
fn a_circle_is_found_through_names_that_are_handed_on() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("lib.rs", "mod a;\nmod b;\nmod c;\npub use a::{One, Two as Other};\n");
    write("a/mod.rs", "mod inner;\npub use inner::One;\nuse crate::b;\n// use crate::c\npub struct Two;\n");
    write("a/inner.rs", "use super::Two;\npub struct One(\"use crate::c\");\n");
    write("b.rs", "fn f(_: crate::c::{Three}) {}\n#[cfg(test)]\nmod tests {\n    use crate::a::Two;\n}\n");
    write("c.rs", "pub struct Three;\n");
    assert_eq!(Crate::read(folder.path()).circles(), BTreeSet::new());
    write("c.rs", "use crate::{One};\npub struct Three;\n");
    assert_eq!(Crate::read(folder.path()).circles(), BTreeSet::from(["a → b → c".to_owned()]));
}
