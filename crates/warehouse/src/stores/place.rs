//! Where something lies: in a folder of this machine, or in a bucket.

use std::fmt;
use std::path::{Component, Path, PathBuf};

use crate::error::{Error, shown};

/// How the address of a place in a bucket begins.
const S3: &str = "s3://";

/// A file, a folder, or the beginning of names of either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// On this machine.
    Local(PathBuf),
    /// In a store.
    Bucket {
        /// Name of the bucket.
        bucket: String,
        /// Key, without a slash at its beginning.
        key: String,
    },
}

impl Place {
    /// Reads a place: `s3://BUCKET/KEY`, or a path.
    ///
    /// # Errors
    /// [`Error::Input`] where a bucket has no possible name, a key has the parts `.`, `..` or an empty one, or the address is
    /// of another kind.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let wrong = |what: &str| {
            Error::input(
                format!("{text:?} cannot be used: {what}"),
                "write s3://BUCKET/FOLDER/NAME, or the path of a file",
            )
        };
        if text.contains('\0') {
            return Err(wrong("it has a zero byte"));
        }
        if let Some((scheme, _)) = text.split_once("://")
            && !text.starts_with(S3)
        {
            return Err(wrong(&format!("stores of the kind {scheme} are not known")));
        }
        let Some(rest) = text.strip_prefix(S3) else {
            return match text {
                "" => Err(wrong("it is empty")),
                _ => Ok(Self::Local(PathBuf::from(text))),
            };
        };
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.' || c == '_';
        if !(3..=63).contains(&bucket.len()) || !bucket.chars().all(letter) || bucket.contains("..") {
            return Err(wrong("a bucket's name has 3 to 63 small letters, digits, hyphens and points"));
        }
        let parts: Vec<&str> = key.split('/').collect();
        let odd = |(i, part): (usize, &&str)| {
            *part == "." || *part == ".." || (part.is_empty() && i + 1 < parts.len()) || part.contains(char::is_control)
        };
        if parts.iter().enumerate().any(odd) {
            return Err(wrong("a key has no empty parts and none that are . or .."));
        }
        Ok(Self::Bucket { bucket: bucket.to_owned(), key: key.to_owned() })
    }

    /// The place of a path that was given as an argument.
    ///
    /// # Errors
    /// As [`Place::parse`].
    pub fn of_path(path: &Path) -> Result<Self, Error> {
        match path.to_str() {
            Some(text) => Self::parse(text),
            None => Ok(Self::Local(path.to_owned())),
        }
    }

    /// Whether a path climbs out of where it is.
    pub(super) fn climbs(path: &Path) -> bool {
        path.components().any(|part| part == Component::ParentDir)
    }

    /// The place whose name goes on so.
    pub(crate) fn followed_by(&self, text: &str) -> Self {
        match self {
            Self::Local(path) => {
                let mut name = path.clone().into_os_string();
                name.push(text);
                Self::Local(name.into())
            }
            Self::Bucket { bucket, key } => Self::Bucket { bucket: bucket.clone(), key: format!("{key}{text}") },
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(path) => f.write_str(&shown(path)),
            Self::Bucket { bucket, key } => write!(f, "{S3}{bucket}/{key}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_odd_ones_refused() {
        let bucket = |bucket: &str, key: &str| Place::Bucket { bucket: bucket.into(), key: key.into() };
        assert_eq!(Place::parse("s3://data/a/b_").unwrap(), bucket("data", "a/b_"));
        assert_eq!(Place::parse("s3://data/a/").unwrap(), bucket("data", "a/"));
        assert_eq!(Place::parse("s3://data").unwrap(), bucket("data", ""));
        assert_eq!(Place::parse("/tmp/x").unwrap(), Place::Local("/tmp/x".into()));
        for wrong in [
            "",
            "s3://",
            "s3://UP/x",
            "s3://a/x",
            "s3://data/../x",
            "s3://data/a//b",
            "s3://data//b",
            "s3://data/./x",
            "http://data/x",
            "file:///etc",
            "a\0b",
        ] {
            assert!(Place::parse(wrong).is_err(), "{wrong}");
        }
    }
}
