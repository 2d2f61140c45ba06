-- Tables of a lake in PostgreSQL, as `countycast load` fills them. Columns are those of docs/lake.md, with the day of the folder first.
-- Codes of places are text, so that 01001 keeps its zero. Each statement may be repeated: what exists stays.

create schema if not exists countycast;

-- What has been loaded: a table's day whose digest is the lake's is not loaded again.
create table if not exists countycast.loads (
    table_name text not null,
    day date not null,
    sha256 text not null,
    rows bigint not null,
    loaded_at timestamptz not null default now(),
    primary key (table_name, day)
);

create table if not exists countycast.runs (
    as_of date primary key,
    version text,
    engines text,
    seed text,
    horizon_days integer,
    places integer,
    without_projection integer,
    learned_from_days integer,
    vintage boolean,
    synthetic boolean,
    build text,
    settings text,
    inputs text
);

create table if not exists countycast.projections (
    as_of date not null,
    fips text not null,
    model text not null,
    target text not null,
    resolution text not null,
    horizon integer not null,
    target_end_date date,
    "q0.01" real,
    "q0.025" real,
    "q0.05" real,
    "q0.1" real,
    "q0.15" real,
    "q0.2" real,
    "q0.25" real,
    "q0.3" real,
    "q0.35" real,
    "q0.4" real,
    "q0.45" real,
    "q0.5" real,
    "q0.55" real,
    "q0.6" real,
    "q0.65" real,
    "q0.7" real,
    "q0.75" real,
    "q0.8" real,
    "q0.85" real,
    "q0.9" real,
    "q0.95" real,
    "q0.975" real,
    "q0.99" real,
    primary key (as_of, fips, model, target, resolution, horizon)
);
-- The history of one place, over all days.
create index if not exists projections_by_place on countycast.projections (fips, as_of);

create table if not exists countycast.counties (
    as_of date not null,
    fips text not null,
    name text,
    population double precision,
    phase text,
    rt double precision,
    rt_lower_90 double precision,
    rt_upper_90 double precision,
    doubling_days double precision,
    cases_last_week double precision,
    cases_next_week double precision,
    primary key (as_of, fips)
);

create table if not exists countycast.counts (
    as_of date not null,
    fips text not null,
    date date not null,
    cases_reported double precision,
    cases_cleaned double precision,
    deaths_reported double precision,
    deaths_cleaned double precision,
    primary key (as_of, fips, date)
);

create table if not exists countycast.capacity (
    as_of date not null,
    fips text not null,
    model text not null,
    bed text not null,
    area text not null,
    beds double precision,
    others double precision,
    peak_q50 double precision,
    peak_q90 double precision,
    peak_q975 double precision,
    peak_day date,
    overflow_probability double precision,
    first_overflow date,
    gap_q50 double precision,
    gap_q90 double precision,
    gap_q975 double precision,
    rank integer,
    primary key (as_of, fips, model, bed, area)
);

create table if not exists countycast.scores (
    as_of date not null,
    projected_as_of date not null,
    fips text not null,
    model text not null,
    target text not null,
    horizon integer not null,
    truth double precision,
    wis double precision,
    absolute_error double precision,
    covered_95 boolean,
    primary key (as_of, fips, model, target, projected_as_of, horizon)
);

create table if not exists countycast.weights (
    as_of date not null,
    target text not null,
    stratum text not null,
    model text not null,
    share double precision,
    primary key (as_of, target, stratum, model)
);

create table if not exists countycast.parameters (
    as_of date not null,
    fips text not null,
    model text not null,
    vector integer not null,
    parameter text not null,
    value real,
    primary key (as_of, fips, model, vector, parameter)
);

create table if not exists countycast.signal_runs (
    reference_date date primary key,
    as_of date,
    signals text,
    build text,
    settings text,
    inputs text
);

create table if not exists countycast.signals (
    reference_date date not null,
    signal text not null,
    area text not null,
    model text not null,
    last_published date,
    follows boolean,
    horizon integer not null,
    target_end_date date,
    quantile double precision not null,
    value double precision,
    primary key (reference_date, signal, area, model, horizon, quantile)
);

create table if not exists countycast.signal_scores (
    reference_date date not null,
    signal text not null,
    area text not null,
    model text not null,
    forecast_reference_date date not null,
    horizon integer not null,
    target_end_date date,
    truth double precision,
    wis double precision,
    absolute_error double precision,
    covered_50 boolean,
    covered_95 boolean,
    primary key (reference_date, signal, area, model, forecast_reference_date, horizon)
);
