//! A service for tests, and its ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::{PROGRAM, lake};

/// A running service. It is ended with the test.
pub(crate) struct Service {
    process: Child,
    pub(crate) address: String,
}

impl Service {
    pub(crate) fn start(options: &[&str]) -> Self {
        Self::over(&lake("archive"), options)
    }

    pub(crate) fn over(lake: &Path, options: &[&str]) -> Self {
        let mut process = Command::new(PROGRAM)
            .arg("serve")
            .arg("--lake")
            .arg(lake)
            .args(["--listen", "127.0.0.1:0", "--jobs", "2"])
            .args(options)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stderr.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap_or_else(|| panic!("{line}")).to_owned();
        Self { process, address }
    }

    /// Ends it as `kill -9` does.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    }

    /// Asks an operation: the status and body of the answer.
    pub(crate) fn ask(&self, operation: &str, body: &str) -> (u16, serde_json::Value) {
        let mut stream = self.connect();
        let host = &self.address;
        let length = body.len();
        write!(
            stream,
            "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-amz-json-1.1\r\nConnection: close\r\n\
             X-Amz-Target: RedshiftData.{operation}\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap())
    }

    /// Runs a statement to its end.
    pub(crate) fn run(&self, sql: &str) -> serde_json::Value {
        let body = serde_json::json!({ "Sql": sql, "WaitTimeSeconds": 30 }).to_string();
        let (status, taken) = self.ask("ExecuteStatement", &body);
        assert_eq!(status, 200, "{taken}");
        self.ask("DescribeStatement", &serde_json::json!({ "Id": taken["Id"] }).to_string()).1
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn refused(options: &[&str]) -> String {
    let output = Command::new(PROGRAM).args(["serve", "--lake"]).arg(lake("archive")).args(options).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", crate::errors(&output));
    crate::errors(&output)
}

#[test]
fn without_keys_it_listens_on_this_machine_alone() {
    let text = refused(&["--listen", "0.0.0.0:0"]);
    assert!(text.contains("without keys") && text.contains("help: give --keys FILE"), "{text}");
    let service = Service::start(&[]);
    let mut stream = service.connect();
    let request = "POST / HTTP/1.1\r\nHost: attacker.example\r\nContent-Type: application/x-amz-json-1.1\r\n\
                   X-Amz-Target: RedshiftData.ListDatabases\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
}

#[cfg(unix)]
#[test]
fn wrong_files_of_keys_are_refused_without_showing_a_secret() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.toml");
    let write = |text: &str, mode: u32| {
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        let text = refused(&["--keys", file.to_str().unwrap()]);
        assert!(!text.contains("hush"), "{text}");
        text
    };
    let good = "[[key]]\nid = \"a\"\nsecret = \"hush hush hush hush\"\n";
    assert!(write(good, 0o644).contains("chmod 600"));
    assert!(write("", 0o600).contains("there is no key"));
    assert!(write("[[key]]\nid = \"a\"\nsecret = \"hush\"\n", 0o600).contains("fewer than 16 letters"));
    assert!(write(&format!("{good}{good}"), 0o600).contains("stands twice"));
    assert!(write("[[key]]\nid = \"a b\"\nsecret = \"hush hush hush hush\"\n", 0o600).contains("an id has letters"));
    assert!(write("[[key]]\nid = \"a\"\nsecrets = \"hush hush hush hush\"\n", 0o600).contains("line"));
}

#[test]
fn a_day_that_is_added_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let day = |name: &str| {
        let target = folder.path().join("places").join(name);
        std::fs::create_dir_all(&target).unwrap();
        std::fs::copy(lake("archive").join("places").join(name).join("part.parquet"), target.join("part.parquet"))
            .unwrap();
    };
    day("as_of=2020-10-10");
    let service = Service::over(folder.path(), &[]);
    let rows = |service: &Service| service.run("select distinct as_of from places")["ResultRows"].clone();
    assert_eq!(rows(&service), 1);
    day("as_of=2020-10-17");
    std::thread::sleep(Duration::from_millis(2_100));
    assert_eq!(rows(&service), 2);
}

#[test]
fn a_statement_that_takes_too_long_is_stopped() {
    let service = Service::start(&["--statement-time", "1"]);
    let found = service.run(
        "select count(a.fips || b.fips || c.fips || d.fips) from places a, places b, places c, places d, projections e",
    );
    assert_eq!(found["Status"], "FAILED");
    assert!(found["Error"].as_str().unwrap().contains("longer than 1 s"), "{found}");
    assert_eq!(service.run("select 1")["Status"], "FINISHED");
}
