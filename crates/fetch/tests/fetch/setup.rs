//! A lake, a source and a clock of tests.

use std::cell::{Cell, RefCell};
use std::fs;
use std::path::Path;
use std::time::Duration;

use countycast_fetch::{Clock, FetchError, Fetcher, Lake, Limits, Outcome, Shape, Source, Sources, Vintage, Watch};
use flate2::read::GzDecoder;
use jiff::{SignedDuration, Timestamp};

use crate::server::Server;

/// A clock that stands still but for its sleep, and keeps each wait of an attempt.
pub(crate) struct TestClock {
    now: Cell<Timestamp>,
    pub(crate) slept: Cell<Duration>,
}

impl TestClock {
    pub(crate) fn at(text: &str) -> Self {
        Self { now: Cell::new(text.parse().unwrap()), slept: Cell::new(Duration::ZERO) }
    }

    pub(crate) fn later(&self, hours: i64) {
        self.now.set(self.now.get() + SignedDuration::from_hours(hours));
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        self.now.get()
    }

    fn sleep(&self, time: Duration) {
        self.slept.set(self.slept.get() + time);
        self.now.set(self.now.get() + SignedDuration::try_from(time).unwrap());
    }

    fn jitter(&self) -> f64 {
        1.0
    }
}

/// Keeps what is told.
#[derive(Default)]
pub(crate) struct Notes {
    pub(crate) told: RefCell<Vec<String>>,
    pub(crate) bytes: Cell<u64>,
    pub(crate) stops_at: Cell<Option<u64>>,
}

impl Watch for Notes {
    fn stopped(&self) -> bool {
        self.stops_at.get().is_some_and(|bytes| self.bytes.get() >= bytes)
    }

    fn received(&self, bytes: u64) {
        self.bytes.set(self.bytes.get() + bytes);
    }

    fn note(&self, text: &str) {
        self.told.borrow_mut().push(text.to_owned());
    }
}

/// A lake in a folder of its own, with bounds that tests reach.
pub(crate) struct Setup {
    folder: tempfile::TempDir,
    pub(crate) lake: Lake,
    pub(crate) clock: TestClock,
    pub(crate) notes: Notes,
    pub(crate) limits: Limits,
}

pub(crate) const TABLE: &str = "week,place,value\n2026-01-03,06,1\n2026-01-10,06,2\n";

impl Setup {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::new(&folder.path().join("lake"));
        let limits = Limits {
            requests: 40,
            bytes: 1_000_000,
            silence: Duration::from_millis(400),
            attempts: 3,
            longest_wait: Duration::from_secs(60),
            ..Limits::default()
        };
        Self { folder, lake, clock: TestClock::at("2026-01-14T23:00:00Z"), notes: Notes::default(), limits }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn fetch(&self, source: &Source) -> Result<Outcome, FetchError> {
        let parquet = |path: &Path| {
            let text = fs::read(path).map_err(|error| error.to_string())?;
            if !text.starts_with(b"PAR1") {
                return Err("no Parquet".to_owned());
            }
            Ok(Shape { columns: vec!["week".to_owned()], rows: 1 })
        };
        Fetcher::new(&self.lake, self.limits, &self.clock, &self.notes, &parquet).fetch(source)
    }

    /// Fetches what must be new; its folder.
    pub(crate) fn fetch_new(&self, source: &Source) -> String {
        match self.fetch(source).unwrap() {
            Outcome::New { folder, .. } => folder,
            Outcome::Unchanged { folder } => panic!("unchanged since {folder}"),
        }
    }

    /// Fetches what must be refused; its message.
    pub(crate) fn refused(&self, source: &Source) -> String {
        self.fetch(source).unwrap_err().to_string()
    }

    pub(crate) fn vintages(&self) -> Vec<Vintage> {
        self.lake.vintages("table").unwrap()
    }

    /// Names in the source's folder that are neither vintages nor known notes.
    pub(crate) fn left_over(&self) -> Vec<String> {
        let names =
            fs::read_dir(self.lake.raw("table")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
        let known =
            |name: &String| name.starts_with("fetched_at=") || [".lock", "_last_check.json"].contains(&name.as_str());
        names.filter(|name| !known(name)).collect()
    }
}

/// The content of a vintage, unpacked.
pub(crate) fn content(vintage: &Vintage) -> String {
    let mut text = String::new();
    std::io::Read::read_to_string(&mut GzDecoder::new(fs::File::open(&vintage.path).unwrap()), &mut text).unwrap();
    text
}

/// The source `table` at a server's path, with lines added to its entry.
pub(crate) fn source(server: &Server, path: &str, more: &str) -> Source {
    let text = format!(
        "[[sources]]\nname = \"table\"\nkind = \"signals\"\ntitle = \"A table\"\npublisher = \"A publisher\"\n\
         address = \"{}{path}\"\nfile = \"table.csv\"\ncadence = \"weekly\"\nlicence = \"CC0\"\n\
         columns = [\"week\", \"value\"]\n{more}\n",
        server.address
    );
    Sources::parse(&text).unwrap().sources.remove(0)
}
