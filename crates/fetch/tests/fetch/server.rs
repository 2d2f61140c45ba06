//! A server of tests: it answers as a function says, and remembers what it was asked.

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A request: its path with query, and its headers in lower case.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) path: String,
    headers: Vec<(String, String)>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The value of a parameter of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let query = self.path.split_once('?')?.1;
        query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }

    /// First byte of the range that is asked for.
    pub(crate) fn start(&self) -> Option<usize> {
        self.header("range")?.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
    }
}

/// An answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Bytes of the body after which the connection breaks off; none to send all.
    pub(crate) breaks_at: Option<usize>,
    /// Whether the connection then stays open without a word, instead of ending.
    pub(crate) stalls: bool,
    /// How often the body is sent again.
    pub(crate) repeats: usize,
}

impl Reply {
    pub(crate) fn new(status: u16, body: &[u8]) -> Self {
        Self { status, body: body.to_vec(), ..Self::default() }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn breaking_at(mut self, bytes: usize) -> Self {
        self.breaks_at = Some(bytes);
        self
    }

    /// A file with a state that can be compared, from the byte that is asked for.
    pub(crate) fn file(asked: &Asked, body: &[u8], etag: &str) -> Self {
        if asked.header("if-none-match") == Some(etag) {
            return Self::new(304, b"").with("ETag", etag);
        }
        match asked.start().filter(|_| asked.header("if-range") == Some(etag)) {
            Some(start) if start >= body.len() => Self::new(416, b""),
            Some(start) => {
                let range = format!("bytes {start}-{}/{}", body.len() - 1, body.len());
                Self::new(206, &body[start..]).with("Content-Range", &range).with("ETag", etag)
            }
            None => Self::new(200, body).with("ETag", etag),
        }
    }
}

/// A server in a thread of its own, which ends with the process.
pub(crate) struct Server {
    pub(crate) address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// A server that answers the number of the request, from 0, and the request.
    pub(crate) fn new(answer: impl Fn(usize, &Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (kept, answer) = (Arc::clone(&asked), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, answer) = (Arc::clone(&kept), Arc::clone(&answer));
                thread::spawn(move || {
                    let Some(asked) = read(&stream) else { return };
                    let number = {
                        let mut all = kept.lock().unwrap();
                        all.push(asked.clone());
                        all.len() - 1
                    };
                    send(stream, &answer(number, &asked));
                });
            }
        });
        Self { address, asked }
    }

    /// What it was asked.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut lines = BufReader::new(stream).lines();
    let path = lines.next()?.ok()?.split(' ').nth(1)?.to_owned();
    let mut headers = Vec::new();
    for line in lines {
        let line = line.ok()?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    Some(Asked { path, headers })
}

/// Sends an answer; a client that has gone away is no failure of the server.
fn send(mut stream: TcpStream, reply: &Reply) {
    let mut head = format!("HTTP/1.1 {} x\r\nConnection: close\r\n", reply.status);
    let has = |name: &str| reply.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
    if !has("Content-Length") && !has("Transfer-Encoding") && reply.status != 304 {
        head.push_str(&format!("Content-Length: {}\r\n", reply.body.len() * (reply.repeats + 1)));
    }
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let end = reply.breaks_at.unwrap_or(reply.body.len()).min(reply.body.len());
    if stream.write_all(format!("{head}\r\n").as_bytes()).is_err() {
        return;
    }
    for _ in 0..=reply.repeats {
        if stream.write_all(&reply.body[..end]).is_err() {
            return;
        }
    }
    let _ = stream.flush();
    if reply.stalls {
        thread::sleep(Duration::from_secs(5));
    }
    let _ = stream.shutdown(Shutdown::Both);
}
