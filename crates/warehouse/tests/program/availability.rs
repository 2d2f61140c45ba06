//! Updates of availability: who may send them, which are refused, and that none is lost.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::lake;
use crate::service::Service;

const TOKEN: &str = "a token of the tests";

/// A folder with a token and a list of providers.
fn prepared() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, TOKEN).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&token, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let numbers: String = (0..100).map(|number| format!("15E{number:03},x\n")).collect();
    std::fs::write(folder.path().join("list.csv"), format!("Facility ID,Facility Name\n{numbers}")).unwrap();
    folder
}

fn log(folder: &Path) -> PathBuf {
    folder.join("availability.jsonl")
}

fn start(folder: &Path) -> Service {
    let text = |path: PathBuf| path.to_str().unwrap().to_owned();
    let [log, token, list] = [log(folder), folder.join("token"), folder.join("list.csv")].map(text);
    Service::over(&lake("out"), &["--availability", &log, "--availability-token", &token, "--providers", &list])
}

fn request(method: &str, host: &str, authorization: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} /api/availability HTTP/1.1\r\nHost: {host}\r\n{authorization}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

/// The status and body of an answer; none where the service was killed before it was whole.
fn asked(address: &str, request: &str) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, serde_json::from_str(body).ok()?))
}

fn update(provider: &str, nonce: &str, day: &str) -> String {
    json!({ "provider": provider, "accepting_new_patients": true, "updated_at": day, "nonce": nonce }).to_string()
}

fn send(address: &str, body: &str) -> Option<(u16, Value)> {
    asked(address, &request("POST", "localhost", &format!("Authorization: Bearer {TOKEN}\r\n"), body))
}

#[test]
fn updates_are_accepted_from_who_has_the_token_and_told_to_everyone() {
    let folder = prepared();
    let service = start(folder.path());
    let address = &service.address;
    let good = update("15E064", "nonce-0001", "2020-10-24T08:00:00Z");
    let wrong = ["", "Authorization: Bearer another token of the tests\r\n", "Authorization: Basic YTpi\r\n"];
    for authorization in wrong {
        let (status, body) = asked(address, &request("POST", "localhost", authorization, &good)).unwrap();
        assert_eq!(status, 401, "{body}");
    }
    assert_eq!(send(address, &good).unwrap(), (200, json!({ "accepted": true })));
    let status = |body: &str| send(address, body).unwrap().0;
    assert_eq!(status(&good), 409, "a replay");
    assert_eq!(status(&update("15E999", "nonce-0002", "2020-10-24T08:00:00Z")), 404, "an unknown provider");
    assert_eq!(status(&update("15E064", "nonce-0003", "2999-10-24T08:00:00Z")), 422, "a time to come");
    assert_eq!(status(&update("15E064", "nonce-0004", "2019-10-24T08:00:00Z")), 409, "older than what is known");
    assert_eq!(status("no JSON"), 422);
    assert_eq!(status(&format!("{}{good}", " ".repeat(20_000))), 413, "too large");
    assert_eq!(asked(address, &request("PUT", "localhost", "", &good)).unwrap().0, 405);
    assert_eq!(asked(address, &request("GET", "attacker.example", "", "")).unwrap().0, 403);
    let (status, told) = asked(address, &request("GET", "localhost", "", "")).unwrap();
    assert_eq!((status, told["entries"].as_array().unwrap().len()), (200, 1));
    assert_eq!(told["entries"][0]["provider"], "15E064");
    let kept = std::fs::read_to_string(log(folder.path())).unwrap();
    assert_eq!(kept.lines().count(), 1, "what was refused is not in the log");
    assert!(!kept.contains(TOKEN));
}

#[test]
fn without_a_token_or_a_list_it_does_not_start() {
    let folder = prepared();
    let [log, list] =
        [log(folder.path()), folder.path().join("list.csv")].map(|path| path.to_str().unwrap().to_owned());
    let refused = |options: &[&str]| {
        let mut command = std::process::Command::new(crate::PROGRAM);
        command.args(["serve", "--listen", "127.0.0.1:0", "--lake"]).arg(lake("out")).args(options);
        let output = command.env_remove("COUNTYCAST_AVAILABILITY_TOKEN").output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", crate::errors(&output));
        crate::errors(&output)
    };
    assert!(refused(&["--availability", &log, "--providers", &list]).contains("COUNTYCAST_AVAILABILITY_TOKEN"));
    assert!(refused(&["--availability", &log]).contains("--providers"));
}

/// Kills the service at a moment of many updates, so many times; what was accepted must be there afterwards.
fn killed(trials: u64) {
    let folder = prepared();
    let sent = AtomicU64::new(0);
    let mut accepted = BTreeSet::new();
    for trial in 0..trials {
        let service = start(folder.path());
        let address = service.address.clone();
        let senders = std::thread::scope(|scope| {
            let sender = || {
                let mut own = Vec::new();
                loop {
                    let number = sent.fetch_add(1, Ordering::Relaxed);
                    let nonce = format!("nonce-{number:08}");
                    let provider = format!("15E{:03}", number % 100);
                    match send(&address, &update(&provider, &nonce, "2020-10-24T08:00:00Z")) {
                        Some((200, _)) => own.push(nonce),
                        Some(other) => panic!("{other:?}"),
                        None => return own,
                    }
                }
            };
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(sender)).collect();
            std::thread::sleep(Duration::from_millis(20 + trial * 37 % 180));
            service.kill();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        accepted.extend(senders);
        let kept: BTreeSet<String> = std::fs::read_to_string(log(folder.path()))
            .unwrap()
            .lines()
            .filter_map(|line| Some(serde_json::from_str::<Value>(line).ok()?["nonce"].as_str()?.to_owned()))
            .collect();
        assert!(
            accepted.is_subset(&kept),
            "trial {trial}: {:?} are lost",
            accepted.difference(&kept).collect::<Vec<_>>()
        );
    }
    assert!(accepted.len() as u64 >= trials, "{} updates were accepted in {trials} trials", accepted.len());
    // The service finds all of them, and takes none again.
    let service = start(folder.path());
    let (_, told) = asked(&service.address, &request("GET", "localhost", "", "")).unwrap();
    assert!(!told["entries"].as_array().unwrap().is_empty());
    for nonce in accepted.iter().step_by(accepted.len().div_ceil(20)) {
        assert_eq!(send(&service.address, &update("15E000", nonce, "2020-10-24T08:00:00Z")).unwrap().0, 409, "{nonce}");
    }
    eprintln!("{trials} trials: {} updates accepted, none lost", accepted.len());
}

#[test]
fn no_accepted_update_is_lost_when_the_service_is_killed() {
    killed(5);
}

#[test]
#[ignore = "takes minutes: cargo test --test program three_hundred -- --ignored --nocapture"]
fn none_is_lost_in_three_hundred_trials() {
    killed(300);
}
