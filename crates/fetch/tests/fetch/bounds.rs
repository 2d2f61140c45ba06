//! Answers that are too large, too slow, or too many.

use std::io::Write;
use std::time::Duration;

use crate::server::{Reply, Server};
use crate::setup::{Setup, TABLE, source};

#[test]
fn an_answer_beyond_the_bound_is_refused_by_what_it_announces() {
    let server = Server::new(|_, _| Reply::new(200, b"week,value\n").with("Content-Length", "2000000000"));
    let setup = Setup::new();
    let message = setup.refused(&source(&server, "/", ""));
    assert_eq!(message, "the answer has more than the 1000000 bytes allowed");
    assert_eq!(setup.notes.bytes.get(), 0);
}

#[test]
fn an_endless_answer_is_broken_off_and_so_is_one_that_unpacks_to_a_lot() {
    let chunk = {
        let body = "2026-01-10,06,1\n".repeat(4_096);
        format!("{:x}\r\n{body}\r\n", body.len()).into_bytes()
    };
    let server = Server::new(move |_, _| {
        let mut reply = Reply::new(200, &chunk).with("Transfer-Encoding", "chunked");
        reply.repeats = 100_000;
        reply
    });
    let setup = Setup::new();
    assert!(setup.refused(&source(&server, "/", "")).contains("more than the 1000000 bytes"));
    assert!(setup.notes.bytes.get() < 1_200_000);

    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&vec![b'1'; 100_000_000]).unwrap();
    let packed = packed.finish().unwrap();
    assert!(packed.len() < 200_000);
    let server = Server::new(move |_, _| Reply::new(200, &packed).with("Content-Encoding", "gzip"));
    let setup = Setup::new();
    assert!(setup.refused(&source(&server, "/", "")).contains("more than the 1000000 bytes"));
    assert!(setup.notes.bytes.get() < 1_200_000);
}

/// 300 MB pass through without being held: the process stays far below them.
#[test]
fn a_large_body_is_streamed() {
    let line = "2026-01-10,06,1\n";
    let part = line.repeat(65_536);
    let server = Server::new(move |_, _| {
        let mut reply = Reply::new(200, part.as_bytes());
        reply.repeats = 299;
        reply
    });
    let mut setup = Setup::new();
    setup.limits.bytes = 1_000_000_000;
    setup.limits.silence = Duration::from_secs(20);
    // The first line is taken for the row of names.
    let message = setup.refused(&source(&server, "/", ""));
    assert!(message.contains("columns have changed"), "{message}");
    assert_eq!(setup.notes.bytes.get(), 300 << 20);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    assert!(peak.is_none_or(|peak| peak < 250_000), "{peak:?} kB");
}

#[test]
fn a_server_that_falls_silent_is_given_up_and_asked_again() {
    let server = Server::new(|number, asked| {
        let mut reply = Reply::file(asked, TABLE.as_bytes(), "\"one\"");
        if number == 0 {
            reply = reply.breaking_at(20);
            reply.stalls = true;
        }
        reply
    });
    let setup = Setup::new();
    setup.fetch_new(&source(&server, "/", ""));
    assert_eq!(server.asked()[1].start(), Some(20));

    let server = Server::new(|_, _| {
        let mut reply = Reply::new(200, b"").with("Content-Length", "5");
        reply.stalls = true;
        reply
    });
    let message = setup.refused(&source(&server, "/", ""));
    assert!(message.contains("3 times in a row"), "{message}");
}

#[test]
fn requests_and_time_have_bounds() {
    let server =
        Server::new(|_, _| Reply::new(200, b"week,value\n").with("Content-Length", "50").with("ETag", "\"a\""));
    let mut setup = Setup::new();
    setup.limits.attempts = 1_000;
    assert_eq!(setup.refused(&source(&server, "/", "")), "more than 40 requests");
    setup.limits.time = Duration::from_secs(2);
    assert_eq!(setup.refused(&source(&server, "/a", "")), "it takes more than 2 s");
}

#[test]
fn a_server_that_is_not_there_is_told() {
    let server = Server::new(|_, _| Reply::default());
    let mut table = source(&server, "/", "");
    // A port on which nobody listens any more.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    table.address = format!("http://{free}/").parse().unwrap();
    let message = Setup::new().refused(&table);
    assert!(message.contains(&free.to_string()) && message.ends_with("3 times in a row"), "{message}");
}
