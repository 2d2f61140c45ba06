use super::*;

const TOKEN: &str = "a token of the tests";

fn now() -> DateTime<Utc> {
    "2026-11-29T12:00:00Z".parse().unwrap()
}

fn body(nonce: &str, changes: &[(&str, Value)]) -> Vec<u8> {
    let mut update = json!({ "provider": "15E064", "accepting_new_patients": true, "updated_at": "2026-11-29T11:00:00Z", "nonce": nonce });
    for (name, value) in changes {
        update[name] = value.clone();
    }
    update.to_string().into_bytes()
}

struct Opened {
    folder: tempfile::TempDir,
}

impl Opened {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let token = folder.path().join("token");
        std::fs::write(&token, format!("{TOKEN}\n")).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&token, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        Self { folder }
    }

    fn open(&self) -> Result<Availability, Error> {
        let [log, token] = ["availability.jsonl", "token"].map(|name| self.folder.path().join(name));
        Availability::open(&log, Some(&token), Numbers::from(["15E064", "010001"]))
    }
}

#[test]
fn the_token_alone_permits() {
    let opened = Opened::new();
    let known = opened.open().unwrap();
    assert!(known.permits(Some(format!("Bearer {TOKEN}").as_bytes())));
    for wrong in [
        None,
        Some(""),
        Some("Bearer "),
        Some("Bearer a token of the test"),
        Some("Bearer a token of the tests "),
        Some(TOKEN),
    ] {
        assert!(!known.permits(wrong.map(str::as_bytes)), "{wrong:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_token_that_others_can_read_or_guess_is_refused() {
    let opened = Opened::new();
    let token = opened.folder.path().join("token");
    std::fs::write(&token, "short").unwrap();
    let error = opened.open().unwrap_err().to_string();
    assert!(error.ends_with("the token has fewer than 16 letters") && !error.contains("short"), "{error}");
    std::fs::set_permissions(&token, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    assert!(opened.open().unwrap_err().to_string().contains("other users can read"));
}

#[test]
fn replays_unknown_providers_and_times_to_come_are_refused() {
    let known = Opened::new();
    let known = known.open().unwrap();
    let accept = |nonce: &str, changes: &[(&str, Value)]| known.accept(&body(nonce, changes), now());
    accept("nonce-0001", &[]).unwrap();
    assert!(matches!(accept("nonce-0001", &[]), Err(Refusal::Known(_))));
    assert!(matches!(accept("nonce-0002", &[("provider", json!("15E065"))]), Err(Refusal::Unknown(_))));
    assert!(matches!(accept("nonce-0003", &[("updated_at", json!("2026-11-29T12:05:01Z"))]), Err(Refusal::Form(_))));
    assert!(matches!(accept("nonce-0004", &[("updated_at", json!("2026-11-29T10:59:59Z"))]), Err(Refusal::Known(_))));
    accept("nonce-0005", &[("updated_at", json!("2026-11-29T12:04:59Z")), ("accepting_new_patients", json!(false))])
        .unwrap();
    accept("nonce-0006", &[("specialty", json!("207RC0000X")), ("insurances", json!(["Medicare"]))]).unwrap();
    for (name, value) in [
        ("nonce", json!("short")),
        ("provider", json!("")),
        ("provider", json!(1)),
        ("specialty", json!("cardiology")),
        ("insurances", json!(["x".repeat(101)])),
        ("insurances", json!(vec!["x"; 101])),
        ("insurances", json!(["a\u{0}b"])),
        ("received_at", json!("2026-11-29T11:00:00Z")),
        ("odd", json!(1)),
        ("updated_at", json!("yesterday")),
    ] {
        assert!(matches!(accept("nonce-0007", &[(name, value.clone())]), Err(Refusal::Form(_))), "{name}: {value}");
    }
    let told = known.told();
    let entries = told["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(
        (entries[0]["provider"].as_str(), entries[0]["accepting_new_patients"].as_bool()),
        (Some("15E064"), Some(false))
    );
    assert!(entries.iter().all(|entry| entry.get("nonce").is_none()), "what tells updates apart is the sender's");
}

#[test]
fn a_log_is_found_again_without_what_a_crash_cut_off() {
    let opened = Opened::new();
    let known = opened.open().unwrap();
    known.accept(&body("nonce-0001", &[]), now()).unwrap();
    assert!(opened.open().unwrap_err().to_string().contains("another service writes to this log"));
    let before = known.told();
    drop(known);
    let log = opened.folder.path().join("availability.jsonl");
    let whole = std::fs::read(&log).unwrap();
    for cut in [1, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&log, [&whole[..], &whole[..cut]].concat()).unwrap();
        let again = opened.open().unwrap();
        assert_eq!(again.told(), before);
        assert!(
            matches!(again.accept(&body("nonce-0001", &[]), now()), Err(Refusal::Known(_))),
            "a replay after a restart"
        );
        drop(again);
        assert_eq!(std::fs::read(&log).unwrap(), whole);
    }
    std::fs::write(&log, "{}\n").unwrap();
    assert!(opened.open().unwrap_err().to_string().contains("line 1: missing field"));
}
