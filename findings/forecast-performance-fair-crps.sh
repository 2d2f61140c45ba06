#!/usr/bin/env bash
# forecast-performance 1.0.0: the "fair" CRPS of an ensemble still depends on how many members it has.
#
# The fair CRPS takes from an ensemble's CRPS the part that comes of having few members: the integral of F(1 - F) over m - 1 (Ferro 2014,
# doi:10.1002/qj.2270), so that its mean is the same for any m when members and truth come from one law. The package squares F(1 - F)
# first and takes off at most a quarter of what is due. An ensemble of 100 members is then preferred to one of 5 of the same worth.
#
# Seen: members 0 and 1, observation 0.5: 0.1875 for 0. Standard normal members and truth, where the mean is 1 over the root of
# pi, 0.564, for every m: 0.77 with 2 members, 0.65 with 5, 0.59 with 20.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check forecast-performance==1.0.0 numpy==2.2.6
"$work/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from forecast_performance.metrics.probabilistic import fair_crps


def fair(members, observed):
    m = members.shape[1]
    return float(fair_crps(members, np.arange(1, m + 1) / m, observed, simulation_type="ensemble"))


def by_definition(members, observed):
    m = members.shape[1]
    error = np.abs(members - observed).mean()
    spread = np.abs(members[:, :, None] - members[:, None, :]).sum(axis=(1, 2)).mean()
    return float(error - spread / (2 * m * (m - 1)))


pair, half = np.array([[0.0, 1.0]]), np.array([[0.5]])
print("members 0 and 1, observation 0.5:", fair(pair, half), "by definition", by_definition(pair, half))
assert fair(pair, half) == 0.1875 and by_definition(pair, half) == 0.0

draw = np.random.default_rng(1)
for m, seen in ((2, 0.77), (5, 0.65), (20, 0.59)):
    members, observed = np.sort(draw.normal(size=(20_000, m)), axis=1), draw.normal(size=(20_000, 1))
    print(f"{m} members: {fair(members, observed):.3f}, by definition {by_definition(members, observed):.3f}")
    assert abs(fair(members, observed) - seen) < 0.01
    assert abs(by_definition(members, observed) - np.pi**-0.5) < 0.015
PYTHON
