//! Requests of all kinds but the right one: the service answers others meanwhile and afterwards.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use crate::service::Service;

const OPERATIONS: [&str; 12] = [
    "ExecuteStatement",
    "BatchExecuteStatement",
    "DescribeStatement",
    "GetStatementResult",
    "GetStatementResultV2",
    "ListStatements",
    "CancelStatement",
    "ListDatabases",
    "ListSchemas",
    "ListTables",
    "DescribeTable",
    "Nothing",
];

/// Bodies from which others are made.
const BODIES: [&str; 10] = [
    r#"{"Sql": "select 1"}"#,
    r#"{"Sql": "select :a", "Parameters": [{"name": "a", "value": "1"}]}"#,
    r#"{"Sqls": ["select 1", "select 2"], "Database": "dev"}"#,
    r#"{"Id": "01234567-89ab-cdef-0123-456789abcdef"}"#,
    r#"{"Id": "01234567-89ab-cdef-0123-456789abcdef:2", "NextToken": "page-1"}"#,
    r#"{"Database": "dev", "SchemaPattern": "%%%%%", "TablePattern": "_%"}"#,
    r#"{"Database": "dev", "Table": "places", "MaxResults": -1}"#,
    r#"{"Status": "ALL", "MaxResults": 9223372036854775807}"#,
    "[[[[[[[[[[[[[[[[",
    "",
];

/// A request that is wrong somewhere.
fn request(random: &mut Xoshiro256PlusPlus) -> Vec<u8> {
    let operation = OPERATIONS[random.random_range(0..OPERATIONS.len())];
    let mut body = BODIES[random.random_range(0..BODIES.len())].as_bytes().to_vec();
    for _ in 0..random.random_range(0..4) {
        let byte = random.random::<u8>();
        match random.random_range(0..3) {
            0 if !body.is_empty() => {
                let at = random.random_range(0..body.len());
                body[at] = byte;
            }
            1 if !body.is_empty() => body.truncate(random.random_range(0..body.len())),
            _ => body.push(byte),
        }
    }
    let length = match random.random_range(0..8) {
        0 => "999999999999".to_owned(),
        1 => "-1".to_owned(),
        2 => (body.len() / 2).to_string(),
        _ => body.len().to_string(),
    };
    let method = ["POST", "POST", "POST", "GET", "OPTIONS", "P\u{0}ST"][random.random_range(0..6)];
    let path = ["/", "/", "/", "/api", "/?a=b", "*", "/../../etc/passwd"][random.random_range(0..7)];
    let kind = ["application/x-amz-json-1.1", "application/x-amz-json-1.1", "text/plain"][random.random_range(0..3)];
    let mut request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nX-Amz-Target: RedshiftData.{operation}\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n"
    )
    .into_bytes();
    if random.random_range(0..6) == 0 {
        let at = random.random_range(0..request.len());
        request[at] = random.random();
    }
    request.extend(body);
    request
}

#[test]
fn a_thousand_malformed_requests_leave_it_answering() {
    let service = Service::start(&[]);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(20_201_024);
    let started = Instant::now();
    let mut answered = 0;
    for _ in 0..1_000 {
        let mut stream = service.connect();
        // The service may have closed the connection after the first bytes.
        let _ = stream.write_all(&request(&mut random));
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let text = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || text.starts_with("HTTP/1.1 "), "{text}");
        assert!(!text.starts_with("HTTP/1.1 500"), "{text}");
        answered += usize::from(!answer.is_empty());
    }
    assert!(answered > 500, "{answered}");
    assert!(started.elapsed() < Duration::from_secs(120), "{:?}", started.elapsed());
    assert_eq!(service.run("select 1")["Status"], "FINISHED");
}

#[test]
fn slow_clients_and_those_that_go_away_hold_nobody_up() {
    let service = Service::start(&[]);
    let mut slow: Vec<_> = (0..50).map(|_| service.connect()).collect();
    for stream in &mut slow {
        stream.write_all(b"POST / HTTP/1.1\r\nHost: local").unwrap();
    }
    let mut halves: Vec<_> = (0..50).map(|_| service.connect()).collect();
    for stream in &mut halves {
        let head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.1\r\n\
                    X-Amz-Target: RedshiftData.ListStatements\r\nContent-Length: 1000\r\n\r\n{";
        stream.write_all(head.as_bytes()).unwrap();
    }
    let started = Instant::now();
    assert_eq!(service.run("select 1")["Status"], "FINISHED");
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    // One goes away while its statement runs: the statement goes on.
    let mut gone = service.connect();
    let body = r#"{"Sql": "select count(*) from projections", "StatementName": "gone", "WaitTimeSeconds": 30}"#;
    write!(
        gone,
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.1\r\n\
         X-Amz-Target: RedshiftData.ExecuteStatement\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    std::thread::sleep(Duration::from_millis(200));
    drop(gone);
    let found = (0..100).find_map(|_| {
        std::thread::sleep(Duration::from_millis(100));
        let (_, listed) = service.ask("ListStatements", r#"{"StatementName": "gone"}"#);
        listed["Statements"].get(0).cloned()
    });
    assert_eq!(found.unwrap()["Status"], "FINISHED");
    // Those that never finish their headers are cut off.
    let mut rest = Vec::new();
    let _ = slow[0].read_to_end(&mut rest);
    assert!(started.elapsed() < Duration::from_secs(40), "{:?}", started.elapsed());
}

#[test]
fn a_request_that_is_too_large_is_refused() {
    let service = Service::start(&[]);
    let mut stream = service.connect();
    let head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.1\r\nConnection: close\r\n\
                X-Amz-Target: RedshiftData.ExecuteStatement\r\nContent-Length: 20000000\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let block = vec![b' '; 1 << 20];
    // The service stops reading, and the rest cannot be sent.
    for _ in 0..19 {
        if stream.write_all(&block).is_err() {
            break;
        }
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let text = String::from_utf8_lossy(&answer);
    assert!(text.is_empty() || text.starts_with("HTTP/1.1 413"), "{text}");
    assert_eq!(service.run("select 1")["Status"], "FINISHED");
}
