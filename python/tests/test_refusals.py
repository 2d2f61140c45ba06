"""What cannot be used raises an exception that says what to do."""

import datetime
import pickle

import pandas
import pyarrow
import pytest

import countycast as cc
from conftest import COUNTY, QUICK


def refused(kind, *words):
    return pytest.raises(kind, match="(?s)" + ".*".join(words))


def test_exceptions_are_a_small_family():
    for name in ("InputError", "RequestError", "OutputError", "FetchError", "WarehouseError"):
        assert issubclass(getattr(cc.errors, name), cc.CountycastError)
    assert issubclass(cc.errors.RequestError, ValueError) and issubclass(cc.errors.OutputError, OSError)
    error = pickle.loads(pickle.dumps(cc.errors.RequestError("wrong", "do right")))
    assert str(error) == "wrong\n  help: do right" and (error.message, error.remedy) == ("wrong", "do right")
    assert str(cc.errors.OutputError("full", None)) == "full"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"fips": "99999"}, ["99999"]),
        ({"fips": "1"}, ["`1`", "leading zeros"]),
        ({"states": ["Atlantis"]}, ["Atlantis", "known states"]),
        ({"engines": ["oracle"]}, ["oracle", "known engines: flat"]),
        ({"engines": ["flat", "flat"]}, ["named twice"]),
        ({"horizon": 3}, ["7 to 366"]),
        ({"config": {"phase": {"min_dayz": 3}}}, ["min_dayz", "min_days"]),
        ({"config": {"seed": None}}, ["config"]),
        ({"config": {"draws": 1}}, ["100 to 10000"]),
        ({"jobs": 0}, ["1 to 1024"]),
        ({"jobs": 100_000}, ["1 to 1024"]),
    ],
)
def test_requests_that_cannot_be_met(panel, asked, words):
    with refused(ValueError, *words) as error:
        cc.project(panel, **{"engines": ["flat"], **asked})
    assert isinstance(error.value, cc.CountycastError) and error.value.remedy


def test_wrong_types(panel, run):
    for asked in ({"fips": [36061]}, {"engines": [3]}, {"seed": "7"}, {"horizon": 28.5}, {"jobs": "two"}, {"seed": -1}):
        with pytest.raises((TypeError, OverflowError)):
            cc.project(panel, **{"engines": ["flat"], **asked})
    with refused(TypeError, "not a countycast.Panel"):
        cc.project("data")
    with refused(TypeError, "not a date"):
        cc.Panel.demo(as_of=20201024)
    with refused(TypeError, "PyCapsule", "not list"):
        cc.Panel.from_frames([1, 2, 3])
    with pytest.raises(TypeError):
        run.draws(19001)
    with refused(TypeError, "cannot be sent"):
        pickle.dumps(cc.Panel.from_frames(panel_of(60)))


def test_files_and_days_that_are_not_there(data, panel, run, tmp_path):
    with refused(cc.errors.InputError, "nowhere"):
        cc.Panel.read(tmp_path / "nowhere")
    with refused(ValueError, "2031-01-01"):
        cc.Panel.read(data, as_of=datetime.date(2031, 1, 1))
    with refused(ValueError, "`tomorrow` is not a date"):
        cc.Panel.read(data, as_of="tomorrow")
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    for file in data.iterdir():
        if file.is_file():
            (damaged / file.name).write_bytes(file.read_bytes()[:200])
    with pytest.raises(cc.CountycastError):
        cc.Panel.read(damaged)
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError):
        run.to_hub(tmp_path / "file")
    with refused(cc.errors.InputError, "damaged|Parquet|parquet"):
        cc._countycast.read_table(str(tmp_path / "file"))
    for call in (run.quantiles, run.draws, panel.counts):
        with refused(cc.errors.RequestError, "no place `48999`"):
            call("48999")
    with refused(cc.errors.RequestError, "no joint draws"):
        run.draws(COUNTY, target="hope")


def panel_of(days, **columns):
    dates = pandas.date_range("2020-06-01", periods=days)
    made = {"fips": "19001", "date": dates, "cases": 5.0, "deaths": 0.0, **columns}
    return pandas.DataFrame(made, index=range(days))


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (panel_of(0), ["no row"]),
        (panel_of(60).drop(columns="deaths"), ["no column `deaths`", "fips, date, cases"]),
        (panel_of(60, cases=[float("nan")] * 60), ["`cases`", "row 0", "0 on a day"]),
        (panel_of(60, cases=[float("inf")] * 60), ["inf", "`cases`"]),
        (panel_of(60, cases=["many"] * 60), ["`many`", "`cases`"]),
        (panel_of(60, cases=[1e12] * 60), ["more than any county"]),
        (panel_of(60, cases=[-1.0] * 60), ["below zero"]),
        (panel_of(60, fips="Adair"), ["`Adair`", "five digits"]),
        (panel_of(60, fips="19"), ["19 is not the code of a county"]),
        (panel_of(60, fips=None), ["missing value", "`fips`"]),
        (panel_of(60, date="someday"), ["`someday`", "`date`"]),
        (panel_of(60, date=pandas.Timestamp("2020-06-01 12:30")), ["a time", "`date`"]),
        (panel_of(60, date=pandas.Timestamp("2020-06-01")), ["two rows", "2020-06-01"]),
        (panel_of(60).drop(index=30), ["no row for 19001 on 2020-07-01"]),
        (panel_of(60, deaths=9.0), ["deaths"]),
    ],
)
def test_counts_that_cannot_be_used(counts, words):
    with refused(ValueError, *words):
        cc.Panel.from_frames(counts)


def test_types_that_no_count_has():
    with refused(TypeError, "`cases`", "List"):
        cc.Panel.from_frames(pyarrow.table({"fips": ["19001"], "date": ["2020-06-01"], "cases": [[1]], "deaths": [0]}))
    with refused(TypeError, "is not a table"):
        cc.Panel.from_frames(pyarrow.chunked_array([[1, 2]]))


def test_a_panel_of_tables_has_no_files_of_past_days():
    panel = cc.Panel.from_frames(panel_of(90))
    for call in (
        lambda: cc.evaluate(panel, since="2020-07-01", until="2020-07-01"),
        lambda: cc.what_if(panel, set={"masks.strength": 0.5}),
    ):
        with refused(cc.errors.RequestError, "made of tables", "Panel.read"):
            call()
    assert len(cc.project(panel, engines=QUICK).quantiles()) > 0
