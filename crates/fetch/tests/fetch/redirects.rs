//! Redirects, and tokens that go nowhere else.

use std::path::Path;

use crate::server::{Reply, Server};
use crate::setup::{Setup, TABLE, content, source};

const VARIABLE: &str = "COUNTYCAST_TOKEN_OF_A_TEST";

#[test]
fn redirects_are_followed_and_the_token_goes_to_its_own_host_alone() {
    const NAME: &str = "redirects::redirects_are_followed_and_the_token_goes_to_its_own_host_alone";
    if std::env::var_os(VARIABLE).is_none() {
        // A variable of the environment is set for a process of its own.
        let mut again = std::process::Command::new(std::env::current_exe().unwrap());
        let output = again.args(["--exact", NAME]).env(VARIABLE, "the-token").output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && text.contains("1 passed"), "{text}");
        return;
    }
    let other = Server::new(|_, asked| Reply::file(asked, TABLE.as_bytes(), "\"one\""));
    let to = other.address.clone();
    let server = Server::new(move |_, asked| match asked.path.as_str() {
        "/old" => Reply::new(301, b"").with("Location", "/new"),
        _ => Reply::new(302, b"").with("Location", &format!("{to}/there?signature=secret")),
    });
    let setup = Setup::new();
    let token = format!("token = {{ variable = \"{VARIABLE}\", header = \"X-App-Token\" }}");
    setup.fetch_new(&source(&server, "/old", &token));
    assert_eq!(content(&setup.vintages()[0]), TABLE);
    let tokens: Vec<_> = server.asked().iter().map(|asked| asked.header("x-app-token").map(str::to_owned)).collect();
    assert_eq!(tokens, [Some("the-token".to_owned()), Some("the-token".to_owned())]);
    assert!(other.asked()[0].header("x-app-token").is_none());
    let files = all_text(setup.lake.root());
    assert!(files.contains(&server.address) && !files.contains("secret") && !files.contains("the-token"), "{files}");
    // Nor does it stand in a message.
    let server = Server::new(|_, _| Reply::new(403, b"the-token is wrong"));
    assert!(!setup.refused(&source(&server, "/", &token)).contains("the-token"));
}

#[test]
fn a_redirect_to_http_elsewhere_is_not_followed() {
    for (location, part) in [
        ("http://data.example.org/table.csv?key=secret", "only https is asked"),
        ("http://localhost:1/table.csv", "only https is asked"),
        ("https://10.0.0.1/table.csv", "names a host by number"),
        ("file:///etc/passwd", "not followed"),
        ("https://me:secret@example.org/", "an address with a name in it"),
        ("", "not followed"),
    ] {
        let server = Server::new(move |_, _| Reply::new(302, b"").with("Location", location));
        let setup = Setup::new();
        let message = setup.refused(&source(&server, "/", ""));
        assert!(message.contains(part) && !message.contains("secret"), "{part} in {message}");
        assert_eq!(server.asked().len(), 1);
    }
    let server = Server::new(|_, _| Reply::new(302, b"").with("Location", "/"));
    assert!(Setup::new().refused(&source(&server, "/", "")).contains("redirects more than 5 times"));
}

/// All text below a folder.
fn all_text(folder: &Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        text += &if path.is_dir() {
            all_text(&path)
        } else {
            String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into()
        };
    }
    text
}
