"""What several tests use. They run on the installed package: `python/` itself must not be on the path."""

import subprocess
import sysconfig
from pathlib import Path

import pytest

import countycast as cc

# Engines that need no training.
QUICK = ["flat", "trend", "curve"]
COUNTY = "19001"


def program(*arguments, **options):
    """Runs the console script that the wheel brings."""
    command = [Path(sysconfig.get_path("scripts")) / "countycast", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """The demonstration panel as files."""
    folder = tmp_path_factory.mktemp("data") / "demo"
    done = program("data", "demo", folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def panel(data):
    return cc.Panel.read(data)


@pytest.fixture(scope="session")
def run(panel):
    return cc.project(panel, engines=QUICK, states=["IA"])


@pytest.fixture(scope="session")
def counts(panel):
    """Counts of two counties as a table of pandas."""
    frame = panel.counts([COUNTY, "19003"]).to_pandas()[["fips", "date", "cases_reported", "deaths_reported"]]
    return frame.rename(columns={"cases_reported": "cases", "deaths_reported": "deaths"})
