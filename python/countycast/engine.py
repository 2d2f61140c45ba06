"""A model of your own, which joins the blend."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from countycast import _countycast

if TYPE_CHECKING:
    import numpy


@dataclasses.dataclass(frozen=True)
class History:
    """A place's counts up to the as-of day. Arrays are of float64, a value a day from `first_day`, people; do not change them."""

    fips: str
    """Code: "US", two digits of a state, five of a county."""
    name: str
    population: float | None
    """Residents, if known."""
    first_day: datetime.date
    cases: numpy.ndarray
    """New cases after repair; expected ones on days not yet reported."""
    deaths: numpy.ndarray
    """New deaths, likewise."""
    cases_reported: numpy.ndarray
    """New cases as published."""
    deaths_reported: numpy.ndarray
    """New deaths as published."""
    region_cases: numpy.ndarray | None
    """New cases of the place around it: the state of a county, the nation of a state."""

    @property
    def days(self) -> int:
        """Number of days."""
        return len(self.cases)

    @property
    def as_of(self) -> datetime.date:
        """The last day."""
        return self.first_day + datetime.timedelta(days=self.days - 1)


class Streams:
    """Random numbers of an engine in a place: the same for the same seed, engine, place, purpose and draw."""

    def __init__(self, inner: _countycast.Streams) -> None:
        self._inner = inner

    def rng(self, purpose: str = "", draw: int = 0) -> numpy.random.Generator:
        """A generator at its start. One `draw` has others than the next."""
        import numpy

        return numpy.random.Generator(numpy.random.Philox(key=list(self._inner.seed(purpose, draw))))


class Engine:
    """A model of one place. Subclass it, give the class a `name`, and write `fit` and `draw`:

    >>> class Renewal(cc.Engine):
    ...     name = "renewal"
    ...     def fit(self, history, streams):
    ...         if history.days < 21:
    ...             raise ValueError("under three weeks")
    ...         recent, before = history.cases[-7:].sum(), history.cases[-14:-7].sum()
    ...         return recent / 7, (recent + 1) / (before + 1)
    ...     def draw(self, fitted, horizon, draws, streams):
    ...         level, growth = fitted
    ...         noise = streams.rng("growth").normal(0, 0.2, size=(draws, 1))
    ...         weeks = np.arange(1, horizon + 1) / 7
    ...         return level * (growth * np.exp(noise)) ** weeks
    >>> run = cc.project(panel, engines=["learner", "seir", Renewal()])

    Its share in the blend is 1, where learner has 7 and seir 3, unless `config={"blend": {"prior": {…}}}` of these engines says
    otherwise. One object serves all places, on several threads that take turns with Python's lock: keep what a fit found in what
    `fit` returns, not in `self`. An exception leaves the engine out of that place, with the exception as the reason in
    `run.failures`. Under scenarios it follows the mechanistic engines. `check_engine` tests what the blend relies on.
    """

    name: str = ""
    """Short lower-case name, as in the column `model`."""

    def fit(self, history: History, streams: Streams) -> Any:
        """Fits the model to a place; whatever it returns is given to `draw`."""
        raise NotImplementedError(f"{type(self).__name__}.fit")

    def draw(
        self, fitted: Any, horizon: int, draws: int, streams: Streams
    ) -> numpy.ndarray | Mapping[str, numpy.ndarray]:
        """Joint trajectories of new cases: a row a draw, a column a day after the as-of day, finite and not negative.

        A mapping of "inc case" and "inc death" to such arrays projects deaths, too. More draws only add rows: row i is the same
        for any number of them. An array drawn by one call of one generator with rows first has this property.
        """
        raise NotImplementedError(f"{type(self).__name__}.draw")

    def _fit(self, history: dict[str, Any], streams: _countycast.Streams) -> Any:
        return self.fit(_history(history), Streams(streams))

    def _draw(
        self, fitted: Any, horizon: int, draws: int, streams: _countycast.Streams
    ) -> tuple[bytes, bytes | None]:
        found = self.draw(fitted, horizon, draws, Streams(streams))
        targets = dict(found) if isinstance(found, Mapping) else {"inc case": found}
        unknown = set(targets) - {"inc case", "inc death"}
        if unknown or "inc case" not in targets:
            raise ValueError(f"draw: targets {sorted(targets)}; give inc case, and inc death if it is projected")
        deaths = targets.get("inc death")
        cases = _bytes("inc case", targets["inc case"], draws, horizon)
        return cases, None if deaths is None else _bytes("inc death", deaths, draws, horizon)


def _history(given: dict[str, Any]) -> History:
    import numpy

    def array(data: bytes | None) -> numpy.ndarray | None:
        return None if data is None else numpy.frombuffer(data, dtype="<f8")

    arrays = ("cases", "deaths", "cases_reported", "deaths_reported", "region_cases")
    found = {name: array(given[name]) if name in arrays else given[name] for name in given}
    return History(**{**found, "first_day": datetime.date.fromisoformat(given["first_day"])})


def _bytes(target: str, values: Any, draws: int, horizon: int) -> bytes:
    import numpy

    array = numpy.asarray(values)
    if array.shape != (draws, horizon):
        raise ValueError(f"draw: {target} has the shape {array.shape}, where ({draws}, {horizon}) was asked for")
    if array.dtype.kind not in "fiu":
        raise TypeError(f"draw: {target} has values of type {array.dtype}, not numbers")
    return array.astype("<f4").tobytes()


def check_engine(engine: Engine, history: History | None = None) -> None:
    """Tests what the blend relies on, on one place's history; an AssertionError tells what does not hold.

    Fits and draws give the same numbers again; more draws only add rows; a longer horizon has the same shape; counts are finite
    and not negative; the history is not changed; a history without cases is projected or refused by an exception.
    """
    import numpy

    if history is None:
        days = numpy.arange(120)
        cases = numpy.round(40 * numpy.exp(0.02 * days) * (1 + 0.1 * numpy.sin(days)))
        history = _made(cases)
    before = [numpy.array(values) for values in (history.cases, history.deaths)]

    def drawn(history: History, horizon: int, draws: int) -> dict[str, Any]:
        streams = Streams(_FixedStreams())
        found = engine._draw(engine.fit(history, streams), horizon, draws, _FixedStreams())
        return {
            target: numpy.frombuffer(data, dtype="<f4").reshape(draws, horizon)
            for target, data in zip(("inc case", "inc death"), found)
            if data is not None
        }

    first, again, more = drawn(history, 28, 100), drawn(history, 28, 100), drawn(history, 28, 150)
    longer = drawn(history, 42, 100)
    for target, values in first.items():
        assert numpy.array_equal(values, again[target]), f"{target}: a second fit and draw gives other numbers"
        assert numpy.array_equal(values, more[target][:100]), f"{target}: more draws change the first ones"
        assert longer[target].shape == (100, 42), f"{target}: a longer horizon has the shape {longer[target].shape}"
        assert numpy.isfinite(values).all(), f"{target}: not finite"
        assert (values >= 0).all(), f"{target}: below zero"
    kept = all(numpy.array_equal(*pair) for pair in zip(before, (history.cases, history.deaths)))
    assert kept, "fit or draw changed the history"
    try:
        nothing = drawn(_made(numpy.zeros(120)), 28, 100)
    except Exception:
        return
    assert all(numpy.isfinite(values).all() and (values >= 0).all() for values in nothing.values()), (
        "a place without cases: not finite or below zero"
    )


class _FixedStreams:
    """Streams of a place that is in no panel."""

    def seed(self, purpose: str, draw: int) -> tuple[int, int]:
        import zlib

        return zlib.crc32(purpose.encode()), draw


def _made(cases: numpy.ndarray) -> History:
    deaths = (cases * 0.01).round()
    cases.flags.writeable = deaths.flags.writeable = False
    day = datetime.date(2020, 6, 1)
    return History("19001", "Adair", 7_000.0, day, cases, deaths, cases, deaths, None)
