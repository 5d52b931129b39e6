"""Real libraries, packaged and proved, plain and then sealed.

NumPy with a pool of processes runs always, the others by command (`dev.py test --all`), which
installs them into the folder that PYTRON_TEST_LIBRARIES names.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from package.conftest import DEADLINE_S

FOLDER = os.environ.get("PYTRON_TEST_LIBRARIES", "")

by_command = pytest.mark.skipif(not FOLDER, reason="slow: `dev.py test --all` runs it")

PAGE = """<!doctype html><meta charset="utf-8"><title>Library</title>
<h1>Library</h1><output id="out"></output>
<script type="module">
  import pytron from "/_pytron/client.js";
  document.getElementById("out").textContent = JSON.stringify(await pytron.answer());
</script>
"""

#: What the app computes before it runs: an app whose library does not work does not even start.
SOURCES = {
    "numpy": (
        "import numpy\nfrom multiprocessing import get_context\n"
        "def pooled():\n"
        "    with get_context('spawn').Pool(2) as pool:\n"
        "        return pool.map(numpy.linalg.det, [numpy.eye(2) * n for n in (2, 3)])\n"
        "value = float(numpy.linalg.det(numpy.array([[1.0, 2.0], [3.0, 4.0]])))"
    ),
    "pandas": (
        "import pandas\n"
        "value = int(pandas.DataFrame({'a': [1, 1, 2]}).groupby('a').size().loc[1])\n"
        "assert pandas.Timestamp('2026-01-01', tz='Europe/Berlin').utcoffset().seconds == 3600"
    ),
    "pillow": (
        "import io\nfrom PIL import Image\nout = io.BytesIO()\n"
        "Image.new('RGB', (8, 8), 'red').save(out, 'WEBP')\n"
        "value = Image.open(io.BytesIO(out.getvalue())).size[0]"
    ),
    "matplotlib": (
        "import io\nimport matplotlib\nmatplotlib.use('Agg')\n"
        "from matplotlib import pyplot\nout = io.BytesIO()\n"
        "pyplot.plot([1, 2])\npyplot.savefig(out, format='svg')\nvalue = len(out.getvalue())"
    ),
    "pydantic": (
        "from pydantic import BaseModel\nclass M(BaseModel):\n    a: int\n"
        "value = M.model_validate_json('{\"a\": 3}').a"
    ),
    "sqlalchemy": (
        "import sqlalchemy\nengine = sqlalchemy.create_engine('sqlite://')\n"
        "with engine.connect() as connection:\n"
        "    value = connection.execute(sqlalchemy.text('select 41 + 1')).scalar_one()"
    ),
    "multiprocessing": (
        "import math\nfrom multiprocessing import get_context\n"
        "def pooled():\n"
        "    with get_context('spawn').Pool(2) as pool:\n"
        "        return pool.map(math.factorial, [3, 4])\n"
        "value = 0"
    ),
}
#: What the proof says is missing, with the setting that adds it.
HIDDEN = {"matplotlib": "matplotlib.backends.backend_svg"}
APP = """
import multiprocessing
from pytron import App

app = App("Library")
{source}

@app.expose
def answer():
    return value

@app.on_start
def check():
    if "pooled" in globals():
        assert [round(number) for number in pooled()] in ([6, 24], [4, 9])
    assert value is not None

if __name__ == "__main__":
    multiprocessing.freeze_support()
    raise SystemExit(app.run())
"""


def write_app(root: Path, library: str) -> Path:
    """An app with its page beside it, which only its settings name; the app's folder."""
    folder, page = root / "back", root / "web"
    folder.mkdir()
    page.mkdir()
    (page / "index.html").write_text(PAGE, "utf-8")
    (folder / "app.py").write_text(APP.format(source=SOURCES[library]), "utf-8")
    hidden = [HIDDEN[library]] if library in HIDDEN else []
    (folder / "pyproject.toml").write_text(
        '[tool.pytron]\nfrontend = "../web"\n'
        f"[tool.pytron.package]\nhidden_imports = {json.dumps(hidden)}\n",
        "utf-8",
    )
    return folder


def run(folder: Path, *command: str | Path) -> str:
    path = os.pathsep.join(part for part in (FOLDER, os.environ.get("PYTHONPATH", "")) if part)
    done = subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=DEADLINE_S * 4,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "library",
    [pytest.param(name, marks=() if name == "numpy" else by_command) for name in SOURCES],
)
def test_an_app_with_a_library_works_elsewhere_plain_and_sealed(
    library: str, tmp_path: Path
) -> None:
    folder = write_app(tmp_path, library)
    said = run(folder, "-m", "pytron", "package", "--json", "--report")
    assert "child" in json.loads(said)["facts"]["proof"]["seen"]
    run(folder, Path(__file__).with_name("seal_again.py"), folder)
