"""Projections on a Spark cluster.

>>> import countycast.spark
>>> done = countycast.spark.project(spark, "s3://bucket/panel", "s3://bucket/lake", as_of="2020-10-24")
>>> spark.read.parquet("s3://bucket/lake/quantiles").where("fips = '36061'")

Engines are trained once, on the driver, and sent to the executors with the panel's files. Each state with its counties is a task, the
largest first, whose rows Spark writes into the lake; the nation is the sum of the states and is made last. The same seed gives the
same bytes as on one machine, so that Spark may repeat a task. `docs/spark.md` tells when a cluster pays.
"""

from __future__ import annotations

import dataclasses
import io
import os
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pyarrow
from pyspark import AccumulatorParam, TaskContext

from countycast import _countycast
from countycast._options import Config, Day, day, names, settings
from countycast._progress import Silent
from countycast.engine import Engine
from countycast.errors import RequestError
from countycast.panel import Panel
from countycast.table import Table

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SCHEMA = pyarrow.schema([
    ("fips", pyarrow.string()),
    ("model", pyarrow.string()),
    ("target", pyarrow.string()),
    ("resolution", pyarrow.string()),
    ("horizon", pyarrow.int32()),
    ("target_end_date", pyarrow.date32()),
    ("quantile", pyarrow.float64()),
    ("value", pyarrow.float64()),
])
"""Columns of the table `quantiles` in the lake; `as_of` is in the folders' names."""

COLUMNS = (
    "fips string, model string, target string, resolution string, horizon int, target_end_date date, "
    "quantile double, value double"
)

BATCH_ROWS = 65_536


@dataclasses.dataclass(frozen=True)
class Done:
    """What a job has done."""

    path: str
    """Where the rows of this as-of day lie."""
    seconds: dict[str, float]
    """Time of projecting each state, by code; given as `costs` to the next job, they order its tasks."""
    failures: dict[str, str]
    """States that failed in every attempt, and the nation if one did, with the reason. They have no rows."""
    left_out: list[dict[str, str]]
    """Engines left out of a place's blend: fips, engine, kind and reason."""


@dataclasses.dataclass(frozen=True)
class Job:
    """What a task needs, in a form that can be sent."""

    inputs: list[tuple[Any, str]]
    as_of: str
    vintage: bool
    config: Config
    seed: int | None
    horizon: int | None
    engines: list[str]
    own_engines: list[Engine]
    threads: int
    attempts: int
    key: str

    def settings(self) -> Any:
        return settings(self.config, self.seed, self.horizon)


def project(
    spark: SparkSession,
    panel_uri: str,
    lake_uri: str,
    *,
    as_of: Day = None,
    vintage: bool = False,
    engines: Iterable[str | Engine] | None = None,
    horizon: int | None = None,
    states: str | Iterable[str] | None = None,
    seed: int | None = None,
    config: Config = None,
    costs: Mapping[str, float] | None = None,
) -> Done:
    """Projects states ("NY") with their counties, or all and the nation, into `lake_uri`/quantiles/as_of=DATE.

    `panel_uri` is a folder as `Panel.read` takes it, on any file system that Spark reads; its files are sent to each executor. The
    day's folder in the lake is replaced as a whole when all rows are there. A state that fails is tried again as often as Spark
    is set to (`spark.task.maxFailures`; on one machine `local[N, TRIES]`), then left out and told in `Done.failures`. Executors
    need this package; a task uses `spark.task.cpus` threads. Further arguments are those of `countycast.project`.
    """
    with tempfile.TemporaryDirectory(prefix="countycast-spark-") as local:
        return _project(
            spark, _local(spark, panel_uri, local), lake_uri.rstrip("/"), as_of=as_of, vintage=vintage, engines=engines,
            horizon=horizon, states=states, seed=seed, config=config, costs=costs or {},
        )


def _project(
    spark: Any,
    data: str,
    lake: str,
    *,
    as_of: Day,
    vintage: bool,
    engines: Any,
    horizon: int | None,
    states: str | Iterable[str] | None,
    seed: int | None,
    config: Config,
    costs: Mapping[str, float],
) -> Done:
    context = spark.sparkContext
    given = [engines] if isinstance(engines, (str, Engine)) else list(engines or ())
    own = [engine for engine in given if isinstance(engine, Engine)]
    named = names("engines", [engine for engine in given if not isinstance(engine, Engine)])
    panel = Panel.read(data, as_of=as_of, vintage=vintage, config=config, progress=False)
    trained = _countycast.train(panel._inner, named, own, settings(config, seed, horizon), None, Silent())
    models = dict(trained.models())
    known = {engine.name for engine in own}
    order = _order(panel, names("states", states), costs)
    job = Job(
        inputs=panel._inner.inputs(),
        as_of=day(panel.as_of),
        vintage=vintage,
        config=config if config is None or isinstance(config, Mapping) else _read(config),
        seed=seed,
        horizon=horizon,
        engines=[name for name in models if name not in known],
        own_engines=[engine for engine in own if engine.name in models],
        threads=int(context.getConf().get("spark.task.cpus", "1")),
        attempts=_attempts(context),
        key=f"{context.applicationId}-{time.time_ns()}",
    )
    found = context.accumulator({}, Merged())
    kept = {name: model for name, model in models.items() if model is not None}
    sent = context.broadcast((_packed(panel, data), kept))
    tasks = spark.createDataFrame(context.parallelize([(state,) for state in order], len(order)), "state string")
    rows = tasks.mapInArrow(Work(job, sent, found), COLUMNS)

    final = f"{lake}/quantiles/as_of={job.as_of}"
    staged = f"{lake}/_unfinished-{job.key}"
    files = _Files(spark, staged)
    try:
        rows.write.parquet(staged)
        done = found.value
        failures = {state: told["failure"] for state, told in done.items() if "failure" in told}
        left_out = [row for state in sorted(done) for row in done[state].get("left_out", [])]
        if states is None and failures:
            failures["US"] = f"it is the sum of its states, of which {', '.join(sorted(failures))} failed"
        elif states is None:
            nation = trained.nation({code: told["region"] for code, told in done.items()}, Silent())
            table = _checked(Table(nation.quantiles(None, [])))
            spark.createDataFrame(table, COLUMNS).coalesce(1).write.mode("append").parquet(staged)
            left_out += [dict(zip(("fips", "engine", "kind", "reason"), row)) for row in nation.failures()]
        files.rename(staged, final)
    except BaseException:
        files.delete(staged)
        raise
    finally:
        sent.destroy()
    seconds = {state: told["seconds"] for state, told in done.items() if "seconds" in told}
    return Done(path=final, seconds=seconds, failures=failures, left_out=left_out)


class Work:
    """Projects the states of a partition, on an executor."""

    def __init__(self, job: Job, sent: Any, found: Any) -> None:
        self.job = job
        self.sent = sent
        self.found = found

    def __call__(self, batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        for batch in batches:
            for state in batch.column("state").to_pylist():
                yield from self._state(state)

    def _state(self, state: str) -> Iterator[pyarrow.RecordBatch]:
        try:
            trained = _recalled(self.job, self.sent)
            started = time.perf_counter()
            run = trained.project([state], Silent())
            table = _checked(Table(run.quantiles(None, [])))
        except Exception as error:
            task = TaskContext.get()
            if task is not None and task.attemptNumber() + 1 < self.job.attempts:
                raise
            self.found.add({state: {"failure": f"{type(error).__name__}: {error}"}})
            return
        left_out = [dict(zip(("fips", "engine", "kind", "reason"), row)) for row in run.failures()]
        ((code, region),) = run.regions()
        told = {"region": region, "left_out": left_out, "seconds": time.perf_counter() - started}
        yield from table.to_batches(max_chunksize=BATCH_ROWS)
        self.found.add({code: told})


class Merged(AccumulatorParam):
    """What tasks tell beside their rows: by code of the state, or by its abbreviation if it failed. One repeated tells the same."""

    def zero(self, value: dict) -> dict:
        return {}

    def addInPlace(self, value1: dict, value2: dict) -> dict:
        value1.update(value2)
        return value1


_RECALLED: dict[str, Any] = {}


def _recalled(job: Job, sent: Any) -> Any:
    """The panel and the trained engines, read once by each process of an executor."""
    if job.key not in _RECALLED:
        files, models = sent.value
        with tempfile.TemporaryDirectory(prefix="countycast-spark-") as folder:
            zipfile.ZipFile(io.BytesIO(files)).extractall(folder)
            panel = Panel.read(
                folder, as_of=job.as_of, vintage=job.vintage, config=job.config, progress=False, jobs=job.threads
            )
        if panel._inner.inputs() != job.inputs:
            raise ValueError("the panel's files are not those that the driver has read")
        _RECALLED.clear()
        _RECALLED[job.key] = _countycast.recall(
            panel._inner, job.engines, job.own_engines, models, job.settings(), job.threads, Silent()
        )
    return _RECALLED[job.key]


def _local(spark: Any, uri: str, folder: str) -> str:
    """The panel's folder on the driver's disk."""
    if "://" not in uri:
        return uri.removeprefix("file:")
    copy = os.path.join(folder, "panel")
    files = _Files(spark, uri)
    files.fetch(uri, copy)
    return copy


def _packed(panel: Panel, data: str) -> bytes:
    """An archive of the files that were read: a folder of data may have many more."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for path, _ in panel._inner.inputs():
            packed.write(os.path.join(data, path), path)
    return archive.getvalue()


def _checked(table: Any) -> pyarrow.Table:
    """The rows with the columns of `SCHEMA`, by their names: Spark takes columns by position, and drops what is left over."""
    found = pyarrow.table(table)
    lacking = [name for name in SCHEMA.names if name not in found.column_names]
    surplus = [name for name in found.column_names if name not in (*SCHEMA.names, "as_of")]
    if lacking or surplus:
        raise ValueError(f"rows lack the columns {lacking} and have {surplus} too many")
    return found.select(SCHEMA.names).cast(SCHEMA)


def _order(panel: Panel, wanted: list[str], costs: Mapping[str, float]) -> list[str]:
    """States by abbreviation, the longest first: by the seconds that they took before, or else by their number of counties."""
    places = pyarrow.table(panel.places).to_pydict()
    states = {}
    counties: dict[str, int] = {}
    for code, state, level in zip(places["fips"], places["state"], places["level"]):
        if level == "state":
            states[state] = code
        elif level == "county":
            counties[state] = counties.get(state, 0) + 1
    unknown = [state for state in wanted if state not in states]
    if unknown:
        raise RequestError(f"states: the panel has no {', '.join(unknown)}", f"states in the data: {', '.join(states)}")
    each = sum(costs.values()) / max(sum(counties.get(s, 0) for s, code in states.items() if code in costs), 1) or 1.0
    cost = {state: costs.get(code, each * counties.get(state, 0)) for state, code in states.items()}
    return sorted(dict.fromkeys(wanted) or states, key=lambda state: -cost[state])


def _attempts(context: Any) -> int:
    """How often Spark tries a task: once on one machine, unless its master says otherwise."""
    master = context.master
    if master.startswith("local[") or master == "local":
        return int(master.rstrip("]").partition(",")[2] or 1)
    return int(context.getConf().get("spark.task.maxFailures", "4"))


def _read(config: Any) -> dict[str, Any]:
    """A file of settings, which executors may not have."""
    try:
        import tomllib
    except ModuleNotFoundError:
        raise RequestError("on Python 3.10 settings are given as a mapping", "read the file with tomli") from None
    with open(config, "rb") as file:
        return tomllib.load(file)


class _Files:
    """Folders on the lake's file system, by Hadoop's interface."""

    def __init__(self, spark: Any, uri: str) -> None:
        self._path = spark._jvm.org.apache.hadoop.fs.Path
        self._system = self._path(uri).getFileSystem(spark._jsc.hadoopConfiguration())

    def rename(self, source: str, target: str) -> None:
        self.delete(target)
        self._system.mkdirs(self._path(target).getParent())
        if not self._system.rename(self._path(source), self._path(target)):
            raise OSError(f"{source} could not be renamed to {target}")

    def fetch(self, source: str, target: str) -> None:
        self._system.copyToLocalFile(False, self._path(source), self._path(target), True)

    def delete(self, path: str) -> None:
        self._system.delete(self._path(path), True)
