#!/usr/bin/env bash
# scoringrules 0.10.0 (the newest for Python 3.11): the CRPS of count laws ends where a county's week begins.
#
# `crps_poisson` takes powers and factorials as they stand: from a mean of about 150 it answers infinity, from an observation of 171
# (the factorial's end in double precision) NaN. `crps_negbinom` and `crps_binomial` take binomial coefficients as they stand and answer
# NaN from a thousand or so. Nothing is raised; a mean over places becomes NaN or infinity. The sum over the distribution function
# gives the score at any of these sizes.
#
# Seen: Poisson with mean and observation 100: 2.334 (right); 150: inf for 2.860; 200: nan for 3.303. Negative binomial, size 1,000,
# probability .5, observation 1,000: nan for 10.451. Binomial, 100,000 at .01, observation 1,100: nan for 82.265.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check scoringrules==0.10.0 numpy==2.2.6 scipy==1.15.3
"$work/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
import scoringrules as sr
from scipy import stats


def by_summing(law, observed):
    """The CRPS of a law on the whole numbers: the squared distance of distribution functions, summed."""
    counts = np.arange(0, 20_000)
    return float(np.sum((law.cdf(counts) - (counts >= observed)) ** 2))


def show(name, answer, truth):
    print(f"{name}: {answer:.3f}, by summing {truth:.3f}")


for count, expected in ((100, "finite"), (150, "inf"), (200, "nan")):
    answer = float(sr.crps_poisson(count, float(count), backend="numpy"))
    truth = by_summing(stats.poisson(count), count)
    show(f"Poisson {count}", answer, truth)
    assert {"finite": abs(answer - truth) < 1e-6, "inf": np.isinf(answer), "nan": np.isnan(answer)}[expected], answer

answer = float(sr.crps_negbinom(1000, 1000.0, 0.5, backend="numpy"))
show("negative binomial 1000", answer, by_summing(stats.nbinom(1000, 0.5), 1000))
assert np.isnan(answer), answer

answer = float(sr.crps_binomial(1100, 100_000, 0.01, backend="numpy"))
show("binomial 100000", answer, by_summing(stats.binom(100_000, 0.01), 1100))
assert np.isnan(answer), answer
PYTHON
