"""The Redshift Data API, asked with boto3 as a notebook asks Amazon Redshift."""

import datetime
import time
import uuid

import botocore.auth
import botocore.exceptions
import botocore.waiter
import pandas
import pytest

from conftest import SECRET

CONNECTION = {"ClusterIdentifier": "redshift-cluster-1", "Database": "dev", "DbUser": "awsuser"}

# Runs far longer than a test, in steps that can be stopped.
ENDLESS = "select count(a.fips || b.fips || c.fips || d.fips) from places a, places b, places c, places d, projections e"


def waiter(client):
    """The waiter that notebooks make for themselves: the service comes without one."""
    model = botocore.waiter.WaiterModel({
        "version": 2,
        "waiters": {
            "DataAPIExecution": {
                "operation": "DescribeStatement",
                "delay": 0.05,
                "maxAttempts": 400,
                "acceptors": [
                    {"matcher": "path", "expected": "FINISHED", "argument": "Status", "state": "success"},
                    {"matcher": "pathAny", "expected": ["PICKED", "STARTED", "SUBMITTED"], "argument": "Status", "state": "retry"},
                    {"matcher": "path", "expected": "FAILED", "argument": "Status", "state": "failure"},
                    {"matcher": "path", "expected": "ABORTED", "argument": "Status", "state": "failure"},
                ],
            }
        },
    })
    return botocore.waiter.create_waiter_with_client("DataAPIExecution", model, client)


def value(field):
    """A field of a record as a value of Python."""
    kind, found = next(iter(field.items()))
    return None if kind == "isNull" else found


def frame(client, id):
    """All rows of a statement, page by page."""
    pages = list(client.get_paginator("get_statement_result").paginate(Id=id))
    columns = [column["label"] for column in pages[0]["ColumnMetadata"]]
    rows = [[value(field) for field in record] for page in pages for record in page["Records"]]
    assert len(rows) == pages[0]["TotalNumRows"]
    return pandas.DataFrame(rows, columns=columns)


def run(client, sql, **options):
    """A statement's id, once it has finished."""
    id = client.execute_statement(Sql=sql, **CONNECTION, **options)["Id"]
    waiter(client).wait(Id=id)
    return id


def ask(client, sql, **options):
    return frame(client, run(client, sql, **options))


def status(client, id, *final):
    """How a statement ended."""
    for _ in range(400):
        found = client.describe_statement(Id=id)
        if found["Status"] in ("FINISHED", "FAILED", "ABORTED"):
            return found
        time.sleep(0.05)
    raise AssertionError(found)


def refused(call, **arguments):
    """The name of the error with which a request is refused, and the answer."""
    with pytest.raises(botocore.exceptions.ClientError) as error:
        call(**arguments)
    return error.value.response["Error"]["Code"], error.value.response


def test_a_notebooks_whole_way(client):
    answer = client.execute_statement(
        Sql="""
            select to_char(date, 'YYYY-MM') as month, sum(cases_reported) as cases, count(*) as rows
            from public.observations
            where fips = '19001' and as_of = (select max(as_of) from observations)
            group by to_char(date, 'YYYY-MM')
            order by 1
        """,
        StatementName="cases by month",
        WithEvent=True,
        **CONNECTION,
    )
    assert answer["ClusterIdentifier"] == "redshift-cluster-1" and answer["Database"] == "dev"
    assert abs(answer["CreatedAt"].timestamp() - time.time()) < 60
    waiter(client).wait(Id=answer["Id"])
    described = client.describe_statement(Id=answer["Id"])
    assert described["Status"] == "FINISHED" and described["HasResultSet"] is True
    assert described["ResultRows"] == 3 and described["ResultSize"] > 0 and described["Duration"] > 100_000
    assert "to_char" in described["QueryString"] and described["UpdatedAt"] >= described["CreatedAt"]
    months = frame(client, answer["Id"])
    assert list(months.month) == ["2020-08", "2020-09", "2020-10"]
    assert months["rows"].sum() == 84 and months.cases.dtype == "float64"


def test_columns_are_typed_and_described(client):
    id = run(client, """
        select fips, as_of, population, independent, 7 as small, cast(null as integer) as nothing,
               1.5::decimal(10, 2) as money, timestamp '2020-10-24 15:30:00' as moment
        from places where fips = '01001' or fips = '19001' limit 1
    """)
    result = client.get_statement_result(Id=id)
    record = result["Records"][0]
    assert record[0] == {"stringValue": "19001"}
    assert set(record[1]) == {"stringValue"} and record[1]["stringValue"].startswith("2020-10-")
    assert set(record[2]) == {"doubleValue"} and set(record[3]) == {"booleanValue"}
    assert record[4:] == [
        {"longValue": 7}, {"isNull": True}, {"stringValue": "1.50"}, {"stringValue": "2020-10-24 15:30:00"},
    ]
    types = [column["typeName"] for column in result["ColumnMetadata"]]
    assert types == ["varchar", "date", "float8", "bool", "int8", "int4", "numeric", "timestamp"]
    assert result["ColumnMetadata"][6]["precision"] == 10 and result["ColumnMetadata"][6]["scale"] == 2
    assert "NextToken" not in result


def test_pages_hold_every_row_once(client):
    id = run(client, "select fips, model, target, resolution, horizon, as_of from projections")
    pages = list(client.get_paginator("get_statement_result").paginate(Id=id))
    assert len(pages) > 1 and all(0 < len(page["Records"]) <= 1000 for page in pages)
    rows = frame(client, id)
    assert len(rows) == client.describe_statement(Id=id)["ResultRows"] and not rows.duplicated().any()
    token = pages[0]["NextToken"]
    again = [client.get_statement_result(Id=id, NextToken=token)["Records"] for _ in range(2)]
    assert again[0] == again[1] == pages[1]["Records"]
    assert refused(client.get_statement_result, Id=id, NextToken="page-99999")[0] == "ValidationException"
    assert refused(client.get_statement_result, Id=id, NextToken="%%%")[0] == "ValidationException"


def test_an_empty_result_is_a_result(client):
    id = run(client, "select fips from places where fips = 'nowhere'")
    assert client.describe_statement(Id=id)["HasResultSet"] is True
    result = client.get_statement_result(Id=id)
    assert result["Records"] == [] and result["TotalNumRows"] == 0 and result["ColumnMetadata"][0]["name"] == "fips"


def test_rows_as_csv(client):
    id = run(client, "select 'a,b' as text, 1 as number, null as nothing union all select '', 2, null order by 2", ResultFormat="CSV")
    result = client.get_statement_result_v2(Id=id)
    assert result["Records"] == [{"CSVRecords": '"a,b",1,\r\n"",2,\r\n'}]
    assert result["ResultFormat"] == "CSV" and result["TotalNumRows"] == 2
    assert [column["name"] for column in result["ColumnMetadata"]] == ["text", "number", "nothing"]
    assert refused(client.get_statement_result, Id=id)[0] == "ValidationException"
    json = run(client, "select 1")
    assert refused(client.get_statement_result_v2, Id=json)[0] == "ValidationException"


def test_the_catalog(client):
    assert client.list_databases(Database="dev")["Databases"] == ["countycast"]
    assert client.list_schemas(Database="dev")["Schemas"] == ["information_schema", "public"]
    assert client.list_schemas(Database="dev", SchemaPattern="pub%")["Schemas"] == ["public"]
    tables = client.list_tables(Database="dev", SchemaPattern="public")["Tables"]
    names = [table["name"] for table in tables]
    assert names == sorted(names) and {"observations", "places", "projections", "scores", "weights"} <= set(names)
    assert tables[0]["schema"] == "public" and tables[0]["type"] == "TABLE"
    assert [t["name"] for t in client.list_tables(Database="dev", TablePattern="pro%")["Tables"]] == ["projections"]
    assert client.list_tables(Database="dev", SchemaPattern="pg_%")["Tables"] == []
    one_by_one = client.get_paginator("list_tables").paginate(Database="dev", PaginationConfig={"PageSize": 1})
    assert [page["Tables"][0]["name"] for page in one_by_one] == names
    columns = client.describe_table(Database="dev", Schema="public", Table="projections")
    assert columns["TableName"] == "projections"
    kinds = {column["name"]: column["typeName"] for column in columns["ColumnList"]}
    assert kinds["fips"] == "varchar" and kinds["as_of"] == "date" and kinds["q0.5"] == "float4" and kinds["horizon"] == "int4"
    code, response = refused(client.describe_table, Database="dev", Schema="public", Table="nothing")
    assert code == "ResourceNotFoundException" and response["ResourceId"] == "nothing"


def test_parameters_are_values_and_never_text(client):
    sql = "select fips, horizon from projections where fips = :fips and horizon <= :most group by fips, horizon order by horizon"
    rows = ask(client, sql, Parameters=[{"name": "fips", "value": "19001"}, {"name": "most", "value": "2"}])
    assert rows.values.tolist() == [["19001", 1], ["19001", 2]]
    wicked = "19001' or '1' = '1"
    rows = ask(client, "select :text as text, count(*) as found from places where fips = :text", Parameters=[{"name": "text", "value": wicked}])
    assert rows.values.tolist() == [[wicked, 0]]
    day = [{"name": "day", "value": "2020-10-17"}, {"name": "weeks", "value": "1"}]
    rows = ask(client, "select count(*) as n, max(dateadd(week, :weeks, as_of)) as later from places where as_of = :day", Parameters=day)
    assert rows.n[0] > 0 and rows.later[0] == "2020-10-24 00:00:00"
    id = client.execute_statement(Sql="select * from places where as_of = :day", Parameters=[{"name": "day", "value": "soon"}])["Id"]
    ended = status(client, id)
    assert ended["Status"] == "FAILED" and ':day is "soon", which is no date' in ended["Error"]
    assert ended["QueryParameters"] == [{"name": "day", "value": "soon"}]
    unused = [{"name": "fips", "value": "19001"}, {"name": "idle", "value": "1"}]
    code, response = refused(client.execute_statement, Sql="select :fips", Parameters=unused)
    assert code == "ValidationException" and "[idle]" in response["Error"]["Message"]
    missing = status(client, client.execute_statement(Sql="select :fips")["Id"])
    assert missing["Status"] == "FAILED" and ":fips" in missing["Error"]


def test_a_statement_that_fails(client):
    id = client.execute_statement(Sql="select *\nfrom forecasts", **CONNECTION)["Id"]
    with pytest.raises(botocore.exceptions.WaiterError):
        waiter(client).wait(Id=id)
    found = client.describe_statement(Id=id)
    assert found["Status"] == "FAILED" and found["HasResultSet"] is False and found["ResultRows"] == -1
    assert "there is no table forecasts (line 2, column 6)" in found["Error"]
    code, response = refused(client.get_statement_result, Id=id)
    assert code == "ResourceNotFoundException" and response["ResourceId"] == id


@pytest.mark.parametrize("sql, word", [
    ("copy places from 's3://bucket/key' iam_role 'arn' csv", "COPY"),
    ("create table t (a int)", "CREATE TABLE"),
    ("insert into places values (1)", "INSERT"),
    ("drop table places", "DROP TABLE"),
    ("set datafusion.execution.batch_size = 1", "SET"),
    ("copy (select 1) to '/tmp/x.csv'", "COPY"),
    ("create external table t stored as parquet location '/etc'", "CREATE EXTERNAL TABLE"),
    ("select * from '/etc/passwd'", "/etc/passwd"),
    ("select 1; select 2", "2 statements"),
])
def test_the_service_only_reads(client, sql, word):
    found = status(client, client.execute_statement(Sql=sql)["Id"])
    assert found["Status"] == "FAILED" and word in found["Error"], found["Error"]


def test_unknown_and_wrong_ids(client):
    unknown = str(uuid.uuid4())
    for call in (client.describe_statement, client.get_statement_result, client.cancel_statement):
        code, response = refused(call, Id=unknown)
        assert code == "ResourceNotFoundException" and response["ResourceId"] == unknown
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
        assert refused(call, Id="no id")[0] == "ValidationException"
        assert refused(call, Id=unknown + ":1")[0] == "ResourceNotFoundException"


def test_cancelling(client):
    id = client.execute_statement(Sql=ENDLESS)["Id"]
    for _ in range(200):
        if client.describe_statement(Id=id)["Status"] == "STARTED":
            break
        time.sleep(0.05)
    assert client.cancel_statement(Id=id)["Status"] is True
    assert status(client, id)["Status"] == "ABORTED"
    code, response = refused(client.cancel_statement, Id=id)
    assert code == "ValidationException" and "ABORTED" in response["Error"]["Message"]
    assert refused(client.get_statement_result, Id=id)[0] == "ResourceNotFoundException"


def test_statements_wait_for_their_turn(client):
    endless = [client.execute_statement(Sql=ENDLESS)["Id"] for _ in range(2)]
    waiting = client.execute_statement(Sql="select 1")["Id"]
    time.sleep(0.5)
    states = [client.describe_statement(Id=id)["Status"] for id in (*endless, waiting)]
    another = client.execute_statement(Sql="select 1")["Id"]
    client.cancel_statement(Id=another)
    cancelled = client.describe_statement(Id=another)["Status"]
    for id in endless:
        client.cancel_statement(Id=id)
    assert states == ["STARTED", "STARTED", "SUBMITTED"] and cancelled == "ABORTED"
    assert status(client, waiting)["Status"] == "FINISHED"


def test_a_batch(client):
    sqls = ["select 1 as one", "select fips from places where fips = :fips limit 1", "select 3"]
    answer = client.batch_execute_statement(Sqls=sqls, Parameters=[{"name": "fips", "value": "19001"}], **CONNECTION)
    waiter(client).wait(Id=answer["Id"])
    found = client.describe_statement(Id=answer["Id"])
    parts = found["SubStatements"]
    assert found["HasResultSet"] is True and [part["Status"] for part in parts] == ["FINISHED"] * 3
    assert [part["Id"] for part in parts] == [f"{answer['Id']}:{n}" for n in (1, 2, 3)]
    assert [part["QueryString"] for part in parts] == sqls
    assert frame(client, parts[1]["Id"]).fips[0] == "19001"
    assert client.describe_statement(Id=parts[2]["Id"])["QueryString"] == "select 3"
    assert refused(client.get_statement_result, Id=answer["Id"])[0] == "ValidationException"
    listed = client.list_statements(Status="FINISHED")["Statements"]
    mine = next(entry for entry in listed if entry["Id"] == answer["Id"])
    assert mine["IsBatchStatement"] is True and mine["QueryStrings"] == sqls


def test_a_batch_that_fails(client):
    sqls = ["select 1", "select nothing", "select 3"]
    whole = status(client, client.batch_execute_statement(Sqls=sqls)["Id"])
    assert whole["Status"] == "FAILED" and "nothing" in whole["Error"]
    assert [part["Status"] for part in whole["SubStatements"]] == ["FINISHED", "FAILED", "ABORTED"]
    each = status(client, client.batch_execute_statement(Sqls=sqls, ExecutionMode="AUTO_COMMIT")["Id"])
    assert each["Status"] == "FAILED"
    assert [part["Status"] for part in each["SubStatements"]] == ["FINISHED", "FAILED", "FINISHED"]


def test_a_repeated_client_token_runs_once(client):
    token = str(uuid.uuid4())
    first = client.execute_statement(Sql="select 1", ClientToken=token)
    again = client.execute_statement(Sql="select 1", ClientToken=token)
    assert first["Id"] == again["Id"] and first["CreatedAt"] == again["CreatedAt"]
    assert refused(client.execute_statement, Sql="select 2", ClientToken=token)[0] == "ValidationException"


def test_listing_statements(client):
    name = f"list-{uuid.uuid4()}"
    ids = [run(client, f"select {n}", StatementName=f"{name}-{n}") for n in range(3)]
    failed = client.execute_statement(Sql="select wrong", StatementName=f"{name}-3", **CONNECTION)["Id"]
    status(client, failed)
    found = [entry["Id"] for entry in client.list_statements(StatementName=name)["Statements"]]
    assert found == ids[::-1]
    everything = client.list_statements(StatementName=name, Status="ALL")["Statements"]
    assert [entry["Id"] for entry in everything] == [failed, *ids[::-1]]
    assert [entry["Id"] for entry in client.list_statements(StatementName=name, Status="FAILED")["Statements"]] == [failed]
    pages = client.get_paginator("list_statements").paginate(StatementName=name, PaginationConfig={"PageSize": 2})
    assert [len(page["Statements"]) for page in pages] == [2, 1]
    assert client.list_statements(StatementName=name, ClusterIdentifier="another")["Statements"] == []
    assert refused(client.list_statements, Status="ENDED")[0] == "ValidationException"


def test_waiting_within_a_request(client):
    answer = client.execute_statement(Sql="select 1", WaitTimeSeconds=20)
    assert answer["Status"] == "FINISHED" and answer["HasResultSet"] is True
    endless = client.execute_statement(Sql=ENDLESS)["Id"]
    started = time.monotonic()
    assert client.describe_statement(Id=endless, WaitTimeSeconds=1)["Status"] in ("PICKED", "STARTED")
    assert 0.9 < time.monotonic() - started < 10
    client.cancel_statement(Id=endless)


def test_too_much(client):
    long = "select '" + "x" * 200_000 + "'"
    assert refused(client.execute_statement, Sql=long)[0] == "ValidationException"
    wide = "select a.*, b.* from projections a cross join (select fips, model, target from projections) b"
    found = status(client, client.execute_statement(Sql=wide)["Id"])
    assert found["Status"] == "FAILED" and "more than 20000000 bytes" in found["Error"]
    assert ask(client, "select 1 as one").one[0] == 1


def test_deep_statements_are_refused_and_not_fatal(client):
    for sql in ("select " + "(" * 20_000 + "1" + ")" * 20_000, "select " + "1+" * 45_000 + "1", "select " + "(" * 70 + "1" + ")" * 70):
        found = status(client, client.execute_statement(Sql=sql)["Id"])
        assert found["Status"] == "FAILED" and "nested too deeply" in found["Error"], found
    assert ask(client, "select 1 as one").one[0] == 1


def test_sessions_are_refused_by_name(client):
    code, response = refused(client.execute_statement, Sql="select 1", SessionKeepAliveSeconds=60)
    assert code == "ValidationException" and "sessions" in response["Error"]["Message"]


def test_signatures(keyed):
    mine, other = keyed.client("notebook", SECRET), keyed.client("other", SECRET[::-1])
    id = run(mine, "select 1 as one")
    assert frame(mine, id).one[0] == 1
    assert refused(other.describe_statement, Id=id)[0] == "ResourceNotFoundException"
    assert other.list_statements(Status="ALL")["Statements"] == []
    code, response = refused(keyed.client("notebook", SECRET + "x").list_databases, Database="dev")
    assert code == "InvalidSignatureException" and response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert refused(keyed.client("stranger", SECRET).list_databases, Database="dev")[0] == "UnrecognizedClientException"


def test_an_old_signature(keyed, monkeypatch):
    late = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=6)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_: late)
    code, response = refused(keyed.client("notebook", SECRET).list_databases, Database="dev")
    assert code == "InvalidSignatureException" and "expired" in response["Error"]["Message"]
