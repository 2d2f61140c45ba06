"""Pictures of a projection, by matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from countycast._countycast import LEVELS
from countycast.errors import RequestError

if TYPE_CHECKING:
    from countycast.panel import Panel
    from countycast.run import Run

COUNTS = {"inc case": ("cases", "New cases a week"), "inc death": ("deaths", "New deaths a week")}
WIDTHS = [round(1 - 2 * level, 2) for level in LEVELS if level < 0.5]


def forecast(
    run: Run, fips: str, target: str, interval: float, history_weeks: int, truth: Panel | None, ax: Any
) -> Any:
    """Weekly counts, then median and central interval of the blend; see `Run.plot`."""
    import matplotlib.pyplot as plt

    if target not in COUNTS:
        raise RequestError(f"`{target}` cannot be drawn", f"ask for one of {', '.join(COUNTS)}")
    if round(interval, 2) not in WIDTHS:
        raise RequestError(f"interval = {interval}: is not between two levels", f"one of {sorted(WIDTHS)}")
    if history_weeks < 1:
        raise RequestError(f"history_weeks = {history_weeks}: must be at least 1", "12 are a season's quarter")
    column, title = COUNTS[target]
    rows = run.quantiles(fips, model="blend", target=target, resolution="week").to_pandas()
    wide = rows.pivot(index="target_end_date", columns="quantile", values="value")
    tail = (1 - interval) / 2

    def at(level: float) -> Any:
        return wide[min(wide.columns, key=lambda known: abs(known - level))]

    if ax is None:
        _, ax = plt.subplots(figsize=(8, 4), layout="constrained")
    past = weekly(run.panel, fips, column, run.as_of).tail(history_weeks)
    ax.plot(past.index, past, color="0.25", marker="o", markersize=3, label="counted, after repair")
    line = ax.plot(wide.index, at(0.5), color="C0", marker="o", markersize=3, label="median")[0]
    ax.fill_between(wide.index, at(tail), at(1 - tail), color=line.get_color(), alpha=0.25, lw=0, label=f"{interval:.0%} interval")
    if truth is not None:
        later = weekly(truth, fips, column, run.as_of)
        later = later[(later.index > past.index[-1]) & (later.index <= wide.index[-1])]
        ax.plot(later.index, later, color="C3", marker="x", linestyle="none", label="came true")
    ax.axvline(past.index[-1], color="0.7", lw=1, linestyle=":")
    ax.set_title(run.panel.places.to_pandas().set_index("fips").loc[fips, "name"], loc="left")
    ax.set_ylabel(title)
    ax.set_ylim(bottom=0)
    ax.legend(frameon=False)
    ax.figure.autofmt_xdate()
    return ax


def weekly(panel: Panel, fips: str, column: str, as_of: Any) -> Any:
    """Sums of seven days, of weeks that end on the weekday of a day."""
    import pandas

    days = panel.counts(fips).to_pandas().set_index("date")[column]
    back = (days.index[-1] - pandas.Timestamp(as_of)).days % 7
    days = days.iloc[: len(days) - back]
    sums = days.rolling(7).sum()
    return sums.iloc[::-7].iloc[::-1].dropna()
