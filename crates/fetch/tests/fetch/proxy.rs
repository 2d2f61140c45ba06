//! The proxy of the environment.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use crate::server::{Reply, Server};
use crate::setup::{Setup, TABLE, source};

const NAME: &str = "proxy::publishers_are_asked_through_the_proxy_by_tls_and_this_machine_is_not";

#[test]
fn publishers_are_asked_through_the_proxy_by_tls_and_this_machine_is_not() {
    if std::env::var_os("COUNTYCAST_PROXY_OF_A_TEST").is_some() {
        return behind_the_proxy();
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&asked);
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut line = String::new();
            let _ = BufReader::new(&stream).read_line(&mut line);
            kept.lock().unwrap().push(line);
            let _ = stream.write_all(b"HTTP/1.1 403 x\r\nContent-Length: 0\r\n\r\n");
        }
    });
    // Variables of the environment are set for a process of its own.
    let mut again = std::process::Command::new(std::env::current_exe().unwrap());
    for variable in ["ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy", "https_proxy"] {
        again.env_remove(variable);
    }
    again.env("HTTPS_PROXY", format!("http://me:secret@{address}")).env("COUNTYCAST_PROXY_OF_A_TEST", "1");
    let output = again.args(["--exact", NAME]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
    let asked = asked.lock().unwrap();
    assert!(!asked.is_empty());
    assert!(asked.iter().all(|line| line.starts_with("CONNECT publisher.invalid:443 ")), "{asked:?}");
}

fn behind_the_proxy() {
    let server = Server::new(|_, asked| Reply::file(asked, TABLE.as_bytes(), "\"one\""));
    let (setup, mut table) = (Setup::new(), source(&server, "/", ""));
    setup.fetch_new(&table);
    table.address = "https://publisher.invalid/table.csv".parse().unwrap();
    let message = setup.refused(&table);
    assert!(message.contains("publisher.invalid") && !message.contains("secret"), "{message}");
    assert!(!setup.notes.told.borrow().iter().any(|told| told.contains("secret")));
}
