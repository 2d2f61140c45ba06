//! The panel on the real data: named defects, and what their repair makes of them. Skipped where the data is absent.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::path::PathBuf;
use std::sync::OnceLock;

use countycast::panel::{self, Panel, Place, RepairKind, Request, Settings};
use countycast_engine::{Date, Fips};

fn folder() -> Option<PathBuf> {
    let near = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let folder = std::env::var_os("COUNTYCAST_DATA").map_or(near, PathBuf::from);
    if folder.join("jhu").is_dir() {
        return Some(folder);
    }
    println!("skipped: no data at {}; set COUNTYCAST_DATA", folder.display());
    None
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn fips(text: &str) -> Fips {
    text.parse().unwrap()
}

fn load(as_of: &str, vintage: bool) -> Option<Panel> {
    let request = Request { data: folder()?, as_of: Some(date(as_of)), vintage };
    Some(panel::load(&request, &Settings::default()).unwrap())
}

/// As of Saturday 2020-10-24, loaded once for all tests.
fn october() -> Option<&'static Panel> {
    static PANEL: OnceLock<Option<Panel>> = OnceLock::new();
    PANEL.get_or_init(|| load("2020-10-24", false)).as_ref()
}

fn place<'a>(panel: &'a Panel, code: &str) -> &'a Place {
    panel.place(fips(code)).unwrap()
}

#[test]
#[ignore = "prints a summary"]
fn summary() {
    let start = std::time::Instant::now();
    let Some(panel) = october() else { return };
    println!("loaded in {:?}", start.elapsed());
    for notice in panel.notices() {
        println!("{:6} {}", notice.count, notice.message);
    }
    for input in panel.inputs() {
        println!("{} {:?} {}", input.path.display(), input.last_day, &input.sha256[..8]);
    }
    for (name, places) in
        [("nation", std::slice::from_ref(panel.nation())), ("states", panel.states()), ("counties", panel.counties())]
    {
        for kind in [RepairKind::Negative, RepairKind::Gap, RepairKind::Dump, RepairKind::Unreported] {
            let count = places.iter().map(|p| p.repairs.count(kind)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
            let people = places.iter().map(|p| p.repairs.people(kind)).fold((0., 0.), |a, b| (a.0 + b.0, a.1 + b.1));
            println!("{name:9} {kind:?}: {count:?} repairs, {people:.0?} people");
        }
    }
    for code in std::env::var("SHOW").unwrap_or_default().split(',').filter(|code| !code.is_empty()) {
        let place = place(panel, code);
        println!(
            "{} {:?} {:?}",
            place.history.location().name,
            place.history.location(),
            place.history.cases().weekday()
        );
        for repair in &place.repairs.cases {
            println!("  {repair:?}");
        }
        let cases = place.history.cases();
        let days = cases.reported().iter().zip(cases.cleaned()).zip(panel.days());
        for ((reported, cleaned), day) in days.skip(150) {
            println!("  {day} {reported:6} {cleaned:8.1}");
        }
    }
}
