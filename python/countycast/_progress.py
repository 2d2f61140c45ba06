"""Progress as tqdm shows it: bars in a terminal, widgets in a notebook."""

from __future__ import annotations

import sys
from typing import Any


class Silent:
    """Shows nothing."""

    def begin(self, stage: str, total: int) -> None:
        """A stage of `total` steps begins."""

    def advance(self, steps: int) -> None:
        """Steps are done."""

    def note(self, text: str) -> None:
        """Something to know before the run is done."""

    def close(self) -> None:
        """The last stage is done."""


class Bars(Silent):
    """A bar for each stage, by tqdm."""

    def __init__(self) -> None:
        from tqdm.auto import tqdm

        self._tqdm = tqdm
        self._bar: Any = None

    def begin(self, stage: str, total: int) -> None:
        self.close()
        self._bar = self._tqdm(total=total or None, desc=stage, leave=False)

    def advance(self, steps: int) -> None:
        if self._bar is not None:
            self._bar.update(steps)

    def note(self, text: str) -> None:
        self._tqdm.write(text, file=sys.stderr)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


class shown:
    """Progress for the time of a run. None shows it where someone looks, in a terminal or a notebook, if tqdm is installed."""

    def __init__(self, wanted: bool | None) -> None:
        self._progress = Silent()
        if wanted or (wanted is None and _someone_looks()):
            try:
                self._progress = Bars()
            except ImportError:
                if wanted:
                    raise

    def __enter__(self) -> Silent:
        return self._progress

    def __exit__(self, *_: object) -> None:
        self._progress.close()


def _someone_looks() -> bool:
    if "ipykernel" in sys.modules:
        return True
    return sys.stderr is not None and sys.stderr.isatty()
