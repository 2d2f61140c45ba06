#!/usr/bin/env bash
# sqlglot 30.30.0, Redshift (and PostgreSQL) to DuckDB: names of months and days of the week are lost, and a month's count changes.
#
# `to_char(day, 'Mon DD')` becomes `strftime(day, 'Mon %d')`, whose "Mon" DuckDB prints as it stands: every month is called Mon, which
# reads as a Monday. Grouped by it, October and November are one. 'Month' stays a word as well, and 'Dy' becomes '%uy': "6y" for
# Saturday. The upper-case 'MON' is translated, for Redshift alone. From Redshift to PostgreSQL, `datediff(month, …)` turns from the
# number of month ends between two days to whole months passed: 0 for 1 between January 31 and February 1.
#
# Seen: 2020-10-24 by 'Mon DD, YYYY': "Mon 24, 2020". By 'Dy': "6y". Cases of October 24 and November 7 grouped by 'Mon': one row.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check sqlglot==30.30.0 duckdb==1.4.1
"$work/venv/bin/python" - <<'PYTHON'
import duckdb
import sqlglot


def ask(redshift):
    (statement,) = sqlglot.transpile(redshift, read="redshift", write="duckdb")
    rows = duckdb.sql(statement).fetchall()
    print(f"{redshift}\n  {statement}\n  {rows}")
    return rows


saturday = "cast('2020-10-24' as date)"
assert ask(f"select to_char({saturday}, 'Mon DD, YYYY')") == [("Mon 24, 2020",)]
assert ask(f"select to_char({saturday}, 'Month')") == [("Month",)]
assert ask(f"select to_char({saturday}, 'Dy')") == [("6y",)]
cases = "(select cast('2020-10-24' as date) as day, 100 as cases union all select cast('2020-11-07' as date), 150)"
assert ask(f"select to_char(day, 'Mon') as month, sum(cases) from {cases} as t group by 1") == [("Mon", 250)]

(postgres,) = sqlglot.transpile("select datediff(month, a, b)", read="redshift", write="postgres")
print(postgres)
assert "AGE(" in postgres
PYTHON
