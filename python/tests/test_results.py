"""Backtests, scenarios, pictures, SQL, and the program."""

import json
import os
import shutil
import subprocess
import sys

import pandas
import pytest

import countycast as cc
from conftest import COUNTY, QUICK, program


def test_evaluate_scores_past_days(panel, tmp_path):
    asked = {"since": "2020-08-15", "until": "2020-08-22", "engines": QUICK, "states": ["IA"]}
    found = cc.evaluate(panel, out=tmp_path / "backtest", **asked)
    assert found.as_of == ["2020-08-15", "2020-08-22"] and found.summary["reused"] == 0
    means = pandas.DataFrame(found.means)
    assert {"model", "target", "horizon"} <= set(means.columns)
    scores = found.scores.to_pandas()
    assert {"blend", *QUICK} <= set(scores["model"]) and (scores["wis"] >= 0).all()
    again = cc.evaluate(panel, out=tmp_path / "backtest", **asked)
    assert again.summary["reused"] == 2 and again.scores.to_arrow().equals(found.scores.to_arrow())
    with pytest.raises(cc.CountycastError):
        cc.evaluate(panel, since="2020-08-22", until="2020-08-15")


def test_what_if_compares_with_the_baseline(panel):
    found = cc.what_if(panel, set={"masks.strength": [0.2, 0.6]}, fips=COUNTY, engines=["flat", "seir"], horizon=28)
    effects = found.effects.to_pandas()
    cases = effects[(effects["model"] == "blend") & (effects["quantity"] == "cases")]
    assert len(cases) == 2 and (cases["difference"] <= 0).all()
    assert len(found.days) and len(found.quantiles) and len(found.capacity)
    assert (found.out / "courses.svg").is_file()
    with pytest.raises(cc.errors.RequestError, match="no scenario"):
        cc.what_if(panel)
    with pytest.raises(ValueError):
        cc.what_if(panel, set={"hope.strength": 1})


def test_pictures(run, data):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    early = cc.project(cc.Panel.read(data, as_of="2020-09-26"), engines=["flat", "trend"], fips=COUNTY)
    axes = early.plot(COUNTY, interval=0.95, history_weeks=8, truth=run.panel)
    lines = {line.get_label(): line for line in axes.lines}
    assert len(lines["counted, after repair"].get_xdata()) == 8
    assert len(lines["median"].get_xdata()) == len(lines["came true"].get_xdata()) == 4
    assert "Iowa" in axes.get_title("left") or "IA" in axes.get_title("left")
    for wrong in ({"interval": 0.123}, {"target": "cum case"}, {"history_weeks": 0}):
        with pytest.raises(cc.errors.RequestError):
            run.plot(COUNTY, **wrong)


def test_the_wheel_brings_the_program(tmp_path):
    assert program("--version").stdout == f"countycast {cc.__version__}\n"
    refused = program("project", "--horizon", "3", "--out", tmp_path / "out")
    assert refused.returncode == 2 and "7 to 366 days" in refused.stderr and not (tmp_path / "out").exists()
    document = json.loads(program("project", "--format", "json", "--horizont", "3").stdout)
    assert document["exit_code"] == 2 and "--horizont" in document["error"]
    assert program("sql", "select 1", env={"PATH": "/nowhere"}).returncode == 2


def test_importing_is_quick_and_brings_nothing_along():
    code = "import time; t = time.perf_counter(); import countycast, sys; print(time.perf_counter() - t, *sys.modules)"
    seconds = []
    for _ in range(5):
        took, *modules = subprocess.check_output([sys.executable, "-c", code], text=True).split()
        seconds.append(float(took))
        assert not {"numpy", "pandas", "pyarrow", "polars", "matplotlib", "boto3", "tqdm"} & set(modules)
    assert min(seconds) < 0.15, seconds


@pytest.fixture(scope="module")
def warehouse():
    """The warehouse's program, where `.ci/run` has built it."""
    found = shutil.which("countycast-warehouse")
    if found is None:
        if os.environ.get("CI_WAREHOUSE"):
            raise AssertionError("countycast-warehouse is not on PATH")
        pytest.skip("countycast-warehouse is not on PATH")
    return found


@pytest.fixture(scope="module")
def lake(run, tmp_path_factory):
    import pyarrow.parquet

    folder = tmp_path_factory.mktemp("lake")
    pyarrow.parquet.write_table(run.quantiles().to_arrow(), folder / "projections.parquet")
    return folder


def test_a_lake_answers_in_sql(run, lake, warehouse):
    ours = cc.lake(lake)
    found = ours.sql("select count(*) as rows, max(value) as most from projections where fips = :fips", fips=COUNTY)
    expected = run.quantiles(COUNTY).to_pandas()
    assert found.to_arrow().to_pylist() == [{"rows": len(expected), "most": expected["value"].max()}]
    with pytest.raises(cc.errors.WarehouseError, match="nonsense"):
        ours.sql("select nonsense from projections")


def test_the_data_api_answers(lake, warehouse):
    pytest.importorskip("boto3")
    command = [warehouse, "serve", "--lake", lake, "--listen", "127.0.0.1:0"]
    served = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        url = served.stderr.readline().split()[-1]
        keys = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
        ours = cc.redshift(endpoint_url=url, **keys)
        found = ours.sql("select fips, count(*) as rows from projections where fips = :fips group by fips", {"fips": COUNTY})
        assert list(found.columns) == ["fips", "rows"] and found["fips"].tolist() == [COUNTY]
        with pytest.raises(cc.errors.WarehouseError, match="nonsense"):
            ours.sql("select nonsense from projections")
    finally:
        served.terminate()
        served.wait()


def test_a_missing_lake_or_program_is_told(tmp_path, monkeypatch):
    with pytest.raises(cc.errors.WarehouseError, match="there is no"):
        cc.lake(tmp_path / "nowhere")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(cc.errors.WarehouseError, match="install it"):
        cc.lake(tmp_path).sql("select 1")
