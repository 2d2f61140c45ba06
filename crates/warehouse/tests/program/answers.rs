//! What is answered, and in which formats.

use std::fs::File;

use datafusion::arrow::ipc::reader::FileReader;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::{csv, errors, lake, sql, told};

#[test]
fn a_table_of_every_folder_and_file() {
    let tables = csv(&lake("archive"), "show tables");
    let names: Vec<&str> = tables.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(names, ["observations", "places", "projections", "scores", "signals", "weights"]);
    let tables = csv(&lake("out"), "show tables");
    let names: Vec<&str> = tables.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(names, ["capacity", "care", "counties", "projections"]);
    let columns = csv(&lake("archive"), "describe projections");
    assert!(columns.contains("fips,varchar,true") && columns.contains("q0.5,real,true"), "{columns}");
    assert!(columns.contains("as_of,date,"), "{columns}");
}

#[test]
fn partitions_by_day_are_dates_and_codes_stay_texts() {
    let found = csv(
        &lake("archive"),
        "select as_of, fips, count(*) as n from places where as_of >= '2020-10-17' and fips in ('19001', 'US') \
         group by as_of, fips order by 1, 2",
    );
    assert_eq!(found, "as_of,fips,n\n2020-10-17,19001,1\n2020-10-17,US,1\n2020-10-24,19001,1\n2020-10-24,US,1\n");
    let next = csv(&lake("archive"), "select max(as_of) + 7 as next from places");
    assert_eq!(next, "next\n2020-10-31\n");
}

#[test]
fn every_format_holds_the_same_rows() {
    let folder = tempfile::tempdir().unwrap();
    let statement = "select fips, horizon, \"q0.5\" from projections where model = 'learner' order by as_of, fips, target, resolution, horizon limit 25";
    let text = csv(&lake("archive"), statement);
    let write = |name: &str| {
        let path = folder.path().join(name);
        let output = sql(&lake("archive")).arg(statement).arg("--out").arg(&path).output().unwrap();
        assert!(output.status.success(), "{}", errors(&output));
        assert!(errors(&output).contains("25 rows in"), "{}", errors(&output));
        path
    };
    assert_eq!(std::fs::read_to_string(write("rows.csv")).unwrap(), text);
    let parquet = ParquetRecordBatchReaderBuilder::try_new(File::open(write("rows.parquet")).unwrap()).unwrap();
    assert_eq!(parquet.build().unwrap().map(|batch| batch.unwrap().num_rows()).sum::<usize>(), 25);
    let arrow = FileReader::try_new(File::open(write("rows.arrow")).unwrap(), None).unwrap();
    assert_eq!(arrow.map(|batch| batch.unwrap().num_rows()).sum::<usize>(), 25);
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(write("rows.json")).unwrap()).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 25);
    assert!(json[0]["fips"].is_string() && json[0]["q0.5"].is_number(), "{}", json[0]);
    let table = std::fs::read_to_string(write("rows.txt")).unwrap();
    assert_eq!(table.lines().count(), 25 + 4, "{table}");
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 5, "{left:?}");
}

#[test]
fn an_answer_without_rows_has_its_columns() {
    assert_eq!(csv(&lake("out"), "select fips, rt from counties where fips = 'x'"), "fips,rt\n");
    let output =
        sql(&lake("out")).args(["--format", "json", "select fips from counties where false"]).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "[]\n");
}

#[test]
fn several_statements_come_from_standard_input() {
    let mut command = sql(&lake("out"));
    command.args(["--format", "csv"]);
    let output = told(command, "select 1 as a;\n-- two\nselect 2 as b;");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "a\n1\nb\n2\n");
}

#[test]
fn parameters_take_the_place_of_values() {
    let output = sql(&lake("out"))
        .args(["--format", "csv", "--param", "fips=19001", "--param", "least=1000"])
        .arg("select fips from counties where fips = :fips and population > :least")
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "fips\n19001\n",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_long_table_says_what_it_does_not_show() {
    let output = sql(&lake("out")).arg("select fips, horizon from projections").output().unwrap();
    assert!(output.status.success());
    let table = String::from_utf8_lossy(&output.stdout);
    assert_eq!(table.lines().count(), 1_000 + 4);
    assert!(errors(&output).contains("the first 1000 of 17304 rows are shown"), "{}", errors(&output));
}

#[test]
fn sorting_more_than_memory_holds_uses_files() {
    let statement = "select count(*) as n, min(r) as r from (select row_number() over (order by a.value, b.quantile, a.fips, \
                     b.target_end_date) as r from projections a join (select * from projections limit 40) b on true)";
    let output = sql(&lake("out")).args(["--memory", "24MiB", "--format", "csv", statement]).output().unwrap();
    assert!(output.status.success(), "{}", errors(&output));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "n,r\n692160,1\n");
}

#[test]
fn a_plan_can_be_looked_at() {
    let plan = csv(&lake("archive"), "explain select * from places where as_of = '2020-10-24'");
    assert!(plan.contains("as_of=2020-10-24") && !plan.contains("as_of=2020-10-17"), "{plan}");
}
