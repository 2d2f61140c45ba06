//! The site in a browser: from the map to a county, another interval, and nothing on the console.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use headless_chrome::protocol::cdp::Log::LogEntryLevel;
use headless_chrome::protocol::cdp::types::Event;
use headless_chrome::{Browser, LaunchOptions, Tab};

/// County whose page is opened.
const COUNTY: &str = "31005";

/// Chromium, where it is installed under one of its usual names.
fn chromium() -> Option<PathBuf> {
    let paths = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    std::env::split_paths(&paths).flat_map(|folder| names.map(|name| folder.join(name))).find(|path| path.is_file())
}

/// A site of the demonstration panel, with a run of the week before.
fn site(folder: &Path) -> PathBuf {
    for day in ["2020-10-17", "2020-10-24"] {
        let engines = ["--as-of", day, "--engines", "flat,seir", "--state", "NE"];
        common::succeed(common::project(common::demo(), folder, "out", &engines));
    }
    let site = folder.join("site");
    let mut report = common::program(&["report", "--quiet"]);
    report.arg(folder.join("out")).arg("--site").arg(&site).arg("--data").arg(common::demo());
    common::succeed(report);
    site
}

/// What the page says to this expression.
fn ask(tab: &Tab, expression: &str) -> String {
    let value = tab.evaluate(&format!("String({expression})"), false).unwrap().value.unwrap();
    value.as_str().unwrap().to_owned()
}

#[test]
fn the_site_is_walked_from_the_map_to_a_county_without_an_error() {
    let Some(path) = chromium() else {
        eprintln!("skipped: no Chromium on this machine");
        return;
    };
    let folder = common::scratch();
    let site = site(folder.path());
    let profile = folder.path().join("profile");
    let options = LaunchOptions {
        path: Some(path),
        // Chromium's sandbox does not start for root, as whom containers run.
        sandbox: false,
        user_data_dir: Some(profile),
        window_size: Some((1100, 1400)),
        args: ["--disable-component-update", "--disable-quic"].map(AsRef::as_ref).to_vec(),
        ..LaunchOptions::default()
    };
    let browser = Browser::new(options).unwrap();
    let tab = browser.new_tab().unwrap();
    let errors = Arc::new(Mutex::new(Vec::<String>::new()));
    let heard = Arc::clone(&errors);
    tab.enable_log().unwrap().enable_runtime().unwrap();
    let listener = Arc::new(move |event: &Event| match event {
        Event::LogEntryAdded(e) if matches!(e.params.entry.level, LogEntryLevel::Error | LogEntryLevel::Warning) => {
            heard.lock().unwrap().push(e.params.entry.text.clone());
        }
        Event::RuntimeExceptionThrown(e) => heard.lock().unwrap().push(format!("{:?}", e.params.exception_details)),
        _ => {}
    });
    tab.add_event_listener(listener).unwrap();

    let page = format!("file://{}", site.join("index.html").display());
    tab.navigate_to(&page).unwrap();
    let county = format!("path[data-fips='{COUNTY}']");
    tab.wait_for_element(&county).unwrap();
    for measure in ["growth", "rt", "gap", "care", "next", "later", "deaths", "dying", "cases"] {
        tab.wait_for_element(&format!("[data-choice='measure-{measure}']")).unwrap().click().unwrap();
        assert_eq!(
            ask(&tab, "document.querySelectorAll('button[data-choice^=measure][aria-pressed=true]').length"),
            "1"
        );
    }
    tab.wait_for_element(&county).unwrap().click().unwrap();
    tab.wait_for_element("[data-choice='interval-95']").unwrap().click().unwrap();
    let counties = common::table(&folder.path().join("out/counties.parquet"));
    let at = common::texts(&counties, "fips").iter().position(|fips| fips == COUNTY).unwrap();
    assert_eq!(ask(&tab, "document.querySelector('h1').textContent"), common::texts(&counties, "name")[at]);
    for heading in [
        "Daily new cases",
        "Reproduction number",
        "Hospital patients and beds",
        "Weekly new cases",
        "Weekly new deaths",
        "Earlier projections against what came",
        "Among the state's counties",
    ] {
        let found = format!("[...document.querySelectorAll('h2')].some((h) => h.textContent === `{heading}`)");
        assert_eq!(ask(&tab, &found), "true", "{heading}");
    }

    // What is seen at 95 % is what the run's file holds.
    let told = ask(&tab, "document.querySelector('.facts').textContent").replace(',', "");
    let rows = common::projections(&folder.path().join("out"));
    let week = |quantile: f64| {
        let row = rows.iter().find(|row| {
            (row.fips.as_str(), row.model.as_str(), row.target.as_str(), row.resolution.as_str(), row.horizon)
                == (COUNTY, "blend", "inc case", "week", 1)
                && row.quantile == quantile
        });
        row.unwrap().value
    };
    let expected = format!("{:.0} – {:.0}", week(0.025).round(), week(0.975).round());
    assert!(told.contains(&expected), "{expected} in {told}");

    // The map of projections has the median of the county's page.
    tab.wait_for_element("[data-choice='measure-next']").unwrap().click().unwrap();
    let residents = common::numbers(&counties, "population")[at];
    let rate = format!("{:.0}", 1e5 * week(0.5) / residents);
    let title = format!("document.querySelector(\"{county} title\").textContent.split(': ')[1].replaceAll(',', '')");
    assert_eq!(ask(&tab, &title), rate, "projected cases per 100,000");

    // The peak in the table of beds is the one of the run's file.
    let capacity = common::table(&folder.path().join("out/capacity.parquet"));
    let text = |name: &str| common::texts(&capacity, name);
    let (fips, models, beds, areas) = (text("fips"), text("model"), text("bed"), text("area"));
    let own = (0..fips.len()).find(|&row| {
        (fips[row].as_str(), models[row].as_str(), beds[row].as_str(), areas[row].as_str())
            == (COUNTY, "blend", "icu", "county")
    });
    let peak = common::numbers(&capacity, "peak_q50")[own.unwrap()];
    let shown = ask(
        &tab,
        "[...document.querySelectorAll('td')].find((d) => d.textContent === 'Intensive care, hospitals of the county, its residents').parentElement.children[3].textContent",
    );
    assert!(shown.starts_with(&format!("{peak:.0} (")), "{shown} for {peak}");

    // Search knows codes, names with or without the word for a county, and states.
    let names = common::texts(&counties, "name");
    let (bare, state) = names[at].rsplit_once(", ").unwrap();
    let here = format!("#/county/{COUNTY}");
    for (wanted, address) in [
        (COUNTY.to_owned(), here.as_str()),
        (names[at].clone(), here.as_str()),
        (format!("{} county {}", bare.to_uppercase(), state.to_lowercase()), here.as_str()),
        (format!("{bare} County, Nebraska"), here.as_str()),
        ("ne".to_owned(), "#/state/31"),
        ("Nebraska".to_owned(), "#/state/31"),
    ] {
        let search = format!(
            "(() => {{ location.hash = '#/'; const s = document.getElementById('search'); s.value = `{wanted}`; s.dispatchEvent(new Event('change')); return location.hash; }})()"
        );
        assert_eq!(ask(&tab, &search), address, "{wanted}");
    }
    let keyboard = "[...document.querySelectorAll('path[tabindex]')].every((p) => p.getAttribute('aria-label'))";
    assert_eq!(ask(&tab, keyboard), "true", "what the keyboard reaches has a name");
    ask(&tab, &format!("location.hash = '{here}'"));
    tab.wait_for_element("[data-choice='interval-95']").unwrap();

    let unnamed = "[...document.querySelectorAll('svg[role=img]')].filter((s) => !s.getAttribute('aria-label')).length";
    assert_eq!(ask(&tab, unnamed), "0", "charts without a text alternative");
    assert!(ask(&tab, "document.querySelectorAll('svg[role=img]').length").parse::<usize>().unwrap() > 5);

    // Pressing a column's head sorts by it, the highest first, and the other way round when pressed again.
    let rates = "[...document.querySelectorAll('table')].at(-1)";
    let column = format!(
        "[...{rates}.querySelectorAll('tbody tr')].map((r) => r.children[1].dataset.value).filter((v) => v !== '').map(Number)"
    );
    for (order, sign) in [("descending", ">="), ("ascending", "<=")] {
        ask(&tab, &format!("{rates}.querySelectorAll('th button')[1].click()"));
        assert_eq!(ask(&tab, &format!("{rates}.querySelectorAll('th')[1].getAttribute('aria-sort')")), order);
        assert_eq!(ask(&tab, &format!("{column}.every((v, i, all) => !i || all[i - 1] {sign} v)")), "true", "{order}");
    }

    // A name is text, whatever it holds.
    let summary = site.join("data/summary.js");
    let name = &common::texts(&counties, "name")[at];
    let text =
        std::fs::read_to_string(&summary).unwrap().replace(name.as_str(), "<img src=x onerror=alert(1)></script>'");
    std::fs::write(&summary, text).unwrap();
    tab.reload(true, None).unwrap();
    tab.wait_for_element("[data-choice='interval-95']").unwrap();
    assert_eq!(ask(&tab, "document.querySelector('h1').textContent"), "<img src=x onerror=alert(1)></script>'");
    assert_eq!(ask(&tab, "document.querySelectorAll('img').length"), "0");

    assert_eq!(*errors.lock().unwrap(), Vec::<String>::new(), "the console is silent");
}
