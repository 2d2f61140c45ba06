"""Each notebook runs from a clean kernel, keeps its own promises (its assertions), and shows pictures where it says so."""

import base64
import os
import shutil
from pathlib import Path

import nbclient
import nbformat
import pytest

HERE = Path(__file__).parent
# By notebook, how many pictures it shows.
PICTURES = {
    "1_ask_the_warehouse": 0,
    "2_forecast_and_look": 1,
    "3_tune": 1,
    "4_what_if": 2,
    "5_your_own_engine": 1,
}


def test_every_notebook_is_run():
    assert {path.stem for path in HERE.glob("*.ipynb")} == set(PICTURES)


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_it_runs(name, tmp_path):
    if name.startswith("1") and shutil.which("countycast-warehouse") is None:
        assert not os.environ.get("CI_WAREHOUSE"), "countycast-warehouse is not on PATH"
        pytest.skip("countycast-warehouse is not on PATH")
    notebook = nbformat.read(HERE / f"{name}.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code), "it is kept without outputs"
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}}).execute()
    shown = []
    for cell in code:
        for output in cell.outputs:
            data = output.get("data", {})
            shown += [base64.b64decode(data["image/png"])] if "image/png" in data else []
            shown += [data["image/svg+xml"].encode()] if "image/svg+xml" in data else []
            assert output.output_type != "stream" or output.name != "stderr", output.get("text")
    # For whoever wants to look at them.
    folder = Path(os.environ.get("NOTEBOOK_PICTURES", tmp_path))
    for number, picture in enumerate(shown):
        ending = "png" if picture.startswith(b"\x89PNG") else "svg"
        (folder / f"{name}-{number}.{ending}").write_bytes(picture)
    assert len(shown) == PICTURES[name] and all(len(picture) > 5_000 for picture in shown)
