//! A file or an object that appears when it is complete.

use std::io::Write;
use std::path::Path;

use hyper::body::Bytes;
use object_store::buffered::BufWriter;
use object_store::path::Path as Key;
use tokio::io::AsyncWriteExt;

use super::file::Staged;
use crate::error::Error;
use crate::stores::{Place, Stores, failed};

/// Bytes of a part of an upload; what is smaller is sent at once.
const PART: usize = 8 << 20;
/// Parts that are on their way at a time.
const PARTS: usize = 4;

/// A file or an object under construction. What is not kept is never seen.
pub(crate) struct Sink {
    place: Place,
    target: Target,
}

enum Target {
    File(Staged),
    Object(Box<BufWriter>),
}

impl Sink {
    /// Begins to write.
    pub(crate) fn begin(stores: &Stores, place: &Place) -> Result<Self, Error> {
        let target = match place {
            Place::Local(path) => {
                let folder = path.parent().unwrap_or(Path::new("."));
                std::fs::create_dir_all(folder).map_err(|source| Error::unwritable(path, &source))?;
                Target::File(Staged::beside(path)?)
            }
            Place::Bucket { bucket, key } => {
                let key = Key::parse(key).map_err(|error| failed(&place.to_string(), &error.into()))?;
                let writer = BufWriter::with_capacity(stores.bucket(bucket)?, key, PART).with_max_concurrency(PARTS);
                Target::Object(Box::new(writer))
            }
        };
        Ok(Self { place: place.clone(), target })
    }

    /// Writes on.
    pub(crate) async fn write(&mut self, bytes: Vec<u8>) -> Result<(), Error> {
        match &mut self.target {
            Target::File(file) => file.write_all(&bytes).map_err(|source| unwritable(&self.place, &source)),
            Target::Object(object) => {
                object.put(Bytes::from(bytes)).await.map_err(|error| failed(&self.place.to_string(), &error))
            }
        }
    }

    /// Completes it.
    pub(crate) async fn keep(self) -> Result<(), Error> {
        match self.target {
            Target::File(file) => file.keep(),
            Target::Object(mut object) => object.shutdown().await.map_err(|source| unwritable(&self.place, &source)),
        }
    }

    /// Gives it up.
    pub(crate) async fn abandon(self) {
        if let Target::Object(mut object) = self.target {
            // What cannot be taken back is not seen either.
            let _ = object.abort().await;
        }
    }
}

fn unwritable(place: &Place, source: &std::io::Error) -> Error {
    match place {
        Place::Local(path) => Error::unwritable(path, source),
        Place::Bucket { .. } => Error::System {
            message: format!("cannot write {place}: {source}"),
            remedy: "check that the keys of the environment may write there; nothing was left behind".into(),
        },
    }
}
