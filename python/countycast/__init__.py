"""Forecasts of respiratory epidemics in US counties: countycast's stages as calls.

>>> import countycast as cc
>>> panel = cc.Panel.demo()                              # or cc.Panel.read("data", as_of="2020-10-24")
>>> run = cc.project(panel, engines=["learner", "seir"], states=["IA"])
>>> run.quantiles("19001", target="inc case", resolution="week", model="blend").to_pandas()

========================  ==================================================================================
`Panel`                   the data: all places on the same days, from a folder, from tables, or invented
`project`                 projects places of a panel; a `Run` has quantiles, draws, hub files and pictures
`evaluate`                projects past days and scores the forecasts
`what_if`                 compares scenarios with a baseline
`Engine`                  a model of your own, which joins the blend; `check_engine` tests it
`lake`, `redshift`        ask results in SQL, through the program `countycast-warehouse` or its service
`countycast.spark`        projects on a Spark cluster
`countycast.errors`       exceptions, with the messages of the program
========================  ==================================================================================

Counts are people a day, weeks end on the as-of day's weekday, quantiles have the 23 levels of `LEVELS`. Tables are `Table`
objects: pandas, polars, pyarrow and DuckDB take them without copying. The same seed gives the same bytes as the program
`countycast`, which this package also brings.
"""

from countycast import errors
from countycast._countycast import DEFAULT_ENGINES, ENGINES, LEVELS, __version__
from countycast.engine import Engine, History, check_engine
from countycast.errors import CountycastError
from countycast.evaluation import Evaluation, evaluate
from countycast.panel import Panel
from countycast.run import Run, project
from countycast.scenario import WhatIf, what_if
from countycast.table import Table
from countycast.warehouse import lake, redshift

DEFAULT_ENGINES = tuple(DEFAULT_ENGINES)
ENGINES = tuple(ENGINES)
LEVELS = tuple(LEVELS)

__all__ = [
    "DEFAULT_ENGINES",
    "ENGINES",
    "LEVELS",
    "CountycastError",
    "Engine",
    "Evaluation",
    "History",
    "Panel",
    "Run",
    "Table",
    "WhatIf",
    "__version__",
    "check_engine",
    "errors",
    "evaluate",
    "lake",
    "project",
    "redshift",
    "what_if",
]
