//! A place is its code, and not how its code and name are written.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod folders;

use folders::{cases, error, folder, load, nyt, panel};

#[test]
fn a_place_is_its_code_and_not_its_spelling() {
    const AL: &str = "Alabama";
    const AK: &str = "Alaska";
    const SD: &str = "South Dakota";
    /// What it is, the rows, the place and its new cases.
    type Case =
        (&'static str, &'static [(u32, &'static str, &'static str, &'static str, u32)], &'static str, &'static [f64]);
    let table: &[Case] = &[
        (
            "a code without its zero",
            &[(1, "Autauga", AL, "01001", 5), (2, "Autauga", AL, "01001", 7), (3, "Autauga", AL, "1001", 8)],
            "01001",
            &[5.0, 2.0, 1.0],
        ),
        (
            "a code as a fraction",
            &[(1, "Autauga", AL, "01001", 5), (2, "Autauga", AL, "1001.0", 7), (3, "Autauga", AL, "1001", 8)],
            "01",
            &[5.0, 2.0, 1.0],
        ),
        (
            "a county renamed, its state abbreviated",
            &[(1, "Autauga", AL, "01001", 5), (2, "Autauga County", AL, "01001", 7), (3, "Autauga", "AL", "01001", 8)],
            "01001",
            &[5.0, 2.0, 1.0],
        ),
        (
            "a county whose code is left out",
            &[(1, "Autauga", AL, "01001", 5), (2, "Autauga", AL, "", 7), (3, "autauga ", AL, "", 8)],
            "01",
            &[5.0, 2.0, 1.0],
        ),
        (
            "a row twice",
            &[(1, "Autauga", AL, "01001", 5), (1, "Autauga", AL, "1001", 5), (2, "Autauga", AL, "01001", 7)],
            "01001",
            &[5.0, 2.0],
        ),
        (
            "parts of a county add up",
            &[
                (1, "Chugach", AK, "02063", 5),
                (1, "Copper River", AK, "02066", 1),
                (2, "Chugach", AK, "02063", 7),
                (2, "Copper River", AK, "2066", 4),
            ],
            "02261",
            &[6.0, 5.0],
        ),
        (
            "a part without a row is unchanged",
            &[(1, "Chugach", AK, "02063", 5), (2, "Chugach", AK, "02063", 7), (3, "Copper River", AK, "02066", 4)],
            "02261",
            &[5.0, 2.0, 4.0],
        ),
        (
            "a county divided",
            &[
                (1, "Valdez-Cordova", AK, "02261", 5),
                (2, "Valdez-Cordova", AK, "02261", 6),
                (3, "Chugach", AK, "02063", 5),
                (3, "Copper River", AK, "02066", 3),
            ],
            "02261",
            &[5.0, 1.0, 2.0],
        ),
        (
            "parts joined",
            &[
                (1, "Chugach", AK, "02063", 5),
                (1, "Copper River", AK, "02066", 1),
                (2, "Valdez-Cordova", AK, "02261", 8),
            ],
            "02",
            &[6.0, 2.0],
        ),
        (
            "a new code after a day without a row",
            &[
                (1, "Shannon", SD, "46113", 5),
                (1, "Unknown", SD, "", 1),
                (2, "Unknown", SD, "", 1),
                (3, "Oglala Lakota", SD, "46102", 9),
            ],
            "46102",
            &[5.0, 0.0, 4.0],
        ),
        (
            "counties that go on as one unit",
            &[
                (1, "Yakutat", AK, "02282", 5),
                (1, "Hoonah-Angoon", AK, "02105", 1),
                (2, "Yakutat plus Hoonah-Angoon", AK, "", 8),
                (3, "Yakutat plus Hoonah-Angoon", AK, "02998", 9),
            ],
            "02",
            &[6.0, 2.0, 1.0],
        ),
        (
            "a city with and without its own code",
            &[
                (1, "Kansas City", "Missouri", "", 5),
                (2, "Kansas City", "Missouri", "29998", 6),
                (3, "Kansas City", "Missouri", "29998.0", 9),
            ],
            "29",
            &[5.0, 1.0, 3.0],
        ),
        (
            "rows without a county are apart by name",
            &[
                (1, "Kansas City", "Missouri", "", 5),
                (1, "Unknown", "Missouri", "", 2),
                (2, "Kansas City", "MO", "", 6),
                (2, "Unknown", "Missouri", "", 2),
            ],
            "29",
            &[7.0, 1.0],
        ),
    ];
    for (what, rows, code, expected) in table {
        let panel = panel(&[("us-counties.csv", nyt(rows).as_bytes())]);
        assert_eq!(cases(&panel, code), *expected, "{what}");
    }
}

#[test]
fn rows_that_differ_are_named_with_both_lines() {
    let rows = [(1, "Autauga", "Alabama", "01001", 5), (1, "Autauga", "Alabama", "1001", 6)];
    let error = error(&[("us-counties.csv", nyt(&rows).as_bytes())]);
    assert!(error.starts_with("DIR/us-counties.csv, line 3, column `fips`: `Autauga` has 6 cases"), "{error}");
    assert!(error.contains("5 cases and 0 deaths on line 2"), "{error}");
}

#[test]
fn a_code_ends_on_the_day_known_and_not_before() {
    let rows = [
        (1, "Valdez-Cordova", "Alaska", "02261", 5),
        (2, "Valdez-Cordova", "Alaska", "02261", 6),
        (3, "Chugach", "Alaska", "02063", 8),
    ];
    let folder = folder(&[("us-counties.csv", nyt(&rows).as_bytes())]);
    let before = load(folder.path(), Some("2020-06-02")).unwrap();
    assert_eq!(cases(&before, "02261"), [5.0, 1.0]);
    assert_eq!(cases(&load(folder.path(), None).unwrap(), "02261"), [5.0, 1.0, 2.0]);
}
