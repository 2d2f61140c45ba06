"""`/api` and the site, asked as browsers and programs ask."""

import base64
import gzip
import http.client
import io
import json
import os
import shutil
import time

import pyarrow
import pytest

from conftest import HERE, SECRET, Service

LAKE = HERE / "lake" / "lake"
ARROW = "application/vnd.apache.arrow.stream"
FILES = {
    "index.html": b"<!doctype html><title>counties</title>" + b"<p>county</p>" * 200,
    "county.js": b"export const county = 1;\n",
    "data/places.json": b"[]",
    "data/index.html": b"data",
    ".secret": b"hidden",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    for name, content in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "link").symlink_to("/etc")
    return folder


@pytest.fixture(scope="module")
def web(site):
    running = Service("--jobs", "2", "--site", site, lake=LAKE)
    yield running
    running.end()


def ask(service, path, method="GET", headers=()):
    """Status, headers and body, without a client that mends paths."""
    connection = http.client.HTTPConnection(service.address.removeprefix("http://"), timeout=60)
    connection.putrequest(method, path, skip_host="Host" in dict(headers), skip_accept_encoding=True)
    for name, value in dict(headers).items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read()


def rows(service, path, status=200):
    found, headers, body = ask(service, path)
    assert found == status, body
    assert headers["Content-Type"] == "application/json"
    return json.loads(body)


def test_the_latest_fan_of_a_place(web):
    fan = rows(web, "/api/places/01001/fan?model=blend")
    assert [row["horizon"] for row in fan] == [1, 2, 3, 4]
    assert {(row["fips"], row["as_of"], row["model"], row["target"], row["resolution"]) for row in fan} == {("01001", "2020-10-24", "blend", "inc case", "week")}
    assert all(row["q0.025"] <= row["q0.5"] <= row["q0.975"] for row in fan)
    assert len(rows(web, "/api/places/01001/fan")) == 3 * len(fan), "of two engines and the blend"
    assert {row["target"] for row in rows(web, "/api/places/US/fan?target=inc+death")} == {"inc death"}
    assert {row["resolution"] for row in rows(web, "/api/places/01/fan?resolution=span")} == {"span"}


def test_rows_are_the_same_from_memory_and_from_the_engine(web):
    status = web.client().execute_statement(Sql="""select fips, horizon, "q0.5" from projections where fips = '19' and model = 'blend'
        and target = 'inc case' and resolution = 'week' and as_of = '2020-10-24' order by horizon""", WaitTimeSeconds=30)
    records = web.client().get_statement_result(Id=status["Id"])["Records"]
    fan = rows(web, "/api/places/19/fan?model=blend")
    assert [(row[0]["stringValue"], row[1]["longValue"]) for row in records] == [(row["fips"], row["horizon"]) for row in fan]
    assert [row[2]["doubleValue"] for row in records] == pytest.approx([row["q0.5"] for row in fan])


def test_every_address_answers_what_its_description_says(web):
    description = rows(web, "/api")
    assert rows(web, "/api/openapi.json") == description
    kinds = description["components"]["schemas"]
    for path, operations in description["paths"].items():
        operation = operations["get"]
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "path":
                path = path.replace("{%s}" % parameter["name"], parameter["example"])
        found = rows(web, path)
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        if schema["type"] != "array":
            continue
        properties = kinds[schema["items"]["$ref"].split("/")[-1]]["properties"]
        assert found, path
        python = {"string": str, "number": (int, float), "integer": int, "boolean": bool, "null": type(None)}
        for row in found:
            assert list(row) and set(row) == set(properties), path
            for name, value in row.items():
                kind = properties[name]["type"]
                assert isinstance(value, tuple(item for word in kind for item in (python[word] if isinstance(python[word], tuple) else (python[word],)))), (path, name, value)
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "query":
                value = parameter.get("example") or parameter["schema"]["default"]
                chosen = rows(web, f"{path}?{parameter['name']}={value.replace(' ', '%20')}")
                assert 0 < len(chosen) <= len(found), (path, parameter["name"])
        arrow = pyarrow.ipc.open_stream(io.BytesIO(ask(web, path, headers={"Accept": ARROW})[2])).read_all()
        assert arrow.column_names == list(found[0]) and arrow.num_rows == len(found)
        if "fips" in arrow.column_names:
            assert arrow.schema.field("fips").type == pyarrow.string() and arrow["fips"].to_pylist() == [row["fips"] for row in found]


def test_what_is_known_is_not_sent_again(web):
    path = "/api/places"
    _, headers, body = ask(web, path)
    tag = headers["ETag"]
    assert headers["Cache-Control"] == "no-cache" and "accept" in headers.get_all("Vary")
    for known in (tag, f'W/{tag}, "other"', "*"):
        status, headers, nothing = ask(web, path, headers={"If-None-Match": known})
        assert (status, headers["ETag"], nothing) == (304, tag, b"")
    assert ask(web, path, headers={"If-None-Match": '"other"'})[::2] == (200, body)
    status, headers, packed = ask(web, path, headers={"Accept-Encoding": "br, gzip;q=0.5"})
    assert headers["Content-Encoding"] == "gzip" and gzip.decompress(packed) == body and len(packed) < len(body) / 2
    assert headers["ETag"] not in (None, tag)
    assert "Content-Encoding" not in ask(web, path, headers={"Accept-Encoding": "gzip;q=0"})[1]
    status, headers, nothing = ask(web, path, method="HEAD")
    assert (status, int(headers["Content-Length"]), nothing) == (200, len(body), b"")


@pytest.mark.parametrize("path, status, words", [
    ("/api/nothing", 404, "no such address"),
    ("/api/places/99999/fan", 404, "nothing of this"),
    ("/api/places/99999", 404, "nothing of this"),
    ("/api/places/01001/fan?model=none", 404, "nothing of this"),
    ("/api/places/01001/fan?modle=blend", 400, "modle"),
    ("/api/places/01001/fan?model=" + "a" * 100, 400, "too long"),
    ("/api/places/01001'%20or%201=1/fan", 400, "code"),
    ("/api/places/..%2F..%2Fetc/fan", 400, "code"),
    ("/api/places?state=01'+or+'1'='1", 200, None),
])
def test_what_is_not_there_is_said(web, path, status, words):
    told = rows(web, path, status)
    assert told == [] if words is None else words in told["error"], told


def test_other_methods_and_kinds_are_refused(web):
    assert ask(web, "/api/runs", method="DELETE")[0] == 405
    assert ask(web, "/api/runs", method="POST", headers={"Content-Length": "0"})[0] == 405
    assert ask(web, "/api/runs", headers={"Accept": "text/html"})[0] == 406
    assert ask(web, "/api/runs", headers={"Host": "attacker.example"})[0] == 403


def test_browsers_let_other_sites_read_only_where_it_is_allowed(web):
    headers = {"Origin": "https://example.org"}
    assert "Access-Control-Allow-Origin" not in ask(web, "/api/runs", headers=headers)[1]
    other = Service("--allow-origin", "https://example.org", lake=LAKE)
    assert ask(other, "/api/runs", headers=headers)[1]["Access-Control-Allow-Origin"] == "https://example.org"
    assert "Access-Control-Allow-Origin" not in ask(other, "/api/runs", headers={"Origin": "https://example.com"})[1]
    other.end()


def test_a_day_that_is_added_changes_the_answers(tmp_path):
    lake = tmp_path / "lake"
    shutil.copytree(LAKE, lake)
    moved = [path for path in lake.rglob("as_of=2020-10-24")]
    for path in moved:
        path.rename(tmp_path / path.parent.name)
    running = Service(lake=lake)
    before = ask(running, "/api/places/01001/fan?model=blend")
    assert {row["as_of"] for row in json.loads(before[2])} == {"2020-10-17"}
    for path in moved:
        (tmp_path / path.parent.name).rename(path)
    deadline = time.monotonic() + 20
    while {row["as_of"] for row in rows(running, "/api/places/01001/fan?model=blend")} != {"2020-10-24"}:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    after = ask(running, "/api/places/01001/fan?model=blend", headers={"If-None-Match": before[1]["ETag"]})
    assert after[0] == 200 and after[1]["ETag"] != before[1]["ETag"]
    running.end()


def test_a_lake_without_tables_says_so():
    running = Service()
    assert "no such table" in rows(running, "/api/runs", 404)["error"]
    assert ask(running, "/")[0] == 405, "without a site there is the Data API alone"
    running.end()


def test_keys_are_asked_for(tmp_path, site):
    keys = tmp_path / "keys.toml"
    keys.write_text(f'[[key]]\nid = "notebook"\nsecret = "{SECRET}"\n')
    keys.chmod(0o600)
    running = Service("--keys", keys, "--site", site, lake=LAKE)

    def basic(user, password):
        return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}

    for path in ("/api/runs", "/", "/api/places/01001/fan"):
        status, headers, _ = ask(running, path)
        assert status == 401 and headers["WWW-Authenticate"].startswith("Basic ")
        for wrong in (basic("notebook", "wrong"), basic("other", SECRET), {"Authorization": "Basic ?"}, {"Authorization": "Bearer x"}):
            assert ask(running, path, headers=wrong)[0] == 401
        assert ask(running, path, headers=basic("notebook", SECRET))[0] == 200
    running.end()


@pytest.mark.parametrize("path, name, kind", [
    ("/", "index.html", "text/html; charset=utf-8"),
    ("/index.html?of=today", "index.html", "text/html; charset=utf-8"),
    ("/county.js", "county.js", "text/javascript; charset=utf-8"),
    ("/data/places.json", "data/places.json", "application/json"),
    ("/data/", "data/index.html", "text/html; charset=utf-8"),
])
def test_the_site_is_served_with_its_types(web, path, name, kind):
    status, headers, body = ask(web, path)
    assert (status, headers["Content-Type"], body) == (200, kind, FILES[name])
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Cache-Control"] == "no-cache"
    assert ask(web, path, headers={"If-None-Match": headers["ETag"]})[0] == 304
    if len(body) > 1_000:
        packed = ask(web, path, headers={"Accept-Encoding": "gzip"})
        assert packed[1]["Content-Encoding"] == "gzip" and gzip.decompress(packed[2]) == body


def test_a_page_that_changes_is_served_anew(web, site):
    assert ask(web, "/county.js")[2] == FILES["county.js"]
    try:
        (site / "county.js").write_bytes(b"export const county = 2;  // anew\n")
        assert ask(web, "/county.js")[2].endswith(b"anew\n")
    finally:
        (site / "county.js").write_bytes(FILES["county.js"])


@pytest.mark.parametrize("path", [
    "/../conftest.py", "/%2e%2e/conftest.py", "/..%2fconftest.py", "/data/..%2f..%2f..%2fetc/passwd", "/data/../../etc/passwd", "//etc/passwd",
    "/link/passwd", "/.secret", "/%2esecret", "/data%5c..%5c.secret", "/index.html%00", "/none", "/data/none", "/%ff%fe", "/index.html/",
])
def test_no_path_leads_out_of_the_site(web, path):
    status, _, body = ask(web, path)
    assert status == 404 and b"root:" not in body and b"hidden" not in body


def test_a_folder_is_one_and_the_data_api_stays(web):
    status, headers, _ = ask(web, "/data")
    assert (status, headers["Location"]) == (308, "/data/")
    assert web.client().list_databases(Database="dev")["Databases"] == ["countycast"]


def test_a_folder_without_a_page_is_refused(tmp_path):
    import subprocess

    from conftest import program

    done = subprocess.run([program(), "serve", "--lake", LAKE, "--site", tmp_path], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "it has no index.html" in done.stderr
    done = subprocess.run([program(), "serve", "--lake", LAKE, "--allow-origin", "https://example.org/path"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "no origin" in done.stderr
