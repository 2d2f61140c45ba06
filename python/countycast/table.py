"""Tables of results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from countycast import _countycast

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow


class Table:
    """A table of results, held by countycast.

    Whatever reads the Arrow PyCapsule interface takes it without copying: `pandas.DataFrame.from_arrow(table)` (pandas 3),
    `polars.DataFrame(table)`, `pyarrow.table(table)`, and DuckDB by name in a query. Text columns are Arrow string views.
    """

    def __init__(self, inner: _countycast.Table) -> None:
        self._inner = inner

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return self._inner.columns

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of rows and columns."""
        return self._inner.shape

    def __len__(self) -> int:
        return len(self._inner)

    def __repr__(self) -> str:
        return repr(self._inner)

    def _repr_html_(self) -> str | None:
        """The first rows, in a notebook with pandas."""
        try:
            return self.to_pandas()._repr_html_()
        except ImportError:
            return None

    def __arrow_c_schema__(self) -> Any:
        """The Arrow schema in a capsule."""
        return self._inner.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """The rows as an Arrow stream in a capsule."""
        return self._inner.__arrow_c_stream__(requested_schema)

    def to_arrow(self) -> pyarrow.Table:
        """As a table of pyarrow, with plain strings, which its compute functions need."""
        import pyarrow

        found = pyarrow.table(self)
        views = {field.name for field in found.schema if pyarrow.types.is_string_view(field.type)}
        plain = [pyarrow.field(f.name, pyarrow.large_string()) if f.name in views else f for f in found.schema]
        return found.cast(pyarrow.schema(plain))

    def to_pandas(self) -> pandas.DataFrame:
        """As a data frame of pandas; dates are datetime64."""
        return self.to_arrow().to_pandas(date_as_object=False)

    def to_polars(self) -> polars.DataFrame:
        """As a data frame of polars."""
        import polars

        return polars.DataFrame(self)
