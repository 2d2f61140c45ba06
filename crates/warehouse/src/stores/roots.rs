//! Which places statements may read from and write to.

use std::path::{Path, PathBuf};

use super::Place;
use crate::error::{Error, canonical};

/// The places below which COPY reads and UNLOAD writes; without any, neither does.
#[derive(Debug, Clone, Default)]
pub struct Roots(Vec<Place>);

impl Roots {
    /// Roots by their names: folders that exist, or `s3://BUCKET/FOLDER`.
    ///
    /// # Errors
    /// [`Error::Input`] where a folder is not there or an address cannot be read.
    pub fn new(names: &[PathBuf]) -> Result<Self, Error> {
        let root = |name: &PathBuf| match Place::of_path(name)? {
            Place::Local(path) => {
                let path = canonical(&path)?;
                if !path.is_dir() {
                    return Err(Error::input(
                        format!("{} is no folder", crate::error::shown(&path)),
                        "give --root a folder",
                    ));
                }
                Ok(Place::Local(path))
            }
            bucket @ Place::Bucket { .. } => Ok(bucket),
        };
        names.iter().map(root).collect::<Result<_, _>>().map(Self)
    }

    /// The place by the system's own path, where it lies below a root.
    ///
    /// # Errors
    /// [`Error::Statement`] where it does not.
    pub(crate) fn admit(&self, place: &Place) -> Result<Place, Error> {
        let within = match place {
            Place::Local(path) => self.local(path),
            Place::Bucket { bucket, key } => self.key(bucket, key),
        };
        within.ok_or_else(|| {
            let remedy = if self.0.is_empty() {
                "none was given: start the program with --root PLACE".to_owned()
            } else {
                format!("use a place below {}", self.0.iter().map(Place::to_string).collect::<Vec<_>>().join(" or "))
            };
            Error::statement(format!("{place} is outside of the places that statements may use"), remedy)
        })
    }

    fn key(&self, bucket: &str, key: &str) -> Option<Place> {
        self.0.iter().find_map(|root| match root {
            Place::Bucket { bucket: name, key: folder } if name == bucket => {
                let folder = folder.trim_end_matches('/');
                // The root itself stands for all that is in it, and not for what begins with its name.
                let key = if key == folder && !folder.is_empty() { format!("{key}/") } else { key.to_owned() };
                let below = folder.is_empty() || key.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
                below.then(|| Place::Bucket { bucket: bucket.to_owned(), key })
            }
            _ => None,
        })
    }

    /// A path with links resolved as far as it exists.
    fn local(&self, path: &Path) -> Option<Place> {
        if Place::climbs(path) {
            return None;
        }
        let mut rest = Vec::new();
        let mut known = std::path::absolute(path).ok()?;
        let resolved = loop {
            match known.canonicalize() {
                Ok(resolved) => break resolved,
                // A link that leads nowhere might lead anywhere once it is written to.
                Err(_) if known.is_symlink() => return None,
                Err(_) => {
                    rest.push(known.file_name()?.to_owned());
                    known.pop();
                }
            }
        };
        // The end of `folder/` names all that is in it.
        let mut resolved: PathBuf = rest.iter().rev().fold(resolved, |path, part| path.join(part));
        if path.as_os_str().as_encoded_bytes().ends_with(b"/") {
            resolved.push("");
        }
        let within = |root: &Place| matches!(root, Place::Local(root) if resolved.starts_with(root));
        self.0.iter().any(within).then_some(Place::Local(resolved))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(roots: &Roots, place: &str) -> bool {
        Place::parse(place).is_ok_and(|place| roots.admit(&place).is_ok())
    }

    #[test]
    fn keys_lie_below_their_roots() {
        let roots = Roots::new(&["s3://data/in".into(), "s3://open".into()]).unwrap();
        for place in ["s3://data/in/x", "s3://data/in/", "s3://data/in", "s3://data/in/a/b", "s3://open/x", "s3://open"]
        {
            assert!(admits(&roots, place), "{place}");
        }
        for place in
            ["s3://data/x", "s3://data/inner/x", "s3://data", "s3://other/in/x", "s3://data/in/../x", "/etc/passwd"]
        {
            assert!(!admits(&roots, place), "{place}");
        }
        assert!(!admits(&Roots::default(), "s3://open/x"));
    }

    #[cfg(unix)]
    #[test]
    fn paths_lie_below_their_roots_whatever_links_say() {
        let (inside, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let roots = Roots::new(&[inside.path().into()]).unwrap();
        std::os::unix::fs::symlink(outside.path(), inside.path().join("link")).unwrap();
        std::os::unix::fs::symlink(outside.path().join("none"), inside.path().join("dangling")).unwrap();
        let at = |name: &str| inside.path().join(name).to_str().unwrap().to_owned();
        for place in [at("x.csv"), at("new/folder/x_"), at("")] {
            assert!(admits(&roots, &place), "{place}");
        }
        for place in
            [at("link/x.csv"), at("dangling"), at("../x"), at("a/../../x"), "/etc/passwd".into(), "relative".into()]
        {
            assert!(!admits(&roots, &place), "{place}");
        }
    }
}
