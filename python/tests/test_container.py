"""The steps of `Containerfile` that need no builder, one by one: what the container runs, and how its health is told."""

import json
import os
import re
import subprocess
import sysconfig
from pathlib import Path

import pytest

CONTAINERFILE = Path(__file__).parents[2] / "Containerfile"


@pytest.fixture(scope="module")
def steps():
    """Instructions with their arguments, in order; lines that go on are joined."""
    text = re.sub(r"\\\n", " ", CONTAINERFILE.read_text())
    return [line.split(" ", 1) for line in text.splitlines() if line and not line.startswith("#")]


def only(steps, instruction):
    (found,) = [argument for name, argument in steps if name == instruction]
    return found


def test_the_program_does_not_run_as_root_and_builds_elsewhere(steps):
    stages = [argument for name, argument in steps if name == "FROM"]
    assert len(stages) == 2 and stages[0].endswith(" AS build")
    last = max(at for at, (name, _) in enumerate(steps) if name == "FROM")
    names = [name for name, _ in steps[last:]]
    assert only(steps, "USER") == "countycast" and names.index("USER") < names.index("ENTRYPOINT")
    assert "useradd" in only(steps[last:], "RUN"), "the user is made, with a folder that it may write"
    build = [argument for name, argument in steps[:last] if name == "RUN"]
    assert build[-1] == "cargo build --release --locked --bin countycast"


def test_what_it_runs_and_how_its_health_is_told(steps, data, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    environment = {**os.environ, "PATH": f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}"}
    variable, value = only(steps, "ENV").split("=")
    environment[variable] = value.replace("/data", str(data))
    health = only(steps, "HEALTHCHECK").split(" CMD ")[1].replace("/out/", f"{out}/")

    def healthy():
        return subprocess.run(["sh", "-c", health], env=environment, capture_output=True, check=False).returncode == 0

    assert healthy(), "before the first run"
    command = [*json.loads(only(steps, "ENTRYPOINT")), *json.loads(only(steps, "CMD"))]
    command = [part.replace("/out/", f"{out}/") for part in command]
    quick = ["--engines", "flat,trend"]
    done = subprocess.run([*command, *quick], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (out / "run" / "run.json").is_file() and healthy()
    (out / "run" / "projections.parquet").write_bytes(b"damaged")
    assert not healthy()
