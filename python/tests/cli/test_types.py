"""`pytron types`: what it writes, where, and how it tells of drift."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from pytron.cli import main
from typegen.compiler import errors_of, needs_node

APP = """
from pytron import App

app = App("Shop", frontend="page")


@app.expose
def price(name: str, count: int = 1) -> float:
    return count * 1.5

"""


class Done(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an app, which is the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "app", raising=False)
    (tmp_path / "app.py").write_text(textwrap.dedent(APP), "utf-8")
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text("<title>Shop</title>", "utf-8")
    return tmp_path


Runs = Callable[..., Done]


@pytest.fixture
def pytron(capsys: pytest.CaptureFixture[str]) -> Runs:
    """Runs the command in this process."""

    def run(*arguments: str) -> Done:
        sys.modules.pop("app", None)
        code = main(arguments)
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return run


def test_writes_beside_the_app_and_says_so(shop: Path, pytron: Runs) -> None:
    assert pytron("types") == Done(0, "wrote pytron.d.ts\n", "")
    text = (shop / "pytron.d.ts").read_text("utf-8")
    assert "price(name: string, count?: number): Promise<number>;" in text
    assert pytron("types").out == "up to date: pytron.d.ts\n"


def test_writes_into_the_sources_of_an_npm_project(shop: Path, pytron: Runs) -> None:
    source = shop / "web" / "src"
    source.mkdir(parents=True)
    (shop / "web" / "package.json").write_text("{}")
    app = (shop / "app.py").read_text("utf-8").replace('"page"', '"web/dist"')
    (shop / "app.py").write_text(app, "utf-8")
    pytron("types")
    assert (source / "pytron.d.ts").exists()
    assert not (shop / "pytron.d.ts").exists()


def test_out_decides(shop: Path, pytron: Runs) -> None:
    assert pytron("types", "app.py", "--out", "types/py.d.ts").out == "wrote types/py.d.ts\n"
    assert (shop / "types" / "py.d.ts").exists()


def test_setting_decides_where_nothing_is_said(shop: Path, pytron: Runs) -> None:
    (shop / "pyproject.toml").write_text('[tool.pytron]\ntypes = "web/py.d.ts"\n', "utf-8")
    assert pytron("types").out == f"wrote {Path('web/py.d.ts')}\n"
    assert pytron("types", "--out", "other.d.ts").out == "wrote other.d.ts\n"


def test_dash_is_the_terminal(shop: Path, pytron: Runs) -> None:
    done = pytron("types", "--out", "-")
    assert done.out.startswith("// Written by `pytron types` from the Python of Shop")
    assert not (shop / "pytron.d.ts").exists()


@pytest.mark.usefixtures("shop")
def test_check_is_quiet_when_nothing_has_drifted(pytron: Runs) -> None:
    pytron("types")
    assert pytron("types", "--check") == Done(0, "", "")


def test_check_fails_with_a_diff(shop: Path, pytron: Runs) -> None:
    pytron("types")
    written = (shop / "pytron.d.ts").read_bytes()
    app = (shop / "app.py").read_text("utf-8").replace("count: int = 1", "count: int | None = 1")
    (shop / "app.py").write_text(app, "utf-8")
    done = pytron("types", "--check")
    assert done.code == 1
    assert "-    price(name: string, count?: number): Promise<number>;" in done.out
    assert "+    price(name: string, count?: number | null): Promise<number>;" in done.out
    assert done.err == "error: the types have drifted from Python; run: pytron types\n"
    assert (shop / "pytron.d.ts").read_bytes() == written


def test_check_fails_when_there_is_no_file(shop: Path, pytron: Runs) -> None:
    assert pytron("types", "--check").code == 1
    assert not (shop / "pytron.d.ts").exists()


def test_json_has_the_contract(shop: Path, pytron: Runs) -> None:
    found = json.loads(pytron("types", "--json").out)
    assert found["files"] == [{"path": str(shop / "pytron.d.ts"), "changed": True}]
    (price,) = found["contract"]["functions"]
    assert price["name"] == "price"
    assert [p["name"] for p in price["parameters"]] == ["name", "count"]
    assert json.loads(pytron("types", "--json", "--check").out)["files"][0]["changed"] is False


def test_mistakes_are_sentences_and_exit_codes(shop: Path, pytron: Runs) -> None:
    done = pytron("types", "nothing.py")
    assert done.code == 2
    assert done.err.startswith("error: there is no file")
    (shop / "app.py").write_text("1 / 0\n", "utf-8")
    done = pytron("types")
    assert done.code == 2
    assert "ZeroDivisionError: division by zero (line 1 of" in done.err
    assert "Traceback" not in done.err


@pytest.mark.usefixtures("shop")
def test_option_that_does_not_exist(pytron: Runs) -> None:
    done = pytron("types", "--chekc")
    assert done.code == 2
    assert "No such option" in done.err


def test_jsconfig_needs_a_page(shop: Path, pytron: Runs) -> None:
    app = (shop / "app.py").read_text("utf-8").replace(', frontend="page"', "")
    (shop / "app.py").write_text(app, "utf-8")
    done = pytron("types", "--jsconfig")
    assert done.code == 2
    assert "--jsconfig is for pages in a folder" in done.err


def test_jsconfig_of_the_user_is_kept(shop: Path, pytron: Runs) -> None:
    (shop / "jsconfig.json").write_text('{"compilerOptions": {}}\n', "utf-8")
    pytron("types", "--jsconfig")
    assert (shop / "jsconfig.json").read_text("utf-8") == '{"compilerOptions": {}}\n'
    assert pytron("types", "--jsconfig", "--check").code == 0


@needs_node
def test_editors_check_plain_javascript(shop: Path, pytron: Runs) -> None:
    assert pytron("types", "--jsconfig").code == 0
    script = shop / "page" / "app.js"
    lines = [
        'import pytron from "/_pytron/client.js";',
        'const sum = await pytron.price("tea", 2);',
        "sum.toFixed();",
    ]
    script.write_text("\n".join(lines), "utf-8")
    assert errors_of(shop) == []
    lines += ["pytron.price(1);", "pytron.pirce('tea');", "sum.trim();"]
    script.write_text("\n".join(lines), "utf-8")
    found = [line.split("(")[1].split(",")[0] for line in errors_of(shop)]
    assert found == ["4", "5", "6"]


def test_as_a_program(shop: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytron", "types", "app.py"],
        cwd=shop,
        env={**os.environ, "PYTRON_ENGINE": "native"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "wrote pytron.d.ts\n", "")


def test_renewing_writes_what_is_there_and_has_drifted(shop: Path, pytron: Runs) -> None:
    assert pytron("types", "--renew") == Done(0, "", "")
    assert not (shop / "pytron.d.ts").exists()
    (shop / "pytron.d.ts").touch()
    assert pytron("types", "--renew").out.startswith("wrote pytron.d.ts")
    assert "price" in (shop / "pytron.d.ts").read_text("utf-8")
    assert pytron("types", "--renew") == Done(0, "", "")
