"""Tables go to and come from whatever speaks Arrow."""

import datetime

import duckdb
import pandas
import polars
import pyarrow
import pytest

import countycast as cc
from conftest import COUNTY


@pytest.fixture(scope="module")
def table(run):
    return run.quantiles(COUNTY)


def test_every_library_gets_the_same_rows(table):
    arrow, frame, polar = table.to_arrow(), table.to_pandas(), table.to_polars()
    rows = table
    query = duckdb.sql("select count(*), sum(value), min(as_of), max(fips) from rows")
    assert (len(table), len(table.columns)) == table.shape == (arrow.num_rows, 9) == frame.shape == polar.shape
    total = sum(arrow["value"].to_pylist())
    assert frame["value"].sum() == pytest.approx(total) and polar["value"].sum() == pytest.approx(total)
    count, summed, as_of, fips = query.fetchall()[0]
    assert (count, as_of, fips) == (len(table), datetime.date(2020, 10, 24), COUNTY)
    assert summed == pytest.approx(total)
    assert frame["as_of"].dtype.kind == "M" and polar["target_end_date"].dtype == polars.Date
    assert "19001" in frame.to_string() and "rows" in repr(table) and "<table" in table._repr_html_()


def test_rows_are_not_copied(table):
    first, second = pyarrow.table(table), pyarrow.table(table)
    address = [found["value"].chunk(0).buffers()[1].address for found in (first, second)]
    assert address[0] == address[1]
    kept = second["value"].to_pylist()
    del first, second
    assert pyarrow.table(table)["value"].to_pylist() == kept


def test_a_stream_can_be_taken_once(table):
    capsule = table.__arrow_c_stream__()
    read = pyarrow.RecordBatchReader._import_from_c_capsule
    assert read(capsule).read_all().num_rows == len(table)
    with pytest.raises(pyarrow.ArrowInvalid):
        read(capsule)


def test_quantiles_are_chosen_by_name(run):
    chosen = run.quantiles(COUNTY, model="blend", target="inc case", resolution="week").to_pandas()
    assert len(chosen) == 4 * 23 and set(chosen["model"]) == {"blend"}
    assert chosen.groupby("horizon")["value"].apply(lambda values: values.is_monotonic_increasing).all()
    assert len(run.quantiles(COUNTY, model="nobody")) == 0
    assert set(run.quantiles(["19003", COUNTY]).to_pandas()["fips"]) == {COUNTY, "19003"}


def kinds(counts):
    """The same table of counts in many forms."""
    arrow = pyarrow.Table.from_pandas(counts, preserve_index=False)
    day = counts["date"].dt.date
    yield "pandas", counts
    yield "pandas, categories", counts.astype({"fips": "category"})
    yield "pandas, text as dates", counts.assign(date=day.astype(str))
    yield "pandas, numbers as codes", counts.assign(fips=counts["fips"].astype(int))
    yield "pandas, dates", counts.assign(date=day)
    yield "pandas, whole numbers", counts.assign(cases=counts["cases"].astype("int32"))
    yield "polars", polars.DataFrame(arrow)
    yield "polars, categories", polars.DataFrame(arrow).cast({"fips": polars.Categorical})
    yield "pyarrow", arrow
    yield "pyarrow, many pieces", pyarrow.Table.from_batches(arrow.to_batches(max_chunksize=7))
    yield "pyarrow, string views", arrow.set_column(0, "fips", arrow["fips"].cast(pyarrow.string_view()))
    yield "pyarrow, another order", arrow.select(["deaths", "fips", "cases", "date"])
    yield "pyarrow, a part", pyarrow.concat_tables([arrow, arrow]).slice(len(counts), len(counts))
    yield "duckdb", duckdb.sql("select * from arrow")


def test_counts_come_from_any_table(counts):
    facts = pandas.DataFrame({"fips": ["19001", "19003", "19005"], "name": ["A", "B", "C"], "population": [7e3, None, 1]})
    expected = None
    for kind, table in kinds(counts):
        panel = cc.Panel.from_frames(table, facts)
        found = panel.counts([COUNTY, "19003", "19", "US"]).to_arrow()
        expected = found if expected is None else expected
        assert found.equals(expected), kind
    places = panel.places.to_pandas().set_index("fips")
    assert list(places.index) == ["US", "19", COUNTY, "19003"]
    assert places.loc[COUNTY, "name"] == "A, IA" and places.loc[COUNTY, "population"] == 7e3
    assert pandas.isna(places.loc["19003", "population"])
    run = cc.project(panel, engines=["flat", "trend"])
    assert run.fips == ["19", COUNTY, "19003", "US"]


def test_a_frame_that_changes_later_has_no_effect(counts):
    table = counts.copy()
    panel = cc.Panel.from_frames(table)
    before = panel.counts(COUNTY).to_arrow()
    table["cases"] = -1.0
    table["fips"] = None
    assert panel.counts(COUNTY).to_arrow().equals(before)
