//! Every place can be seen and chosen on the map, with the pointer and from the keyboard.

use crate::common;
use crate::opened::{Opened, ask, chromium, wait_until};
use crate::site::nebraska;

/// Draws a map with all places known and tells which of its counties the pointer finds nowhere.
const UNSEEN: &str = r"((state, width) => {
  const known = (fips) => ({ fill: '#888888', said: fips, href: '#/' });
  const { svg } = maps.map(packed, { state: state || null, label: 'test', county: known, whole: known, width });
  const main = document.getElementById('main');
  main.replaceChildren(svg);
  main.style.width = `${width}px`;
  svg.scrollIntoView();
  const transform = svg.getScreenCTM(), unseen = [];
  const found = (x, y, fips) => document.elementFromPoint(x, y)?.dataset.fips === fips;
  const all = [...new Set([...svg.querySelectorAll('[data-fips]')].map((node) => node.dataset.fips))];
  for (const fips of all) {
    const spot = svg.querySelector(`circle[data-fips='${fips}']`), box = (spot ?? svg.querySelector(`path[data-fips='${fips}']`)).getBoundingClientRect();
    let seen = found(box.x + box.width / 2, box.y + box.height / 2, fips);
    for (let i = 0; !seen && i < 400; i++) seen = found(box.x + box.width * ((i % 20) + 0.5) / 20, box.y + box.height * (Math.floor(i / 20) + 0.5) / 20, fips);
    if (!seen || Math.max(box.width, box.height) < 3) unseen.push(fips);
  }
  return `${all.length} ${unseen.join(' ')}`.trim();
})";

#[test]
fn each_of_the_3142_counties_is_seen_and_found_by_the_pointer() {
    let Some(path) = chromium() else { return };
    let folder = common::scratch();
    let built = nebraska();
    let opened = Opened::new(path, folder.path());
    let tab = &opened.tab;
    opened.view(&built.site, "");
    let borders = std::fs::read_to_string(built.site.join("data/borders.js")).unwrap();
    let packed = borders.trim_end().strip_prefix("countycast.borders(").unwrap().strip_suffix(");").unwrap();
    ask(tab, &format!("(window.packed = borders.unpack({packed}), 1)"));
    // The first map of a state works out all outlines; those of the nation are then drawn at once.
    ask(tab, &format!("{UNSEEN}('31', 1048)"));
    assert_eq!(ask(tab, &format!("{UNSEEN}('', 1048)")), "3142", "of the nation");
    let states = ask(tab, "packed.objects.states.geometries.map((g) => g.id).join(' ')");
    let mut counties = 0;
    for width in [1048, 358] {
        for state in states.split(' ') {
            let told = ask(tab, &format!("{UNSEEN}('{state}', {width})"));
            counties += told.parse::<usize>().unwrap_or_else(|_| panic!("{state} at {width}: {told}"));
        }
    }
    assert_eq!(counties, 2 * 3142);
    opened.assert_silent();
}

#[test]
fn the_keyboard_leads_from_the_map_to_a_county_and_its_numbers() {
    let Some(path) = chromium() else { return };
    let folder = common::scratch();
    let opened = Opened::new(path, folder.path());
    let tab = &opened.tab;
    opened.view(&nebraska().site, "");
    tab.wait_for_element("path[data-fips='31005']").unwrap();
    let focused = "(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent)";
    // The map is one stop of the tabulator; a state is a link.
    let stops = "document.querySelectorAll(\".map [tabindex='0']\").length";
    assert_eq!(ask(tab, stops), "1");
    ask(tab, "document.querySelector(\".map [tabindex='0']\").focus()");
    assert!(ask(tab, focused).starts_with("Nebraska"), "{}", ask(tab, focused));
    tab.press_key("Enter").unwrap();
    wait_until(tab, "location.hash.startsWith('#/state/31')");
    wait_until(tab, "document.querySelector(\"path[data-fips='31005'][role=link]\") !== null");
    // Arrows lead from county to county, and the page does not scroll.
    ask(tab, "document.querySelector(\".map [tabindex='0']\").focus()");
    let mut seen = vec![ask(tab, focused)];
    for key in ["ArrowRight", "ArrowDown", "ArrowRight", "ArrowUp", "ArrowLeft"] {
        tab.press_key(key).unwrap();
        seen.push(ask(tab, focused));
    }
    assert!(seen.windows(2).filter(|pair| pair[0] != pair[1]).count() >= 3, "{seen:?}");
    assert_eq!(ask(tab, stops), "1");
    let name = seen.last().unwrap().split(':').next().unwrap().to_owned();
    tab.press_key("Enter").unwrap();
    wait_until(tab, &format!("document.querySelector('h1').textContent === `{name}`"));
    // A choice keeps the focus, so that the next one is a step away; numbers open from the keyboard.
    ask(tab, "document.querySelector(\"[data-choice='interval-95']\").focus()");
    tab.press_key("Enter").unwrap();
    wait_until(
        tab,
        "document.activeElement.dataset.choice === 'interval-95' && document.activeElement.getAttribute('aria-pressed') === 'true'",
    );
    ask(tab, "document.querySelector('details.numbers summary').focus()");
    tab.press_key("Enter").unwrap();
    wait_until(tab, "document.querySelector('details.numbers table') !== null");
    opened.assert_silent();
}

#[test]
fn a_tap_on_a_phone_opens_the_state() {
    let Some(path) = chromium() else { return };
    let folder = common::scratch();
    let opened = Opened::new(path, folder.path());
    let tab = &opened.tab;
    opened.screen(390, 844, true);
    opened.view(&nebraska().site, "");
    tab.wait_for_element("path[data-fips='31005']").unwrap().click().unwrap();
    wait_until(tab, "location.hash.startsWith('#/state/31')");
    wait_until(tab, "document.querySelector('h1').textContent === 'Nebraska'");
    assert_eq!(
        ask(tab, "document.documentElement.scrollWidth <= innerWidth"),
        "true",
        "nothing is wider than the phone"
    );
    opened.assert_silent();
}
