"""The data: all places on the same days."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable
from typing import Any

from countycast import _countycast
from countycast._options import Config, Day, day, names, settings
from countycast._progress import shown
from countycast.table import Table


class Panel:
    """Daily counts of the nation, its states and their counties on the same days, aligned and repaired.

    Make one with `Panel.read`, `Panel.from_frames` or `Panel.demo`. It never changes; several runs may use it at once.
    """

    def __init__(self, inner: _countycast.Panel, made_by: tuple[Any, ...] | None) -> None:
        self._inner = inner
        self._made_by = made_by

    @classmethod
    def read(
        cls,
        data: str | os.PathLike,
        *,
        as_of: Day = None,
        vintage: bool = False,
        config: Config = None,
        jobs: int | None = None,
        progress: bool | None = None,
    ) -> Panel:
        """Reads a folder with files of JHU, The New York Times or USAFacts, and what else is known of counties.

        `as_of` is the last day to use, by default the last one in the files; nothing later is looked at. With `vintage`, files
        are taken as they were published by that day, where the folder has vintages.

        >>> Panel.read("data", as_of="2020-10-24")
        """
        made_by = (os.fspath(data), day(as_of), vintage, config)
        with shown(progress) as bar:
            inner = _countycast.Panel.read(*made_by[:3], settings(config), jobs, bar)
        return cls(inner, made_by)

    @classmethod
    def demo(
        cls, *, as_of: Day = None, config: Config = None, jobs: int | None = None, progress: bool | None = None
    ) -> Panel:
        """The demonstration panel: about 120 invented counties with realistic faults in their reports."""
        with shown(progress) as bar:
            inner = _countycast.Panel.demo(day(as_of), settings(config), jobs, bar)
        return cls(inner, (None, day(as_of), False, config))

    @classmethod
    def from_frames(
        cls,
        counts: Any,
        counties: Any = None,
        *,
        config: Config = None,
        jobs: int | None = None,
        progress: bool | None = None,
    ) -> Panel:
        """A panel from tables of pandas, polars, pyarrow, DuckDB or anything else with the Arrow PyCapsule interface.

        `counts` has a row for each county and day: `fips` (text of five digits), `date`, `cases` and `deaths` (new on that day,
        people; a negative count corrects earlier days). All counties have the same days, with 0 where nothing was reported.
        `counties` may have a row a county: `fips`, `name`, `population`. The values are copied here: what is done to the tables
        later has no effect. States are the sums of their counties. Scenarios and backtests need a folder and are refused.
        """
        with shown(progress) as bar:
            inner = _countycast.Panel.from_frames(counts, counties, settings(config), jobs, bar)
        return cls(inner, None)

    @property
    def as_of(self) -> datetime.date:
        """The last day of data."""
        return datetime.date.fromisoformat(self._inner.as_of)

    @property
    def first_day(self) -> datetime.date:
        """The first day of data."""
        return datetime.date.fromisoformat(self._inner.first_day)

    @property
    def places(self) -> Table:
        """The places: fips, name, state, level (nation, state, county), population."""
        return Table(self._inner.places())

    @property
    def notices(self) -> list[str]:
        """What there is to know about the data: missing files, rows left out, late reports."""
        return self._inner.notices()

    def counts(self, fips: str | Iterable[str]) -> Table:
        """Daily counts of places: fips, date; cases and deaths after repair; cases_reported and deaths_reported as published."""
        return Table(self._inner.counts(names("fips", fips)))

    def __repr__(self) -> str:
        return f"<countycast.Panel of {len(self.places)} places, {self.first_day} to {self.as_of}>"

    def __reduce__(self) -> Any:
        """A panel is sent to another process as what it was read from, and read there again."""
        if self._made_by is None:
            raise TypeError("a panel made of tables cannot be sent to another process: send the tables")
        return _again, self._made_by


def _again(data: str | None, as_of: str | None, vintage: bool, config: Config) -> Panel:
    if data is None:
        return Panel.demo(as_of=as_of, config=config, progress=False)
    return Panel.read(data, as_of=as_of, vintage=vintage, config=config, progress=False)
