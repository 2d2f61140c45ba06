//! Counties that a health district reports for.

use crate::common;
use crate::opened::{Opened, ask, chromium, wait_until};
use crate::site::{COUNTY, nebraska, utah};

#[test]
fn a_county_of_a_district_has_the_districts_numbers_and_a_note() {
    let Some(path) = chromium() else { return };
    let folder = common::scratch();
    let built = utah();
    let opened = Opened::new(path, folder.path());
    let tab = &opened.tab;
    opened.view(&built.site, "#/state/49");
    tab.wait_for_element("[data-fips='49005']").unwrap();

    // The district has the counts of a county of the demonstration panel, and so its growth; Salt Lake reports for itself.
    let title =
        |fips: &str| ask(tab, &format!("document.querySelector(\"path[data-fips='{fips}'] title\").textContent"));
    let text = |of: &str| ask(tab, &format!("document.querySelector('{of}').textContent"));
    assert!(title("49005").ends_with("(counted in Bear River)"), "{}", title("49005"));
    let rate = title("49005").split(": ").nth(1).unwrap().to_owned();
    assert_eq!(title("49003"), format!("Box Elder, UT: {rate}"), "one district, one rate");
    assert!(!title("49035").contains("counted in"), "{}", title("49035"));
    assert_eq!(
        ask(tab, "document.querySelectorAll('.map path.dotted').length"),
        "3",
        "counties of the district are marked"
    );
    assert!(text(".legend").contains("counted in a health district"), "{}", text(".legend"));

    // In the table as well, and without a projection of their own.
    let cells = |name: &str| {
        let row = format!(
            "[...document.querySelectorAll('tbody tr')].filter((r) => r.firstChild.textContent.startsWith('{name}')).at(-1)"
        );
        ask(tab, &format!("[...{row}.children].slice(0, 7).map((c) => c.textContent).join('|')"))
    };
    let (cache, elder, salt) = (cells("Cache"), cells("Box Elder"), cells("Salt Lake"));
    let rest = |row: &str| row.split_once('|').unwrap().1.to_owned();
    assert_eq!(rest(&cache), rest(&elder));
    assert!(cache.starts_with("Cache, UT counted in Bear River|"), "{cache}");
    assert!(cache.ends_with("|–|–"), "no projection: {cache}");
    let column = |row: &str, at: usize| row.split('|').nth(at).unwrap().to_owned();
    assert_eq!(
        [column(&cache, 1), column(&cache, 3), column(&cache, 4)],
        [column(&salt, 1), column(&salt, 3), column(&salt, 4)]
    );
    tab.wait_for_element("[data-choice='measure-next']").unwrap().click().unwrap();
    assert!(title("49005").starts_with("Cache, UT: no projection"), "{}", title("49005"));

    // The county's page says whose numbers these are, and shows the district's days.
    opened.view(&built.site, "#/county/49005");
    wait_until(tab, "document.querySelector('h1').textContent === 'Cache, UT'");
    assert!(text(".warning").contains("reported in Bear River"), "{}", text(".warning"));
    assert!(text(".facts").contains("in Bear River, which counts this county's"), "{}", text(".facts"));
    let bars = "document.querySelectorAll('figure.drawn svg.chart rect.bar').length > 50";
    assert_eq!(ask(tab, bars), "true");
    assert_eq!(
        ask(tab, "[...document.querySelectorAll('h2')].some((h) => h.textContent === 'Daily new cases in Bear River')"),
        "true"
    );
    assert_eq!(
        ask(tab, "[...document.querySelectorAll('h2')].some((h) => h.textContent === 'Reproduction number')"),
        "true"
    );
    opened.assert_silent();

    // The same counts have the same R_t in the state where a county reports them.
    let risk = |hash: &str, site: &std::path::Path| {
        opened.view(site, hash);
        wait_until(tab, "document.querySelector('.facts') !== null");
        ask(
            tab,
            "[...document.querySelectorAll('.facts div')].map((d) => d.textContent).find((t) => t.includes('R_t')).match(/[0-9.]+/)[0]",
        )
    };
    let [district, county] =
        [risk("#/county/49005", &built.site), risk(&format!("#/county/{COUNTY}"), &nebraska().site)];
    let [district, county] = [district, county].map(|text| text.parse::<f64>().unwrap());
    // Repairs of the county's counts move it a little.
    assert!((district - county).abs() < 0.15, "{district} {county}");
}
