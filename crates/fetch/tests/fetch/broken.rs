//! Answers that are no table, or another one than before.

use countycast_fetch::FetchError;

use crate::server::{Reply, Server};
use crate::setup::{Setup, TABLE, content, source};

#[test]
fn a_changed_header_row_is_refused_with_what_changed_and_the_last_vintage_stays() {
    let server = Server::new(|number, _| match number {
        0 => Reply::new(200, TABLE.as_bytes()),
        _ => Reply::new(200, TABLE.replace("value", "percent_of_visits").as_bytes()).with("ETag", "\"two\""),
    });
    let (setup, source) = (Setup::new(), source(&server, "/", ""));
    setup.fetch_new(&source);
    for _ in 0..2 {
        setup.clock.later(24);
        let error = setup.fetch(&source).unwrap_err();
        assert_eq!(error.to_string(), "its columns have changed: `value` are missing; new are `percent_of_visits`");
        assert!(matches!(error, FetchError::Layout(_)) && error.remedy().contains("--sources"));
    }
    let asked = server.asked();
    assert!(asked[2].header("if-none-match").is_none(), "what was refused is not what the lake has");
    let vintages = setup.vintages();
    assert_eq!((vintages.len(), content(&vintages[0]).as_str()), (1, TABLE));
    assert!(setup.left_over().is_empty());
}

#[test]
fn columns_that_are_added_are_told() {
    let server = Server::new(|number, _| match number {
        0 => Reply::new(200, TABLE.as_bytes()),
        _ => Reply::new(200, b"week,value,more\n2026-01-03,1,2\n"),
    });
    let (setup, source) = (Setup::new(), source(&server, "/", ""));
    setup.fetch_new(&source);
    setup.clock.later(24);
    let countycast_fetch::Outcome::New { notices, .. } = setup.fetch(&source).unwrap() else { panic!("unchanged") };
    assert_eq!(notices, ["new columns: `more`", "columns that are gone, and not needed: `place`"]);
}

#[test]
fn garbage_is_refused() {
    let html = b"<!doctype html><p>Not found</p>".to_vec();
    let ragged = TABLE.to_owned() + "1\n";
    for (body, part) in [
        (html, "columns have changed: `week`, `value` are missing; new are `<!doctype html>"),
        (Vec::new(), "are missing"),
        (b"week,value\n".to_vec(), "no rows"),
        (ragged.into_bytes(), "it is no table"),
        (vec![0xff, 0, 0x80, b'\n', 1], "are missing"),
    ] {
        let server = Server::new(move |_, _| Reply::new(200, &body));
        let setup = Setup::new();
        let message = setup.refused(&source(&server, "/", ""));
        assert!(message.contains(part), "{part} in {message}");
        assert!(setup.vintages().is_empty());
    }
    let server = Server::new(|_, _| Reply::new(304, b""));
    assert!(Setup::new().refused(&source(&server, "/", "")).contains("answers 304"));
}

#[test]
fn a_body_that_is_shorter_or_longer_than_announced_is_no_table() {
    let server = Server::new(|_, _| Reply::new(200, TABLE.as_bytes()).with("Content-Length", "1000"));
    let setup = Setup::new();
    assert!(setup.refused(&source(&server, "/", "")).contains("breaks off"));
    // What is beyond the announced length does not come: the row is cut.
    let server = Server::new(|_, _| Reply::new(200, TABLE.as_bytes()).with("Content-Length", "25"));
    assert!(setup.refused(&source(&server, "/", "")).contains("it is no table"));
    assert!(setup.vintages().is_empty());
}

#[test]
fn a_broken_packed_answer_is_no_table() {
    let server = Server::new(|_, _| Reply::new(200, b"no gzip at all").with("Content-Encoding", "gzip"));
    let setup = Setup::new();
    let message = setup.refused(&source(&server, "/", ""));
    assert!(message.contains("breaks off"), "{message}");
}
