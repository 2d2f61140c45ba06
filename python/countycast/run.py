"""Projections."""

from __future__ import annotations

import datetime
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countycast import _countycast
from countycast._options import Config, names, settings
from countycast._progress import shown
from countycast.engine import Engine
from countycast.panel import Panel
from countycast.table import Table

if TYPE_CHECKING:
    import numpy


def project(
    panel: Panel,
    *,
    engines: Iterable[str | Engine] | None = None,
    horizon: int | None = None,
    states: str | Iterable[str] | None = None,
    fips: str | Iterable[str] | None = None,
    seed: int | None = None,
    config: Config = None,
    jobs: int | None = None,
    progress: bool | None = None,
) -> Run:
    """Projects new cases and deaths of places of a panel, as the program's `countycast project` does, byte for byte.

    `engines` are names of `ENGINES` and engines of your own (`Engine`); `states` ("NY") come with their counties, `fips`
    ("36061") are single places; with neither, everything is projected. `horizon` is days, 7 to 366 (28). `config` is a TOML file
    or a mapping with the keys of `config/default.toml`. `jobs` are threads, by default all cores. Python's lock is free
    meanwhile, and Ctrl-C stops the run.

    >>> run = project(panel, engines=["learner", "seir"], states=["NY"])
    """
    if not isinstance(panel, Panel):
        raise TypeError(f"panel: {panel!r} is not a countycast.Panel")
    given = [engines] if isinstance(engines, (str, Engine)) else list(engines or ())
    own = [engine for engine in given if isinstance(engine, Engine)]
    named = names("engines", [engine for engine in given if not isinstance(engine, Engine)])
    with shown(progress) as bar:
        inner = _countycast.project(
            panel._inner,
            named,
            own,
            names("states", states),
            names("fips", fips),
            settings(config, seed, horizon),
            jobs,
            bar,
        )
    return Run(inner, panel)


class Run:
    """A projection held in memory; `project` makes it."""

    def __init__(self, inner: _countycast.Run, panel: Panel) -> None:
        self._inner = inner
        self.panel = panel

    @property
    def as_of(self) -> datetime.date:
        """The last day of data used; day 1 of the projection is the day after."""
        return datetime.date.fromisoformat(self._inner.as_of)

    @property
    def horizon(self) -> int:
        """Days projected."""
        return self._inner.horizon

    @property
    def engines(self) -> list[str]:
        """The engines that took part."""
        return self._inner.engines

    @property
    def fips(self) -> list[str]:
        """Codes of the places projected: each state before its counties, the nation ("US") last."""
        return self._inner.fips

    def quantiles(
        self,
        fips: str | Iterable[str] | None = None,
        *,
        model: str | None = None,
        target: str | None = None,
        resolution: str | None = None,
    ) -> Table:
        """Quantiles, as in `projections.parquet`: as_of, fips, model, target, resolution, horizon, target_end_date, quantile, value.

        `fips` names places (all); `model` is "blend" or an engine; `target` is "inc case", "inc death", "cum case" or
        "cum death"; `resolution` is "day", "week" or "span" (from the as-of day to the end of a week). Values are people.
        """
        equal = [("model", model), ("target", target), ("resolution", resolution)]
        wanted = None if fips is None else names("fips", fips)
        return Table(self._inner.quantiles(wanted, [(name, value) for name, value in equal if value is not None]))

    @property
    def counties(self) -> Table:
        """A row for each place, as in `counties.parquet`: phase, shares of the engines, reproduction number, repairs, notices."""
        return Table(self._inner.counties())

    @property
    def failures(self) -> list[dict[str, str]]:
        """Engines left out of a place's blend: fips, engine, kind and reason."""
        return [dict(zip(("fips", "engine", "kind", "reason"), row)) for row in self._inner.failures()]

    def draws(self, fips: str, *, target: str = "inc case", progress: bool | None = None) -> numpy.ndarray:
        """Joint draws of a place: an array of float32 with a row a draw (300) and a column a day, people.

        They are the members' draws in proportion to their shares, with the weekly quantiles of the blend. The place is projected
        again, with the models trained before; a state takes as long as its counties.
        """
        import numpy

        with shown(progress) as bar:
            count, data = self._inner.draws(fips, target, bar)
        return numpy.frombuffer(data, dtype="<f4").reshape(count, -1)

    def to_hub(self, folder: str | os.PathLike) -> Path:
        """Writes the weekly quantiles in the hubs' layout (TEAM-MODEL/DATE-TEAM-MODEL.csv in a folder); the file's path."""
        name, text = self._inner.hub()
        path = Path(folder) / Path(name).relative_to("hub")
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            os.chmod(unfinished, 0o644)
            os.replace(unfinished, path)
        except BaseException:
            os.unlink(unfinished)
            raise
        return path

    def plot(
        self,
        fips: str,
        *,
        target: str = "inc case",
        interval: float = 0.8,
        history_weeks: int = 12,
        truth: Panel | None = None,
        ax: Any = None,
    ) -> Any:
        """Draws a place: weekly counts of the last weeks, then median and central interval of the blend; the axes of matplotlib.

        `interval` is one of 0.1, 0.2, … 0.9, 0.95 and 0.98. `truth`, a panel of a later day, adds what came true.
        """
        from countycast import plot

        return plot.forecast(self, fips, target, interval, history_weeks, truth, ax)

    def __repr__(self) -> str:
        return (
            f"<countycast.Run as of {self.as_of}: {len(self.fips)} places, {self.horizon} days, "
            f"engines {', '.join(self.engines)}>"
        )
