#!/usr/bin/env bash
# elixhauser-ahrq 2026.1.3: without marks of "present on admission", half of the comorbidities are never found.
#
# `poa_indicators` may be left out, as outpatient claims and most data outside US hospitals must. The package then behaves as if nothing
# had been present on admission: 19 of the 39 groups (heart failure, renal failure, liver disease, coagulopathy, …) are false for
# everyone: false, not missing, without a warning. The mortality index of a sick patient then falls below that of a healthy one (0),
# because groups with negative weights, such as diabetes and obesity, are among those that remain.
#
# Seen: pneumonia with heart failure, end-stage renal disease, diabetes and cirrhosis: without marks diabetes alone; with "Y" for each
# all four. The example of the package's own front page (heart failure first, stage 3 kidney disease fourth) scores -7, where the page
# prints 7.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check elixhauser-ahrq==2026.1.3 pandas==2.2.3 numpy==2.2.6 openpyxl==3.1.5
"$work/venv/bin/python" -W ignore - <<'PYTHON'
from elixhauser_ahrq import ElixhauserMapper, ElixhauserScorer

mapper = ElixhauserMapper()
diagnoses = ["J189", "I509", "N186", "E119", "K7460"]


def groups(marks):
    return sorted(group for group, found in mapper.map_patient_diagnoses(diagnoses, marks).items() if found)


print("without marks:", groups(None))
print("all present on admission:", groups(["Y"] * len(diagnoses)))
assert groups(None) == ["DIAB_UNCX"]
assert groups(["Y"] * len(diagnoses)) == ["DIAB_UNCX", "HF", "LIVER_MLD", "RENLFL_SEV"]

score = ElixhauserScorer(index_type="mortality").calculate_score(mapper.map_patient_diagnoses(["I509", "E119", "I10", "N183", "E6601"]))
print("mortality index of the front page's patient:", score)
assert score == -7
PYTHON
