//! What a lake is made of: merged columns, partitions, names, and days that come while it is asked.

use std::fs;
use std::path::Path;

use crate::{csv, errors, lake, sql};

fn part(folder: &Path, name: &str, statement: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let output = sql(&lake("out")).arg(statement).arg("--out").arg(path).output().unwrap();
    assert!(output.status.success(), "{statement}: {}", errors(&output));
}

#[test]
fn columns_of_all_files_are_merged() {
    let folder = tempfile::tempdir().unwrap();
    part(folder.path(), "t/day=2020-01-01/a.parquet", "select 1::integer as n, 'x' as old");
    part(folder.path(), "t/day=2020-01-08/a.parquet", "select 3000000000 as n, 1.5::real as new");
    part(folder.path(), "t/day=2020-01-15/a.parquet", "select 2.5::double precision as n");
    assert_eq!(
        csv(folder.path(), "select day, n, old, new from t order by day"),
        "day,n,old,new\n2020-01-01,1.0,x,\n2020-01-08,3000000000.0,,1.5\n2020-01-15,2.5,,\n"
    );
}

#[test]
fn codes_in_folders_keep_their_zeros() {
    let folder = tempfile::tempdir().unwrap();
    part(folder.path(), "history/fips=01001/a.parquet", "select 1 as n");
    part(folder.path(), "history/fips=48001/a.parquet", "select 2 as n");
    assert_eq!(csv(folder.path(), "select fips, n from history where fips = '01001'"), "fips,n\n01001,1\n");
    assert!(csv(folder.path(), "describe history").contains("fips,varchar"));
}

#[test]
fn a_partition_is_believed_rather_than_a_column_of_its_name() {
    let found = csv(
        &lake("archive"),
        "select distinct reference_date from signals where reference_date = '2026-01-17' and area = 'US'",
    );
    assert_eq!(found, "reference_date\n2026-01-17\n");
}

#[test]
fn names_of_files_are_names_and_no_statements() {
    let folder = tempfile::tempdir().unwrap();
    let names = [
        "Mixed Case.parquet",
        "semi;drop table x.parquet",
        "quo\"te.parquet",
        "quo'te.parquet",
        "brackets[1]*?.parquet",
    ];
    for name in names {
        part(folder.path(), name, "select 1 as n");
    }
    fs::create_dir(folder.path().join(".hidden")).unwrap();
    fs::copy(folder.path().join(names[0]), folder.path().join(".hidden/a.parquet")).unwrap();
    fs::copy(folder.path().join(names[0]), folder.path().join("_internal.parquet")).unwrap();
    let tables = csv(folder.path(), "show tables");
    assert_eq!(tables.lines().count(), names.len() + 1, "{tables}");
    for name in names {
        let table = name.trim_end_matches(".parquet").replace('"', "\"\"");
        assert_eq!(csv(folder.path(), &format!("select count(*) as c from \"{table}\"")), "c\n1\n", "{name}");
    }
}

#[test]
fn one_file_is_a_lake() {
    let file = lake("out").join("counties.parquet");
    assert_eq!(csv(&file, "select count(*) as n from counties"), "n\n9\n");
}

#[test]
fn folders_below_a_table_are_read_without_partitions() {
    let folder = tempfile::tempdir().unwrap();
    part(folder.path(), "past/2020/a.parquet", "select 1 as n");
    part(folder.path(), "past/2021/b.parquet", "select 2 as n");
    assert_eq!(csv(folder.path(), "select sum(n) as s from past"), "s\n3\n");
}

#[test]
fn what_a_lake_fetched_is_no_table() {
    let folder = tempfile::tempdir().unwrap();
    part(folder.path(), "raw/one/fetched_at=2026-01-14T23-00-00Z/a.parquet", "select 1 as n");
    part(folder.path(), "raw/two/fetched_at=2026-01-14T23-00-00Z/b.parquet", "select 'x' as n");
    part(folder.path(), "places/counties/as_of=2026-01-14/part-nssp.parquet", "select '01001' as fips");
    assert_eq!(csv(folder.path(), "select as_of, fips from places"), "as_of,fips\n2026-01-14,01001\n");
    assert_eq!(csv(folder.path(), "show tables").lines().count(), 2);
    part(folder.path(), "places/areas/as_of=2026-01-14/part-nssp.parquet", "select 'H1' as fips");
    let output = sql(folder.path()).arg("select fips from places").output().unwrap();
    assert!(errors(&output).contains("partitioned in more than one way"), "{}", errors(&output));
}
