"""What-if."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from countycast import _countycast
from countycast._options import Config, names, places, settings
from countycast._progress import shown
from countycast.panel import Panel
from countycast.table import Table


def what_if(
    panel: Panel,
    *scenarios: str | os.PathLike,
    set: Mapping[str, Any] | None = None,
    horizon: int | None = None,
    engines: str | Iterable[str] | None = None,
    states: str | Iterable[str] | None = None,
    fips: str | Iterable[str] | None = None,
    out: str | os.PathLike | None = None,
    seed: int | None = None,
    config: Config = None,
    jobs: int | None = None,
    progress: bool | None = None,
) -> WhatIf:
    """Compares scenarios with a baseline, as `countycast what-if` does: TOML files, and values in `set` that override theirs.

    A list in `set` is a sweep. Without places, those of the scenarios, or the nation. `horizon` is days, by default the
    scenarios', or 90. `out` keeps tables and charts in a folder.

    >>> cc.what_if(panel, "config/scenarios/masks.toml", fips=["06085"]).effects.to_pandas()
    >>> cc.what_if(panel, set={"masks.strength": [0.2, 0.4]}, states="NE")
    """
    held = tempfile.TemporaryDirectory(prefix="countycast-what-if-") if out is None else None
    folder = os.fspath(out) if out is not None else os.path.join(held.name, "what-if")
    about = places(folder, names("engines", engines), names("states", states), names("fips", fips), jobs)
    files = [os.fspath(file) for file in scenarios]
    values = [f"{name}={_toml(value)}" for name, value in (set or {}).items()]
    with shown(progress) as bar:
        remarks, notices, failures = _countycast.what_if(
            panel._inner, files, values, horizon, about, settings(config, seed), bar
        )
    return WhatIf(Path(folder), remarks, notices, failures, held)


def _toml(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_toml(one) for one in value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value.item()) if hasattr(value, "item") else str(value)


class WhatIf:
    """Scenarios beside their baseline; `what_if` makes it."""

    def __init__(
        self,
        out: Path,
        remarks: list[str],
        notices: list[str],
        failures: list[str],
        held: tempfile.TemporaryDirectory | None,
    ) -> None:
        self.out = out
        """The folder with tables and charts (`courses.svg`, `effects.svg`)."""
        self.remarks = remarks
        """What to know when reading the effects."""
        self.notices = notices
        self.failures = failures
        """Engines and places that failed, with their reasons."""
        self._held = held

    @property
    def effects(self) -> Table:
        """A row for each place, scenario, model and quantity: baseline, scenario, difference and ratio with 90 % intervals."""
        return self._table("effects")

    @property
    def days(self) -> Table:
        """Cases and patients by day under the baseline and each scenario."""
        return self._table("days")

    @property
    def quantiles(self) -> Table:
        """Quantiles of the blend under the baseline and each scenario."""
        return self._table("projections")

    @property
    def capacity(self) -> Table:
        """Patients compared with beds."""
        return self._table("capacity")

    def _table(self, name: str) -> Table:
        return Table(_countycast.read_table(os.fspath(self.out / f"{name}.parquet")))

    def __repr__(self) -> str:
        return f"<countycast.WhatIf in {self.out}>"
