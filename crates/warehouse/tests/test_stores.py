"""Stores that speak to S3's interface: lakes in them, COPY from them and UNLOAD to them."""

import gzip
import io
import os
import resource
import signal
import subprocess
import time

import pyarrow.csv
import pyarrow.parquet
import pytest

from conftest import LAKE, Service, program
from test_data_api import ask, frame, run, status, waiter

CASES = "userid,name,day,cases,share,flag\n1,Autauga,2020-10-24,7,0.5,t\n2,\"Lake, \"\"of\"\" the Woods\",2020-11-02,,NaN,false\n3,,2020-11-30,-12,1e3,1\n"
TABLE = "(userid integer not null distkey sortkey, name varchar(200) encode zstd, day date, cases bigint, share real, flag boolean) diststyle key"


class Writing(Service):
    """A service with tables of its own, over a lake in the store."""

    def __init__(self, store, folder, *options, lake="s3://lake/archive", **settings):
        self.folder = folder / "tables"
        (folder / "open").mkdir(exist_ok=True)
        self.open = folder / "open"
        places = ["--root", "s3://exchange/open", "--root", self.open]
        environment = {**os.environ, **store.environment}
        arguments = ["--write", "--tables", self.folder, *places, "--jobs", "2", *options]
        super().__init__(*arguments, lake=lake, env=environment, **settings)

    def run(self, sql):
        client = self.client()
        return status(client, client.execute_statement(Sql=sql, WaitTimeSeconds=20)["Id"])

    def ask(self, sql):
        return ask(self.client(), sql)

    def files(self):
        return sorted(file.name for file in (self.folder / "data").iterdir())


@pytest.fixture(scope="module")
def writing(store, tmp_path_factory):
    running = Writing(store, tmp_path_factory.mktemp("writing"))
    yield running
    running.end()


def sql(store, *arguments, code=0):
    """What the command `sql` answers."""
    environment = {**os.environ, **store.environment}
    done = subprocess.run([program(), "sql", "--jobs", "1", *map(str, arguments)], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


def done(found):
    assert found["Status"] == "FINISHED", found.get("Error")
    return found["ResultRows"]


def failed(found):
    assert found["Status"] == "FAILED", found
    return found["Error"]


def test_a_lake_in_a_bucket_is_read_as_a_folder_is(store):
    for statement in [
        "show tables",
        "describe projections",
        "select as_of, fips, count(*) as n, sum(population) as p from places group by 1, 2 order by 1, 2",
        "select s.model, avg(s.wis) as w from scores s join places p using (fips, as_of) group by s.model order by s.model",
        "select distinct reference_date from signals",
    ]:
        arguments = ["--format", "csv", statement]
        assert sql(store, "--lake", "s3://lake/archive", *arguments) == sql(store, "--lake", LAKE, *arguments)
    one = "s3://lake/archive/places/as_of=2020-10-24/part.parquet"
    assert sql(store, "--lake", one, "--format", "csv", "select count(*) as n from part") == "n\n9\n"
    assert sql(store, "--lake", "s3://lake/archive/places", "--format", "csv", "show tables").count("\n") == 4


def test_lakes_in_buckets_that_are_none(store):
    assert "there is no Parquet file in s3://lake/nothing" in sql(store, "--lake", "s3://lake/nothing", "select 1", code=2)
    assert "s3://nowhere" in sql(store, "--lake", "s3://nowhere/x", "select 1", code=2)
    assert "empty parts" in sql(store, "--lake", "s3://lake/../x", "select 1", code=2)
    assert "gopher are not known" in sql(store, "--lake", "gopher://lake", "select 1", code=2)
    store.put("archive/bad/x.parquet", b"no Parquet", bucket="lake")
    message = sql(store, "--lake", "s3://lake/archive", "select * from bad", code=2)
    store.client.delete_object(Bucket="lake", Key="archive/bad/x.parquet")
    assert "s3://lake/archive/bad/x.parquet is no Parquet file" in message


def test_a_notebook_loads_and_unloads(store, writing):
    store.put("open/cases/a.csv", CASES.encode())
    client = writing.client()
    run(client, f"create table notebook {TABLE}")
    run(client, "copy notebook from 's3://exchange/open/cases/a.csv' iam_role 'arn:aws:iam::1:role/x' csv ignoreheader 1 region 'us-east-1'")
    rows = ask(client, "select * from notebook order by userid")
    assert rows.name.tolist() == ["Autauga", 'Lake, "of" the Woods', ""]
    assert rows.cases.tolist()[::2] == [7, -12] and rows.cases.isna().tolist() == [False, True, False]
    assert rows.flag.tolist() == [True, False, True] and rows.share[2] == 1000
    months = ask(client, "select to_char(day, 'YYYY-MM') as month, sum(cases) as n from notebook group by to_char(day, 'YYYY-MM') order by 1")
    assert months.values.tolist() == [["2020-10", 7], ["2020-11", -12]]
    kinds = {c["name"]: (c["typeName"], c["nullable"]) for c in client.describe_table(Database="dev", Table="notebook")["ColumnList"]}
    assert kinds["userid"] == ("int4", 0) and kinds["name"] == ("varchar", 1) and kinds["share"] == ("float4", 1)
    assert "notebook" in [table["name"] for table in client.list_tables(Database="dev")["Tables"]]
    found = writing.run("""unload ('select userid, name, flag, day from notebook where name <> \\'\\' order by 1') to 's3://exchange/open/out/cases_'
        iam_role 'arn:aws:iam::1:role/x' format as csv header allowoverwrite gzip parallel off""".replace("\\'\\'", "''''"))
    assert done(found) == 2 and found["HasResultSet"] is False
    assert store.keys("open/out/") == ["open/out/cases_000.gz"]
    text = gzip.decompress(store.get("open/out/cases_000.gz")).decode()
    assert text == 'userid,name,flag,day\n1,Autauga,t,2020-10-24\n2,"Lake, ""of"" the Woods",f,2020-11-02\n'
    assert "open/out/cases_000.gz already" in failed(writing.run("unload ('select 1') to 's3://exchange/open/out/cases_' iam_role default"))


def test_parquet_goes_out_and_comes_back(store, writing):
    unload = "unload ('select fips, as_of, population, independent from places') to 's3://exchange/open/places/' iam_role 'arn' format as parquet"
    assert done(writing.run(unload)) == 27
    table = pyarrow.parquet.read_table(io.BytesIO(store.get("open/places/0000_part_00.parquet")))
    assert table.num_rows == 27 and table.column_names == ["fips", "as_of", "population", "independent"]
    done(writing.run("create table places_again (fips varchar(5), as_of date, population real, independent boolean)"))
    assert done(writing.run("copy places_again from 's3://exchange/open/places' iam_role 'arn' format as parquet")) == 27
    difference = "select count(*) as n from (select fips, as_of, population from places except select fips, as_of, population from places_again) d"
    assert writing.ask(difference).n[0] == 0
    assert "has 4 columns, and the table takes 1" in failed(writing.run("copy places_again (fips) from 's3://exchange/open/places' iam_role 'arn' parquet"))


@pytest.mark.parametrize("words, delimiter, compress", [
    ("delimiter '|'", "|", False),
    ("", "|", False),
    ("csv gzip", ",", True),
    ("gzip delimiter '\\t' ignoreheader as 1", "\t", True),
    ("csv quote as '%' delimiter ';' null as 'NA' emptyasnull", ";", False),
])
def test_kinds_of_text(store, writing, words, delimiter, compress):
    name = f"kinds_{abs(hash(words))}"
    lines = ["a", "b", "c"]
    quote, null = ("%", "NA") if "quote" in words else ('"', "")
    text = lambda row: quote + row + quote if "csv" in words else row
    head = ["name" + delimiter + "n"] if "ignoreheader" in words else []
    body = "\n".join(head + [text(line) + delimiter + str(i) for i, line in enumerate(lines)] + [delimiter + null]) + "\n"
    # Two files, whose names begin alike, and one that is hidden.
    for part in ("0", "1", "_log"):
        key = f"open/{name}/" + (part if part.startswith("_") else "part_" + part)
        store.put(key, gzip.compress(body.encode()) if compress else body.encode())
    done(writing.run(f"create table {name} (name varchar(9), n integer)"))
    assert done(writing.run(f"copy {name} from 's3://exchange/open/{name}/' iam_role 'arn' {words}")) == 8
    rows = writing.ask(f"select name, n, count(*) as c from {name} group by 1, 2 order by n nulls last")
    assert rows.n.tolist()[:3] == [0, 1, 2] and rows.c.tolist() == [2, 2, 2, 2]
    assert rows.name.tolist()[:3] == lines and (rows.name.isna()[3] if "emptyasnull" in words else rows.name[3] == "")


@pytest.mark.parametrize("body, words, message", [
    ("a,1\nb,x\n", "csv", "line 2: the column n has \"x\", which is no integer"),
    ("a,1\n\"b\nb\",2\nc,2.5\n", "csv", "line 4: the column n has \"2.5\""),
    ("a,1\nb\n", "csv", "line 2: there are 1 fields, and the table takes 2"),
    ("a,1,\n", "csv", "line 1: there are 3 fields"),
    ("a,99999999999\n", "csv", "99999999999"),
    ("a,1\n", "csv gzip", "gzip"),
    ("a,1\n", "parquet", "no Parquet file"),
    (b"\xff\xfe,1\n", "csv", "no text in UTF-8"),
    ("a,1\n,\n", "csv", "must not have nulls"),
    (b"", "csv", "no file has a name"),
])
def test_files_that_cannot_be_loaded_leave_the_table_as_it_was(store, writing, body, words, message):
    writing.run("create table if not exists strict (name varchar(9), n integer not null)")
    before, files = writing.ask("select count(*) as c from strict").c[0], writing.files()
    store.put("open/wrong/x.csv", body if isinstance(body, bytes) else body.encode())
    error = failed(writing.run(f"copy strict from 's3://exchange/open/wrong/x.csv' iam_role 'arn' {words}"))
    assert message in error and ("s3://exchange/open/wrong/x.csv" in error), error
    assert writing.ask("select count(*) as c from strict").c[0] == before and writing.files() == files


@pytest.mark.parametrize("place", [
    "s3://exchange/secret/x", "s3://exchange/openly/x", "s3://exchange/open/../secret/x", "s3://other/open/x", "s3://lake/archive/x",
    "/etc/passwd", "/etc/", "OPEN/../../../etc/passwd", "OPEN/link/passwd", "file:///etc/passwd", "https://exchange/open/x", "",
])
def test_places_outside_of_the_roots_are_refused(store, writing, place):
    link = writing.open / "link"
    if not link.is_symlink():
        link.symlink_to("/etc")
    place = place.replace("OPEN", str(writing.open))
    writing.run("create table if not exists lines (line varchar(500))")
    for statement in (f"copy lines from '{place}' iam_role 'arn'", f"unload ('select 1') to '{place}' iam_role 'arn' allowoverwrite"):
        error = failed(writing.run(statement))
        assert "cannot be used" in error or "outside of the places" in error, error
    assert store.keys("secret/") == [] and store.keys("openly/") == []


def test_the_own_files_are_never_written_over(store, tmp_path):
    running = Writing(store, tmp_path, "--root", "s3://lake", "--root", tmp_path)
    for place in ("s3://lake/archive/places/x_", f"{tmp_path}/tables/data/x_"):
        assert "own files" in failed(running.run(f"unload ('select 1') to '{place}' iam_role 'arn' allowoverwrite"))
    running.end()


def test_local_folders_within_the_roots(writing):
    (writing.open / "in.csv").write_text("7,x\n")
    done(writing.run("create table local (n integer, t varchar(3))"))
    assert done(writing.run(f"copy local from '{writing.open}/in.csv' csv")) == 1
    assert done(writing.run(f"unload ('select t, n from local') to '{writing.open}/new/out_' format csv header extension 'csv' parallel off")) == 1
    assert (writing.open / "new" / "out_000.csv").read_text() == "t,n\nx,7\n"
    assert done(writing.run(f"unload ('select t, n from local') to '{writing.open}/new/out_' delimiter ';' extension 'csv' parallel off allowoverwrite")) == 1
    assert [file.name for file in (writing.open / "new").iterdir()] == ["out_000.csv"]
    assert "has the delimiter" in failed(writing.run(f"unload ('select ''a|b'' as t') to '{writing.open}/new/bad_' iam_role 'arn'"))
    assert "divide by zero" in failed(writing.run(f"unload ('select 1 / (n - 7) from local') to '{writing.open}/new/bad_' csv")).lower()
    assert [file.name for file in (writing.open / "new").iterdir()] == ["out_000.csv"]


def test_tables_are_changed(writing):
    done(writing.run("create table changing as select fips, as_of, population from places where fips = '19001'"))
    assert writing.ask("select count(*) as n from changing").n[0] == 3
    assert done(writing.run("insert into changing (fips, population) values ('x', 5), ('y', null)")) == 2
    assert done(writing.run("insert into changing select * from changing where fips = 'x'")) == 1
    assert done(writing.run("delete from changing where population > 5 or fips = 'x'")) == 5
    assert writing.ask("select fips, as_of, population from changing").values.tolist() == [["y", None, None]]
    assert "already" in failed(writing.run("create table changing (a integer)"))
    done(writing.run("create table if not exists changing (a integer)"))
    for statement, word in [
        ("insert into places values (1)", "INSERT of places"), ("delete from scores", "DELETE of scores"), ("drop table weights", "DROP of weights"),
        ("create table places (a integer)", "already"), ("insert into nothing values (1)", "no table nothing"), ("copy weights from 's3://exchange/open/cases/a.csv' csv", "COPY of weights"),
        ("insert into changing values ('z')", "has 1 columns"), ("insert into changing (fips, nope) values (1, 2)", "nope is not in the table"),
        ("insert into changing (population) values ('many')", "many"), ("update changing set fips = 'a'", "UPDATE is not offered"),
        ("create table odd (a varbyte)", ""), ("create table odd (a integer default 1)", "DEFAULT"), ("create view v as select 1", "CREATE VIEW"),
        ("copy (select 1) to '/tmp/never.csv'", "COPY"), ("truncate changing", "TRUNCATE"),
    ]:
        assert word in failed(writing.run(statement)), statement
    assert writing.ask("select count(*) as n from changing").n[0] == 1
    done(writing.run("drop table changing"))
    done(writing.run("drop table if exists changing"))
    assert "no table changing" in failed(writing.run("select * from changing"))


def test_a_batch_is_seen_as_a_whole_or_not_at_all(store, writing):
    client = writing.client()
    done(writing.run("create table whole (day date, n integer)"))
    done(writing.run("insert into whole values ('2020-10-17', 1), ('2020-10-24', 2)"))
    files = writing.files()
    sqls = ["delete from whole where day = '2020-10-24'", "insert into whole values ('2020-10-24', 3)", "select sum(n) as s from whole"]
    broken = client.batch_execute_statement(Sqls=[*sqls, "insert into whole values ('soon', 4)"])["Id"]
    found = status(client, broken)
    assert [part["Status"] for part in found["SubStatements"]] == ["FINISHED", "FINISHED", "FINISHED", "FAILED"]
    assert frame(client, f"{broken}:3").s[0] == 4
    assert writing.ask("select sum(n) as s from whole").s[0] == 3 and writing.files() == files
    whole = client.batch_execute_statement(Sqls=["create temp table stage (day date, n integer)", "insert into stage values ('2020-10-24', 3)", sqls[0], "insert into whole select * from stage"])["Id"]
    assert status(client, whole)["Status"] == "FINISHED"
    assert writing.ask("select sum(n) as s from whole").s[0] == 4
    assert "stage" in failed(writing.run("select * from stage"))
    each = client.batch_execute_statement(Sqls=["insert into whole values ('2020-10-31', 5)", "select wrong"], ExecutionMode="AUTO_COMMIT")["Id"]
    assert status(client, each)["Status"] == "FAILED" and writing.ask("select sum(n) as s from whole").s[0] == 9


def wait_for(condition, what):
    for _ in range(600):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError(what)


def large(store, rows=600_000):
    """A file that takes a while to load."""
    if not store.keys("open/large.csv"):
        store.put("open/large.csv", b"".join(b"%d,a text that is the same,0.25\n" % i for i in range(rows)))
    return rows


def test_a_copy_that_is_killed_never_was(store, tmp_path):
    rows = large(store)
    running = Writing(store, tmp_path)
    done(running.run("create table big (n integer, t varchar(50), x real)"))
    done(running.run("insert into big values (1, 'before', 2)"))
    before = running.files()
    running.client().execute_statement(Sql="copy big from 's3://exchange/open/large.csv' csv")
    wait_for(lambda: len(running.files()) > len(before), "the copy begins")
    running.process.send_signal(signal.SIGKILL)
    running.process.wait()
    assert len(running.files()) > len(before)
    again = Writing(store, tmp_path)
    assert again.files() == before and again.ask("select count(*) as n from big").n[0] == 1
    assert done(again.run("copy big from 's3://exchange/open/large.csv' csv")) == rows
    assert again.ask("select count(*) as n, max(n) as m from big").values.tolist() == [[rows + 1, rows - 1]]
    again.end()


def test_a_copy_that_is_cancelled_leaves_nothing(store, tmp_path):
    large(store)
    running = Writing(store, tmp_path)
    client = running.client()
    done(running.run("create table big (n integer, t varchar(50), x real)"))
    id = client.execute_statement(Sql="copy big from 's3://exchange/open/large.csv' csv")["Id"]
    wait_for(running.files, "the copy begins")
    client.cancel_statement(Id=id)
    assert status(client, id)["Status"] == "ABORTED"
    wait_for(lambda: not running.files(), "its file goes")
    assert done(running.run("insert into big values (1, 'x', 2)")) == 1
    running.end()


def test_an_unload_that_is_killed_is_not_seen(store, tmp_path):
    running = Writing(store, tmp_path)
    many = "select a.*, b.fips as other from projections a, (select fips from projections limit 2000) b"
    for place in ("s3://exchange/open/killed/x_", f"{running.open}/killed/x_"):
        running.client().execute_statement(Sql=f"unload ('{many}') to '{place}' iam_role 'arn' csv")
    wait_for(lambda: (running.open / "killed").exists() and any(f.stat().st_size for f in (running.open / "killed").iterdir()), "it begins")
    running.process.send_signal(signal.SIGKILL)
    running.process.wait()
    assert store.keys("open/killed/") == []
    assert [file.name for file in (running.open / "killed").iterdir() if not file.name.startswith(".")] == []


def test_a_full_disk_is_told_and_leaves_nothing(store, tmp_path):
    large(store)

    def small():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    running = Writing(store, tmp_path, preexec_fn=small)
    done(running.run("create table big (n integer, t varchar(50), x real)"))
    error = failed(running.run("copy big from 's3://exchange/open/large.csv' csv"))
    assert "cannot write" in error and "has space" in error, error
    many = "select a.*, b.fips as other from projections a, (select fips from projections limit 50) b"
    assert "cannot write" in failed(running.run(f"unload ('{many}') to '{running.open}/full_' csv"))
    assert running.files() == [] and list(running.open.iterdir()) == []
    assert running.ask("select count(*) as n from big").n[0] == 0
    running.end()


def test_one_program_changes_the_tables_and_others_read_them(store, tmp_path):
    running = Writing(store, tmp_path)
    done(running.run("create table shared as select 1 as n"))
    second = sql(store, "--lake", LAKE, "--tables", running.folder, "--write", "select 1", code=1)
    assert "another program changes the tables" in second
    read = lambda: sql(store, "--lake", LAKE, "--tables", running.folder, "--format", "csv", "select sum(n) as s from shared")
    assert read() == "s\n1\n"
    clients = [running.client() for _ in range(8)]
    ids = [client.execute_statement(Sql=f"insert into shared values ({n})")["Id"] for n, client in enumerate(clients)]
    for client, id in zip(clients, ids):
        waiter(client).wait(Id=id)
    assert read() == "s\n29\n"
    running.end()


def test_the_command_loads_and_unloads(store, tmp_path):
    (tmp_path / "open").mkdir()
    store.put("open/command.csv", b"n;t\n1;a\n2;b\n")
    arguments = ["--lake", LAKE, "--write", "--tables", tmp_path / "tables", "--root", "s3://exchange/open", "--root", tmp_path / "open", "--format", "csv"]
    statements = "create table c (n integer, t varchar(3)); copy c from 's3://exchange/open/command.csv' csv delimiter ';' ignoreheader 1; select count(*) as n from c"
    assert sql(store, *arguments, statements) == "n\n2\n"
    sql(store, *arguments, f"unload ('select * from c order by n') to '{tmp_path}/open/c_' csv header parallel off")
    assert pyarrow.csv.read_csv(tmp_path / "open" / "c_000").to_pydict() == {"n": [1, 2], "t": ["a", "b"]}
    assert "COPY is not allowed" in sql(store, "--lake", LAKE, "copy c from 's3://exchange/open/command.csv' csv", code=2)
    error = sql(store, *arguments, "copy c from\n  's3://exchange/secret' csv", code=2)
    assert "outside of the places" in error and "^" in error and "use a place below s3://exchange/open or" in error
    assert "--tables FOLDER" in sql(store, "--lake", LAKE, "--write", "create table c (n integer)", code=2)
