"""Arguments that several functions share, in the form that the library takes."""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any, Union

Config = Union[str, os.PathLike, Mapping[str, Any], None]
Day = Union[str, datetime.date, None]


def settings(config: Config, seed: int | None = None, horizon: int | None = None) -> SimpleNamespace:
    """Settings: a TOML file by its path, or a mapping with the keys of `config/default.toml`."""
    file = document = None
    if isinstance(config, Mapping):
        document = json.dumps(config, default=_plain)
    elif config is not None:
        file = os.fspath(config)
    return SimpleNamespace(file=file, document=document, seed=seed, horizon=horizon)


def _plain(value: Any) -> Any:
    """Numbers of numpy and dates in a mapping of settings."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"config: {value!r} is not a setting")


def day(value: Day) -> str | None:
    """A date as text."""
    if isinstance(value, datetime.datetime):
        value = value.date()
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(f"{value!r} is not a date: give a datetime.date, or text such as 2020-10-24")


def names(what: str, values: str | Iterable[str] | None) -> list[str]:
    """One name or several."""
    if values is None:
        return []
    found = [values] if isinstance(values, str) else list(values)
    for value in found:
        if not isinstance(value, str):
            raise TypeError(f"{what}: {value!r} is not text; codes of counties are text of five digits")
    return found


def places(out: str, engines: list[str], states: list[str], fips: list[str], jobs: int | None) -> SimpleNamespace:
    """Where a run on a folder writes, and what it is about."""
    return SimpleNamespace(out=out, engines=engines, states=states, fips=fips, jobs=jobs)
