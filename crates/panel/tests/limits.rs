//! Time and memory for tables that are made to cost much of both: a second for each megabyte, and a multiple of the files.
#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]
#![allow(missing_docs, reason = "tests")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use countycast_panel::{Request, Settings, codes, load};
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Most memory for each byte of the unpacked files, and beside it for files of any size: what is kept of every county.
const MULTIPLE: usize = 64;
const ANY_SIZE: usize = 16 << 20;
/// Most time for a file of any size and for each megabyte; code that is not optimised takes ten to twenty times as long, and
/// machines have other work to do.
const FLOOR: Duration = Duration::from_secs(1);
const A_MEGABYTE: Duration = Duration::from_secs(if cfg!(debug_assertions) { 40 } else { 1 });

const FIRST_DAY: Date = date(2020, 1, 22);
/// Days of a table as long as is read.
const LONGEST: usize = 3_653;

/// The files of a folder.
type Files = Vec<(&'static str, String)>;

/// JHU's files of counties whose cumulative cases, by number of the county and of the day, are these; nobody has died.
fn jhu(counties: usize, days: usize, cases: &dyn Fn(usize, usize) -> f64, more: &[&str]) -> Files {
    let table = |deaths: bool| {
        let mut text = "FIPS,Admin2,Province_State".to_owned();
        text += if deaths { ",Population" } else { "" };
        FIRST_DAY.series(1.day()).take(days).for_each(|day| write!(text, ",{day}").unwrap());
        let codes = codes::counties().take(counties).map(|fips| format!("{fips},x,y"));
        for (index, place) in codes.chain(more.iter().map(|&place| place.to_owned())).enumerate() {
            write!(text, "\n{place}{}", if deaths { ",9000000" } else { "" }).unwrap();
            (0..days).for_each(|day| write!(text, ",{}", if deaths { 0.0 } else { cases(index, day) }).unwrap());
        }
        text
    };
    vec![("cases.csv", table(false)), ("deaths.csv", table(true))]
}

/// The Times' file of these counties and days, both by number.
fn nyt(rows: impl Iterator<Item = (usize, usize)>) -> Files {
    let counties: Vec<_> = codes::counties().collect();
    let mut text = "date,county,state,fips,cases,deaths\n".to_owned();
    for (county, day) in rows {
        let date = FIRST_DAY.saturating_add(i64::try_from(day).unwrap().days());
        writeln!(text, "{date},x,y,{},{day},0", counties[county]).unwrap();
    }
    vec![("counties.csv", text)]
}

/// A health district with every choice of capitals.
fn spellings() -> BTreeSet<String> {
    let name = "bear river";
    let spelled = |capitals: usize| {
        let letters = name.chars().enumerate();
        let spell = |(i, letter): (usize, char)| {
            if capitals >> i & 1 == 1 { letter.to_ascii_uppercase() } else { letter }
        };
        format!(",{},Utah", letters.map(spell).collect::<String>())
    };
    (0..1 << name.len()).map(spelled).collect()
}

/// Tables by name, and what is wrong with those that are refused.
fn tables() -> Vec<(&'static str, Files, &'static str)> {
    // One county rises steadily: all places together must not fall, or the file is refused before any repair.
    let long = |cases: &dyn Fn(usize) -> f64| {
        jhu(4, LONGEST, &|place, day| if place == 0 { 5_000.0 * day as f64 } else { cases(day) }, &[])
    };
    let of =
        |places: Vec<String>| jhu(1, 3, &|_, day| day as f64, &places.iter().map(String::as_str).collect::<Vec<_>>());
    let read = [
        ("zeros", jhu(500, 300, &|_, _| 0.0, &[])),
        ("long", long(&|_| 0.0)),
        ("a correction every day", long(&|day| (10_000 - day) as f64)),
        ("a correction every other day", long(&|day| (5 * (day % 2)) as f64)),
        ("a missing report every week", long(&|day| if day % 7 > 0 { day as f64 } else { 0.0 })),
        ("a restatement every day", long(&|day| if day < 50 { 1e6 } else { 1e6 - 100.0 * day as f64 })),
        ("a dump every eighth day", long(&|day| (day / 8 * 80) as f64)),
        ("rows without a county", of((0..10_000).map(|i| format!("90019,{i},Iowa")).collect())),
        ("spellings of a district", of(spellings().into_iter().collect())),
        ("rows for all days", nyt((0..100).flat_map(|day| (0..200).map(move |county| (county, day))))),
        (
            "rows for one day in nineteen",
            nyt((0..LONGEST).flat_map(|day| (0..300).filter(move |i| (i + day) % 19 == 0).map(move |i| (i, day)))),
        ),
    ];
    let few_rows = (0..3_000).map(|county| (county, 0)).chain((1..LONGEST).map(|day| (0, day)));
    let refused = [
        ("an impossible report every other day", long(&|day| if day % 2 > 0 { 9e9 } else { 1.0 }), "together fall on"),
        ("few rows", nyt(few_rows), "6652 rows for 3000 places on 3653 days: most are missing"),
        (
            "too many days",
            nyt((0..=LONGEST).map(|day| (0, day))),
            "from 2020-01-22 to 2030-01-22, for more than ten years",
        ),
    ];
    read.into_iter().map(|(name, files)| (name, files, "")).chain(refused).collect()
}

/// Files beside small counts that cost as much memory as they can, and how the error starts that refuses them, if one does.
fn beside() -> Vec<(&'static str, &'static str, String, &'static str)> {
    let counties: Vec<_> = codes::counties().collect();
    let lines = |header: &str, line: &dyn Fn(usize) -> String| {
        std::iter::once(format!("{header}\n")).chain((0..60_000).map(|i| line(i) + "\n")).collect::<String>()
    };
    let of = |i: usize| counties[i % counties.len()].number();
    let beds = "fips_code,Staffed All Beds,Staffed ICU Beds,Licensed All Beds";
    let states = "date,state,hospitalizedCurrently,inIcuCurrently";
    let flows = "residence_fips,workplace_fips,workers";
    let pairs = |i: usize| (of(i), of(i / 7));
    let hospital = "testing/covid_tracking_states.csv";
    let (adjacency, commuting) = ("geography/adjacency.csv", "geography/commuting_acs_2011_2015.csv");
    let beds_file = "counties/beds_covidcaremap.csv";
    let names = (0..200_000).map(|i| format!(",{i}")).collect::<String>();
    vec![
        ("a county on every line", beds_file, lines(beds, &|_| "1001,1,1,1".to_owned()), ""),
        ("beds that cannot be", beds_file, lines(beds, &|i| format!("{},-1,-1,-1", of(i))), "Staffed All Beds"),
        ("lines of no county", beds_file, lines(beds, &|_| "0,,,".to_owned()), ""),
        ("columns without end", beds_file, format!("fips_code{names}\n1001{names}\n"), ""),
        ("one field without end", beds_file, format!("{beds}\n1001,\"{}\",1,1\n", "9".repeat(1 << 20)), "`"),
        ("a quote without end", beds_file, format!("{beds}\n1001,\"{}", "1,1\n".repeat(1 << 18)), "fields where"),
        (
            "all pairs of neighbours",
            adjacency,
            lines("fips,neighbor_fips", &|i| format!("{},{}", pairs(i).0, pairs(i).1)),
            "",
        ),
        ("all pairs of commuters", commuting, lines(flows, &|i| format!("{},{},1", pairs(i).0, pairs(i).1)), ""),
        ("commuters that cannot be", commuting, lines(flows, &|i| format!("{},{},-1", pairs(i).0, pairs(i).1)), ""),
        ("a pair on every line", commuting, lines(flows, &|i| format!("1001,1003,{}", i % 2)), ""),
        ("patients on every line", hospital, lines(states, &|_| "2020-01-23,AL,1,1".to_owned()), ""),
        ("patients that cannot be", hospital, lines(states, &|_| "2020-01-23,AL,-1,-1".to_owned()), ""),
    ]
}

/// What a reading found, took and used.
struct Reading {
    found: String,
    took: Duration,
    used: usize,
}

fn reading(folder: &std::path::Path) -> Reading {
    MEMORY.reset_peak_usage();
    let (before, start) = (MEMORY.current_usage(), Instant::now());
    let read = load(&Request { data: folder.to_owned(), as_of: None, vintage: false }, &Settings::default());
    let (took, used) = (start.elapsed(), MEMORY.peak_usage() - before);
    Reading { found: read.err().map_or_else(String::new, |error| error.to_string()), took, used }
}

impl Reading {
    /// Checks it against the limits of files of this size and their error, if they are refused.
    fn check(&self, name: &str, size: usize, problem: &str) {
        let Self { found, took, used } = self;
        println!("{name}: {size} bytes, {took:?}, {:.1} times the memory", *used as f64 / size as f64);
        assert!(found.contains(problem) && found.is_empty() == problem.is_empty(), "{name}: {found}");
        assert!(found.len() < 1_000, "{name}: an error of {} bytes", found.len());
        assert!(*took < FLOOR + A_MEGABYTE.mul_f64(size as f64 / 1e6), "{name}: {took:?} for {size} bytes");
        assert!(*used < MULTIPLE * size + ANY_SIZE, "{name}: {used} bytes of memory for {size}");
    }
}

fn folder(files: &Files) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    files.iter().for_each(|(path, text)| std::fs::write(folder.path().join(path), text).unwrap());
    folder
}

// One test, as the memory of all threads counts.
#[test]
fn time_and_memory_are_bounded_by_the_size_of_the_files() {
    for (name, files, problem) in tables() {
        let (folder, size) = (folder(&files), files.iter().map(|(_, text)| text.len()).sum());
        drop(files);
        reading(folder.path()).check(name, size, problem);
    }
    let folder = folder(&jhu(2, 30, &|_, day| day as f64, &[]));
    for (name, path, text, problem) in beside() {
        let (path, size) = (folder.path().join(path), text.len());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        reading(folder.path()).check(name, size, problem);
        std::fs::remove_file(path).unwrap();
    }
    // Zeros after a header, packed into a thousandth: more than a file of this size may hold.
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(b"FIPS,Admin2,Province_State,1/22/20\n").unwrap();
    std::io::copy(&mut std::io::repeat(b'0').take(64 << 20), &mut packed).unwrap();
    std::fs::write(folder.path().join("cases.csv"), packed.finish().unwrap()).unwrap();
    let bomb = reading(folder.path());
    assert!(bomb.found.contains("cases.csv: cannot be unpacked: it holds more than"), "{}", bomb.found);
    assert!(bomb.used < 4 * ANY_SIZE, "{} bytes", bomb.used);
}
