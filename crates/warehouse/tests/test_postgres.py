"""PostgreSQL's wire protocol: psql, psycopg and SQLAlchemy over a lake."""

import os
import shutil
import subprocess
import threading
import time

import psycopg
import pytest
import sqlalchemy

from conftest import LAKE, SECRET, Service
from test_data_api import ENDLESS


class Postgres(Service):
    """A service that also speaks PostgreSQL's protocol; `port` is where."""

    def __init__(self, *options, **settings):
        super().__init__("--jobs", "2", "--postgres", "127.0.0.1:0", *options, **settings)
        line = self.process.stderr.readline()
        assert line.startswith("listening on postgres://127.0.0.1:"), line
        self.port = int(line.split(":")[-1].split("/")[0])

    def connect(self, **options):
        settings = {"host": "127.0.0.1", "port": self.port, "dbname": "countycast", "user": "anyone", "sslmode": "disable", "autocommit": True}
        return psycopg.connect(**{**settings, **options})


@pytest.fixture(scope="module")
def postgres():
    running = Postgres("--statements", "2", "--statement-time", "20")
    yield running
    running.end()


@pytest.fixture
def cursor(postgres):
    with postgres.connect() as connection, connection.cursor() as cursor:
        yield cursor


def psql(postgres, *commands, code=0, **environment):
    arguments = [item for command in commands for item in ("-c", command)]
    line = ["psql", "-X", "-A", "-t", "-h", "127.0.0.1", "-p", str(postgres.port), "-U", environment.pop("user", "anyone"), "-d", "countycast", *arguments]
    done = subprocess.run(line, env={**os.environ, "PGSSLMODE": "prefer", **environment}, capture_output=True, text=True, timeout=60)
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


needs_psql = pytest.mark.skipif(shutil.which("psql") is None, reason="psql is not installed")


@needs_psql
def test_psql_asks_and_lists(postgres):
    assert psql(postgres, "select fips, count(*) from places where fips = '19001' group by fips") == "19001|3\n"
    assert psql(postgres, "begin", "select 1; select 2", "commit").split() == ["BEGIN", "1", "2", "COMMIT"]
    tables = psql(postgres, r"\dt")
    for name in ("observations", "places", "projections", "scores", "signals", "weights"):
        assert f"public|{name}|table|" in tables, tables
    columns = psql(postgres, r"\d places")
    assert "fips|" in columns and "as_of|date" in columns and "population|" in columns, columns
    assert "public" in psql(postgres, r"\dn") and "countycast" in psql(postgres, r"\l")
    assert psql(postgres, "show server_version").startswith("15")


@needs_psql
def test_psql_is_told_what_is_wrong(postgres):
    error = psql(postgres, "select fips\nfrom nothing", code=1)
    assert "ERROR:  there is no table nothing" in error and "LINE 2: from nothing" in error and "HINT:" in error, error
    assert "found stdout" in psql(postgres, "copy places to stdout", code=1)


def test_values_have_their_types(cursor):
    cursor.execute("select fips, as_of, population, independent, 7::int as n, 1.5::decimal(10, 2) as money, timestamp '2020-10-24 15:30:00' as moment, null as nothing from places where fips = '19001' order by as_of limit 1")
    row = cursor.fetchone()
    assert row[0] == "19001" and str(row[1]) == "2020-10-10" and isinstance(row[2], float) and isinstance(row[3], bool)
    assert row[4] == 7 and str(row[5]) == "1.50" and str(row[6]) == "2020-10-24 15:30:00" and row[7] is None
    assert [column.name for column in cursor.description][:2] == ["fips", "as_of"]
    binary = cursor.connection.cursor(binary=True)
    binary.execute("select fips, as_of, population, independent, 7::int as n from places where fips = '19001' order by as_of limit 1")
    assert binary.fetchone() == row[:5]


def test_parameters(cursor):
    cursor.execute("select fips, horizon from projections where fips = %s and horizon <= %s and as_of = %s group by fips, horizon order by horizon", ("19001", 2, "2020-10-24"))
    assert cursor.fetchall() == [("19001", 1), ("19001", 2)]
    wicked = "19001' or '1' = '1"
    cursor.execute("select count(*) from places where fips = %s", (wicked,))
    assert cursor.fetchone() == (0,)
    for n in range(8):
        cursor.execute("select %s::int + 1 as more", (n,), prepare=True)
        assert cursor.fetchone() == (n + 1,)


def test_many_rows_come_in_portions(cursor):
    cursor.execute("select count(*) from projections")
    count = cursor.fetchone()[0]
    cursor.execute("select fips, model, horizon from projections")
    assert len(cursor.fetchall()) == count > 1_000


def test_redshifts_words(cursor):
    cursor.execute("select to_char(as_of, 'YYYY-MM') as month, dateadd(week, 1, max(as_of))::date from places group by 1")
    assert [(month, str(day)) for month, day in cursor.fetchall()] == [("2020-10", "2020-10-31")]


@pytest.mark.parametrize("sql, code", [
    ("create table t (a int)", "25006"),
    ("insert into places values (1)", "25006"),
    ("delete from places", "25006"),
    ("drop table places", "25006"),
    ("update places set fips = 'a'", "25006"),
    ("create view v as select 1", "25006"),
    ("copy (select 1) to '/tmp/never.csv'", "25006"),
    ("unload ('select 1') to '/tmp/never_' csv", "25006"),
    ("create external table t stored as parquet location '/etc'", "25006"),
    ("select * from '/etc/passwd'", "42P01"),
    ("select pg_read_file('/etc/passwd')", "42883"),
    ("select fips from nothing", "42P01"),
    ("select nothing from places", "42703"),
    ("select 1 / 0", "22012"),
    ("select " + "(" * 100 + "1" + ")" * 100, "42601"),
    ("select 'pg_' || " + "'a' || " * 2_000 + "'a'", "42601"),
    ("select 'pg_' || " + "'a' || " * 12_000 + "'a'", "42601"),
])
def test_it_only_reads(cursor, sql, code):
    with pytest.raises(psycopg.Error) as error:
        cursor.execute(sql)
        cursor.fetchall()
    assert error.value.sqlstate == code, error.value
    cursor.execute("select 1")
    assert cursor.fetchone() == (1,)


def test_it_only_reads_where_the_data_api_writes(tmp_path):
    running = Postgres("--write", "--tables", tmp_path / "tables")
    client = running.client()
    client.execute_statement(Sql="create table made as select 1 as n", WaitTimeSeconds=20)
    with running.connect() as connection:
        assert connection.execute("select n from made").fetchall() == [(1,)]
        assert connection.execute("select table_name from information_schema.tables where table_name = 'made'").fetchall() == [("made",)]
        for sql in ("drop table made", "insert into made values (2)", "create table more as select 1 as n"):
            with pytest.raises(psycopg.Error):
                connection.execute(sql)
    running.end()


def test_a_statement_is_cancelled(postgres):
    with postgres.connect() as connection:
        threading.Timer(1, connection.cancel).start()
        started = time.monotonic()
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute(ENDLESS).fetchall()
        assert time.monotonic() - started < 10
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_statement_that_takes_too_long_and_clients_that_go_away():
    running = Postgres("--statements", "1", "--statement-time", "2")
    with running.connect() as connection:
        with pytest.raises(psycopg.errors.QueryCanceled, match="longer than 2 s"):
            connection.execute(ENDLESS).fetchall()
    for _ in range(3):
        gone = running.connect()
        gone.pgconn.send_query(ENDLESS.encode())
        gone.pgconn.flush()
        time.sleep(0.2)
        gone.close()
    with running.connect() as connection:
        assert connection.execute("select 1").fetchone() == (1,)
        assert connection.execute("select 1; select 2").fetchone() == (1,)
    running.end()


def test_passwords(tmp_path):
    keys = tmp_path / "keys.toml"
    keys.write_text(f'[[key]]\nid = "notebook"\nsecret = "{SECRET}"\n')
    keys.chmod(0o600)
    running = Postgres("--keys", keys)
    with running.connect(user="notebook", password=SECRET) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    for user, password in (("notebook", "wrong"), ("stranger", SECRET), ("notebook", "")):
        with pytest.raises(psycopg.OperationalError):
            running.connect(user=user, password=password)
    if shutil.which("psql"):
        assert psql(running, "select 1", user="notebook", PGPASSWORD=SECRET) == "1\n"
    running.end()


def test_sqlalchemy(postgres):
    engine = sqlalchemy.create_engine(f"postgresql+psycopg://anyone@127.0.0.1:{postgres.port}/countycast?sslmode=disable")
    with engine.connect() as connection:
        rows = connection.execute(sqlalchemy.text("select fips, count(*) as n from places where fips = :fips group by fips"), {"fips": "19001"})
        assert rows.all() == [("19001", 3)]
    inspector = sqlalchemy.inspect(engine)
    assert {"places", "projections", "scores"} <= set(inspector.get_table_names())
    assert inspector.has_table("places") and not inspector.has_table("nothing")
    places = sqlalchemy.table("places", sqlalchemy.column("fips"), sqlalchemy.column("as_of"))
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.select(sqlalchemy.func.count()).select_from(places)).scalar() == 27
    engine.dispose()


@pytest.mark.parametrize("sql", [
    "SELECT CASE WHEN quote_ident(table_schema) IN (SELECT CASE WHEN trim(s[i]) = '\"$user\"' THEN user ELSE trim(s[i]) END FROM generate_series(array_lower(string_to_array(current_setting('search_path'),','),1), array_upper(string_to_array(current_setting('search_path'),','),1)) as i, string_to_array(current_setting('search_path'),',') s) THEN quote_ident(table_name) ELSE quote_ident(table_schema) || '.' || quote_ident(table_name) END AS \"table\" FROM information_schema.tables WHERE quote_ident(table_schema) NOT IN ('information_schema', 'pg_catalog', '_timescaledb_cache') ORDER BY 1",
    "SELECT quote_ident(column_name) AS \"column\", data_type AS \"type\" FROM information_schema.columns WHERE quote_ident(table_name) = 'places'",
    "SELECT current_setting('server_version_num')::int/100 as version",
    "select table_schema, table_name from information_schema.tables where table_schema not in ('pg_catalog', 'information_schema')",
    "select n.nspname, c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'v') and n.nspname = 'public'",
    "select a.attname, format_type(a.atttypid, a.atttypmod) from pg_attribute a join pg_class c on a.attrelid = c.oid where c.relname = 'places' and a.attnum > 0",
    "select current_database(), current_schema(), version()",
])
def test_tools_ask_the_catalogs(cursor, sql):
    """Grafana's questions first, and those of other tools."""
    cursor.execute(sql)
    assert cursor.fetchall()


def test_what_is_no_postgresql_is_survived(postgres):
    import socket
    for garbage in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x00\x00\x00\x08\x04\xd2\x16\x2f" * 3, b"\xff" * 5000, b"\x00\x00\x00\x04", os.urandom(2000)):
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", postgres.port)) as stream:
                stream.sendall(garbage)
    slow = [socket.create_connection(("127.0.0.1", postgres.port)) for _ in range(50)]
    with postgres.connect() as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    for stream in slow:
        stream.close()
