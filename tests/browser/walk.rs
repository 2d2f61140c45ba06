//! A walk from the map to a county.

use crate::common;
use crate::opened::{Opened, ask, chromium, wait_until};
use crate::site::{COUNTY, nebraska};

#[test]
fn the_site_is_walked_from_the_map_to_a_county_without_an_error() {
    let Some(path) = chromium() else { return };
    let folder = common::scratch();
    let built = nebraska();
    let opened = Opened::new(path, folder.path());
    let tab = &opened.tab;

    opened.view(&built.site, "");
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
    let counties = common::table(&built.out.join("counties.parquet"));
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
    let rows = common::projections(&built.out);
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
    let capacity = common::table(&built.out.join("capacity.parquet"));
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
        assert_eq!(ask(tab, &search).split('?').next().unwrap(), address, "{wanted}");
    }
    let keyboard = "[...document.querySelectorAll('.map [tabindex]')].every((p) => p.getAttribute('aria-label'))";
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

    opened.assert_silent();
}

#[test]
fn a_name_is_text_whatever_it_holds() {
    let Some(path) = chromium() else { return };
    let folder = common::scratch();
    let built = nebraska();
    let site = folder.path().join("site");
    copy(&built.site, &site);
    let counties = common::table(&built.out.join("counties.parquet"));
    let at = common::texts(&counties, "fips").iter().position(|fips| fips == COUNTY).unwrap();
    let name = &common::texts(&counties, "name")[at];
    const HOSTILE: &str = "<img src=x onerror=alert(1)></script>'";
    for file in ["data/summary.js".to_owned(), format!("data/{COUNTY}.js")] {
        let text = std::fs::read_to_string(site.join(&file)).unwrap();
        assert!(text.contains(name.as_str()), "{file}");
        std::fs::write(site.join(&file), text.replace(name.as_str(), HOSTILE)).unwrap();
    }
    let opened = Opened::new(path, folder.path());
    let tab = &opened.tab;
    opened.view(&site, &format!("#/county/{COUNTY}"));
    tab.wait_for_element("[data-choice='interval-95']").unwrap();
    assert_eq!(ask(tab, "document.querySelector('h1').textContent"), HOSTILE);
    assert_eq!(ask(tab, "document.querySelectorAll('img').length"), "0");
    tab.navigate_to(&format!("file://{}#/{COUNTY}", site.join("card.html").display())).unwrap();
    wait_until(tab, "document.querySelector('svg.chart') !== null");
    assert_eq!(ask(tab, "document.querySelector('h1').textContent"), HOSTILE);
    opened.assert_silent();
}

/// Copies a folder with those in it.
fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
