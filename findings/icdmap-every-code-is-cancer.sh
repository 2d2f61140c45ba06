#!/usr/bin/env bash
# icdmap 0.1.1: every cause of death of ICD-10 is counted as cancer.
#
# `DeathCauseMapper` compares a code with a range such as C00-C97 by its digits alone; the letter, which is the chapter, is dropped. Any
# code whose first digits lie between 0 and 97 is therefore in C00-C97, as well as in L00-L99 (skin), M00-M99, O00-O99 (pregnancy),
# P00-P96 (newborns) and Q00-Q99. A table of deaths by cause counts each death half a dozen times.
#
# Seen: J18 (pneumonia), E11 (diabetes) and U07.1 (COVID-19) all match C00-C97 and O00-O99; J18 matches 11 causes, one of them right.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check icdmap==0.1.1 pandas==2.2.3 numpy==2.2.6
"$work/venv/bin/python" -W ignore - <<'PYTHON'
from icdmap import DeathCauseMapper

mapper = DeathCauseMapper()
for code in ("J18", "E11", "U071"):
    ranges = [cause["ICD10_RANGE"] for cause in mapper.convert(code, source="icd10")]
    print(code, ranges)
    assert {"C00-C97", "O00-O99"} <= set(ranges)
    if code == "J18":
        assert len(ranges) == 11 and "J12-J18" in ranges
PYTHON
