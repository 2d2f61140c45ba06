"""The module does what the program does, byte for byte."""

import pandas
import pyarrow.parquet
import pytest

import countycast as cc
from conftest import QUICK, program


@pytest.fixture(scope="module")
def whole(panel):
    """All places by all default engines."""
    return cc.project(panel)


@pytest.fixture(scope="module")
def out(data, tmp_path_factory):
    """The same by the program."""
    folder = tmp_path_factory.mktemp("out") / "out"
    done = program("project", "--data", data, "--out", folder, "--retrain", "--jobs", "1", "--quiet")
    assert done.returncode == 0, done.stderr
    return folder


def read(path):
    return pyarrow.parquet.read_table(path)


def test_quantiles_are_those_of_the_file(whole, out):
    ours, file = whole.quantiles().to_arrow(), read(out / "projections.parquet")
    assert ours.column_names == file.column_names
    assert ours.num_rows == file.num_rows > 500_000
    for name in ours.column_names:
        assert ours[name].combine_chunks().equals(file[name].combine_chunks()), name


def test_places_are_those_of_the_file(whole, out):
    ours, file = whole.counties.to_arrow(), read(out / "counties.parquet")
    pandas.testing.assert_frame_equal(ours.to_pandas(), file.to_pandas(), check_exact=True)
    assert set(cc.DEFAULT_ENGINES) == {name.removeprefix("weight_") for name in ours.column_names if "weight_" in name}


def test_the_hubs_file_has_the_same_bytes(whole, out, tmp_path):
    ours = whole.to_hub(tmp_path)
    file = out / "hub" / ours.relative_to(tmp_path)
    assert ours.read_bytes() == file.read_bytes()
    assert [path.name for path in ours.parent.iterdir()] == [ours.name], "nothing unfinished is left"


def test_a_place_has_the_same_numbers_in_a_run_of_its_own(whole, panel):
    alone = cc.project(panel, fips="19001", jobs=1)
    assert alone.quantiles().to_arrow().equals(whole.quantiles("19001").to_arrow())


def test_seed_horizon_and_settings_are_the_programs(data, panel, tmp_path):
    settings = tmp_path / "run.toml"
    settings.write_text("draws = 200\n[blend.prior]\ntrend = 5.0\n")
    chosen = ["--engines", ",".join(QUICK), "--seed", "7", "--horizon", "21", "--fips", "19001,19003"]
    done = program("project", "--data", data, "--out", tmp_path / "out", "--config", settings, "--quiet", *chosen)
    assert done.returncode == 0, done.stderr
    file = read(tmp_path / "out" / "projections.parquet")
    asked = {"engines": QUICK, "seed": 7, "horizon": 21, "fips": ["19001", "19003"]}
    by_file = cc.project(panel, config=settings, **asked)
    by_mapping = cc.project(panel, config={"draws": 200, "blend": {"prior": {"trend": 5.0}}}, **asked)
    for run in (by_file, by_mapping):
        assert run.quantiles().to_arrow().equals(file)
    assert by_file.horizon == 21
    assert cc.project(panel, **{**asked, "seed": 8}).quantiles().to_arrow() != file


def test_draws_have_the_quantiles_of_the_blend(run):
    import numpy

    for fips in ("19001", "19"):
        draws = run.draws(fips)
        assert draws.shape == (300, 28) and (draws >= 0).all()
        weekly = run.quantiles(fips, model="blend", target="inc case", resolution="week").to_pandas()
        median = weekly[weekly["quantile"] == 0.5].set_index("horizon")["value"]
        for week in range(4):
            found = numpy.median(draws[:, 7 * week : 7 * week + 7].sum(axis=1))
            assert found == pytest.approx(median[week + 1], rel=0.02), (fips, week)
    assert (run.draws("19001") == run.draws("19001")).all()
    assert run.draws("19001", target="inc death").shape == (300, 28)
