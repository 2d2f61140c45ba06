//! The scores beside those of an independent scorer in Python, on the same file. Skipped where the data, the scorer or
//! Python with pandas is absent.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use countycast::observed;
use countycast::scores::{Run, Scored, score};
use countycast::{output, panel};
use countycast_engine::Target;

/// Loads the scorer without running it and prints, for every county, model and week: its score, whether the central 50, 80
/// and 95 % intervals hold the truth, and the absolute error of the sum since as-of.
const TWIN: &str = r#"
import sys
from pathlib import Path
scorer, data, out, day = sys.argv[1:]
names = {}
exec(Path(scorer).read_text().rsplit("main()", 1)[0], names)
pd, np, levels = names["pd"], names["np"], names["QS"]
truth, as_of = names["truth_weekly"](Path(data)), pd.Timestamp(day)
p = pd.read_parquet(Path(out) / "projections.parquet", filters=[("target", "==", "inc case")])
p = p[p.fips.isin(truth.index)]
for h in range(1, 5):
    ends = [as_of + pd.Timedelta(days=7 * k) for k in range(1, h + 1)]
    week = p[(p.resolution == "week") & (p.horizon == h) & p["quantile"].round(4).isin(levels)]
    span = p[(p.resolution == "span") & (p.horizon == h) & np.isclose(p["quantile"], 0.5)]
    span = span.set_index(["fips", "model"]).value
    for model, m in week.groupby("model"):
        w = m.pivot_table(index="fips", columns=m["quantile"].round(4), values="value")[levels]
        y = truth[ends[-1]].reindex(w.index).to_numpy(float)
        total = truth[ends].sum(axis=1, min_count=h).reindex(w.index)
        q = w.to_numpy(float)
        s = names["wis"](q, y)
        for i, fips in enumerate(w.index):
            held = [int(q[i, k] <= y[i] <= q[i, 6 - k]) for k in (2, 1, 0)]
            print(fips, model, h, repr(float(s[i])), *held, repr(float(abs(span[fips, model] - total[fips]))))
"#;

const AS_OF: &str = "2020-09-12";

struct Twin {
    wis: f64,
    covered: [bool; 3],
    span_error: f64,
}

/// The publishers' files, and the scorer beside them.
fn folders() -> (PathBuf, PathBuf) {
    let near = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let data = std::env::var_os("COUNTYCAST_DATA").map_or(near, PathBuf::from);
    let scorer = data.join("../score/score.py");
    assert!(
        data.join("jhu").is_dir() && scorer.is_file(),
        "no data and scorer at {}: set COUNTYCAST_DATA",
        data.display()
    );
    (data, scorer)
}

fn twin(scorer: &Path, data: &Path, out: &Path) -> HashMap<(String, String, u8), Twin> {
    let done = Command::new("python3").args(["-W", "ignore", "-c", TWIN]).args([scorer, data, out]).arg(AS_OF).output();
    let done = done.unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let line = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let held = |i: usize| words[i] == "1";
        let key = (words[0].to_owned(), words[1].to_owned(), words[2].parse().unwrap());
        let covered = [held(4), held(5), held(6)];
        (key, Twin { wis: words[3].parse().unwrap(), covered, span_error: words[7].parse().unwrap() })
    };
    String::from_utf8(done.stdout).unwrap().lines().map(line).collect()
}

#[test]
#[ignore = "needs the publishers' files and python3 with pandas and pyarrow: COUNTYCAST_DATA, or ../shared/data"]
fn scores_are_those_of_the_independent_scorer() {
    let (data, scorer) = folders();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let out = folder.path().join("out");
    let more = ["--as-of", AS_OF, "--state", "UT,RI,MA", "--engines", "flat,trend"];
    let mut command = common::program(&["project", "--quiet", "--data"]);
    command.arg(&data).arg("--out").arg(&out).args(more);
    common::succeed(command);
    let twin = twin(&scorer, &data, &out);

    let run: Run = output::read(&out).unwrap();
    let request = panel::Request { data: data.clone(), as_of: None, vintage: false };
    let truth = observed::truth_with_hub(&panel::load(&request, &panel::Settings::default()).unwrap(), &data).unwrap();
    let mut compared = 0;
    for own in score(&run, &truth).iter().filter(|s| s.target == Target::Cases && s.horizon <= 4) {
        let Some(theirs) = twin.get(&(own.fips.to_string(), own.model.clone(), own.horizon)) else { continue };
        agree(own, theirs);
        compared += 1;
    }
    assert_eq!(compared, twin.len(), "every county-week that the scorer knows is compared");
    assert!(compared > 300, "{compared} county-weeks");
}

fn agree(own: &Scored, theirs: &Twin) {
    let place = format!("{} {} week {}", own.fips, own.model, own.horizon);
    // Quantiles are held in single precision: errors grow with the counts.
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-6 * (1.0 + own.truth + b);
    assert!(close(own.wis.total, theirs.wis), "{place}: WIS {} and {}", own.wis.total, theirs.wis);
    assert_eq!(own.covered, theirs.covered, "{place}");
    let span_error = own.span_error.unwrap();
    assert!(close(span_error, theirs.span_error), "{place}: error {span_error} and {}", theirs.span_error);
}
