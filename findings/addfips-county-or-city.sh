#!/usr/bin/env bash
# addfips 0.4.2: a county and the independent city of the same name become one place.
#
# Publishers of county counts write "St. Louis" for the county and "St. Louis city" for the city beside it (JHU, New York Times). addfips
# gives both the city's code; only the written-out "St. Louis County" finds the county. So it is with Baltimore, and in Virginia with
# Fairfax, Franklin, Richmond and Roanoke: in a table with both, the county's million residents lose their place without a word, and the
# city has two rows.
#
# Seen: "St. Louis" in Missouri 29510 (the city) for 29189, "Baltimore" 24510 for 24005, "Fairfax" in Virginia 51600 for 51059.
# A county whose name no city shares keeps its code: "Boone" in Missouri 29019.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check addfips==0.4.2
"$work/venv/bin/python" - <<'PYTHON'
import addfips

fips = addfips.AddFIPS()
for state, name, city, county in [
    ("Missouri", "St. Louis", "29510", "29189"),
    ("Maryland", "Baltimore", "24510", "24005"),
    ("Virginia", "Fairfax", "51600", "51059"),
    ("Virginia", "Franklin", "51620", "51067"),
    ("Virginia", "Richmond", "51760", "51159"),
    ("Virginia", "Roanoke", "51770", "51161"),
]:
    plain, as_city, as_county = (fips.get_county_fips(text, state=state) for text in (name, f"{name} city", f"{name} County"))
    print(f"{state}: {name} {plain}, {name} city {as_city}, {name} County {as_county}")
    assert (plain, as_city, as_county) == (city, city, county)
assert fips.get_county_fips("Boone", state="Missouri") == "29019"
PYTHON
