"""A real cluster on this machine: two executors, each a process of its own."""

import os
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest

pytest.importorskip("pyspark")

from pyspark import cloudpickle
from pyspark.sql import SparkSession

import countycast as cc
from countycast import spark as cluster

# Executors do not have this file.
cloudpickle.register_pickle_by_value(sys.modules[__name__])

ENGINES = ["flat", "trend", "curve", "seir"]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "demo"
    program = Path(sysconfig.get_path("scripts")) / "countycast"
    subprocess.run([program, "data", "demo", folder], check=True)
    return folder


@pytest.fixture(scope="module")
def spark():
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local-cluster[2,1,1024]").appName("countycast")
    quiet = {"spark.ui.enabled": "false", "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
    for name, value in {**quiet, "spark.executorEnv.PYTHONPATH": os.environ.get("PYTHONPATH", "")}.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def alone(data):
    """The same on one machine."""
    return cc.project(cc.Panel.read(data), engines=ENGINES)


def rows(table):
    """Rows in an order of their own, for tables that have none."""
    keys = [(name, "ascending") for name in ("fips", "model", "target", "resolution", "horizon", "quantile")]
    return table.sort_by(keys).combine_chunks()


def expected(run, **chosen):
    return rows(pyarrow.table(run.quantiles(**chosen)).select(cluster.SCHEMA.names).cast(cluster.SCHEMA))


def read(path):
    return rows(pyarrow.parquet.read_table(path).select(cluster.SCHEMA.names).cast(cluster.SCHEMA))


def test_the_whole_panel_has_the_bytes_of_one_machine(spark, data, alone, tmp_path):
    done = cluster.project(spark, str(data), str(tmp_path / "lake"), engines=ENGINES)
    assert done.failures == {} and set(done.seconds) == {"19", "31", "46"}
    assert done.path.endswith("/quantiles/as_of=2020-10-24")
    assert read(done.path).equals(expected(alone))
    table = spark.read.parquet(str(tmp_path / "lake" / "quantiles"))
    assert table.where("fips = 'US'").count() > 0 and str(table.first()["as_of"]) == "2020-10-24"
    left = {path.name for path in (tmp_path / "lake").iterdir()}
    assert left == {"quantiles"}, "nothing unfinished is left"
    again = cluster.project(spark, str(data), str(tmp_path / "lake"), engines=ENGINES, states="IA", costs=done.seconds)
    assert read(again.path).equals(expected(alone, fips=[f for f in alone.fips if f.startswith("19")]))


class Moody(cc.Engine):
    """Fails in one county."""

    name = "moody"

    def fit(self, history, streams):
        if history.fips == "19001":
            raise ZeroDivisionError("on purpose")
        return history.cases[-7:].mean()

    def draw(self, fitted, horizon, draws, streams):
        return streams.rng().gamma(4, fitted / 4 + 0.01, size=(draws, horizon))


class Deadly(Moody):
    """Kills the executor in which it works, once."""

    name = "deadly"

    def __init__(self, marker):
        self.marker = marker

    def fit(self, history, streams):
        try:
            self.marker.touch(exist_ok=False)
        except FileExistsError:
            return history.cases[-7:].mean()
        # This process is a child of PySpark's daemon, which is a child of the executor.
        daemon = Path(f"/proc/{os.getppid()}/stat").read_text()
        os.kill(int(daemon.rpartition(")")[2].split()[1]), signal.SIGKILL)
        time.sleep(60)


def test_an_executor_that_is_killed_costs_time_alone(spark, data, tmp_path):
    marker = tmp_path / "killed"
    engines = ["flat", Deadly(marker)]
    done = cluster.project(spark, str(data), str(tmp_path / "lake"), engines=engines)
    assert marker.exists() and done.failures == {} and done.left_out == []
    assert read(done.path).equals(expected(cc.project(cc.Panel.read(data), engines=engines)))


def test_a_county_that_fails_costs_its_row(spark, data, tmp_path):
    engines = ["flat", Moody()]
    done = cluster.project(spark, str(data), str(tmp_path / "lake"), engines=engines)
    left_out = [row for row in done.left_out if row["engine"] == "moody"]
    assert [row["fips"] for row in left_out] == ["19001"] and "ZeroDivisionError" in left_out[0]["reason"]
    assert read(done.path).equals(expected(cc.project(cc.Panel.read(data), engines=engines)))


def test_a_poisoned_state_does_not_fail_the_job(spark, data, alone, tmp_path, monkeypatch):
    ordered = cluster._order
    monkeypatch.setattr(cluster, "_order", lambda *arguments: ["Atlantis", *ordered(*arguments)])
    done = cluster.project(spark, str(data), str(tmp_path / "lake"), engines=ENGINES)
    assert set(done.failures) == {"Atlantis", "US"} and "Atlantis" in done.failures["US"]
    assert "RequestError" in done.failures["Atlantis"]
    assert read(done.path).equals(expected(alone, fips=[fips for fips in alone.fips if fips != "US"]))


def test_a_panel_on_another_file_system_is_fetched(spark, data, alone, tmp_path):
    done = cluster.project(spark, f"file://{data}", str(tmp_path / "lake"), engines=ENGINES, states="NE")
    assert read(done.path).equals(expected(alone, fips=[fips for fips in alone.fips if fips.startswith("31")]))


def test_what_cannot_be_met_is_told_before_the_cluster_works(spark, data, tmp_path):
    with pytest.raises(cc.errors.RequestError, match="Atlantis"):
        cluster.project(spark, str(data), str(tmp_path / "lake"), engines=["flat"], states="Atlantis")
    with pytest.raises(cc.errors.RequestError, match="oracle"):
        cluster.project(spark, str(data), str(tmp_path / "lake"), engines=["oracle"])
    assert not (tmp_path / "lake").exists()


def test_columns_are_checked_by_name(alone):
    table = pyarrow.table(alone.quantiles("19001"))
    order = np.random.default_rng(1).permutation(table.column_names).tolist()
    assert cluster._checked(table.select(order)).equals(cluster._checked(table))
    with pytest.raises(ValueError, match="lack the columns .*value"):
        cluster._checked(table.drop_columns("value"))
    with pytest.raises(ValueError, match="surplus.* too many"):
        cluster._checked(table.append_column("surplus", table["value"]))


def test_the_longest_come_first(data):
    panel = cc.Panel.read(data)
    counties = panel.places.to_pandas().query("level == 'county'").groupby("state").size()
    assert cluster._order(panel, [], {}) == sorted(counties.index, key=lambda state: -counties[state])
    assert cluster._order(panel, ["IA", "SD"], {"46": 9.0, "19": 1.0}) == ["SD", "IA"]
