"""Care measured by the warehouse and by SQL in DuckDB, side by side, and compared.

python benches/care.py PROGRAM CLAIMS [--people 200000] [--counties 400] [--folder FOLDER] [--threads 2] [--memory 4GB] [--rounds 1]

PROGRAM is countycast-warehouse, CLAIMS the example `claims` (cargo build --release --example claims), both optimised. Makes claims in
FOLDER if they are not there: some 60 a person, three years (seed 20200315). Each round runs both, one after the other, and prints time and
highest memory. DuckDB has the diseases' codes as tables and does new diagnoses, treatment mix, access, adherence and people seen; not
persistence, utilisation, intervals and hiding. Every count of the nation and of counties that the warehouse shows must be DuckDB's.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import tomllib

import duckdb
import pyarrow

ROOT = pathlib.Path(__file__).resolve().parents[3]

SQL = """
create temp table dx as
  select patient, date as day, patient_county as county, disease, clear_days
  from claims join diagnoses using (diagnosis) where status <> 'reversed';

create temp table new as
  select disease, county, week(day) as week, count(*) as n from (
    select *, lag(day) over (partition by patient, disease order by day) as before from dx)
  where (before is null or day - before > clear_days) and day >= (select first from span) + clear_days
  group by all;

create temp table treated as
  select t.patient, t.day, t.county, t.disease, t.class, t.adherence, t.drug, t.status, t.copay, t.days from (
    select patient, date as day, patient_county as county, disease, class, adherence, substance as drug, status, copay,
           days_supplied as days
    from claims join drugs on left(claims.drug, 9) = drugs.product) t
  asof join dx on t.patient = dx.patient and t.disease = dx.disease and t.day >= dx.day
  where t.day - dx.day <= 365;

create temp table mix as
  select disease, county, week(day) as week, class, count(distinct patient) as n
  from treated where status = 'paid' group by all;
create temp table treated_people as
  select disease, county, week(day) as week, count(distinct patient) as n
  from treated where status = 'paid' group by all;

create temp table access as
  select disease, county, week, count(*) as sought, count(*) filter (rejected) as rejected,
         count(*) filter (reversed) as reversed, count(*) filter (abandoned) as abandoned from (
    select patient, disease, county, week(day) as week, bool_or(status = 'rejected') as rejected,
           bool_or(status = 'reversed') as reversed, bool_or(status <> 'paid' and later is null) as abandoned from (
      select *, min(case when status = 'paid' then day end) over (
        partition by patient, disease, class order by day range between current row and interval 30 days following) as later
      from treated)
    group by all)
  group by all;

create temp table supplies as
  select patient, disease, drug, county, day - date '1970-01-01' as day, days
  from treated where status = 'paid' and adherence and days > 0;
create temp table islands as
  with lengths as (
    select *, sum(days) over (partition by patient, disease, drug order by day rows unbounded preceding) - days as before
    from supplies),
  carried as (
    select patient, disease, county, days,
           before + max(day - before) over (partition by patient, disease, drug order by day rows unbounded preceding) as start
    from lengths),
  marked as (
    select *, start > max(start + days) over (
      partition by patient, disease order by start rows between unbounded preceding and 1 preceding) as apart
    from carried),
  numbered as (
    select *, count(*) filter (apart) over (partition by patient, disease order by start rows unbounded preceding) as island
    from marked),
  joined as (
    select patient, disease, any_value(county) as county, island, min(start) as start, max(start + days) as until
    from numbered group by patient, disease, island)
  select *, lag(until) over (partition by patient, disease order by start) as until_before from joined;
create temp table adherence as
  select disease, county, week, count(*) as followed, count(*) filter (5 * covered >= 4 * (until - start)) as adherent,
         count(*) filter (gap > 30) as gap30, count(*) filter (gap > 60) as gap60 from (
    select patient, disease, any_value(i.county) as county, week, weeks.until as until,
           min(greatest(i.start, weeks.until - 182)) as start,
           sum(least(i.until, weeks.until) - greatest(i.start, weeks.until - 182)) as covered,
           greatest(max(case when i.until_before > weeks.until - 182 then i.start - i.until_before else 0 end),
                    weeks.until - max(least(i.until, weeks.until))) as gap
    from islands i join weeks on i.start < weeks.until and i.until > weeks.until - 182
    group by patient, disease, week, weeks.until)
  where until - start >= 91
  group by all;

create temp table seen as
  select disease, provider_county as county, week(date) as week, count(distinct patient) as n
  from claims join diagnoses using (diagnosis) join specialties using (disease, taxonomy)
  where status = 'paid' and drug is null and provider_county is not null and provider is not null
  group by all;
"""

COMPARED = {
    "new_diagnoses": ("new", "n", None),
    "rejected": ("access", "rejected", "sought"),
    "reversed": ("access", "reversed", "sought"),
    "abandoned": ("access", "abandoned", "sought"),
    "adherent": ("adherence", "adherent", "followed"),
    "gap_over_30_days": ("adherence", "gap30", "followed"),
    "gap_over_60_days": ("adherence", "gap60", "followed"),
}


def codes(folder):
    """Tables of the codes of the diseases, as they stand in the claims."""
    diseases = {path.stem: tomllib.loads(path.read_text()) for path in sorted((ROOT / "config/diseases").glob("*.toml"))}
    products = [line.split("\t") for line in (folder / "product.txt").read_text().splitlines()[1:]]
    diagnoses, drugs, specialties = [], [], []
    for name, disease in diseases.items():
        diagnoses += [(name, code, disease["clear_days"]) for code in disease["diagnoses"]]
        specialties += [(name, code) for code in disease["specialties"]]
        for treatment in disease["treatment"]:
            routes = treatment.get("routes", [])
            for _, ndc, _, route, substance in products:
                words = substance.split()[0] if substance else ""
                if words in treatment.get("substances", []) and (not routes or route in routes):
                    labeler, product = ndc.split("-")
                    drugs.append((name, treatment["class"], treatment.get("adherence", False), labeler + product, substance))
    return diagnoses, drugs, specialties


def table(connection, name, columns, rows):
    connection.register(name, pyarrow.table({column: list(values) for column, values in zip(columns, zip(*rows))}))


def in_duckdb(folder, threads, memory):
    """Runs the SQL; the connection, and the seconds it took."""
    connection = duckdb.connect(config={"threads": threads, "memory_limit": memory, "temp_directory": str(folder / "duckdb")})
    prefixes, drugs, specialties = codes(folder)
    started = time.monotonic()
    connection.execute(f"create view claims as select * from read_parquet('{folder}/claims/*.parquet')")
    connection.execute("create macro week(day) as ((day - date '1970-01-01') + 4) // 7")
    table(connection, "prefixes", ["disease", "prefix", "clear_days"], prefixes)
    table(connection, "drugs", ["disease", "class", "adherence", "product", "substance"], drugs)
    table(connection, "specialties", ["disease", "taxonomy"], specialties)
    connection.execute("""create temp table diagnoses as
        select distinct diagnosis, disease, clear_days::integer as clear_days
        from (select distinct diagnosis from claims where diagnosis is not null) join prefixes
          on starts_with(replace(diagnosis, '.', ''), replace(prefix, '.', ''))""")
    connection.execute("create temp table span as select min(date) as first, max(date) as last from claims")
    connection.execute("""create temp table weeks as
        select week, week * 7 + 3 as until from (
          select unnest(range((select week(first) from span), (select week(last) + 1 from span))) as week)
        where week * 7 - 4 >= (select first - date '1970-01-01' + 365 from span)
          and week * 7 + 2 <= (select last - date '1970-01-01' from span)""")
    connection.execute(SQL)
    return connection, time.monotonic() - started


def compare(connection, lake):
    """Counts that differ between the two, of all that the warehouse shows."""
    connection.execute(f"""create or replace temp view care as
        select *, week(week_end) as week from read_parquet('{lake}/care/*/*.parquet', hive_partitioning = true) where hidden is null""")
    wrong, compared = [], 0
    for measure, (source, count, people) in COMPARED.items():
        of = f"sum({people})" if people else "null"
        for area, fips in (("nation", "'US'"), ("county", "county")):
            query = f"""with own as (select disease, week, {fips} as fips, sum({count}) as n, {of} as people from {source} group by all)
                select count(*), count(*) filter (care.count is distinct from coalesce(own.n, 0)
                    or ({'true' if people else 'false'} and care.people is distinct from own.people))
                from care left join own using (disease, week, fips) where measure = '{measure}' and area = '{area}'"""
            rows, unequal = connection.execute(query).fetchone()
            compared += rows
            wrong += [(measure, area, unequal)] if unequal else []
    for measure, source, key, area in (("treated_with", "mix", "disease, week, class, fips", "county"), ("people_seen", "seen", "disease, week, fips", "provider county")):
        query = f"""with own as (select * rename (county as fips) from {source})
            select count(*), count(*) filter (care.count is distinct from coalesce(own.n, 0))
            from care left join own using ({key}) where measure = '{measure}' and area = '{area}'"""
        rows, unequal = connection.execute(query).fetchone()
        compared += rows
        wrong += [(measure, area, unequal)] if unequal else []
    return compared, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("claims", type=pathlib.Path)
    parser.add_argument("--people", default="200000")
    parser.add_argument("--counties", default="400")
    parser.add_argument("--folder", type=pathlib.Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", default="4GB")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--without-duckdb", action="store_true")
    arguments = parser.parse_args()
    folder = arguments.folder or pathlib.Path(tempfile.mkdtemp())
    if not (folder / "product.txt").exists():
        subprocess.run([arguments.claims, folder, arguments.people, arguments.counties], check=True)
    for _ in range(arguments.rounds):
        command = [arguments.program, "care", folder / "claims", "--lake", folder / "lake", "--drugs", folder / "product.txt",
                   "--epidemic", folder / "epidemic.csv", "--jobs", str(arguments.threads), "--memory", arguments.memory]
        started = time.monotonic()
        process = subprocess.Popen(command)
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            sys.exit(f"care ended with {status}")
        print(f"care: {time.monotonic() - started:.1f} s, {usage.ru_utime + usage.ru_stime:.1f} s of processor, {usage.ru_maxrss / 1e6:.2f} GB")
        if arguments.without_duckdb:
            continue
        connection, seconds = in_duckdb(folder, arguments.threads, arguments.memory)
        print(f"DuckDB {duckdb.__version__}: {seconds:.1f} s")
        compared, wrong = compare(connection, folder / "lake")
        print(f"{compared} counts compared, {len(wrong)} differ: {wrong}")
        if wrong:
            sys.exit(1)


if __name__ == "__main__":
    main()
