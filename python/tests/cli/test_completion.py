"""Words that shells complete."""

from __future__ import annotations

import os
import subprocess
import sys

import click.testing
import pytest
import tree_sitter
import tree_sitter_powershell
from pytron import cli


@pytest.mark.parametrize("shell", ["bash", "fish", "powershell", "zsh"])
def test_every_shell_gets_its_script(shell: str) -> None:
    result = click.testing.CliRunner().invoke(cli.commands, ["completion", shell])
    assert result.exit_code == 0
    assert "pytron" in result.output
    assert "_PYTRON_COMPLETE" in result.output


def test_script_for_powershell_is_powershell() -> None:
    """Parsed only: there is no PowerShell to run it."""
    text = click.testing.CliRunner().invoke(cli.commands, ["completion", "powershell"]).output
    language = tree_sitter.Language(tree_sitter_powershell.language())
    tree = tree_sitter.Parser(language).parse(text.encode())
    assert not tree.root_node.has_error


def asked(words: str, word: str) -> list[str]:
    """What PowerShell gets for the words before the cursor and the one at it."""
    variables = {"COMP_WORDS": words, "COMP_CWORD": word}
    done = subprocess.run(
        [sys.executable, "-c", "from pytron.cli import main; raise SystemExit(main([]))"],
        env={**os.environ, **variables, "_PYTRON_COMPLETE": "powershell_complete"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return [line.split("\t")[1] for line in done.stdout.splitlines()]


def test_words_for_powershell() -> None:
    assert asked("pytron", "in") == ["init", "info"]
    assert "--template" in asked("pytron\ninit\n'my app'", "--t")
    assert asked("pytron\ninit\nx\n--python", "") == ["pip", "uv"]
