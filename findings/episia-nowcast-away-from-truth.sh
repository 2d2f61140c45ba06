#!/usr/bin/env bash
# episia 0.1.3: the nowcast moves away from the truth, and the reproduction number does not know the serial interval.
#
# `nowcasting` should undo a delay between infection (or onset) and report. It applies the delay once more: reports that already lag are
# lagged again, so the last day of a doubling epidemic, of which 70 % is reported, is put at 49 %. `reproductive_number` with
# its default method "cori" divides each day by the day before, whatever the serial interval, which only sets the length of a moving
# average. For growth of 10 % a day a serial interval of 5 days means 1.65, one of 10 days 2.72 (a fixed interval: e to the r times T).
#
# Seen: truth 100, 200, … 3,200, delay .5, .3, .2: reported 2,240, nowcast 1,568 for 3,200. R at 10 % a day: 1.105 with intervals
# of 2, 5 and 10 days.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check episia==0.1.3 numpy==2.2.6 scipy==1.15.3 pandas==2.2.3
"$work/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from episia.stats.time_series import nowcasting, reproductive_number

delay = np.array([0.5, 0.3, 0.2])
truth = 100 * 2.0 ** np.arange(6)
reported = np.convolve(truth, delay)[: len(truth)]
nowcast = nowcasting(reported, delay)
print(f"last day: truth {truth[-1]:.0f}, reported {reported[-1]:.0f}, nowcast {nowcast[-1]:.0f}")
assert (truth[-1], reported[-1], round(nowcast[-1])) == (3200, 2240, 1568)

days = np.arange(60)
for interval in (2.0, 5.0, 10.0):
    answer = reproductive_number(100 * np.exp(0.1 * days), serial_interval=interval)[-1]
    print(f"serial interval {interval:.0f}: R {answer:.3f}, for a fixed interval {np.exp(0.1 * interval):.3f}")
    assert abs(answer - np.exp(0.1)) < 1e-6
PYTHON
