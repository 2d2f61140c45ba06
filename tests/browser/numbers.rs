//! Charts agree with the tables behind them, and those with the files that are downloaded.

use std::time::{Duration, Instant};

use crate::common;
use crate::opened::{Opened, ask, chromium, wait_until};
use crate::site::{COUNTY, DAYS, nebraska};

/// For each chart with numbers behind it: how many of its bars, and of the points of its line of medians, are off by more than half
/// a pixel's worth of what the table says; and how many were compared.
const COMPARED: &str = r"(() => {
  const results = [];
  for (const figure of document.querySelectorAll('figure.drawn')) {
    const svgs = [...figure.querySelectorAll('svg.chart')], details = figure.querySelector('details.numbers');
    const grid = svgs.length === 1 ? [...svgs[0].querySelectorAll('line.grid')] : [];
    if (grid.length !== 5) continue;
    const heights = grid.map((line) => Number(line.getAttribute('y1')));
    const labels = [...svgs[0].querySelectorAll('text')].slice(0, 5).map((text) => Number(text.textContent.replaceAll(',', '')));
    const value = (y) => labels[4] * (heights[0] - y) / (heights[0] - heights[4]);
    const pixel = labels[4] / (heights[0] - heights[4]);
    const head = [...figure.querySelectorAll('th')].map((cell) => cell.textContent.replace(/ [▴▾]$/, ''));
    const rows = [...figure.querySelectorAll('tbody tr')].map((row) => [...row.children].map((cell) => 'value' in cell.dataset ? (cell.dataset.value === '' ? null : Number(cell.dataset.value)) : cell.textContent));
    const column = (name) => rows.map((row) => row[head.indexOf(name)]).filter((cell) => cell !== null);
    const bars = [...svgs[0].querySelectorAll('rect.bar')].map((bar) => value(Number(bar.getAttribute('y'))));
    const off = (drawn, told) => drawn.filter((v, i) => !(Math.abs(v - Math.min(told[i], labels[4])) <= pixel / 2 + 0.06)).length + Math.abs(drawn.length - told.length);
    const result = { name: details.dataset.numbers, bars: bars.length, medians: 0, off: 0 };
    if (head.includes('Count') && bars.length) result.off += off(bars, column('Count'));
    const line = svgs[0].querySelector('path.median'), median = ['Median', 'R_t'].find((name) => head.includes(name));
    if (line && median && svgs[0].querySelectorAll('path.median').length === 1) {
      const drawn = line.getAttribute('d').slice(1).split('L').map((point) => value(Number(point.split(',')[1])));
      result.medians = drawn.length;
      result.off += off(drawn, column(median));
    }
    if (result.bars + result.medians) results.push(result);
  }
  return JSON.stringify(results);
})()";

#[test]
fn charts_are_drawn_from_the_numbers_in_their_tables() {
    let Some(path) = chromium() else { return };
    let folder = common::scratch();
    let built = nebraska();
    let opened = Opened::new(path, folder.path());
    let tab = &opened.tab;
    for (hash, least) in [("#/state/31", 6), (&*format!("#/county/{COUNTY}?days=60"), 6)] {
        opened.view(&built.site, hash);
        wait_until(tab, "document.querySelectorAll('details.numbers').length > 5");
        ask(tab, "document.querySelectorAll('details.numbers').forEach((d) => { d.open = true; })");
        wait_until(tab, "[...document.querySelectorAll('details.numbers')].every((d) => d.querySelector('table'))");
        let results: Vec<serde_json::Value> = serde_json::from_str(&ask(tab, COMPARED)).unwrap();
        assert!(results.len() >= least, "{hash}: {results:?}");
        for result in &results {
            assert_eq!(result["off"], 0, "{hash}: {result}");
        }
        assert!(results.iter().any(|result| result["medians"].as_u64().unwrap() > 0), "{hash}: {results:?}");
    }
    opened.assert_silent();
}

#[test]
fn the_numbers_of_a_chart_are_downloaded_as_the_run_has_them() {
    let Some(path) = chromium() else { return };
    let folder = common::scratch();
    let built = nebraska();
    let opened = Opened::new(path, folder.path());
    let tab = &opened.tab;
    opened.save_into(folder.path());
    opened.view(&built.site, &format!("#/county/{COUNTY}"));
    let details =
        "[...document.querySelectorAll('details.numbers')].find((d) => d.dataset.numbers.includes('Weekly new cases'))";
    wait_until(tab, &format!("{details} !== undefined"));
    ask(tab, &format!("({details}.open = true)"));
    wait_until(tab, &format!("{details}.querySelector('table') !== null"));
    ask(tab, &format!("{details}.querySelector('button').click()"));
    let file = folder.path().join(format!("countycast-{COUNTY}-weekly-new-cases-{}.csv", DAYS[2]));
    let patience = Instant::now() + Duration::from_secs(10);
    while !file.is_file() {
        assert!(Instant::now() < patience, "{} did not come", file.display());
        std::thread::sleep(Duration::from_millis(50));
    }
    let rows: Vec<csv::StringRecord> = csv::Reader::from_path(&file).unwrap().records().map(Result::unwrap).collect();
    let projected: Vec<_> = rows.iter().filter(|row| &row[2] == "projected").collect();
    assert_eq!(projected.len(), 2, "two weeks");
    let run = common::projections(&built.out);
    for (week, row) in (1..).zip(projected) {
        for (column, quantile) in [(3, 0.025), (6, 0.5), (9, 0.975)] {
            let is = |one: &&common::Projection| {
                (one.fips.as_str(), one.model.as_str(), one.target.as_str(), one.resolution.as_str(), one.horizon)
                    == (COUNTY, "blend", "inc case", "week", week)
                    && one.quantile == quantile
            };
            let expected = run.iter().find(is).unwrap().value;
            let told: f64 = row[column].parse().unwrap();
            assert!((told - expected).abs() <= if expected < 100.0 { 0.051 } else { 0.51 }, "{told} for {expected}");
        }
    }
    opened.assert_silent();
}
