//! Time and memory for tables that are made to cost much of both: a second for each megabyte, and a multiple of the file.
#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]
#![allow(missing_docs, reason = "tests")]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use countycast_engine::Date;
use countycast_panel::codes;
use countycast_signals::{Forecasts, Hubs, Signals, check};
use jiff::ToSpan;
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Most memory for each byte of a file, and beside it for files of any size.
const MULTIPLE: usize = 256;
const ANY_SIZE: usize = 16 << 20;
/// Most time for a file of any size and for each megabyte; code that is not optimised takes ten to twenty times as long, and
/// machines have other work to do.
const FLOOR: Duration = Duration::from_secs(1);
const A_MEGABYTE: Duration = Duration::from_secs(if cfg!(debug_assertions) { 40 } else { 1 });

const DAY: Date = Date::constant(2026, 1, 14);
const SATURDAY: Date = Date::constant(2026, 1, 10);

fn hubs() -> Hubs {
    Hubs::parse(include_str!("../../../config/hubs.toml")).unwrap()
}

/// A header and so many lines.
fn lines(header: &str, count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(format!("{header}\n"), |mut text, i| {
        writeln!(text, "{}", line(i)).unwrap();
        text
    })
}

/// Tables by the name of their file.
fn tables() -> Vec<(&'static str, String)> {
    let visits = "as_of,geo,week_end,influenza,covid,rsv";
    let nhsn = "weekendingdate,jurisdiction,totalconfflunewadm";
    let crosswalk = "fips,hsa_nci_id,pop2024";
    let back = |weeks: usize| SATURDAY.saturating_sub(i64::try_from(weeks).unwrap().weeks());
    let counties: Vec<_> = codes::counties().collect();
    let many: String = (0..50_000).map(|i| format!(",{i}")).collect();
    vec![
        // Two weeks of each area, with as long a hole between them as a series may have.
        ("holes.csv", lines(visits, 19_998, |i| format!("{DAY},H{},{},1,1,1", i % 9_999 + 1, back(i / 9_999 * 260)))),
        // Of all years of the calendar.
        (
            "years.csv",
            lines(visits, 19_998, |i| format!("{DAY},H{},{},1,1,1", i % 9_999 + 1, back(i / 9_999 * 100_000))),
        ),
        ("words.csv", lines(nhsn, 50_000, |i| format!("{SATURDAY},{i},1"))),
        ("states_2026-01-14.csv", lines(nhsn, 50_000, |i| format!("{},CA,{i}", back(i % 700)))),
        ("columns.csv", format!("{nhsn}{many}\n{SATURDAY},CA,1{many}\n")),
        ("counties.csv", lines(crosswalk, 57_000, |i| format!("{},{},1", counties[i % counties.len()], i % 9_999 + 1))),
        ("field.csv", format!("{nhsn}\n{SATURDAY},\"{}\",1\n", "x".repeat(1 << 20))),
        ("quote.csv", format!("{nhsn}\n{SATURDAY},\"{}", "CA,1\n".repeat(1 << 18))),
        ("newlines.csv", format!("{nhsn}{}", "\n".repeat(1 << 20))),
    ]
}

fn checked<T>(name: &str, size: usize, read: impl FnOnce() -> T) {
    MEMORY.reset_peak_usage();
    let (before, start) = (MEMORY.current_usage(), Instant::now());
    let read = read();
    let (took, used) = (start.elapsed(), MEMORY.peak_usage().saturating_sub(before));
    drop(read);
    println!("{name}: {size} bytes, {took:?}, {:.1} times the memory", used as f64 / size as f64);
    assert!(took < FLOOR + A_MEGABYTE.mul_f64(size as f64 / 1e6), "{name}: {took:?} for {size} bytes");
    assert!(used < MULTIPLE * size + ANY_SIZE, "{name}: {used} bytes of memory for {size}");
}

// One test, as the memory of all threads counts.
#[test]
fn time_and_memory_are_bounded_by_the_size_of_the_files() {
    let hubs = hubs();
    for (name, text) in tables() {
        let (folder, size) = (tempfile::tempdir().unwrap(), text.len());
        std::fs::write(folder.path().join(name), text).unwrap();
        checked(name, size, || {
            let found = Signals::read(folder.path(), &hubs).map_err(|error| assert!(error.to_string().len() < 1_000));
            found.map(|found| found.vintages.as_of(DAY, &found.geography))
        });
    }
    let hub = hubs.find("flusight").unwrap();
    let header = "reference_date,target,horizon,target_end_date,location,output_type,output_type_id,value";
    let row = |place: &str, id: &str| format!("{SATURDAY},wk inc flu hosp,0,{SATURDAY},{place},quantile,{id},1");
    let folder = tempfile::tempdir().unwrap();
    for (name, line) in [
        ("many places", (&|i: usize| row(&i.to_string(), "0.5")) as &dyn Fn(usize) -> String),
        ("many levels", &|i| row("06", &(i as f64 / 1e6).to_string())),
        ("many samples", &|i| row("06", &i.to_string()).replace("quantile", "sample")),
        ("rows alike", &|_| row("06", "0.5")),
        ("many days", &|i| row("06", "0.5").replacen("2026", &format!("{:04}", i % 9_999), 1)),
    ] {
        let text = lines(header, 20_000, line);
        let path = folder.path().join("2026-01-10-Dept-blend.csv");
        std::fs::write(&path, &text).unwrap();
        checked(name, text.len(), || check(&path, hub, None));
        checked(name, text.len(), || Forecasts::read_file(&path, hub));
    }
}
