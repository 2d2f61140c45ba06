"""SQL over results."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countycast import _countycast
from countycast.errors import WarehouseError
from countycast.table import Table

if TYPE_CHECKING:
    import pandas

PROGRAM = "countycast-warehouse"


def lake(folder: str | os.PathLike) -> Lake:
    """A run's folder, a lake, or any folder of Parquet files, to be asked in SQL by the program `countycast-warehouse`.

    >>> cc.lake("out").sql("select name, rt from counties order by rt desc limit 10").to_pandas()
    """
    if not os.path.exists(folder):
        raise WarehouseError(f"there is no {os.fspath(folder)}", "name a run's folder, a lake or a folder of Parquet files")
    return Lake(Path(folder))


class Lake:
    """A folder of tables."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def sql(self, statement: str, **parameters: Any) -> Table:
        """The rows of a statement; `:name` in it takes the value of the parameter `name`.

        >>> cc.lake("lake").sql("select * from projections where fips = :fips", fips="01001")
        """
        with tempfile.TemporaryDirectory(prefix="countycast-sql-") as folder:
            rows = os.path.join(folder, "rows.parquet")
            values = [part for item in parameters.items() for part in ("--param", "{}={}".format(*item))]
            command = [_program(), "sql", "--lake", os.fspath(self.folder), "--out", rows, *values, "--", statement]
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                message, _, remedy = done.stderr.strip().removeprefix("error: ").partition("\n  help: ")
                raise WarehouseError(message, remedy or None)
            return Table(_countycast.read_table(rows))

    def __repr__(self) -> str:
        return f"<countycast.Lake {self.folder}>"


def _program() -> str:
    beside = Path(sys.executable).with_name(PROGRAM)
    found = os.fspath(beside) if beside.is_file() else shutil.which(PROGRAM)
    if found is None:
        raise WarehouseError(
            f"SQL needs the program {PROGRAM}, which is not beside Python and not on PATH",
            "install it from countycast's sources: cargo install --locked --path crates/warehouse",
        )
    return found


def redshift(
    endpoint_url: str | None = None,
    *,
    cluster: str = "countycast",
    database: str = "dev",
    db_user: str = "awsuser",
    **client: Any,
) -> Redshift:
    """The Redshift Data API: `countycast-warehouse serve` at `endpoint_url`, or without it Amazon's own. Needs boto3.

    Further arguments go to `boto3.client`, such as `region_name` and keys. A service without a file of keys takes any.

    >>> cc.redshift(endpoint_url="http://127.0.0.1:8080").sql("select * from counties limit 5")
    """
    import boto3

    if endpoint_url is not None:
        client.setdefault("region_name", os.environ.get("AWS_DEFAULT_REGION", "us-east-1"))
    return Redshift(boto3.client("redshift-data", endpoint_url=endpoint_url, **client), cluster, database, db_user)


class Redshift:
    """A database behind the Redshift Data API."""

    def __init__(self, client: Any, cluster: str, database: str, db_user: str) -> None:
        self.client = client
        self._connection = {"ClusterIdentifier": cluster, "Database": database, "DbUser": db_user}

    def sql(self, statement: str, parameters: Mapping[str, Any] | None = None, *, timeout: float = 600.0) -> pandas.DataFrame:
        """The rows of a statement, once it has finished; after `timeout` seconds it is cancelled, as by Ctrl-C."""
        import pandas

        given = [{"name": name, "value": str(value)} for name, value in (parameters or {}).items()]
        more = {"Parameters": given} if given else {}
        id = self.client.execute_statement(Sql=statement, **self._connection, **more)["Id"]
        try:
            state = self._wait(id, time.monotonic() + timeout)
        except BaseException:
            self.client.cancel_statement(Id=id)
            raise
        if state["Status"] != "FINISHED":
            raise WarehouseError(state.get("Error", state["Status"].lower()))
        pages = list(self.client.get_paginator("get_statement_result").paginate(Id=id))
        columns = [column["label"] for column in pages[0]["ColumnMetadata"]]
        rows = [[_value(field) for field in record] for page in pages for record in page["Records"]]
        return pandas.DataFrame(rows, columns=columns)

    def _wait(self, id: str, deadline: float) -> dict[str, Any]:
        pause = 0.02
        while True:
            state = self.client.describe_statement(Id=id)
            if state["Status"] in ("FINISHED", "FAILED", "ABORTED"):
                return state
            if time.monotonic() > deadline:
                raise WarehouseError("the statement has not finished in time", "raise `timeout`, or ask for less")
            time.sleep(pause)
            pause = min(2 * pause, 1.0)


def _value(field: dict[str, Any]) -> Any:
    kind, value = next(iter(field.items()))
    return None if kind == "isNull" else value
