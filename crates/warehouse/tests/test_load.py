"""`load` into the real PostgreSQL, which the tests start in a folder of their own."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import psycopg
import pytest

from conftest import HERE, SECRET, program

LAKE = HERE / "lake" / "lake"
SCHEMA = HERE.parents[2] / "config" / "warehouse"
PASSWORD = SECRET
DAILY = {"2020-09-26", "2020-10-03", "2020-10-10", "2020-10-17", "2020-10-24"}
WEEKLY = {"2026-01-03", "2026-01-10", "2026-01-17"}


def found(name):
    """A program of PostgreSQL's server, which Debian keeps off PATH."""
    installed = [str(path.parent) for path in pathlib.Path("/usr/lib/postgresql").glob(f"*/bin/{name}")]
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(installed))


pytestmark = pytest.mark.skipif(found("postgres") is None, reason="PostgreSQL's server is not installed")


class Server:
    """A server with the user `loader`, who has a password, and one database for each test."""

    def __init__(self, folder):
        # The server refuses to run as root.
        self.user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        self.folder, self.data = folder, folder / "data"
        if self.user:
            shutil.chown(folder, "postgres", "postgres")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.run("initdb", "--pgdata", self.data, "--username", "admin", "--auth", "trust", "--no-sync", "--encoding", "UTF8", "--locale", "C")
        self.start()
        with self.connect("postgres", "admin", autocommit=True) as admin:
            admin.execute(f"create role loader login password '{PASSWORD}'")
            admin.execute("create role reader login")
        (self.data / "pg_hba.conf").write_text("host all loader 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n")
        self.run("pg_ctl", "reload", "--pgdata", self.data)

    def run(self, name, *options):
        subprocess.run([found(name), *map(str, options)], check=True, capture_output=True, cwd="/", **self.user)

    def start(self, *options):
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} -c fsync=off {' '.join(options)}"
        self.run("pg_ctl", "start", "--wait", "--pgdata", self.data, "--log", self.folder / "log", "-o", settings)

    def stop(self):
        self.run("pg_ctl", "stop", "--pgdata", self.data, "--mode", "immediate")

    def connect(self, database, user="admin", **options):
        return psycopg.connect(host="127.0.0.1", port=self.port, dbname=database, user=user, **options)

    def database(self, name, owner="loader"):
        with self.connect("postgres", "admin", autocommit=True) as admin:
            admin.execute(f"create database {name} owner {owner}")
        return name

    def address(self, database, user="loader"):
        return f"postgres://{user}@127.0.0.1:{self.port}/{database}?sslmode=disable"


@pytest.fixture(scope="module")
def server():
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        running = Server(pathlib.Path(folder))
        yield running
        running.stop()


@pytest.fixture
def lake(tmp_path):
    copy = tmp_path / "lake"
    shutil.copytree(LAKE, copy)
    return copy


def load(*options, lake=LAKE, code=0, password=PASSWORD):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    if password:
        environment["PGPASSWORD"] = password
    command = [program(), "load", "--lake", lake, *options]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == code, done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    return done.stdout if code == 0 and "--dry-run" in options else done.stderr


def contents(connection):
    """All rows of all tables, without the time at which they were loaded."""
    tables = connection.execute("select table_name from information_schema.tables where table_schema = 'countycast' order by 1").fetchall()
    names = [name for (name,) in tables]
    rows = {name: sorted(map(repr, connection.execute(f"select * from countycast.{name}").fetchall())) for name in names if name != "loads"}
    rows["loads"] = connection.execute("select table_name, day, sha256, rows from countycast.loads order by 1, 2").fetchall()
    return rows


def asked(sql, lake=LAKE):
    command = [program(), "sql", "--lake", str(lake), "--jobs", "1", "--format", "csv", sql]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")[1:-1]


def test_a_lake_is_loaded_as_it_is_and_only_once(server):
    database = server.database("whole")
    told = load("--into", server.address(database))
    assert "8 loaded, 0 unchanged, 0 left out" in told and told.count("day 2020-") == 5 and told.count("week 2026-") == 3, told
    with server.connect(database) as connection:
        days = {str(day) for (day,) in connection.execute("select day from countycast.loads").fetchall()}
        assert days == DAILY | WEEKLY
        for table in ("projections", "counties", "counts", "capacity", "scores", "weights", "parameters", "runs", "signals", "signal_scores", "signal_runs"):
            count = connection.execute(f"select count(*) from countycast.{table}").fetchone()[0]
            assert [str(count)] == asked(f"select count(*) from {table}"), table
        row = connection.execute("""select fips, target_end_date, "q0.025", "q0.5", "q0.99" from countycast.projections
            where fips = '01001' and model = 'blend' and target = 'inc case' and resolution = 'week' and as_of = '2020-10-24' order by horizon limit 1""").fetchone()
        ours = asked("""select fips, target_end_date, "q0.025", "q0.5", "q0.99" from projections where fips = '01001' and model = 'blend'
            and target = 'inc case' and resolution = 'week' and as_of = date '2020-10-24' order by horizon limit 1""")[0].split(",")
        assert [row[0], str(row[1])] == ours[:2] and row[0] == "01001"
        assert [pytest.approx(value, rel=1e-6) for value in row[2:]] == [float(value) for value in ours[2:]]
        assert connection.execute("select count(*) from countycast.capacity where first_overflow is null").fetchone()[0] > 0
        before = contents(connection)
        when = connection.execute("select max(loaded_at) from countycast.loads").fetchone()
    assert "0 loaded, 8 unchanged" in load("--into", server.address(database))
    with server.connect(database) as connection:
        assert contents(connection) == before
        assert connection.execute("select max(loaded_at) from countycast.loads").fetchone() == when


def replaced(lake, day, rows):
    """Gives a day other counties, and its manifest their digest, as a repeated run does."""
    import hashlib
    import json

    import pyarrow.parquet

    name = f"counties/as_of={day}/part.parquet"
    table = pyarrow.parquet.read_table(lake / name, partitioning=None)
    pyarrow.parquet.write_table(table.slice(0, rows), lake / name)
    content = (lake / name).read_bytes()
    manifest = lake / "runs" / f"as_of={day}" / "_run.json"
    run = json.loads(manifest.read_text())
    for file in run["files"]:
        if file["path"] == name:
            file.update(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
    manifest.write_text(json.dumps(run))


def test_a_day_that_changed_is_replaced_and_others_stay(server, lake):
    database = server.database("changed")
    load("--into", server.address(database), lake=lake)
    replaced(lake, "2020-10-17", 3)
    told = load("--into", server.address(database), lake=lake)
    assert "day 2020-10-17: 3 rows of 1 tables" in told and "1 loaded, 7 unchanged" in told, told
    with server.connect(database) as connection:
        counts = dict(connection.execute("select as_of::text, count(*) from countycast.counties group by 1").fetchall())
    assert counts["2020-10-17"] == 3 and counts["2020-10-24"] == 15


def test_a_day_that_is_being_written_is_left_out(server, lake):
    database = server.database("unfinished")
    (lake / "runs" / "as_of=2020-10-24" / "_run.json").unlink()
    part = lake / "counties" / "as_of=2020-10-17" / "part.parquet"
    part.write_bytes(part.read_bytes()[:-1] + b"?")
    told = load("--into", server.address(database), lake=lake)
    assert "6 loaded, 0 unchanged, 1 left out" in told and "day 2020-10-17: left out" in told, told
    with server.connect(database) as connection:
        days = connection.execute("select distinct as_of::text from countycast.projections").fetchall()
    assert {day for (day,) in days} == DAILY - {"2020-10-17", "2020-10-24"}, "of a day, all tables or none"


def test_days_and_tables_are_chosen(server):
    database = server.database("chosen")
    load("--into", server.address(database), "--tables", "counties,scores", "--since", "2020-10-17")
    with server.connect(database) as connection:
        loaded = connection.execute("select table_name, day::text from countycast.loads order by 1, 2").fetchall()
    assert loaded == [(table, day) for table in ("counties", "scores") for day in ("2020-10-17", "2020-10-24")]
    assert "there is no table nothing to load" in load("--into", server.address(database), "--tables", "nothing", code=2)
    assert "no complete day" in load("--into", server.address(database), "--since", "2030-01-01", code=2)


def test_it_goes_on_where_it_was_killed(server, lake):
    database = server.database("killed")
    with server.connect(database) as connection:
        connection.execute((SCHEMA / "schema.sql").read_text())
        connection.execute("alter schema countycast owner to loader")
        for (name,) in connection.execute("select table_name from information_schema.tables where table_schema = 'countycast'").fetchall():
            connection.execute(f"alter table countycast.{name} owner to loader")
        connection.commit()
        # The third day waits for this lock, in the middle of its transaction.
        connection.execute("""create function countycast.wait() returns trigger language plpgsql as
            $$ begin if new.as_of = '2020-10-10' then perform pg_advisory_xact_lock(7); end if; return new; end $$""")
        connection.execute("create trigger wait before insert on countycast.runs for each row execute function countycast.wait()")
        connection.commit()
        connection.execute("select pg_advisory_lock(7)")
        command = [program(), "load", "--lake", str(lake), "--into", server.address(database)]
        process = subprocess.Popen(command, env={**os.environ, "PGPASSWORD": PASSWORD}, stderr=subprocess.PIPE, text=True)
        told = [process.stderr.readline(), process.stderr.readline()]
        assert "2020-09-26" in told[0] and "2020-10-03" in told[1], told
        deadline = time.monotonic() + 30
        while not connection.execute("select 1 from pg_locks where locktype = 'advisory' and not granted and objid = 7").fetchone():
            assert time.monotonic() < deadline
            connection.rollback()
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        connection.execute("select pg_advisory_unlock_all()")
        connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'loader'")
        connection.commit()
        counts = connection.execute("select distinct as_of::text from countycast.projections").fetchall()
        assert {day for (day,) in counts} == {"2020-09-26", "2020-10-03"}, "nothing of the third day"
        connection.commit()
        connection.execute("drop trigger wait on countycast.runs")
    assert "6 loaded, 2 unchanged" in load("--into", server.address(database), lake=lake)


def test_two_loads_at_a_time_load_each_day_once(server):
    database = server.database("twice")
    load("--into", server.address(database), "--since", "2026-01-17")
    command = [program(), "load", "--lake", str(LAKE), "--into", server.address(database)]
    environment = {**os.environ, "PGPASSWORD": PASSWORD}
    both = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    told = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    new = sum(int(text.strip().split("\n")[-1].split(" ")[0]) for text in told)
    assert new == 7, told


def test_grants_let_readers_read_and_loaders_load(server):
    database = server.database("granted", owner="admin")
    # Without the tables and without the right to make them.
    refused = load("--into", server.address(database), code=2)
    assert "permission denied" in refused and "config/warehouse/schema.sql and grants.sql" in refused, refused
    with server.connect(database) as admin:
        admin.execute((SCHEMA / "schema.sql").read_text())
        admin.execute((SCHEMA / "grants.sql").read_text())
    refused = load("--into", server.address(database), code=2)
    assert "permission denied" in refused and "grant countycast_load" in refused, refused
    with server.connect(database) as admin:
        admin.execute("grant countycast_load to loader")
        admin.execute("grant countycast_read to reader")
    assert "8 loaded" in load("--into", server.address(database))
    with server.connect(database, "reader", autocommit=True) as reader:
        assert reader.execute("select count(*) from countycast.runs").fetchone() == (5,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("delete from countycast.runs")


def test_tables_of_other_columns_are_refused(server):
    database = server.database("altered")
    load("--into", server.address(database), "--tables", "runs")
    with server.connect(database) as connection:
        connection.execute("alter table countycast.counties alter column fips type integer using 0")
        connection.execute("alter table countycast.scores drop column wis")
    for table, words in (("counties", ['"fips" as int4', "as varchar"]), ("scores", ['no column "wis"'])):
        refused = load("--into", server.address(database), "--tables", table, code=2)
        assert all(word in refused for word in words) and "config/warehouse/schema.sql" in refused, refused
    with server.connect(database) as connection:
        assert connection.execute("select count(*) from countycast.counties").fetchone() == (0,)


@pytest.mark.parametrize("into, password, words", [
    ("postgres://loader@127.0.0.1:1/whole", PASSWORD, ["no connection to whole at 127.0.0.1:1", "start the server"]),
    ("postgres://loader@127.0.0.1:{port}/nowhere?sslmode=disable", PASSWORD, ['database "nowhere" does not exist', "createdb"]),
    ("postgres://loader@127.0.0.1:{port}/postgres?sslmode=disable", "a wrong password", ["password authentication failed", "PGPASSWORD"]),
    ("postgres://loader@127.0.0.1:{port}/postgres?sslmode=disable", None, ["no connection", "password missing"]),
    ("postgres://loader@127.0.0.1:{port}/postgres?sslmode=require", PASSWORD, ["does not support TLS", "sslmode"]),
    ("postgres://loader:" + PASSWORD.replace(" ", "%20") + "@127.0.0.1:port/postgres", None, ["address of the database cannot be read", "PGPASSWORD"]),
    ("http://example.org", None, ["address of the database"]),
])
def test_servers_that_cannot_be_had_are_named_without_the_password(server, into, password, words):
    told = load("--into", into.format(port=server.port), code=2, password=password)
    assert told.startswith("error: ") and "help: " in told and all(word in told for word in words), told
    assert PASSWORD.replace(" ", "%20") not in told


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_certificates_are_checked(server, tmp_path):
    def openssl(*options):
        subprocess.run(["openssl", *map(str, options)], check=True, capture_output=True, cwd=tmp_path)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=tests", "-days", 2)
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    (tmp_path / "names").write_text("subjectAltName=DNS:localhost\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-out", "server.crt", "-days", 2, "-extfile", "names")
    for name in ("server.crt", "server.key"):
        shutil.copy(tmp_path / name, server.data / name)
        if server.user:
            shutil.chown(server.data / name, "postgres", "postgres")
        os.chmod(server.data / name, 0o600)
    database = server.database("encrypted")
    with server.connect(database, autocommit=True) as admin:
        admin.execute("alter system set ssl = on")
        admin.execute("select pg_reload_conf()")
    address = f"postgres://loader@localhost:{server.port}/{database}?sslmode=require"
    command = [program(), "load", "--lake", str(LAKE), "--into", address, "--tables", "runs"]
    environment = {**os.environ, "PGPASSWORD": PASSWORD}
    refused = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert refused.returncode == 2 and "certificate" in refused.stderr, refused.stderr
    trusted = subprocess.run(command, env={**environment, "SSL_CERT_FILE": str(tmp_path / "ca.crt")}, capture_output=True, text=True)
    assert trusted.returncode == 0, trusted.stderr
    with server.connect(database, autocommit=True) as admin:
        admin.execute("alter system set ssl = off")
        admin.execute("select pg_reload_conf()")


def test_the_sql_is_printed_and_runs(server):
    text = load("--dry-run", "--tables", "counties,runs", "--since", "2020-10-17")
    assert text.count("begin;") == text.count("commit;") == 2
    assert "delete from countycast.\"counties\" where \"as_of\" = date '2020-10-24';" in text
    assert 'copy countycast."counties" ("as_of", "fips", "name",' in text and "-- 15 rows of counties/as_of=2020-10-24/part.parquet" in text
    with server.connect(server.database("dry")) as connection:
        for statement in text.split(";\n"):
            if "from stdin" not in statement and statement.strip() not in ("begin", "commit", ""):
                connection.execute(statement)
        assert connection.execute("select count(*) from countycast.runs").fetchone() == (0,)
