//! A publisher's server on this machine.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Serves texts by path; a path without one is 404. Conditional requests are answered by the text itself as `ETag`.
pub struct Server {
    pub address: String,
    texts: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Server {
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let texts = Arc::new(Mutex::new(BTreeMap::new()));
        let served = Arc::clone(&texts);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let served = Arc::clone(&served);
                thread::spawn(move || answer(stream, &served.lock().unwrap()));
            }
        });
        Self { address, texts }
    }

    /// Serves a text at a path from now on.
    pub fn serve(&self, path: &str, text: &str) {
        self.texts.lock().unwrap().insert(path.to_owned(), text.to_owned());
    }

    /// Serves nothing at a path from now on.
    pub fn remove(&self, path: &str) {
        self.texts.lock().unwrap().remove(path);
    }
}

/// Answers a request; a client that has gone away is no failure of the server.
fn answer(mut stream: TcpStream, texts: &BTreeMap<String, String>) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let path = lines.next()?.ok()?.split(' ').nth(1)?.to_owned();
    let headers: Vec<String> = lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
    let reply = match texts.get(&path) {
        None => "HTTP/1.1 404 x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".to_owned(),
        Some(text) => {
            let state = format!("\"{}\"", countycast::panel::sha256(text.as_bytes()));
            let known = headers.iter().any(|line| {
                line.split_once(": ")
                    .is_some_and(|(name, value)| name.eq_ignore_ascii_case("if-none-match") && value == state)
            });
            if known {
                format!("HTTP/1.1 304 x\r\nConnection: close\r\nETag: {state}\r\n\r\n")
            } else {
                let length = text.len();
                format!(
                    "HTTP/1.1 200 x\r\nConnection: close\r\nETag: {state}\r\nContent-Length: {length}\r\n\r\n{text}"
                )
            }
        }
    };
    stream.write_all(reply.as_bytes()).ok()
}
