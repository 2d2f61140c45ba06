"""The questions of docs/lake.md, asked of one lake by the program, by DuckDB and by Spark: the same rows from all three."""

import decimal
import math
import pathlib
import re
import subprocess
import tempfile

import duckdb
import pyarrow.parquet
import pytest
from pyspark.sql import SparkSession

from conftest import HERE, program

LAKE = HERE / "lake" / "lake"
DOCUMENT = HERE.parents[2] / "docs" / "lake.md"
TABLES = sorted(path.name for path in LAKE.iterdir())
SECTION = DOCUMENT.read_text().split("## Questions\n")[1].split("\n## ")[0]
QUESTIONS = re.findall(r"\n([A-Z][^\n]*):\n\n```sql\n(.*?)```", SECTION, re.S)
PLACES = ("fips", "place", "area")


@pytest.fixture(scope="module")
def duck():
    connection = duckdb.connect()
    for table in TABLES:
        files = LAKE / table / "**" / "*.parquet"
        connection.execute(f"create view {table} as from read_parquet('{files}', hive_partitioning = true)")
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def spark():
    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", False)
    builder = builder.config("spark.sql.shuffle.partitions", 1).config("spark.driver.bindAddress", "127.0.0.1")
    session = builder.config("spark.sql.ansi.doubleQuotedIdentifiers", True).getOrCreate()
    for table in TABLES:
        session.read.parquet(str(LAKE / table)).createOrReplaceTempView(table)
    yield session
    session.stop()


def asked(sql):
    """The program's rows."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "rows.parquet"
        command = [program(), "sql", "--lake", str(LAKE), "--jobs", "1", "--out", str(file), sql]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return [tuple(row.values()) for row in pyarrow.parquet.read_table(file).to_pylist()]


def same(one, other):
    """Whether two cells hold the same; of numbers, but for the last digits of a sum."""
    number = (int, float, decimal.Decimal)
    if isinstance(one, number) and isinstance(other, number):
        # A quantile of four bytes comes as the nearest number of eight, or in its own digits.
        return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)
    return one == other


def assert_same(one, other, names):
    assert len(one) == len(other), f"{names}: {len(one)} and {len(other)} rows"
    for a, b in zip(one, other):
        assert len(a) == len(b) and all(map(same, a, b)), f"{names}: {a} and {b}"


def test_there_are_ten_questions_and_more():
    assert len(QUESTIONS) >= 10


@pytest.mark.parametrize("sql", [pytest.param(sql, id=title) for title, sql in QUESTIONS])
def test_a_question_has_one_answer(sql, duck, spark):
    ours = asked(sql)
    assert ours, "no rows"
    assert_same(ours, duck.execute(sql).fetchall(), "the program and DuckDB")
    assert_same(ours, [tuple(row) for row in spark.sql(sql).collect()], "the program and Spark")


@pytest.mark.parametrize("table", TABLES)
def test_codes_of_places_are_text_and_days_are_dates_in_every_reader(table, duck, spark):
    of_spark = dict(spark.table(table).dtypes)
    of_duck = {name: kind for name, kind, *_ in duck.execute(f"describe {table}").fetchall()}
    ours = {name: kind for name, kind, *_ in asked(f"describe {table}")}
    assert set(of_spark) == set(of_duck) == set(ours)
    for name in of_spark:
        kinds = (ours[name], of_duck[name], of_spark[name])
        if name in PLACES or name == "signal":
            assert kinds == ("varchar", "VARCHAR", "string"), f"{table}.{name}"
        if name in ("as_of", "date", "reference_date") or name.endswith("_date"):
            assert kinds == ("date", "DATE", "date"), f"{table}.{name}"


@pytest.mark.parametrize("table", ["projections", "counties", "counts", "scores"])
def test_a_code_keeps_its_zero(table, duck, spark):
    sql = f"select min(fips) as first, min(length(fips)) as shortest, max(length(fips)) as longest, count(*) as n from {table}"
    county = f"select distinct fips from {table} where fips = '01001'"
    for question, expected in [(sql, ("01", 2, 5)), (county, ("01001",))]:
        for rows in (asked(question), duck.execute(question).fetchall(), [tuple(row) for row in spark.sql(question).collect()]):
            assert tuple(rows[0])[: len(expected)] == expected
