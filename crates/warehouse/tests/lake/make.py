"""Makes `lake/` beside this file with the program: python make.py COUNTYCAST

The demonstration panel, cut to six counties of Iowa and six that are given the codes of Alabama, whose begin with a zero: three
Saturdays that learn. Weekly signals from a table that was "fetched" on three Wednesdays: three weeks of forecasts. All invented.
"""

import csv
import gzip
import hashlib
import http.server
import json
import math
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).parent
COUNTIES = [f"{state}{code:03}" for state in ("01", "19") for code in range(1, 13, 2)]
SETTINGS = 'draws = 100\nhorizon_days = 28\nengine_names = ["flat", "trend"]\n[blend]\nhindcast_weeks = 2\n'
STATES = [("United States", "US"), ("Alabama", "01"), ("Arizona", "04"), ("Arkansas", "05"), ("California", "06")]


def panel(program, folder):
    """The demonstration panel, cut, with Nebraska under the name and codes of Alabama."""
    subprocess.run([program, "data", "demo", folder], check=True, capture_output=True)
    for path in folder.rglob("*.csv"):
        text = re.sub(r"(?<![0-9])(840)?31([0-9]{3})(?![0-9])", r"\g<1>01\2", path.read_text())
        text = text.replace("Nebraska", "Alabama").replace("NEBRASKA", "ALABAMA").replace(",NE,", ",AL,")
        rows = list(csv.reader(text.splitlines()))
        if path.parent.name == "jhu":
            code = rows[0].index("FIPS")
            rows = [rows[0], *[row for row in rows[1:] if row[code].split(".")[0].zfill(5) in COUNTIES]]
        with path.open("w", newline="") as out:
            csv.writer(out).writerows(rows)


def visits(last, factor):
    """A table of emergency visits with 120 weeks up to the Saturday `last`, the last of them at `factor` times its value."""
    import datetime

    lines = ["week_end,geography,county,percent_visits_covid,percent_visits_influenza,percent_visits_rsv,hsa,hsa_nci_id,fips"]
    for back in range(119, -1, -1):
        week = last - datetime.timedelta(weeks=back)
        for number, (state, code) in enumerate(STATES):
            season = math.exp(-(((week - datetime.date(week.year, 1, 20)).days / 7 + 2 * math.sin(number)) / 5) ** 2)
            share = (0.4 + 5 * season * (1 + 0.2 * math.cos(number + week.year))) * (factor if back == 0 else 1)
            fips = "0" if code == "US" else code + "000"
            lines.append(f"{week}T00:00:00.000,{state},All,,{share:.2f},,All,All,{fips}")
    return "\n".join(lines) + "\n"


def vintage(lake, time, content):
    """A vintage as a fetch lays it down."""
    folder = lake / "raw" / "nssp" / f"fetched_at={time.replace(':', '-')}"
    folder.mkdir(parents=True)
    (folder / "nssp.csv.gz").write_bytes(gzip.compress(content.encode(), mtime=0))
    manifest = {"source": "nssp", "url": "https://example.org/nssp.csv", "file": "nssp.csv.gz", "fetched_at": time,
                "sha256": hashlib.sha256(content.encode()).hexdigest(), "bytes": len(content),
                "rows": content.count("\n") - 1, "columns": content.split("\n")[0].split(","),
                "etag": None, "last_modified": None, "version": "0.1.0"}
    (folder / "_manifest.json").write_text(json.dumps(manifest))


def update(program, work, lake):
    """Lets a fetch of something small bring the observations up to date."""
    content = b"abbreviation,location,location_name,population\nUS,US,US,340110988\nAL,1,Alabama,5157699\n"

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sources = work / "sources.toml"
    sources.write_text(
        '[[sources]]\nname = "flusight-locations"\nkind = "places"\ntitle = "States"\npublisher = "CDC"\n'
        f'address = "http://127.0.0.1:{server.server_port}/locations.csv"\nfile = "locations.csv"\ncadence = "yearly"\n'
        'licence = "MIT"\ncolumns = ["location"]\n')
    subprocess.run([program, "data", "fetch", "--sources", sources, "--into", lake, "--quiet"], check=True)
    server.shutdown()


def main():
    import datetime

    program, target = sys.argv[1], HERE / "lake"
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        lake, settings = work / "lake", work / "settings.toml"
        settings.write_text(SETTINGS)
        panel(program, work / "data")
        project = [program, "project", "--quiet", "--lake", lake, "--out", work / "out"]
        for day in ("2020-10-10", "2020-10-17", "2020-10-24"):
            subprocess.run([*project, "--data", work / "data", "--learn", "--config", settings, "--as-of", day], check=True)
        for wednesday in (datetime.date(2025, 12, 31), datetime.date(2026, 1, 7), datetime.date(2026, 1, 14)):
            vintage(lake, f"{wednesday}T23:00:00Z", visits(wednesday - datetime.timedelta(days=4), 0.9))
        update(program, work, lake)
        for day in ("2025-12-31", "2026-01-07", "2026-01-14"):
            subprocess.run([*project[:-1], work / "signals", "--signal", "flu-ed", "--as-of", day], check=True)
        shutil.rmtree(lake / "raw")
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(lake, target)


main()
