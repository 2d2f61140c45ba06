"""Engines written in Python."""

import numpy as np
import pytest

import countycast as cc
from conftest import COUNTY


class Growth(cc.Engine):
    """Last week's cases, growing as they did."""

    name = "growth"

    def fit(self, history, streams):
        if history.days < 21:
            raise ValueError("under three weeks")
        assert not history.cases.flags.writeable
        recent, before = history.cases[-7:].sum(), history.cases[-14:-7].sum()
        return recent / 7, min((recent + 1) / (before + 1), 1.5)

    def draw(self, fitted, horizon, draws, streams):
        level, growth = fitted
        noise = streams.rng("growth").normal(0, 0.2, size=(draws, 1))
        weeks = np.arange(1, horizon + 1) / 7
        cases = level * (growth * np.exp(noise)) ** weeks
        return {"inc case": cases, "inc death": 0.01 * cases}


def test_it_joins_the_blend(panel, run):
    ours = cc.project(panel, engines=["flat", "trend", "curve", Growth()], states=["IA"])
    assert ours.engines == ["flat", "trend", "curve", "growth"]
    own = ours.quantiles(COUNTY, model="growth", target="inc case", resolution="week").to_pandas()
    assert len(own) == 4 * 23 and (own["value"] >= 0).all()
    shares = ours.counties.to_pandas().set_index("fips").loc[COUNTY]
    assert shares["weight_growth"] == pytest.approx(1 / (1 + 0.3 + 0.2 + 0.1), rel=1e-6)
    others = {model: ours.quantiles(COUNTY, model=model).to_arrow() for model in ("flat", "trend", "curve")}
    for model, found in others.items():
        assert found.equals(run.quantiles(COUNTY, model=model).to_arrow()), "other engines are as without it"
    again = cc.project(panel, engines=["flat", "trend", "curve", Growth()], states=["IA"], jobs=1)
    assert again.quantiles().to_arrow().equals(ours.quantiles().to_arrow()), "the same at any number of threads"
    assert ours.draws(COUNTY).shape == (300, 28)


def test_it_may_be_alone(panel):
    alone = cc.project(panel, engines=Growth(), fips=COUNTY)
    assert alone.engines == ["growth"]
    blend = alone.quantiles(COUNTY, model="blend", target="inc case", resolution="week").to_arrow()
    own = alone.quantiles(COUNTY, model="growth", target="inc case", resolution="week").to_arrow()
    assert blend["value"].equals(own["value"])


class Faulty(Growth):
    name = "faulty"

    def fit(self, history, streams):
        if history.fips == "19003":
            raise ZeroDivisionError("on purpose")
        return super().fit(history, streams)

    def draw(self, fitted, horizon, draws, streams):
        return np.full((draws, horizon), self.value)


@pytest.mark.parametrize(
    ("value", "words"), [(np.nan, "NaN is not"), (-1.0, "-1"), (np.inf, "inf"), ("many", "not numbers"), (1j, "not numbers")]
)
def test_draws_that_are_no_counts_leave_it_out(panel, value, words):
    engine = Faulty()
    engine.value = value
    found = cc.project(panel, engines=["flat", engine], fips=["19001", "19003"])
    failures = {row["fips"]: row["reason"] for row in found.failures if row["engine"] == "faulty"}
    assert failures["19003"] == "refused: ZeroDivisionError: on purpose"
    assert words in failures[COUNTY], failures
    assert len(found.quantiles(COUNTY, model="blend")) > 0


def test_a_wrong_shape_is_told(panel):
    class Short(Growth):
        name = "short"

        def draw(self, fitted, horizon, draws, streams):
            return np.zeros((draws, horizon - 1))

    found = cc.project(panel, engines=["flat", Short()], fips=COUNTY)
    assert "(300, 27), where (300, 28) was asked for" in found.failures[0]["reason"]


@pytest.mark.parametrize("name", ["seir", "blend", "", "fallback"])
def test_names_that_are_taken(panel, name):
    engine = Growth()
    engine.name = name
    with pytest.raises(cc.errors.RequestError, match="cannot be called"):
        cc.project(panel, engines=[engine])


def test_conformance():
    cc.check_engine(Growth())

    class Restless(Growth):
        def draw(self, fitted, horizon, draws, streams):
            return np.random.default_rng().random((draws, horizon))

    class Transposed(Growth):
        def draw(self, fitted, horizon, draws, streams):
            return streams.rng().random((horizon, draws)).T

    with pytest.raises(AssertionError, match="gives other numbers"):
        cc.check_engine(Restless())
    with pytest.raises(AssertionError, match="more draws change"):
        cc.check_engine(Transposed())
    with pytest.raises(NotImplementedError):
        cc.check_engine(cc.Engine())
