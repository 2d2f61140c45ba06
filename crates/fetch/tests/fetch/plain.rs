//! Files that are fetched whole.

use std::time::Duration;

use countycast_fetch::Outcome;

use crate::server::{Reply, Server};
use crate::setup::{Setup, TABLE, content, source};

#[test]
fn a_file_lands_once_and_is_asked_for_by_its_state_afterwards() {
    let server = Server::new(|_, asked| Reply::file(asked, TABLE.as_bytes(), "\"one\""));
    let (setup, source) = (Setup::new(), source(&server, "/table.csv?format=csv", ""));
    let folder = setup.fetch_new(&source);
    assert_eq!(folder, "fetched_at=2026-01-14T23-00-00Z");
    let vintages = setup.vintages();
    let manifest = &vintages[0].manifest;
    assert_eq!((content(&vintages[0]).as_str(), vintages[0].day().to_string().as_str()), (TABLE, "2026-01-14"));
    assert_eq!((manifest.rows, manifest.bytes, manifest.columns.len()), (2, TABLE.len() as u64, 3));
    assert_eq!((manifest.etag.as_deref(), manifest.file.as_str()), (Some("\"one\""), "table.csv.gz"));
    assert_eq!(manifest.url, format!("{}/table.csv", server.address), "without its query");
    // printf 'week,place,value\n2026-01-03,06,1\n2026-01-10,06,2\n' | sha256sum
    assert_eq!(manifest.sha256, "62a031f7ed0dbc26659a5462b885e7daed3d4583dfdcd0beaa4faea3921d5d01");
    setup.clock.later(24);
    assert_eq!(setup.fetch(&source).unwrap(), Outcome::Unchanged { folder });
    assert_eq!(server.asked()[1].header("if-none-match"), Some("\"one\""));
    assert_eq!(setup.vintages().len(), 1);
    let check = setup.lake.last_check("table").unwrap().unwrap();
    assert_eq!(check.checked_at.to_string(), "2026-01-15T23:00:00Z");
    assert!(setup.left_over().is_empty(), "{:?}", setup.left_over());
}

#[test]
fn the_same_content_is_stored_once_even_if_it_comes_back() {
    let texts = [TABLE.to_owned(), TABLE.to_owned(), TABLE.replace(",2\n", ",3\n"), TABLE.to_owned()];
    let server = Server::new(move |number, _| Reply::new(200, texts[number].as_bytes()));
    let (setup, source) = (Setup::new(), source(&server, "/", ""));
    let first = setup.fetch_new(&source);
    setup.clock.later(1);
    assert_eq!(setup.fetch(&source).unwrap(), Outcome::Unchanged { folder: first.clone() });
    setup.clock.later(1);
    setup.fetch_new(&source);
    setup.clock.later(1);
    setup.fetch_new(&source);
    let vintages = setup.vintages();
    assert_eq!(
        vintages.iter().map(|v| content(v).lines().last().unwrap().to_owned()).collect::<Vec<_>>(),
        ["2026-01-10,06,2", "2026-01-10,06,3", "2026-01-10,06,2"]
    );
    assert_eq!((vintages[2].manifest.same_as.as_ref(), &vintages[2].path), (Some(&first), &vintages[0].path));
    assert_eq!(std::fs::read_dir(setup.lake.raw("table").join(&vintages[2].folder)).unwrap().count(), 1);
}

#[test]
fn an_interrupted_download_goes_on_where_it_ended() {
    let whole = TABLE.to_owned() + &"2026-01-17,06,3\n".repeat(5_000);
    let sent = whole.clone();
    let server = Server::new(move |number, asked| {
        let reply = Reply::file(asked, sent.as_bytes(), "\"one\"");
        if number < 3 { reply.breaking_at(20_000) } else { reply }
    });
    let (setup, source) = (Setup::new(), source(&server, "/", ""));
    setup.fetch_new(&source);
    assert_eq!(content(&setup.vintages()[0]), whole);
    let starts: Vec<_> = server.asked().iter().map(|asked| asked.start()).collect();
    assert_eq!(starts, [None, Some(20_000), Some(40_000), Some(60_000)]);
    assert_eq!(setup.notes.bytes.get(), whole.len() as u64, "no byte came twice");
}

#[test]
fn a_file_that_changed_meanwhile_is_not_spliced() {
    let (old, new) =
        ("week,value\n".to_owned() + &"1,1\n".repeat(9_000), "week,value\n".to_owned() + &"2,2\n".repeat(9_000));
    let sent = (old, new.clone());
    let server = Server::new(move |number, asked| match number {
        0 => Reply::file(asked, sent.0.as_bytes(), "\"old\"").breaking_at(10_000),
        _ => Reply::file(asked, sent.1.as_bytes(), "\"new\""),
    });
    let (setup, source) = (Setup::new(), source(&server, "/", ""));
    setup.fetch_new(&source);
    assert_eq!(content(&setup.vintages()[0]), new);
    assert_eq!(server.asked()[1].header("if-range"), Some("\"old\""));
}

#[test]
fn a_part_of_another_state_or_place_is_thrown_away() {
    let whole = "week,value\n".to_owned() + &"1,1\n".repeat(9_000);
    for (header, etag) in
        [("bytes 5-36010/36011", "\"one\""), ("bytes 10000-36010/36011", "\"two\""), ("nonsense", "\"one\"")]
    {
        let (sent, header, etag) = (whole.clone(), header.to_owned(), etag.to_owned());
        let server = Server::new(move |number, asked| match number {
            0 => Reply::file(asked, sent.as_bytes(), "\"one\"").breaking_at(10_000),
            1 => Reply::new(206, &sent.as_bytes()[10_000..]).with("Content-Range", &header).with("ETag", &etag),
            _ => Reply::file(asked, sent.as_bytes(), "\"one\""),
        });
        let (setup, source) = (Setup::new(), source(&server, "/", ""));
        setup.fetch_new(&source);
        assert_eq!(content(&setup.vintages()[0]), whole);
        assert_eq!(server.asked()[2].start(), None);
    }
}

#[test]
fn what_a_killed_process_left_is_resumed_and_a_stop_is_heard() {
    let whole = "week,value\n".to_owned() + &"1,1\n".repeat(100_000);
    let sent = whole.clone();
    let server = Server::new(move |_, asked| Reply::file(asked, sent.as_bytes(), "\"one\""));
    let (setup, source) = (Setup::new(), source(&server, "/", ""));
    setup.notes.stops_at.set(Some(100_000));
    assert_eq!(setup.refused(&source), "stopped");
    assert!(setup.vintages().is_empty() && setup.left_over() == [".partial"]);
    setup.notes.stops_at.set(None);
    setup.fetch_new(&source);
    assert_eq!(content(&setup.vintages()[0]), whole);
    assert!(server.asked()[1].start().is_some_and(|start| start >= 100_000 - (1 << 16)));
}

#[test]
fn packed_answers_are_unpacked_and_parquet_stays_as_it_is() {
    use std::io::Write;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(TABLE.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let server = Server::new(move |_, _| Reply::new(200, &packed).with("Content-Encoding", "gzip"));
    let setup = Setup::new();
    setup.fetch_new(&source(&server, "/", ""));
    assert_eq!(content(&setup.vintages()[0]), TABLE);

    let server = Server::new(|_, _| Reply::new(200, b"PAR1 and more"));
    let setup = Setup::new();
    let mut parquet = source(&server, "/", "");
    (parquet.file, parquet.columns) = ("table.parquet".to_owned(), vec!["week".to_owned()]);
    setup.fetch_new(&parquet);
    assert_eq!(std::fs::read(&setup.vintages()[0].path).unwrap(), b"PAR1 and more");
}

#[test]
fn throttled_and_failing_servers_are_asked_again_after_the_wait_they_ask_for() {
    let server = Server::new(|number, asked| match number {
        0 => Reply::new(429, b"").with("Retry-After", "7"),
        1 => Reply::new(503, b"").with("Retry-After", "Wed, 14 Jan 2026 23:00:17 GMT"),
        _ => Reply::file(asked, TABLE.as_bytes(), "\"one\""),
    });
    let (setup, source) = (Setup::new(), source(&server, "/", ""));
    setup.fetch_new(&source);
    assert_eq!(setup.clock.slept.get(), Duration::from_secs(17), "7 s, and then until 17 s past");
    assert!(setup.notes.told.borrow()[0].contains("answers 429: again in 7 s"), "{:?}", setup.notes.told);
}

#[test]
fn waits_double_and_end_and_one_that_is_too_long_is_not_kept() {
    let server = Server::new(|_, _| Reply::new(500, b"oops"));
    let (setup, table) = (Setup::new(), source(&server, "/", ""));
    let message = setup.refused(&table);
    assert!(message.ends_with("answers 500, 3 times in a row"), "{message}");
    assert_eq!((server.asked().len(), setup.clock.slept.get()), (3, Duration::from_secs(3)), "1 s and 2 s");
    let server = Server::new(|_, _| Reply::new(429, b"").with("Retry-After", "86400"));
    let message = setup.refused(&source(&server, "/", ""));
    assert!(message.contains("asks for 86400 s of patience"), "{message}");
    for status in [403, 404, 410] {
        let server = Server::new(move |_, _| Reply::new(status, b""));
        let message = setup.refused(&source(&server, "/", ""));
        assert!(message.ends_with(&format!("answers {status}")) && server.asked().len() == 1, "{message}");
    }
}
