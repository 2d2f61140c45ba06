"""Exceptions. Each carries the program's message, and its advice as `remedy`.

CountycastError
├── InputError (also a ValueError): a file holds something that cannot be used; it names file, line and value
├── RequestError (also a ValueError): a request that cannot be met, such as an unknown place or engine
├── OutputError (also an OSError): a file or folder could not be written
├── FetchError: publishers' tables could not be fetched
└── WarehouseError: `countycast-warehouse` is not there, or refused a query

Ctrl-C raises KeyboardInterrupt, an argument of a wrong type TypeError.
"""

from __future__ import annotations


class CountycastError(Exception):
    """Whatever countycast refuses. `message` says what is wrong, `remedy` what to do about it, where that is known."""

    def __init__(self, message: str, remedy: str | None = None) -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return self.message if self.remedy is None else f"{self.message}\n  help: {self.remedy}"


class InputError(CountycastError, ValueError):
    """A file holds something that cannot be used."""


class RequestError(CountycastError, ValueError):
    """A request that cannot be met."""


class OutputError(CountycastError, OSError):
    """A file or folder could not be read or written."""

    __str__ = CountycastError.__str__


class FetchError(CountycastError):
    """Publishers' tables could not be fetched."""


class WarehouseError(CountycastError):
    """The warehouse is not there, or refused a query."""
