//! `docs/first-hour.md` is true: every command prints what is shown there.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::path::Path;
use std::process::Command;

/// Commands of the document with the lines that they are to print.
fn steps(document: &str) -> Vec<(String, Vec<String>)> {
    let mut steps: Vec<(String, Vec<String>)> = Vec::new();
    let mut shown = false;
    for line in document.lines() {
        match line {
            "```console" => shown = true,
            "```" => shown = false,
            _ if !shown => {}
            _ => match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => steps.push((command.to_owned(), Vec::new())),
                (None, Some((_, lines))) => lines.push(line.to_owned()),
                (None, None) => panic!("output without a command: {line}"),
            },
        }
    }
    steps
}

/// Whether lines are those expected, where `...` stands for any number of them.
fn fits(expected: &[String], found: &[&str]) -> bool {
    match expected.split_first() {
        None => found.is_empty(),
        Some((first, rest)) if first == "..." => (0..=found.len()).any(|skipped| fits(rest, &found[skipped..])),
        Some((first, rest)) => {
            found.split_first().is_some_and(|(line, others)| line_fits(first, line.trim_end()) && fits(rest, others))
        }
    }
}

/// Whether a line is the one expected, where `[..]` stands for any text.
fn line_fits(expected: &str, found: &str) -> bool {
    let mut parts = expected.trim_end().split("[..]");
    let Some(mut rest) = found.strip_prefix(parts.next().unwrap()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last.trim_start()) || rest.trim_start().ends_with(last)
}

#[test]
fn every_command_prints_what_the_document_shows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let document = std::fs::read_to_string(root.join("docs/first-hour.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(root.join("config/scenarios/masks.toml"), folder.path().join("masks.toml")).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_countycast")).parent().unwrap();
    let path = std::env::var_os("PATH").unwrap();
    let paths = std::iter::once(program.to_owned()).chain(std::env::split_paths(&path));
    let path = std::env::join_paths(paths).unwrap();
    let steps = steps(&document);
    assert!(steps.len() > 10, "{}", steps.len());
    for (command, expected) in steps {
        let output = Command::new("sh")
            .args(["-c", &command])
            .current_dir(folder.path())
            .env("PATH", &path)
            .env_remove("COUNTYCAST_DATA_DIR")
            .env_remove("HOME")
            .env_remove("XDG_CACHE_HOME")
            .output()
            .unwrap();
        let (stdout, stderr) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        // Progress goes to the standard error; so does what is wrong.
        let is_wrong = expected.first().is_some_and(|line| line.starts_with("error: "));
        let found: Vec<&str> = if is_wrong {
            let lines = stderr.lines();
            lines.skip_while(|line| !line.starts_with("error: ")).collect()
        } else {
            stdout.lines().collect()
        };
        let expected = expected.iter().rev().skip_while(|line| line.is_empty()).cloned().collect::<Vec<_>>();
        let expected: Vec<String> = expected.into_iter().rev().collect();
        assert!(fits(&expected, &found), "$ {command}\n{stdout}{stderr}\ninstead of\n{}", expected.join("\n"));
        assert_eq!(output.status.success(), !is_wrong, "$ {command}");
    }
}
