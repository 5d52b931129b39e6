"""The `pytron` command itself: versions, help, what the machine has, exit codes."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from pathlib import Path

import click
import click.testing
import pytest
import pytron
from pytron import cli
from pytron.errors import (
    AssetError,
    CallError,
    ConfigError,
    EngineError,
    PackagingError,
    PytronError,
    ToolMissing,
)


def run(*arguments: str) -> click.testing.Result:
    return click.testing.CliRunner().invoke(cli.commands, arguments)


def test_version() -> None:
    assert run("--version").output == f"pytron {pytron.__version__}\n"


def test_help_lists_every_command_with_what_it_does() -> None:
    text = run("--help").output
    for name in cli.COMMANDS:
        assert f"  {name}  " in text


@pytest.mark.parametrize(("name", "summary"), cli.COMMANDS.items())
def test_help_says_what_the_command_says(name: str, summary: str) -> None:
    command = cli.commands.get_command(click.Context(cli.commands), name)
    assert command is not None
    assert command.get_short_help_str(limit=200) == summary


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_help(name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert "Options:" in result.output
    assert "\\b" not in result.output  # what keeps lines apart in click is not for people


def test_unknown_command_is_said_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["tyeps"]) == 2
    assert "no command 'tyeps'; did you mean 'types'?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("show", "pip list"),
        ("install requests", "pip install"),
        ("frontend install", "pytron build --install"),
        ("plugin install some.thing", "app.include(api)"),
        ("android init", "cannot be built yet"),
        ("run --chrome", "pytron run --engine chrome"),
        ("dev --web app.py", "pytron run --engine server"),
        ("package --secure", "pytron package --shield"),
        ("run --speed", "--speed"),
    ],
)
def test_words_of_other_tools_are_answered_with_ours(
    words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(words.split()) == 2
    assert said in capsys.readouterr().err
    assert not cli.ELSEWHERE.keys() & cli.COMMANDS.keys()


def test_no_command_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    assert "Commands:" in capsys.readouterr().err


def test_info_as_json() -> None:
    found = json.loads(run("info", "--json").output)
    assert found["pytron"] == pytron.__version__
    assert found["python"] == platform.python_version()
    engines = {engine["name"]: engine for engine in found["engines"]}
    assert engines["headless"]["problem"] == ""
    assert bool(engines["native"]["facts"]) != bool(engines["native"]["problem"])
    assert engines["server"]["problem"] == "" or "[server]" in engines["server"]["problem"]


def test_info_says_where_electron_is_or_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTRON_ELECTRON_PATH", str(tmp_path / "none"))
    engines = {one["name"]: one for one in json.loads(run("info", "--json").output)["engines"]}
    assert "PYTRON_ELECTRON_PATH" in engines["chrome"]["problem"]
    assert engines["chrome"]["facts"] == {}


def test_info_for_people() -> None:
    text = run("info").output
    assert f"pytron {pytron.__version__}, Python {platform.python_version()}" in text
    assert "engine headless: ready" in text


def test_info_says_what_the_native_engine_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pytron_native", None)  # as if it were not installed
    found = json.loads(run("info", "--json").output)
    native = next(engine for engine in found["engines"] if engine["name"] == "native")
    assert "pytron-native" in native["problem"] or "pytron_native" in native["problem"]
    assert native["facts"] == {}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError, 2),
        (EngineError, 3),
        (AssetError, 4),
        (PackagingError, 5),
        (ToolMissing, 6),
        (CallError, 1),
        (PytronError, 1),
    ],
)
def test_exit_codes(error: type[PytronError], code: int) -> None:
    assert cli.exit_code(error("x")) == code


def test_version_waits_for_no_command() -> None:
    """The commands, the type generator and the engines are not imported for it."""
    program = (
        "import sys; from pytron.cli import main; code = main(['--version']);"
        "print([m for m in sys.modules if m.startswith(('pytron.cli.', 'pytron.typegen',"
        " 'pytron.engines', 'pytron.discovery'))], code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[-1] == "[] 0"
