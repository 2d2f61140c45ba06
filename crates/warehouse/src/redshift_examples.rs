//! Documented examples of Redshift's words, asked of the engine.

use std::path::Path;

use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use futures::TryStreamExt;

use crate::engine::{Limits, Warehouse};
use crate::error::Error;
use crate::statement::Access;

fn answer(sql: &str) -> Result<String, Error> {
    let lake = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lake/archive");
    let limits = Limits { memory: 256 << 20, threads: 1 };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let warehouse = Warehouse::open(&lake, &limits, Access::Read)?;
        let rows = warehouse.run(warehouse.plan(sql, &[]).await?).await?;
        let batches: Vec<_> = rows.try_collect().await.map_err(|error| crate::statement::from_engine(&error, sql))?;
        let options = FormatOptions::default().with_null("NULL");
        let mut texts = Vec::new();
        for batch in &batches {
            for i in 0..batch.num_rows() {
                for column in batch.columns() {
                    texts.push(ArrayFormatter::try_new(column, &options).unwrap().value(i).to_string());
                }
            }
        }
        Ok(texts.join("|"))
    })
}

/// Asks all expressions in one statement.
fn check(examples: &[(&str, &str)]) {
    let sql = format!("select {}", examples.iter().map(|(sql, _)| *sql).collect::<Vec<_>>().join(",\n"));
    let found = answer(&sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
    let found: Vec<&str> = found.split('|').collect();
    assert_eq!(found.len(), examples.len(), "{found:?}");
    for ((sql, expected), found) in examples.iter().zip(found) {
        assert_eq!(found, *expected, "{sql}");
    }
}

#[test]
fn dateadd_and_datediff() {
    check(&[
        ("dateadd(month, 18, '2008-02-28')", "2009-08-28T00:00:00"),
        ("dateadd(m, 18, '2008-02-28')", "2008-02-28T00:18:00"),
        ("dateadd(month, 1, date '2007-01-31')", "2007-02-28T00:00:00"),
        ("dateadd(year, 1, '02-29-2008')", "2009-02-28T00:00:00"),
        ("dateadd('day', -7, date '2020-10-24')", "2020-10-17T00:00:00"),
        ("dateadd(week, 2, date '2020-10-24')::date", "2020-11-07"),
        ("dateadd(minute, 30, timestamp '2008-01-01 00:00:00')", "2008-01-01T00:30:00"),
        ("dateadd(day, null, date '2020-10-24')", "NULL"),
        ("datediff(week, '2009-01-01', '2009-12-31')", "52"),
        ("datediff(year, '12-31-2008', '01-01-2009')", "1"),
        ("datediff(qtr, date '1998-07-01', date '2008-02-28')", "38"),
        ("datediff(day, date '2020-10-24', date '2020-10-17')", "-7"),
        ("datediff(hour, timestamp '2020-01-01 00:59:59', timestamp '2020-01-01 01:00:00')", "1"),
        ("datediff(week, date '2020-10-24', date '2020-10-25')", "1"),
        ("datediff(century, date '2000-12-31', date '2001-01-01')", "1"),
        ("datediff(month, date '1969-12-31', date '1970-01-01')", "1"),
        ("add_months('2008-01-01', 1)", "2008-02-01T00:00:00"),
        ("add_months('2008-04-30', 1)", "2008-05-31T00:00:00"),
        ("last_day(date '2008-02-10')", "2008-02-29"),
        ("date '2020-10-24' + 7", "2020-10-31"),
        ("date '2020-10-24' - 7", "2020-10-17"),
        ("date '2020-10-24' - date '2020-10-17'", "7"),
        ("date_trunc('week', date '2020-10-24')", "2020-10-19T00:00:00"),
        ("date_part(dow, date '2020-10-24')", "6"),
        ("date_part(qtr, date '2020-10-24')", "4"),
        ("extract(year from date '2020-10-24')", "2020"),
    ]);
}

#[test]
fn dates_as_text() {
    check(&[
        ("to_char(timestamp '2009-12-31 23:15:59', 'MONTH-DY-DD-YYYY HH12:MIPM')", "DECEMBER -THU-31-2009 11:15PM"),
        ("to_char(timestamp '2009-12-31 23:15:59', 'DDD')", "365"),
        ("to_char(timestamp '2022-05-16 23:15:59', 'ID')", "1"),
        ("to_char(date '2009-12-31', 'MONTH')", "DECEMBER "),
        ("to_char(timestamp '2008-01-25 14:30:00', 'MON-DD-YYYY HH12:MIPM')", "JAN-25-2008 02:30PM"),
        ("to_char(timestamp '2009-12-31 23:15:59', 'HH24:MI:SS')", "23:15:59"),
        ("to_char(date '2020-10-24', 'YYYY-MM')", "2020-10"),
        ("to_char(date '2020-10-04', 'FMMonth FMDDth, YYYY')", "October 4th, 2020"),
        ("to_char(date '2020-10-04', 'FMDay, DD Mon YY')", "Sunday, 04 Oct 20"),
        ("to_char(date '2020-10-04', 'D Q WW IW J RM')", "1 4 40 40 2459127 X   "),
        ("to_char(timestamp '2020-10-04 00:05:00.25', 'HH:MI a.m. MS US SSSS')", "12:05 a.m. 250 250000 300"),
        ("to_char(date '2020-10-04', '\"day\" DD')", "day 04"),
        ("to_char('2020-10-24', 'Y,YYY CC BC')", "2,020 21 AD"),
        ("to_char(date '2021-01-03', 'IYYY-IW-ID IDDD')", "2020-53-7 371"),
        ("to_char(null::date, 'YYYY')", "NULL"),
        ("to_date('20111231', 'YYYYMMDD')", "2011-12-31"),
        ("to_date('02 Oct 2001', 'DD Mon YYYY')", "2001-10-02"),
        ("to_date('October 2, 2001', 'Month DD, YYYY')", "2001-10-02"),
        ("to_date('2020-10-24')", "2020-10-24"),
        ("to_timestamp('2011-12-18 11:38:15 PM', 'YYYY-MM-DD HH12:MI:SS PM')", "2011-12-18T23:38:15"),
        ("to_timestamp('05/06/69 07:08', 'MM/DD/YY HH24:MI')", "2069-05-06T07:08:00"),
    ]);
}

#[test]
fn numbers_as_text() {
    check(&[
        ("to_char(-125.8, '999D99S')", "125.80-"),
        ("to_char(125.8, '999D99S')", "125.80+"),
        ("to_char(-125.88, '$S999D99')", "$-125.88"),
        ("to_char(-125.88, '$999D99PR')", "$<125.88>"),
        ("to_char(125.8, '999.99')", " 125.80"),
        ("to_char(485, '999')", " 485"),
        ("to_char(-485, '999')", "-485"),
        ("to_char(485, '9 9 9')", " 4 8 5"),
        ("to_char(1485, '9,999')", " 1,485"),
        ("to_char(485, '9,999')", "   485"),
        ("to_char(148.5, 'FM999.999')", "148.5"),
        ("to_char(148.5, 'FM999.990')", "148.500"),
        ("to_char(3148.5, '9G999D999')", " 3,148.500"),
        ("to_char(-485, '999S')", "485-"),
        ("to_char(-485, '999MI')", "485-"),
        ("to_char(485, '999MI')", "485 "),
        ("to_char(485, 'FM999MI')", "485"),
        ("to_char(485, 'SG999')", "+485"),
        ("to_char(485, 'PL999')", "+485"),
        ("to_char(482, 'FM999th')", "482nd"),
        ("to_char(485, 'RN')", "        CDLXXXV"),
        ("to_char(485, 'FMrn')", "cdlxxxv"),
        ("to_char(485, '\"Good number:\"999')", "Good number: 485"),
        ("to_char(12, '99V999')", " 12000"),
        ("to_char(-0.1, 'FM9.99')", "-.1"),
        ("to_char(0.1, '0.9')", " 0.1"),
        ("to_char(12, '9990999.9')", "    0012.0"),
        ("to_char(0, '999')", "   0"),
        ("to_char(1234, '999')", " ###"),
        ("to_char(1234567.891::decimal(12, 3), 'FM9,999,990.00')", "1,234,567.89"),
        ("to_char(0.125::decimal(5, 3), 'FM0.00')", "0.13"),
        ("to_char(-0.001, 'FM0.00')", "0.00"),
    ]);
}

#[test]
fn words_that_are_written_otherwise() {
    check(&[
        ("nvl(null, null, 'z')", "z"),
        ("nvl2(null, 'a', 'b')", "b"),
        ("decode(2, 1, 'one', 2, 'two', 'many')", "two"),
        ("decode(3, 1, 'one', 2, 'two', 'many')", "many"),
        ("decode(null, null, 'none', 'some')", "none"),
        ("decode(3, 1, 'one')", "NULL"),
        ("len('abc')", "3"),
        ("charindex('b', 'abc')", "2"),
        ("getdate() >= timestamp '2020-01-01'", "true"),
        ("datediff(day, sysdate, getdate())", "0"),
        ("pgdate_part('year', date '2020-10-24')", "2020"),
    ]);
    assert_eq!(
        answer("select listagg(x, ', ') within group (order by x desc) from (values (1), (3), (2)) t(x)").unwrap(),
        "3, 2, 1"
    );
    assert_eq!(answer("select listagg(x) from (values ('a')) t(x)").unwrap(), "a");
    assert_eq!(answer("select top 2 x from (values (1), (3), (2)) t(x) order by x").unwrap(), "1|2");
}

#[test]
fn what_is_not_understood_is_said_by_name() {
    for (sql, word) in [
        ("select dateadd(fortnight, 1, date '2020-01-01')", "fortnight"),
        ("select datediff(day, date '2020-01-01')", "datediff takes three arguments"),
        ("select dateadd(day, 1, true)", "dateadd takes a date or time, and was given boolean"),
        ("select dateadd(day, 1, 'soon')", "\"soon\" is no date or time"),
        ("select to_char(date '2020-01-01', 'YYYY ZZ')", "\"ZZ\""),
        ("select to_char(1, '9EEEE')", "\"EEEE\""),
        ("select to_char(1, '9.9.9')", "two points"),
        ("select to_char(1, 'S9MI')", "two signs"),
        ("select to_date('2020-13-01', 'YYYY-MM-DD')", "2020-13-01"),
        ("select top 5 percent 1", "TOP"),
        ("select top 5 1 limit 3", "TOP and LIMIT"),
        ("select decode(1, 2)", "DECODE"),
        ("select months_betwixt('a', 'b')", "months_betwixt"),
    ] {
        let message = answer(sql).expect_err(sql).to_string();
        assert!(message.contains(word), "{sql}: {message}");
    }
}
