//! The site of weekly signals.

use crate::common;
use crate::common::live;
use crate::opened::{Opened, ask, chromium, wait_until};

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
    ask(tab, &format!("{colorado}.dispatchEvent(new KeyboardEvent('keydown', {{ key: 'Enter', bubbles: true }}))"));
    tab.wait_for_element("path[data-fips='08077'][tabindex]").unwrap();
    assert_eq!(
        (ask(tab, "location.hash"), text("h1")),
        ("#/state/08?measure=rise&week=-1".to_owned(), "Colorado".to_owned())
    );
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
        assert_eq!(ask(tab, &search).split('?').next().unwrap(), address, "{wanted}");
        let said = format!("document.querySelector('main').textContent.includes(`{says}`)");
        wait_until(tab, &said);
    }
    opened.assert_silent();
}
