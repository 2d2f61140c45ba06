//! The sites in a browser: from the map to a county, another interval, and nothing on the console.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use headless_chrome::protocol::cdp::Log::LogEntryLevel;
use headless_chrome::protocol::cdp::types::Event;
use headless_chrome::{Browser, LaunchOptions, Tab};

use common::live;

/// County whose page is opened.
const COUNTY: &str = "31005";

/// Chromium, where it is installed under one of its usual names.
fn chromium() -> Option<PathBuf> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let mut all = std::env::split_paths(&paths).flat_map(|folder| names.map(|name| folder.join(name)));
    let found = all.find(|path| path.is_file());
    if found.is_none() {
        eprintln!("skipped: no Chromium on this machine");
    }
    found
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

/// Waits until the page says that an expression is true: data files arrive when they are first wanted.
fn wait_until(tab: &Tab, expression: &str) {
    let patience = Instant::now() + Duration::from_secs(10);
    while ask(tab, expression) != "true" {
        assert!(Instant::now() < patience, "never: {expression}\n{}", ask(tab, "document.body.textContent"));
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A browser, its page, and what the console has said.
struct Opened {
    _browser: Browser,
    tab: Arc<Tab>,
    errors: Arc<Mutex<Vec<String>>>,
}

impl Opened {
    /// Opens a browser that listens to the console. It closes when nothing is asked of it for half a minute.
    fn new(chromium: PathBuf, folder: &Path) -> Self {
        let options = LaunchOptions {
            path: Some(chromium),
            // Chromium's sandbox does not start for root, as whom containers run.
            sandbox: false,
            user_data_dir: Some(folder.join("profile")),
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
            Event::LogEntryAdded(e)
                if matches!(e.params.entry.level, LogEntryLevel::Error | LogEntryLevel::Warning) =>
            {
                heard.lock().unwrap().push(e.params.entry.text.clone());
            }
            Event::RuntimeExceptionThrown(e) => heard.lock().unwrap().push(format!("{:?}", e.params.exception_details)),
            _ => {}
        });
        tab.add_event_listener(listener).unwrap();
        Self { _browser: browser, tab, errors }
    }

    fn assert_silent(&self) {
        assert_eq!(*self.errors.lock().unwrap(), Vec::<String>::new(), "the console is silent");
    }
}

#[test]
fn the_site_is_walked_from_the_map_to_a_county_without_an_error() {
    let Some(path) = chromium() else { return };
    let folder = common::scratch();
    let site = site(folder.path());
    let opened = Opened::new(path, folder.path());
    let tab = &opened.tab;

    let page = format!("file://{}", site.join("index.html").display());
    tab.navigate_to(&page).unwrap();
    let county = format!("path[data-fips='{COUNTY}']");
    tab.wait_for_element(&county).unwrap();
    for measure in ["growth", "rt", "gap", "care", "next", "later", "deaths", "dying", "cases"] {
        tab.wait_for_element(&format!("[data-choice='measure-{measure}']")).unwrap().click().unwrap();
        assert_eq!(
            ask(tab, "document.querySelectorAll('button[data-choice^=measure][aria-pressed=true]').length"),
            "1"
        );
    }
    tab.wait_for_element(&county).unwrap().click().unwrap();
    tab.wait_for_element("[data-choice='interval-95']").unwrap().click().unwrap();
    let counties = common::table(&folder.path().join("out/counties.parquet"));
    let at = common::texts(&counties, "fips").iter().position(|fips| fips == COUNTY).unwrap();
    assert_eq!(ask(tab, "document.querySelector('h1').textContent"), common::texts(&counties, "name")[at]);
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
        assert_eq!(ask(tab, &found), "true", "{heading}");
    }

    // What is seen at 95 % is what the run's file holds.
    let told = ask(tab, "document.querySelector('.facts').textContent").replace(',', "");
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
    assert_eq!(ask(tab, &title), rate, "projected cases per 100,000");

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
        tab,
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
        assert_eq!(ask(tab, &search), address, "{wanted}");
    }
    let keyboard = "[...document.querySelectorAll('path[tabindex]')].every((p) => p.getAttribute('aria-label'))";
    assert_eq!(ask(tab, keyboard), "true", "what the keyboard reaches has a name");
    ask(tab, &format!("location.hash = '{here}'"));
    tab.wait_for_element("[data-choice='interval-95']").unwrap();

    let unnamed = "[...document.querySelectorAll('svg[role=img]')].filter((s) => !s.getAttribute('aria-label')).length";
    assert_eq!(ask(tab, unnamed), "0", "charts without a text alternative");
    assert!(ask(tab, "document.querySelectorAll('svg[role=img]').length").parse::<usize>().unwrap() > 5);

    // Pressing a column's head sorts by it, the highest first, and the other way round when pressed again.
    let rates = "[...document.querySelectorAll('table')].at(-1)";
    let column = format!(
        "[...{rates}.querySelectorAll('tbody tr')].map((r) => r.children[1].dataset.value).filter((v) => v !== '').map(Number)"
    );
    for (order, sign) in [("descending", ">="), ("ascending", "<=")] {
        ask(tab, &format!("{rates}.querySelectorAll('th button')[1].click()"));
        assert_eq!(ask(tab, &format!("{rates}.querySelectorAll('th')[1].getAttribute('aria-sort')")), order);
        assert_eq!(ask(tab, &format!("{column}.every((v, i, all) => !i || all[i - 1] {sign} v)")), "true", "{order}");
    }

    // A name is text, whatever it holds.
    let summary = site.join("data/summary.js");
    let name = &common::texts(&counties, "name")[at];
    let text =
        std::fs::read_to_string(&summary).unwrap().replace(name.as_str(), "<img src=x onerror=alert(1)></script>'");
    std::fs::write(&summary, text).unwrap();
    tab.reload(true, None).unwrap();
    tab.wait_for_element("[data-choice='interval-95']").unwrap();
    assert_eq!(ask(tab, "document.querySelector('h1').textContent"), "<img src=x onerror=alert(1)></script>'");
    assert_eq!(ask(tab, "document.querySelectorAll('img').length"), "0");

    opened.assert_silent();
}

#[test]
fn weekly_signals_are_walked_from_the_map_to_an_area_found_by_a_county() {
    let Some(path) = chromium() else { return };
    let folder = common::scratch();
    let (data, out, site) = (folder.path().join("live"), folder.path().join("out"), folder.path().join("site"));
    live::write(&data, live::reference().plus(-1));
    live::write_areas(&data, live::reference().plus(-1));
    for day in ["2025-12-31", "2026-01-07"] {
        let mut project = common::program(&["project", "--quiet", "--signal", "flu-ed", "--as-of", day]);
        project.arg("--data").arg(&data).arg("--out").arg(&out);
        common::succeed(project);
    }
    let mut report = common::program(&["report", "--quiet"]);
    report.arg(&out).arg("--site").arg(&site);
    common::succeed(report);
    let opened = Opened::new(path, folder.path());
    let tab = &opened.tab;
    tab.navigate_to(&format!("file://{}", site.join("index.html").display())).unwrap();

    // The nation's tile and the map: a county of an area, one whose state shares nothing below it, and one without data.
    let title =
        |fips: &str| ask(tab, &format!("document.querySelector(\"path[data-fips='{fips}'] title\").textContent"));
    tab.wait_for_element("path[data-fips='08031']").unwrap();
    let median = |area: &str, horizon: f64| {
        let table = common::table(&out.join("signals.parquet"));
        let [areas, models] = ["area", "model"].map(|name| common::texts(&table, name));
        let [horizons, levels, values] = ["horizon", "quantile", "value"].map(|name| common::numbers(&table, name));
        let is = |row: &usize| {
            areas[*row] == area && models[*row] == "blend" && horizons[*row] == horizon && levels[*row] == 0.5
        };
        format!("{:.2} %", 100.0 * values[(0..areas.len()).find(is).unwrap()])
    };
    let expected = format!(
        "Denver, CO, as in its Health Service Area Denver (Denver), CO - Jefferson, CO: {}",
        median("H688", 1.0)
    );
    assert_eq!(title("08031"), expected);
    let expected =
        format!("Autauga, AL, the value of Alabama, which shares nothing below the state: {}", median("01", 1.0));
    assert_eq!(title("01001"), expected);
    assert!(title("08123").ends_with("whose Health Service Area shares nothing: no forecast"), "{}", title("08123"));
    assert_eq!(ask(tab, "document.querySelectorAll('path.hatched').length > 5"), "true");
    // An area that fell silent a year ago follows its state, and the map says so.
    let silent = title("08077");
    assert!(
        silent.contains(&median("H711", 1.0)) && silent.contains("as Colorado: no report since Jan 4, 2025"),
        "{silent}"
    );
    assert_eq!(ask(tab, "document.querySelectorAll('path.dotted').length"), "1");
    let text = |of: &str| ask(tab, &format!("document.querySelector('{of}').textContent"));
    assert!(text("[data-signal=flu-ed]").contains(&median("US", 3.0)), "{}", text("[data-signal=flu-ed]"));
    tab.wait_for_element("[data-choice='week--1']").unwrap().click().unwrap();
    assert!(title("08077").contains("not published"), "an area that fell silent: {}", title("08077"));
    tab.wait_for_element("[data-choice='measure-rise']").unwrap().click().unwrap();
    assert_eq!(ask(tab, "document.querySelectorAll('button[data-choice^=week]').length"), "4");
    assert!(title("08077").contains("no forecast"), "nothing is said of its rise: {}", title("08077"));

    // From the map to the state, whose season's axis has a week 53.
    let colorado = "[...document.querySelectorAll('path.borders')].find((p) => p.getAttribute('aria-label')?.startsWith('Colorado'))";
    ask(tab, &format!("{colorado}.dispatchEvent(new KeyboardEvent('keydown', {{ key: 'Enter' }}))"));
    tab.wait_for_element("path[data-fips='08077'][tabindex]").unwrap();
    assert_eq!((ask(tab, "location.hash"), text("h1")), ("#/state/08".to_owned(), "Colorado".to_owned()));
    let label = ask(tab, "document.querySelector('svg[role=img]').getAttribute('aria-label')");
    assert!(label.contains("in week 53 of 2025; forecast for week 4 of 2026"), "{label}");
    assert_eq!(
        ask(tab, "[...document.querySelectorAll('svg.chart text')].some((t) => t.textContent === 'wk 53')"),
        "true"
    );
    let told =
        "[...document.querySelectorAll('h3')].some((h) => h.textContent === 'Earlier forecasts against what came')";
    assert_eq!(ask(tab, told), "true");
    let unnamed = "[...document.querySelectorAll('svg[role=img]')].filter((s) => !s.getAttribute('aria-label')).length";
    assert_eq!(ask(tab, unnamed), "0", "charts without a text alternative");

    // Search finds an area by one of its counties, and says whose value it is.
    for (wanted, address, says) in [
        ("Denver County, Colorado", "#/county/08031", "the value of the county's Health Service Area, Denver (Denver)"),
        ("autauga", "#/county/01001", "Alabama shares nothing below the state"),
        ("Weld, CO", "#/county/08123", "Nothing is published for this county's Health Service Area"),
        ("H711", "#/area/H711", "Nothing has been published since: the forecast follows that of Colorado"),
    ] {
        let search = format!(
            "(() => {{ location.hash = '#/'; const s = document.getElementById('search'); s.value = `{wanted}`; s.dispatchEvent(new Event('change')); return location.hash; }})()"
        );
        assert_eq!(ask(tab, &search), address, "{wanted}");
        let said = format!("document.querySelector('main').textContent.includes(`{says}`)");
        wait_until(tab, &said);
    }
    opened.assert_silent();
}
