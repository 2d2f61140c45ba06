//! The static site: files of one folder, by their types.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use hyper::StatusCode;
use hyper::header::{HeaderValue, LOCATION};
use hyper::http::request::Parts;
use percent_encoding::percent_decode_str;

use super::reply::Reply;
use crate::error::{Error, canonical, shown};

const INDEX: &str = "index.html";
/// Longest file that is served.
const LONGEST: u64 = 256 << 20;
/// Most bytes of files that are kept in memory.
const MOST_BYTES: usize = 128 << 20;

/// Endings of names and types of what is in the files.
const KINDS: [(&str, &str); 20] = [
    ("html", "text/html; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("json", "application/json"),
    ("geojson", "application/geo+json"),
    ("map", "application/json"),
    ("csv", "text/csv; charset=utf-8"),
    ("txt", "text/plain; charset=utf-8"),
    ("md", "text/markdown; charset=utf-8"),
    ("xml", "application/xml"),
    ("rss", "application/rss+xml"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("ico", "image/x-icon"),
    ("webp", "image/webp"),
    ("woff2", "font/woff2"),
    ("pdf", "application/pdf"),
    ("webmanifest", "application/manifest+json"),
];

/// A folder of pages.
#[derive(Debug)]
pub(super) struct Site {
    root: PathBuf,
    kept: Mutex<(usize, HashMap<PathBuf, Kept>)>,
}

/// A file as it was read.
#[derive(Debug)]
struct Kept {
    bytes: u64,
    written: Option<SystemTime>,
    reply: Arc<Reply>,
}

/// What a path leads to.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    File(PathBuf),
    /// A folder without a slash at its end, where links of its page would lead astray.
    Folder,
    Nothing,
}

impl Site {
    /// Opens a folder that has a page.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let root = canonical(path)?;
        if !root.join(INDEX).is_file() {
            return Err(Error::input(
                format!("{} is no folder of a site: it has no {INDEX}", shown(path)),
                "give --site the folder that `countycast report` writes",
            ));
        }
        Ok(Self { root, kept: Mutex::default() })
    }

    /// The file that a request asks for.
    pub(super) async fn find(&self, head: &Parts) -> Result<Arc<Reply>, Box<Reply>> {
        let nothing = || Reply::refusal(StatusCode::NOT_FOUND, "there is no such page", "");
        let path = head.uri.path();
        match self.resolve(path) {
            Found::Nothing => Err(nothing()),
            Found::Folder => {
                let to = HeaderValue::from_str(&format!("{path}/")).map_err(|_| nothing())?;
                let refusal = Reply::refusal(StatusCode::PERMANENT_REDIRECT, "it is a folder", "");
                Err(Box::new(refusal.with(LOCATION, to)))
            }
            Found::File(file) => self.read(file).await.map_err(|_| nothing()),
        }
    }

    /// Where a path leads: never out of the folder, by whatever way, nor to what is hidden.
    fn resolve(&self, path: &str) -> Found {
        let Ok(decoded) = percent_decode_str(path).decode_utf8() else { return Found::Nothing };
        let Some(below) = decoded.strip_prefix('/') else { return Found::Nothing };
        let (names, is_folder) = match below.strip_suffix('/') {
            Some(names) => (names, true),
            None => (below, below.is_empty()),
        };
        let mut file = self.root.clone();
        for name in names.split('/').filter(|_| !names.is_empty()) {
            if name.is_empty() || name.starts_with('.') || name.contains(['\\', ':', '\0']) {
                return Found::Nothing;
            }
            file.push(name);
        }
        if is_folder {
            file.push(INDEX);
        } else if file.is_dir() {
            return if file.join(INDEX).is_file() { Found::Folder } else { Found::Nothing };
        }
        // Links may lead out of the folder.
        match file.canonicalize() {
            Ok(file) if file.starts_with(&self.root) && file.is_file() => Found::File(file),
            _ => Found::Nothing,
        }
    }

    async fn read(&self, file: PathBuf) -> std::io::Result<Arc<Reply>> {
        let data = std::fs::metadata(&file)?;
        let (bytes, written) = (data.len(), data.modified().ok());
        if bytes > LONGEST {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        if let Some(kept) = self.kept.lock().unwrap_or_else(PoisonError::into_inner).1.get(&file)
            && (kept.bytes, kept.written) == (bytes, written)
        {
            return Ok(Arc::clone(&kept.reply));
        }
        let kind = HeaderValue::from_static(kind(&file));
        let path = file.clone();
        let made = tokio::task::spawn_blocking(move || {
            Ok::<_, std::io::Error>(Reply::body(kind, std::fs::read(path)?.into()))
        });
        let reply = Arc::new(made.await.map_err(std::io::Error::other)??);
        self.keep(file, Kept { bytes, written, reply: Arc::clone(&reply) });
        Ok(reply)
    }

    fn keep(&self, file: PathBuf, new: Kept) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = new.reply.bytes();
        if kept.0 + bytes > MOST_BYTES {
            *kept = (0, HashMap::new());
        }
        kept.0 += bytes;
        if let Some(old) = kept.1.insert(file, new) {
            kept.0 = kept.0.saturating_sub(old.reply.bytes());
        }
    }
}

/// The type of a file by the ending of its name.
fn kind(file: &Path) -> &'static str {
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let known = KINDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(ending));
    known.map_or("application/octet-stream", |(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn paths_stay_in_the_folder() {
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let root = folder.path().canonicalize().unwrap();
        std::fs::write(outside.path().join("secret.html"), "secret").unwrap();
        for name in ["index.html", "a b.html", ".hidden", "sub/index.html"] {
            std::fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            std::fs::write(root.join(name), "page").unwrap();
        }
        std::os::unix::fs::symlink(outside.path(), root.join("link")).unwrap();
        let site = Site::open(&root).unwrap();
        for (path, name) in [
            ("/", "index.html"),
            ("/a%20b.html", "a b.html"),
            ("/sub/", "sub/index.html"),
            ("/sub/index.html", "sub/index.html"),
        ] {
            assert_eq!(site.resolve(path), Found::File(root.join(name)), "{path}");
        }
        assert_eq!(site.resolve("/sub"), Found::Folder);
        for path in [
            "/../secret.html",
            "/%2e%2e/secret.html",
            "/sub/..%2f..%2fetc/passwd",
            "/sub/../../etc/passwd",
            "//etc/passwd",
            "/.hidden",
            "/link/secret.html",
            "/sub%5c..%5c..",
            "/index.html%00",
            "/%ff",
            "/none",
            "/index.html/",
            "index.html",
            "",
        ] {
            assert_eq!(site.resolve(path), Found::Nothing, "{path}");
        }
    }
}
