"""What is said of a packaged app that does not work."""

from __future__ import annotations

from typing import Any

import pytest
from pytron import proof
from pytron.errors import PackagingError
from pytron.packager.prove import judge
from pytron.packager.pyinstaller import check_hidden
from pytron.packager.trial import FOLDER, Trial

ALL = dict.fromkeys(proof.STEPS, 0.1)


def trial(**changes: Any) -> Trial:
    seen = changes.pop("seen", ALL)
    problems = changes.pop("problems", [])
    fields: dict[str, Any] = {"code": 0, "output": "", "seconds": 1.0, **changes}
    return Trial(report={"seen": seen, "problems": problems}, **fields)


def test_a_clean_start_has_no_problem() -> None:
    assert judge(trial(), 90) == ""


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        ((), "its first page did not load"),
        (("loaded",), "its window stayed blank"),
        (("loaded", "painted"), "no page reached Python"),
        (("loaded", "painted", "handshake"), "no call was answered"),
        (("loaded", "painted", "handshake", "call"), 'executor="process" gave no answer'),
    ],
)
def test_the_first_thing_that_was_not_seen_is_named(seen: tuple[str, ...], words: str) -> None:
    assert words in judge(trial(code=1, seen=dict.fromkeys(seen, 0.1)), 90)


def test_a_module_that_was_left_out_is_not_to_be_added() -> None:
    output = "ModuleNotFoundError: No module named 'a.b'"
    said = judge(trial(code=1, output=output, seen={}), 90, excluded=["a"])
    assert "the module 'a.b' is needed; take 'a' out of exclude" in said
    assert "hidden_imports" not in said


def test_a_hidden_import_that_does_not_exist_ends_the_build() -> None:
    output = (
        "1 ERROR: Hidden import 'plugins.pfd' not found\n2 WARNING: Hidden import 'b' not found"
    )
    check_hidden(output, ["plugins"])
    with pytest.raises(PackagingError, match=r"hidden_imports names 'plugins\.pfd', which is no"):
        check_hidden(output, ["json", "plugins.pfd"])


@pytest.mark.parametrize(
    ("output", "remedy"),
    [
        ("ModuleNotFoundError: No module named 'a.b'", "hidden_imports = ['a.b']"),
        (
            "FileNotFoundError: [Errno 2] No such file or directory: "
            f"'/tmp/x/{FOLDER}/app/_internal/data/a.csv'",
            "include = ['data/a.csv']",
        ),
        (
            f"No such file or directory: '/tmp/x/{FOLDER}/compiled/data/a.csv'",
            "include = ['data/a.csv']",
        ),
        ("ImportError: /x/a.so: version `GLIBC_2.99' not found", "needs GLIBC_2.99"),
        ("Xlib.error.DisplayNameError: Can't connect to display", "not at the top of the file"),
        (
            "importlib.metadata.PackageNotFoundError: No package metadata was found for rich",
            "the metadata of 'rich' is not in the package",
        ),
        (
            "ImportError: libgomp.so.1: cannot open shared object file: No such file",
            "the library libgomp.so.1 is neither in the package nor on this system",
        ),
    ],
)
def test_the_output_gives_the_remedy(output: str, remedy: str) -> None:
    assert remedy in judge(trial(code=1, seen={}, output=output), 90)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": None}, "does not end: it ran on for 90 s"),
        ({"code": None, "seen": {}}, "it was still running after 90 s"),
        ({"code": 3}, "ends with exit code 3"),
        ({"code": -11, "seen": {}}, "it was ended by signal 11"),
        ({"orphans": ["sleep (12)"]}, "leaves processes behind: sleep (12)"),
        ({"left": ["a.tmp in the folder for temporary files"]}, "leaves files behind: a.tmp"),
        ({"problems": ["child process: boom"], "code": 1}, "child process: boom"),
    ],
)
def test_a_bad_end_is_named(changes: dict[str, Any], words: str) -> None:
    assert words in judge(trial(**changes), 90)
