//! Access keys of the service.

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, shown};

/// Shortest secret.
const SHORTEST: usize = 16;

/// Access keys and their secrets.
pub struct Keys(HashMap<String, String>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    key: Vec<Key>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    id: String,
    secret: String,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} keys", self.0.len())
    }
}

impl Keys {
    /// Reads keys from a file: a table `[[key]]` with `id` and `secret` for each.
    ///
    /// # Errors
    /// [`Error::Input`] where the file is not of this form, has no key, two of one name or a short secret, or can be read by
    /// others; [`Error::System`] where it cannot be read. No error shows a secret.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => crate::error::missing(path),
            _ => Error::unreadable(path, &source),
        })?;
        let wrong = |what: String, remedy: &str| Error::input(format!("{}: {what}", shown(path)), remedy);
        private(path)?;
        let form = "write [[key]] with id = \"…\" and secret = \"…\" for each key";
        let document: Document = toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            wrong(format!("line {line} is not of the form of a file of keys"), form)
        })?;
        let mut keys = HashMap::new();
        for key in document.key {
            if key.id.is_empty() || !key.id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
                return Err(wrong("an id has letters, digits, hyphens and underscores alone".into(), form));
            }
            if key.secret.len() < SHORTEST {
                return Err(wrong(
                    format!("the secret of {} has fewer than {SHORTEST} letters", key.id),
                    "make one by chance: openssl rand -base64 30",
                ));
            }
            if let Some(_twice) = keys.insert(key.id.clone(), key.secret) {
                return Err(wrong(format!("the key {} stands twice", key.id), "keep one of the two"));
            }
        }
        if keys.is_empty() {
            return Err(wrong("there is no key".into(), form));
        }
        Ok(Self(keys))
    }

    /// The secret of a key.
    pub(crate) fn secret(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(String::as_str)
    }
}

/// Refuses a file that others can read.
#[cfg(unix)]
pub(crate) fn private(path: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).map_err(|source| Error::unreadable(path, &source))?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(Error::input(
        format!("{}: other users can read or change it", shown(path)),
        format!("chmod 600 {}", shown(path)),
    ))
}

#[cfg(not(unix))]
pub(crate) fn private(_: &Path) -> Result<(), Error> {
    Ok(())
}
