//! The treatment finder, from the map to a provider.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::common;
use crate::opened::{Opened, ask, chromium, wait_until};
use crate::site::{COUNTY, nebraska};

/// A provider's name that would be a script if it were markup.
const HOSTILE: &str = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script> HOSPITAL";

/// Sites of the same run: with all that the finder can know, and 10,000 practices; and with a list of hospitals alone.
struct Sites {
    out: PathBuf,
    full: PathBuf,
    bare: PathBuf,
}

fn sites() -> &'static Sites {
    static SITES: OnceLock<Sites> = OnceLock::new();
    SITES.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser-finder");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let [north, east] = CENTRE;
        let out = run(&folder);
        let mut sites = String::from("ID,NAME,ADDRESS,CITY,STATE,ZIP,TELEPHONE,TYPE,STATUS,COUNTY,LATITUDE,LONGITUDE,BEDS,SOURCEDATE\n");
        let mut hospitals = String::from(
            "Facility ID,Facility Name,Address,City/Town,State,ZIP Code,County/Parish,Telephone Number,Hospital Type,Emergency Services\n",
        );
        for (i, (number, name)) in
            [("15E064", HOSTILE), ("280001", "STALE HOSPITAL"), ("280002", "FULL HOSPITAL"), ("280003", "QUIET HOSPITAL")]
                .into_iter()
                .enumerate()
        {
            let name = name.replace('"', "\"\"");
            writeln!(hospitals, "{number},\"{name}\",{i} MAIN ST,TOWN,NE,69121,X,(308) 555-000{i},Critical Access Hospitals,Yes").unwrap();
            writeln!(
                sites,
                "{i},\"{name}\",{i} MAIN ST,TOWN,NE,69121,(308) 555-000{i},CRITICAL ACCESS,OPEN,X,{},{east},25,2018-08-10",
                north + 0.05 * (i + 1) as f64
            )
            .unwrap();
        }
        let mut practices = String::from(
            "NPI,Entity Type Code,Provider Organization Name (Legal Business Name),Provider Last Name (Legal Name),Provider First Name,\
             Provider First Line Business Practice Location Address,Provider Business Practice Location Address City Name,\
             Provider Business Practice Location Address State Name,Provider Business Practice Location Address Postal Code,\
             Healthcare Provider Taxonomy Code_1,Last Update Date\n",
        );
        for i in 0..10_000 {
            writeln!(practices, "1{i:09},2,PRACTICE {i},,,{i} ELM ST,TOWN,NE,69121,207RC0000X,07/09/2020").unwrap();
        }
        let codes = format!("GEOID\tINTPTLAT\tINTPTLONG\n69121\t{}\t{east}\n", north + 0.5);
        let day = |ago: i64| jiff::Timestamp::from_second(jiff::Timestamp::now().as_second() - ago * 86_400).unwrap();
        let availability = format!(
            "provider,specialty,accepting_new_patients,telehealth,insurances,updated_at\n\
             15E064,,true,true,Medicare;Blue Cross,{}\n280001,,true,,Medicare,{}\n280002,,false,,,{}\n999999,,true,,,{}\n",
            day(2),
            day(90),
            day(1),
            day(1)
        );
        let places = format!(
            "Year,LocationID,MeasureId,DataValueTypeID,Data_Value\n2022,{COUNTY},DIABETES,CrdPrv,20.0\n2022,31001,CHD,CrdPrv,9.0\n"
        );
        let lists = [write("cms.csv", &hospitals), write("hifld.csv", &sites)];
        let report = |name: &str, options: &[&Path]| {
            let site = folder.join(name);
            let mut report = common::program(&["report", "--quiet"]);
            report.arg(&out).arg("--site").arg(&site).arg("--data").arg(folder.join("data")).arg("--providers").args(&lists);
            report.args(options);
            common::succeed(report);
            site
        };
        let bare = report("bare", &[]);
        let files = [
            write("npidata.csv", &practices),
            PathBuf::from("--postal-codes"),
            write("zcta.txt", &codes),
            PathBuf::from("--availability"),
            write("availability.csv", &availability),
            PathBuf::from("--prevalence"),
            write("places.csv", &places),
        ];
        Sites { full: report("full", &files.each_ref().map(PathBuf::as_path)), bare, out: out.clone() }
    })
}

/// Where the county lies.
const CENTRE: [f64; 2] = [41.5, -101.7];

/// A run over the demonstration panel's counties of Nebraska, which are given places: the panel has none.
fn run(folder: &Path) -> PathBuf {
    let data = folder.join("data");
    common::demo_copy(&data);
    for kind in ["confirmed", "deaths"] {
        let path = data.join(format!("jhu/time_series_covid19_{kind}_US.csv"));
        let text = std::fs::read_to_string(&path).unwrap();
        let mut placed = String::new();
        for line in text.lines() {
            let mut cells: Vec<&str> = line.split(',').collect();
            if cells.get(4).is_some_and(|code| code.starts_with(COUNTY)) {
                (cells[8], cells[9]) = ("41.5", "-101.7");
            } else if cells.get(4).is_some_and(|code| code.starts_with("31")) {
                (cells[8], cells[9]) = ("42.9", "-98.1");
            }
            placed += &(cells.join(",") + "\n");
        }
        std::fs::write(&path, placed).unwrap();
    }
    std::fs::write(folder.join("quick.toml"), common::QUICK).unwrap();
    common::succeed(common::project(
        &data,
        folder,
        "out",
        &["--as-of", "2020-10-24", "--engines", "flat", "--state", "NE"],
    ));
    folder.join("out")
}

const READY: &str = "document.querySelector('.providers') !== null";

#[test]
fn a_provider_is_found_from_the_map_on_a_desk_and_on_a_phone() {
    let Some(path) = chromium() else { return };
    // A browser closes when it waits for long: what it is to show comes first.
    let sites = sites();
    let folder = common::scratch();
    let opened = Opened::new(path, folder.path());
    let tab = &opened.tab;
    let site = &sites.full;
    for (width, dark) in [(1280, false), (390, true)] {
        opened.screen(width, 900, dark);
        opened.view(site, "");
        let click = |selector: &str| {
            tab.wait_for_element(selector).unwrap();
            ask(
                tab,
                &format!(
                    "(document.querySelector(`{selector}`).dispatchEvent(new MouseEvent('click', {{ bubbles: true }})), 1)"
                ),
            );
        };
        click("td a[href='#/state/31']");
        wait_until(tab, "location.hash === '#/state/31'");
        click(&format!("td a[href='#/county/{COUNTY}']"));
        wait_until(tab, "document.querySelector('[data-finder]') !== null");
        click("[data-finder]");
        wait_until(tab, READY);
        ask(
            tab,
            "(() => { const d = document.querySelector('#disease'); d.value = 'diabetes-type-2'; d.dispatchEvent(new Event('change')); })()",
        );
        wait_until(
            tab,
            "location.hash.includes('disease=diabetes-type-2') && document.querySelector('.facts') !== null",
        );
        assert!(
            ask(tab, "document.querySelector('.facts').textContent").contains("20 %of adults have it (CDC PLACES)")
        );
        // Nothing runs over the edge of the screen.
        assert_eq!(ask(tab, "document.documentElement.scrollWidth <= innerWidth"), "true", "{width}");
        click("[data-provider='15E064'] a");
        wait_until(tab, "location.hash.includes('/provider/cms/15E064')");
        wait_until(tab, "document.querySelector('.facts-table') !== null");
        assert_eq!(ask(tab, "document.querySelector('h1').textContent"), HOSTILE, "a name is text");
        assert_eq!(ask(tab, "document.title"), format!("{HOSTILE} – countycast"));
        assert_eq!(ask(tab, "document.querySelectorAll('main img, main script').length"), "0");
        let told = ask(tab, "document.querySelector('main').textContent");
        assert!(
            told.contains("15E064")
                && told.contains("Takes new patients; telehealth; insurances: Medicare, Blue Cross"),
            "{told}"
        );
    }
    opened.assert_silent();
}

#[test]
fn what_is_expected_is_the_projection_times_the_risks() {
    let Some(path) = chromium() else { return };
    // A browser closes when it waits for long: what it is to show comes first.
    let sites = sites();
    let folder = common::scratch();
    let opened = Opened::new(path, folder.path());
    let tab = &opened.tab;
    opened.page(&sites.full, "finder.html", &format!("#/county/{COUNTY}?disease=diabetes-type-2"));
    wait_until(tab, READY);
    let rows = common::projections(&sites.out);
    let week = |quantile: f64| {
        let of = |row: &&common::Projection| {
            (row.fips.as_str(), row.model.as_str(), row.target.as_str(), row.resolution.as_str(), row.horizon)
                == (COUNTY, "blend", "inc case", "week", 1)
                && row.quantile == quantile
        };
        rows.iter().find(of).unwrap().value
    };
    let text = std::fs::read_to_string(sites.full.join("data/finder-risks-31.js")).unwrap();
    let risks: serde_json::Value =
        serde_json::from_str(text.split_once(',').unwrap().1.strip_suffix(");\n").unwrap()).unwrap();
    // Diseases stand in the order of their names.
    let per_case = risks[COUNTY][7][0].as_f64().unwrap();
    // To tenths below ten, whole from there.
    let shown_to = |count: f64| if count < 10.0 { 0.06 } else { 0.51 };
    let shown: f64 = ask(tab, "document.querySelector('.facts b').textContent").replace(',', "").parse().unwrap();
    let expected = per_case * week(0.5);
    assert!((shown - expected).abs() <= shown_to(expected), "{shown} for {expected}");
    let interval = ask(tab, "document.querySelector('.facts span').textContent").replace(',', "");
    let ends: Vec<f64> =
        interval.split("interval ").nth(1).unwrap().split(" – ").map(|end| end.parse().unwrap()).collect();
    for (end, quantile) in ends.into_iter().zip([0.1, 0.9]) {
        let expected = per_case * week(quantile);
        assert!((end - expected).abs() <= shown_to(expected), "{end} for {expected}");
    }
    opened.assert_silent();
}

#[test]
fn stale_entries_are_shown_as_such_and_filters_keep_what_is_known() {
    let Some(path) = chromium() else { return };
    // A browser closes when it waits for long: what it is to show comes first.
    let sites = sites();
    let folder = common::scratch();
    let opened = Opened::new(path, folder.path());
    let tab = &opened.tab;
    let numbers = "[...document.querySelectorAll('[data-provider]')].map((li) => li.dataset.provider).join(' ')";
    opened.page(&sites.full, "finder.html", &format!("#/county/{COUNTY}?disease=asthma"));
    wait_until(tab, READY);
    assert_eq!(ask(tab, numbers), "15E064 280001 280003", "what is known to be full is left out");
    let text = |number: &str| ask(tab, &format!("document.querySelector('[data-provider=\"{number}\"]').textContent"));
    assert!(text("280001").contains("Out of date: ") && text("280001").contains("90 days ago"), "{}", text("280001"));
    assert!(text("280003").contains("Whether new patients are taken is not known"));
    assert!(
        ask(tab, "document.querySelector('#count').textContent")
            .starts_with("4 providers are listed for asthma; 1 known to take new patients, 1 known not to")
    );
    tab.wait_for_element("[data-choice='known-only']").unwrap().click().unwrap();
    assert_eq!(ask(tab, numbers), "15E064");
    ask(
        tab,
        "(() => { const d = document.querySelector('#insurance'); d.value = 'Blue Cross'; d.dispatchEvent(new Event('change')); })()",
    );
    assert_eq!(ask(tab, numbers), "15E064");
    assert!(ask(tab, "location.hash").contains("insurance=Blue+Cross&known=only"));
    // Of heart failure, which PLACES does not measure, the nation's prevalence is taken, and the page says so.
    opened.page(&sites.full, "finder.html", &format!("#/county/{COUNTY}?disease=coronary-heart-disease"));
    wait_until(tab, READY);
    assert!(ask(tab, "document.querySelector('main').textContent").contains("CDC PLACES has no value for this county"));
    opened.assert_silent();
}

#[test]
fn ten_thousand_providers_of_a_postal_code_stay_quick() {
    let Some(path) = chromium() else { return };
    // A browser closes when it waits for long: what it is to show comes first.
    let sites = sites();
    let folder = common::scratch();
    let opened = Opened::new(path, folder.path());
    let tab = &opened.tab;
    opened.page(&sites.full, "finder.html", "#/postal/69121?disease=heart-failure&miles=100");
    wait_until(tab, READY);
    assert!(ask(tab, "document.querySelector('#count').textContent").starts_with("10,004 providers are listed"));
    assert_eq!(ask(tab, "document.querySelectorAll('[data-provider]').length"), "50");
    assert!(
        ask(tab, "document.querySelector('[data-provider]').textContent")
            .contains("0.0 mi (from the middle of its postal code)")
    );
    let start = Instant::now();
    tab.wait_for_element("[data-choice='miles-250']").unwrap().click().unwrap();
    wait_until(
        tab,
        "location.hash.includes('miles=250') && document.querySelectorAll('[data-provider]').length === 50",
    );
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    tab.wait_for_element("#more").unwrap().click().unwrap();
    assert_eq!(ask(tab, "document.querySelectorAll('[data-provider]').length"), "100");
    opened.assert_silent();
}

#[test]
fn without_availability_it_says_so_and_without_postal_codes_too() {
    let Some(path) = chromium() else { return };
    // A browser closes when it waits for long: what it is to show comes first.
    let sites = sites();
    let folder = common::scratch();
    let opened = Opened::new(path, folder.path());
    let tab = &opened.tab;
    let site = &sites.bare;
    opened.page(site, "finder.html", &format!("#/county/{COUNTY}?disease=diabetes-type-2"));
    wait_until(tab, READY);
    assert!(
        ask(tab, "document.querySelector('[data-availability=none]').textContent").contains("no data on availability")
    );
    assert_eq!(ask(tab, "document.querySelector('#insurance') === null"), "true", "there is nothing to choose");
    assert!(
        ask(tab, "document.querySelector('main').textContent")
            .contains("No table of CDC PLACES was given: prevalence by age is taken to be the nation's")
    );
    opened.page(site, "finder.html", "#/postal/69121");
    assert!(ask(tab, "document.querySelector('.warning').textContent").contains("no table of postal codes"));
    opened.page(site, "finder.html", "#/county/99999?disease=constructor&miles=7");
    assert!(ask(tab, "document.querySelector('.warning').textContent").contains("No such place"));
    // A site without a finder has no way to one.
    opened.view(&nebraska().site, &format!("#/county/{COUNTY}"));
    wait_until(tab, "document.querySelector('.facts') !== null");
    assert_eq!(ask(tab, "document.querySelector('[data-finder]') === null"), "true");
    assert!(!nebraska().site.join("finder.html").exists());
    opened.assert_silent();
}

#[test]
fn axe_finds_nothing_serious_in_the_finder() {
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/site/node_modules/axe-core/axe.min.js");
    let (Some(path), Ok(axe)) = (chromium(), std::fs::read_to_string(axe)) else {
        eprintln!("skipped: no Chromium, or `npm ci` was not run in tests/site");
        return;
    };
    let sites = sites();
    let folder = common::scratch();
    let opened = Opened::new(path, folder.path());
    let tab = &opened.tab;
    for (hash, ready) in [
        (format!("#/county/{COUNTY}"), READY),
        (format!("#/county/{COUNTY}/provider/cms/15E064"), "document.querySelector('.facts-table') !== null"),
    ] {
        for dark in [false, true] {
            opened.screen(if dark { 390 } else { 1280 }, 900, dark);
            opened.page(&sites.full, "finder.html", &hash);
            wait_until(tab, ready);
            ask(tab, "document.querySelectorAll('details').forEach((part) => { part.open = true; })");
            tab.evaluate(&format!("{axe};0"), false).unwrap();
            ask(
                tab,
                "(window.found = null, axe.run().then((r) => { window.found = JSON.stringify(r.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => [v.id, v.nodes.length, v.nodes[0].html.slice(0, 200)])); }), 1)",
            );
            wait_until(tab, "window.found !== null");
            assert_eq!(ask(tab, "window.found"), "[]", "{hash}, dark: {dark}");
        }
    }
}
