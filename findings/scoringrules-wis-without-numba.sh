#!/usr/bin/env bash
# scoringrules 0.10.0 (the newest for Python 3.11): the weighted interval score depends on whether numba is installed.
#
# With the NumPy back end, `weighted_interval_score` adds half the median itself where the definition (Bracher et al. 2021,
# doi:10.1371/journal.pcbi.1008618) has half the distance between median and observation. Numba's version has the distance. A forecast
# of a large county is then punished for being large: the same forecast and error, 1,000 higher, score 200 worse (two intervals).
# numba is an optional dependency, so a plain `pip install scoringrules` takes the wrong one.
#
# Seen: forecast 4, 6, 8, 9, 12 at levels .05, .25, .5, .75, .95 and observation 10: 2.46 for 1.26; all moved by 1,000: 202.46 for 1.26.
# Twice the mean pinball loss of the five quantiles is the same quantity, and `crps_quantile` of the same package has it right.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check scoringrules==0.10.0 numpy==2.2.6 scipy==1.15.3
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
import scoringrules as sr

levels = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
for shift in (0.0, 1000.0):
    quantiles = np.array([4.0, 6.0, 8.0, 9.0, 12.0]) + shift
    observed = 10.0 + shift
    wis = float(sr.weighted_interval_score(observed, quantiles[2], quantiles[[1, 0]], quantiles[[3, 4]], np.array([0.5, 0.1]), backend="numpy"))
    by_definition = float(sr.crps_quantile(observed, quantiles, levels, backend="numpy"))
    print(f"observed {observed:.0f}: weighted interval score {wis:.2f}, by definition {by_definition:.2f}")
    assert abs(by_definition - 1.26) < 1e-9, by_definition
    assert abs(wis - (2.46 + 0.2 * shift)) < 1e-6, wis
PYTHON
