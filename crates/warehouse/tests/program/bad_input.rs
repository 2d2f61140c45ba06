//! What cannot be used is refused, with its place and a remedy, and nothing is written.

use std::fs;

use crate::{csv, errors, lake, sql, told};

/// What is said of a statement, which is refused with exit code 2.
fn refusal(statement: &str) -> String {
    let output = sql(&lake("archive")).arg(statement).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{statement}: {}", errors(&output));
    assert!(output.stdout.is_empty(), "{statement}");
    errors(&output)
}

#[test]
fn a_wrong_statement_is_shown_with_a_caret() {
    let text = refusal("select fips\nfrom projektions");
    assert!(text.starts_with("error: there is no table projektions\n"), "{text}");
    let lines: Vec<&str> = text.lines().collect();
    let line = lines.iter().position(|line| line.contains("from projektions")).unwrap();
    assert_eq!(lines[line + 1].find('^'), lines[line].find("projektions"), "{text}");
    assert!(text.contains("help: `show tables` lists what there is"), "{text}");
    for (statement, message, place, remedy) in [
        ("selct 1", "expected", "selct", ""),
        ("select fips,\n  qq from projections", "there is no column qq", "qq", "there are "),
        ("select \"FIPS\" from projections", "there is no column \"FIPS\"", "\"FIPS\"", "write fips"),
        ("select sqare(horizon) from projections", "there is no function sqare", "sqare", ""),
        ("select 'open", "Unterminated string literal", "'open", ""),
        ("select fips from places a, places b", "more than one", "fips", "write the table's name before it"),
    ] {
        let text = refusal(statement);
        assert!(text.contains(message), "{statement}: {text}");
        assert!(text.contains(remedy), "{statement}: {text}");
        let lines: Vec<&str> = text.lines().collect();
        let caret = lines.iter().position(|line| line.contains('^')).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(lines[caret].find('^'), lines[caret - 1].find(place), "{statement}: {text}");
    }
}

#[test]
fn data_that_cannot_be_computed_with_is_refused() {
    assert!(refusal("select cast(fips as integer) from places").contains("US"));
    assert!(refusal("select 1 / 0").contains("zero"));
}

#[test]
fn nothing_is_written_unless_asked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.csv");
    let copy = format!("copy (select 1 as a) to '{}'", file.display());
    assert!(refusal(&copy).contains("COPY is not allowed: statements only read"));
    assert!(!file.exists());
    let output = sql(&lake("archive")).args(["--write", &copy]).output().unwrap();
    assert!(output.status.success(), "{}", errors(&output));
    assert_eq!(fs::read_to_string(&file).unwrap(), "a\n1\n");
    let failing = format!("copy (select 1 / (horizon - 1) from projections) to '{}'", file.display());
    let output = sql(&lake("archive")).args(["--write", &failing]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", errors(&output));
    assert_eq!(fs::read_to_string(&file).unwrap(), "a\n1\n", "the earlier file stands");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let view = "create view v as select fips from places; select count(distinct fips) as n from v";
    let output = sql(&lake("archive")).args(["--write", "--format", "csv", view]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).ends_with("n\n9\n"), "{}", errors(&output));
    assert!(refusal("insert into places select * from places").contains("INSERT is not allowed: statements only read"));
}

#[test]
fn lakes_that_are_none_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let ask = |path: &std::path::Path| {
        let output = sql(path).arg("select 1").output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", errors(&output));
        errors(&output)
    };
    assert!(ask(folder.path()).contains("there is no Parquet file in"));
    assert!(ask(&folder.path().join("nowhere")).contains("there is no"));
    fs::create_dir(folder.path().join("t")).unwrap();
    fs::write(folder.path().join("t/a.parquet"), "no Parquet").unwrap();
    let output = sql(folder.path()).arg("select * from t").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(errors(&output).contains("a.parquet is no Parquet file, or a damaged one"), "{}", errors(&output));
}

#[test]
fn a_damaged_file_is_named_and_other_tables_are_read() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(lake("out").join("counties.parquet"), folder.path().join("good.parquet")).unwrap();
    let mut bytes = fs::read(lake("out").join("care.parquet")).unwrap();
    let half = bytes.len() / 2;
    bytes.truncate(half);
    fs::write(folder.path().join("bad.parquet"), bytes).unwrap();
    let output = sql(folder.path()).arg("select * from bad").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(errors(&output).contains("bad.parquet"), "{}", errors(&output));
    assert_eq!(csv(folder.path(), "select count(*) as n from good"), "n\n9\n");
}

#[test]
fn files_that_do_not_belong_together_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let part = |statement: &str, name: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let output = sql(&lake("out")).arg(statement).arg("--out").arg(path).output().unwrap();
        assert!(output.status.success(), "{}", errors(&output));
    };
    part("select 'x' as value", "mixed/a.parquet");
    part("select 1 as value", "mixed/b.parquet");
    part("select 1 as value", "odd/day=1/a.parquet");
    part("select 1 as value", "odd/b.parquet");
    let ask = |statement: &str| {
        let output = sql(folder.path()).arg(statement).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", errors(&output));
        errors(&output)
    };
    let text = ask("select * from mixed");
    assert!(text.contains("column `value` is varchar in") && text.contains("b.parquet"), "{text}");
    assert!(ask("select * from odd").contains("partitioned in more than one way"));
}

#[test]
fn outputs_that_cannot_be_written_are_refused() {
    let ask = |out: &str, code: i32| {
        let output = sql(&lake("out")).args(["select 1", "--out", out]).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{out}: {}", errors(&output));
        errors(&output)
    };
    assert!(ask("rows.xls", 2).contains("does not tell the format"));
    assert!(ask("/nowhere/rows.csv", 1).contains("cannot write /nowhere/rows.csv"));
    let output = sql(&lake("out")).args(["select 1; select 2", "--out", "/tmp/never.csv"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let long = format!("select '{}'", "x".repeat(200_000));
    let output = told(sql(&lake("out")), &long);
    assert_eq!(output.status.code(), Some(2));
    assert!(errors(&output).contains("102400 are the most"), "{}", errors(&output));
    let output = sql(&lake("out")).args(["--memory", "1MB", "select 1"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}
