//! Every view has an address that leads back to it.

use crate::common;
use crate::opened::{Opened, ask, chromium, wait_until};
use crate::site::{COUNTY, DAYS, nebraska};

/// The choices that are pressed, in the order of the page.
const PRESSED: &str =
    "[...document.querySelectorAll('button[aria-pressed=true]')].map((b) => b.dataset.choice).join(' ')";

#[test]
fn a_view_is_found_again_at_its_address() {
    let Some(path) = chromium() else { return };
    let folder = common::scratch();
    let built = nebraska();
    let opened = Opened::new(path, folder.path());
    let tab = &opened.tab;
    let ready = "document.querySelector('h1')?.textContent !== undefined && document.querySelector('.slider, .mapped') !== null";
    opened.view(&built.site, &format!("#/county/{COUNTY}"));
    wait_until(tab, ready);
    for choice in ["interval-95", "days-60", "measure-deaths"] {
        tab.wait_for_element(&format!("[data-choice='{choice}']")).unwrap().click().unwrap();
    }
    assert_eq!(ask(tab, "location.hash"), format!("#/county/{COUNTY}?measure=deaths&interval=95&days=60"));
    let pressed = ask(tab, PRESSED);
    // Moving from place to place keeps what was chosen.
    assert_eq!(
        ask(tab, "new URL(document.querySelector('main a').href).hash"),
        "#/state/31?measure=deaths&interval=95&days=60"
    );
    let hash = ask(tab, "location.hash");
    opened.view(&built.site, &hash);
    wait_until(tab, ready);
    assert_eq!(ask(tab, PRESSED), pressed);
    // What is not allowed is as it is at first.
    opened.view(&built.site, &format!("#/county/{COUNTY}?measure=constructor&interval=81&week=yesterday&days=-1"));
    wait_until(tab, ready);
    assert_eq!(ask(tab, PRESSED), "interval-80 days-120 ahead-1 measure-cases as-counted");
    opened.view(&built.site, "#/county/99999?interval=95");
    assert_eq!(ask(tab, "document.querySelector('h1').textContent"), "Unknown place");
    opened.assert_silent();
}

#[test]
fn the_slider_shows_past_and_coming_weeks_and_what_was_projected() {
    let Some(path) = chromium() else { return };
    let folder = common::scratch();
    let built = nebraska();
    let opened = Opened::new(path, folder.path());
    let tab = &opened.tab;
    opened.view(&built.site, "");
    let title = format!("document.querySelector(\"path[data-fips='{COUNTY}'] title\").textContent");
    tab.wait_for_element(".slider input").unwrap();
    let slide = |week: i32| {
        ask(
            tab,
            &format!(
                "(() => {{ const s = document.querySelector('.slider input'); s.value = {week}; s.dispatchEvent(new Event('input')); s.dispatchEvent(new Event('change')); return s.value; }})()"
            ),
        );
    };
    let shown = || ask(tab, &title).split(": ").nth(1).unwrap().replace(',', "");
    let counties = common::table(&built.out.join("counties.parquet"));
    let at = common::texts(&counties, "fips").iter().position(|fips| fips == COUNTY).unwrap();
    let residents = common::numbers(&counties, "population")[at];
    let median = |week: u32| {
        let rows = common::projections(&built.out);
        let is = |row: &&common::Projection| {
            (row.fips.as_str(), row.model.as_str(), row.target.as_str(), row.resolution.as_str(), row.horizon)
                == (COUNTY, "blend", "inc case", "week", week)
                && row.quantile == 0.5
        };
        1e5 * rows.iter().find(is).unwrap().value / residents
    };
    // People are shown whole from a hundred on, which moves a rate by less than one.
    let assert_near = |expected: f64| {
        let told: f64 = shown().parse().unwrap();
        assert!((told - expected).abs() < 1.0, "{told} for {expected}");
    };
    let now = shown();
    let scale = ask(tab, "document.querySelector('.legend').textContent");

    // The second week to come has the run's median, and the colours mean what they meant.
    slide(2);
    wait_until(tab, "document.querySelector('.mapped .note').textContent.includes('projected')");
    assert_near(median(2));
    assert_eq!(ask(tab, "location.hash"), "#/?week=2020-11-07");
    assert_eq!(ask(tab, "document.querySelector('.legend').textContent"), scale);
    slide(0);
    wait_until(tab, "location.hash === '#/'");
    assert_eq!(shown(), now);

    // The week before has what the table calls the week before: growth is their ratio.
    slide(-1);
    wait_until(tab, "document.querySelector('.mapped .note').textContent.includes('to Oct 17, 2020')");
    let before: f64 = shown().parse().unwrap();
    opened.view(&built.site, "#/?measure=growth");
    tab.wait_for_element(".slider input").unwrap();
    let growth: f64 = shown().parse().unwrap();
    assert!((growth - now.parse::<f64>().unwrap() / before).abs() < 0.02, "{growth} for {now} after {before}");

    // What the run of a week ago projected for the last week is its hub file's.
    opened.view(&built.site, "#/?as=projected");
    wait_until(tab, "document.querySelector('.mapped .note').textContent.includes('as projected one week before')");
    let hub = built.out.join(format!("hub/countycast-blend/{}-countycast-blend.csv", DAYS[0]));
    let rows: Vec<csv::StringRecord> = csv::Reader::from_path(hub).unwrap().records().map(Result::unwrap).collect();
    let is = |row: &&csv::StringRecord| {
        let has = |wanted: &str| row.iter().any(|cell| cell == wanted);
        has(COUNTY) && has("inc case") && has("1") && has("0.5")
    };
    let told: f64 = rows.iter().find(is).unwrap().iter().next_back().unwrap().parse().unwrap();
    assert_near(1e5 * told / residents);
    tab.wait_for_element("[data-choice='as-ratio']").unwrap().click().unwrap();
    wait_until(tab, "document.querySelector('.mapped .note').textContent.includes('relative to their projection')");
    let ratio: f64 = shown().parse().unwrap();
    assert!((ratio - now.parse::<f64>().unwrap() / (1e5 * told / residents)).abs() < 0.02, "{ratio}");
    opened.assert_silent();
}

#[test]
fn a_state_shows_each_county_small_what_changed_and_where_to_subscribe() {
    let Some(path) = chromium() else { return };
    let folder = common::scratch();
    let built = nebraska();
    let opened = Opened::new(path, folder.path());
    let tab = &opened.tab;
    opened.view(&built.site, "#/state/31?interval=95");
    wait_until(tab, "document.querySelectorAll('.multiple').length > 0");
    let counties = common::texts(&common::table(&built.out.join("counties.parquet")), "fips")
        .iter()
        .filter(|fips| fips.len() == 5)
        .count();
    assert_eq!(ask(tab, "document.querySelectorAll('.multiple').length"), counties.to_string());
    assert_eq!(
        ask(tab, "[...document.querySelectorAll('h2')].some((h) => h.textContent === 'Since the run of Oct 23')"),
        "true"
    );
    // Feeds lie where the page says.
    let links = ask(
        tab,
        "[...document.querySelectorAll('main a')].map((a) => a.getAttribute('href')).filter((h) => h.startsWith('feeds/')).join(' ')",
    );
    assert_eq!(links, "feeds/31.xml feeds/31.json");
    for link in links.split(' ') {
        assert!(built.site.join(link).is_file(), "{link}");
    }
    tab.wait_for_element(&format!(".multiple[href^='#/county/{COUNTY}']")).unwrap().click().unwrap();
    wait_until(tab, "[...document.querySelectorAll('h2')].some((h) => h.textContent === 'Beside its peers')");
    assert_eq!(ask(tab, "location.hash"), format!("#/county/{COUNTY}?interval=95"));
    // The card for other pages has the numbers of the page.
    let week = ask(tab, "document.querySelector('.facts b').textContent");
    let card = ask(tab, "document.querySelector('textarea').value.match(/src=\"([^\"]+)\"/)[1]");
    tab.navigate_to(&card).unwrap();
    wait_until(tab, "document.querySelector('svg.chart') !== null");
    assert_eq!(ask(tab, "document.querySelector('b').textContent"), week);
    assert_eq!(ask(tab, "new URL(document.querySelector('a').href).hash"), format!("#/county/{COUNTY}"));
    opened.assert_silent();
}
