"""A year of projections, asked by the warehouse and by DuckDB side by side.

python benches/speed.py PROGRAM [--folder FOLDER] [--threads 2] [--rounds 5]

Makes the lake in FOLDER if it is not there: 365 days, 3,194 places, four weeks, 23 quantiles (seed 20201024), in the archive's
layout. Each round asks the five questions of both, one after the other, so that what else the machine does slows both. The
times are of statements alone: both programs are open, and have read the files before.
"""

import argparse
import datetime
import pathlib
import re
import statistics
import subprocess
import tempfile
import time

import duckdb
import numpy
import pyarrow
import pyarrow.parquet

LEVELS = [0.01, 0.025, *[round(0.05 * n, 2) for n in range(1, 20)], 0.975, 0.99]
DAYS, PLACES, WEEKS = 365, 3_194, 4

QUESTIONS = {
    "latest fan of a county": """
        select horizon, "q0.025", "q0.25", "q0.5", "q0.75", "q0.975" from projections
        where fips = '01001' and as_of = (select max(as_of) from projections) order by horizon""",
    "a county's year": """
        select as_of, "q0.5" from projections where fips = '20101' and horizon = 1 order by as_of""",
    "months of the nation's counties": """
        select date_trunc('month', as_of) as month, sum("q0.5") as median, sum("q0.975") as upper from projections
        where horizon = 1 group by 1 order by 1""",
    "fastest rising counties": """
        with last as (select fips, as_of, "q0.5" as q from projections where horizon = 1)
        select a.fips, a.q / (b.q + 1) as ratio from last a join last b on a.fips = b.fips
        where a.as_of = date '2020-12-30' and b.as_of = date '2020-12-16' order by ratio desc, a.fips limit 20""",
    "widest fans by state and week": """
        select substr(fips, 1, 2) as state, horizon, avg("q0.975" - "q0.025") as width, max("q0.975") as most
        from projections group by 1, 2 order by width desc, state, horizon limit 50""",
}


def make(folder):
    """The lake, from a seed."""
    random = numpy.random.default_rng(20201024)
    fips = numpy.repeat([f"{1 + n // 60:02}{2 * (n % 60) + 1:03}" for n in range(PLACES)], WEEKS)
    size = numpy.repeat(random.lognormal(4, 1.5, PLACES), WEEKS)
    horizon = numpy.tile(numpy.arange(1, WEEKS + 1, dtype=numpy.int32), PLACES)
    text = lambda word: pyarrow.array([word] * len(fips)).dictionary_encode().cast(pyarrow.large_string())
    for day in range(DAYS):
        as_of = datetime.date(2020, 1, 1) + datetime.timedelta(days=day)
        level = size * numpy.exp(numpy.sin(day / 40) + 0.2 * random.standard_normal(len(fips)))
        spread = 0.15 * horizon * numpy.abs(random.standard_normal(len(fips)))
        columns = {"fips": pyarrow.array(fips, pyarrow.large_string()), "model": text("blend"), "target": text("inc case"),
                   "resolution": text("week"), "horizon": horizon}
        for n, quantile in enumerate(LEVELS):
            values = level * numpy.exp(spread * (n - 11) / 6)
            columns[f"q{quantile}"] = numpy.round(values, 2).astype(numpy.float32)
        target = folder / "projections" / f"as_of={as_of}"
        target.mkdir(parents=True)
        pyarrow.parquet.write_table(pyarrow.table(columns), target / "part.parquet", compression="zstd")


def warehouse(program, folder, threads, names):
    """Seconds of the warehouse's statements; one is asked before, to open the files."""
    statements = ";\n".join([QUESTIONS[names[-1]], *[QUESTIONS[name] for name in names]])
    with tempfile.NamedTemporaryFile("w+") as out:
        command = [program, "sql", "--lake", str(folder), "--jobs", str(threads), "--format", "csv", "--time"]
        done = subprocess.run(command, input=statements, stdout=out, stderr=subprocess.PIPE, text=True, check=True)
    times = [float(found) for found in re.findall(r"rows in ([0-9.]+) s", done.stderr)]
    assert len(times) == len(names) + 1, done.stderr
    return times[1:]


def duck(folder, threads, names):
    """Seconds of DuckDB's statements, in the same order."""
    connection = duckdb.connect(config={"threads": threads})
    files = str(folder / "projections" / "*" / "*.parquet")
    connection.execute(f"create view projections as select * from read_parquet('{files}', hive_partitioning = true)")
    times = []
    for name in [names[-1], *names]:
        started = time.perf_counter()
        connection.execute(QUESTIONS[name]).fetchall()
        times.append(time.perf_counter() - started)
    return times[1:]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("program")
    options.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "countycast-year")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    if not given.folder.exists():
        make(given.folder)
    names = list(QUESTIONS)
    ours, theirs = [], []
    for _ in range(given.rounds):
        ours.append(warehouse(given.program, given.folder, given.threads, names))
        theirs.append(duck(given.folder, given.threads, names))
    print("| question | warehouse, s | DuckDB, s | ratio |\n|---|---|---|---|")
    ratios = []
    for n, name in enumerate(names):
        mine, other = (statistics.median(run[n] for run in runs) for runs in (ours, theirs))
        ratios.append(mine / other)
        print(f"| {name} | {mine:.3f} | {other:.3f} | {mine / other:.2f} |")
    print(f"\nmedian ratio {statistics.median(ratios):.2f}; DuckDB {duckdb.__version__}; {given.rounds} rounds")


main()
