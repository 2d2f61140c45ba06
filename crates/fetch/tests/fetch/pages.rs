//! Tables that come in pages.

use countycast_fetch::Outcome;

use crate::server::{Asked, Reply, Server};
use crate::setup::{Setup, content, source};

const PAGING: &str = "paging = { kind = \"socrata\", rows = 3 }";
const MONDAY: &str = "Mon, 12 Jan 2026 15:00:00 GMT";
const FRIDAY: &str = "Fri, 16 Jan 2026 15:00:00 GMT";

/// A page of a table of so many rows, in one state.
fn page(asked: &Asked, rows: usize, state: &str) -> Reply {
    if asked.header("if-modified-since") == Some(state) {
        return Reply::new(304, b"");
    }
    let text = if asked.path.contains("count(*)") {
        format!("\"count\"\n\"{rows}\"\n")
    } else {
        assert_eq!(asked.parameter("$order"), Some(":id"));
        let number = |name: &str| -> usize { asked.parameter(name).unwrap().parse().unwrap() };
        let (first, limit) = (number("$offset"), number("$limit"));
        let row = |row: usize| format!("\"2026-01-10\",\"place\n{row}\",\"{state:.3}{row}\"\n");
        "\"week\",\"place\",\"value\"\n".to_owned() + &(first..rows.min(first + limit)).map(row).collect::<String>()
    };
    Reply::new(200, text.as_bytes()).with("Last-Modified", state)
}

#[test]
fn pages_become_one_table_and_an_unchanged_one_is_not_read_again() {
    let server = Server::new(|_, asked| page(asked, 8, MONDAY));
    let (setup, source) = (Setup::new(), source(&server, "/resource/a.csv", PAGING));
    let folder = setup.fetch_new(&source);
    let vintages = setup.vintages();
    let text = content(&vintages[0]);
    assert_eq!((vintages[0].manifest.rows, text.matches("week").count(), text.matches("\"Mon").count()), (8, 1, 8));
    assert!(text.contains("place\n0") && text.contains("\"Mon7\""), "{text}");
    // A count, three pages, a count.
    assert_eq!(server.asked().len(), 5);
    setup.clock.later(24);
    assert_eq!(setup.fetch(&source).unwrap(), Outcome::Unchanged { folder });
    assert_eq!(server.asked().len(), 6);
}

#[test]
fn a_table_that_changes_while_it_is_read_is_read_again() {
    // The second page is of another state; so is the count in the end.
    let server = Server::new(|number, asked| page(asked, 8, if number < 2 { MONDAY } else { FRIDAY }));
    let (setup, table) = (Setup::new(), source(&server, "/a.csv", PAGING));
    setup.fetch_new(&table);
    let text = content(&setup.vintages()[0]);
    assert_eq!((text.matches("\"Mon").count(), text.matches("\"Fri").count()), (0, 8));
    assert!(setup.notes.told.borrow().iter().any(|told| told.contains("changed while it was read")));

    // Rows were added after the last page, without any date.
    let rows = |number: usize| if number < 4 { 8 } else { 9 };
    let server = Server::new(move |number, asked| {
        let mut reply = page(asked, rows(number), MONDAY);
        reply.headers.clear();
        reply
    });
    let setup = Setup::new();
    setup.fetch_new(&source(&server, "/a.csv", PAGING));
    assert_eq!(setup.vintages()[0].manifest.rows, 9);
}

#[test]
fn a_table_that_never_stands_still_is_given_up() {
    let server = Server::new(|number, asked| page(asked, 3 + number, MONDAY));
    let setup = Setup::new();
    let message = setup.refused(&source(&server, "/a.csv", PAGING));
    assert!(message.contains("changes each time it is read"), "{message}");
    assert!(setup.vintages().is_empty());
}

#[test]
fn a_failing_page_is_asked_for_again_and_a_wrong_one_begins_anew() {
    let server = Server::new(|number, asked| match number {
        2 => Reply::new(429, b"").with("Retry-After", "3"),
        3 => page(asked, 8, MONDAY).breaking_at(40),
        4 => Reply::new(200, b"<html>\"oops").with("Last-Modified", MONDAY),
        _ => page(asked, 8, MONDAY),
    });
    let mut setup = Setup::new();
    setup.limits.attempts = 4;
    setup.fetch_new(&source(&server, "/a.csv", PAGING));
    let offsets: Vec<_> = server.asked().iter().filter_map(|a| a.parameter("$offset").map(str::to_owned)).collect();
    assert_eq!(offsets, ["0", "3", "3", "3", "0", "3", "6"]);
    assert_eq!(setup.vintages()[0].manifest.rows, 8);
}

#[test]
fn what_does_not_count_its_rows_is_no_table() {
    let server = Server::new(|_, _| Reply::new(200, b"<html>maintenance</html>"));
    let setup = Setup::new();
    assert!(setup.refused(&source(&server, "/a.csv", PAGING)).contains("does not count its rows"));
}
