//! Sites that are looked at, each built once.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::common;

/// County whose page is opened.
pub(super) const COUNTY: &str = "31005";

/// Days of the runs, the last of which is shown.
pub(super) const DAYS: [&str; 3] = ["2020-10-17", "2020-10-23", "2020-10-24"];

/// A run's folder and its site.
pub(super) struct Built {
    pub(super) out: PathBuf,
    pub(super) site: PathBuf,
}

/// A state of the demonstration panel, with runs of the week and of the day before.
pub(super) fn nebraska() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| build("nebraska", common::demo(), &["--engines", "flat,seir", "--state", "NE"]))
}

/// Counties of Utah, three of which a health district reports for: they have the counts of counties of the demonstration panel.
pub(super) fn utah() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| {
        let data = scratch("utah").join("data");
        common::demo_copy(&data);
        for (kind, columns) in [("confirmed", 11), ("deaths", 12)] {
            let path = data.join(format!("jhu/time_series_covid19_{kind}_US.csv"));
            let text = fs::read_to_string(&path).unwrap();
            let row = text.lines().find(|line| line.contains(&format!(",{COUNTY}"))).unwrap();
            let fields: Vec<String> = csv::ReaderBuilder::new()
                .has_headers(false)
                .from_reader(row.as_bytes())
                .records()
                .next()
                .unwrap()
                .unwrap()
                .iter()
                .map(str::to_owned)
                .collect();
            let days = &fields[columns..];
            let nothing: Vec<String> = days.iter().map(|_| "0".to_owned()).collect();
            let mut all = text.clone();
            for (code, name, counts) in [
                ("49003", "Box Elder", &nothing[..]),
                ("49005", "Cache", &nothing),
                ("49033", "Rich", &nothing),
                ("49035", "Salt Lake", days),
                ("", "Bear River", days),
            ] {
                let people = if columns == 12 { ",50000" } else { "" };
                all += &format!(
                    "840{code},US,USA,840,{code},{name},Utah,US,40,-111,\"{name}, Utah, US\"{people},{}\n",
                    counts.join(",")
                );
            }
            fs::write(&path, all).unwrap();
        }
        build("utah", &data, &["--engines", "flat", "--state", "UT"])
    })
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("browser-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn build(name: &str, data: &Path, more: &[&str]) -> Built {
    let folder = scratch(&format!("{name}-site"));
    fs::write(folder.join("quick.toml"), common::QUICK).unwrap();
    for day in DAYS {
        common::succeed(common::project(data, &folder, "out", &[&["--as-of", day], more].concat()));
    }
    let built = Built { out: folder.join("out"), site: folder.join("site") };
    let mut report = common::program(&["report", "--quiet"]);
    report.arg(&built.out).arg("--site").arg(&built.site).arg("--data").arg(data);
    common::succeed(report);
    built
}
