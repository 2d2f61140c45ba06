"""Backtests."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from countycast import _countycast
from countycast._options import Config, Day, day, names, places, settings
from countycast._progress import shown
from countycast.errors import RequestError
from countycast.panel import Panel
from countycast.table import Table


def evaluate(
    panel: Panel,
    *,
    since: Day,
    until: Day,
    every: int = 7,
    engines: str | Iterable[str] | None = None,
    states: str | Iterable[str] | None = None,
    fips: str | Iterable[str] | None = None,
    out: str | os.PathLike | None = None,
    seed: int | None = None,
    config: Config = None,
    jobs: int | None = None,
    progress: bool | None = None,
) -> Evaluation:
    """Projects the days from `since` to `until`, `every` so many days, from what was known then, and scores the forecasts.

    The panel names the folder of data, and whether files are read as published on each day (`Panel.read(…, vintage=True)`); its
    own as-of day has no effect. `out` is a folder that keeps runs, scores and charts, and from which an interrupted evaluation
    goes on; without it they are kept for as long as the result.

    >>> cc.evaluate(panel, since="2020-07-18", until="2020-09-26").means.to_pandas()
    """
    if day(since) is None or day(until) is None:
        raise RequestError("evaluate needs `since` and `until`", "give the first and the last as-of day")
    held = tempfile.TemporaryDirectory(prefix="countycast-evaluate-") if out is None else None
    folder = os.fspath(out) if out is not None else os.path.join(held.name, "backtest")
    about = places(folder, names("engines", engines), names("states", states), names("fips", fips), jobs)
    with shown(progress) as bar:
        summary = _countycast.evaluate(
            panel._inner, day(since), day(until), every, about, settings(config, seed), bar
        )
    return Evaluation(Path(folder), json.loads(summary), held)


class Evaluation:
    """Scores of past projections; `evaluate` makes it."""

    def __init__(self, out: Path, summary: dict[str, Any], held: tempfile.TemporaryDirectory | None) -> None:
        self.out = out
        """The folder with runs, scores and charts."""
        self.summary = summary
        """As in `summary.json`: `as_of`, `means` by group, `teams`."""
        self._held = held

    @property
    def as_of(self) -> list[str]:
        """The as-of days that were scored."""
        return self.summary["as_of"]

    @property
    def means(self) -> list[dict[str, Any]]:
        """Mean scores by group of places, model, target and horizon; `pandas.DataFrame(means)` is a table of them."""
        return self.summary["means"]

    @property
    def scores(self) -> Table:
        """A row a forecast, as in `scores.parquet`: truth, weighted interval score and its parts, coverage."""
        return Table(_countycast.read_table(os.fspath(self.out / "scores.parquet")))

    def __repr__(self) -> str:
        return f"<countycast.Evaluation of {len(self.as_of)} days in {self.out}>"
