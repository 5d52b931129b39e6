"""What is said of code that cannot run."""

from __future__ import annotations

from pathlib import Path

from pytron.devserver.faults import fault_of, syntax_fault

FAILED = """\
starting
Traceback (most recent call last):
  File "/shop/app.py", line 3, in <module>
    import cart
  File "/shop/cart.py", line 7, in <module>
    raise ValueError("two\\nlines")
ValueError: two
lines

error: /shop/app.py failed: ValueError: two
lines (line 7 of /shop/cart.py)
"""


def test_code_that_is_no_python_is_found_with_its_place(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text("x = 1\n")
    bad.write_text("x = 1\ny = ]\n")
    fault = syntax_fault([good, tmp_path / "gone.py", bad])
    assert fault is not None
    assert (fault.name, fault.file, fault.line) == ("SyntaxError", str(bad), 2)
    assert "y = ]" in fault.trace
    assert syntax_fault([good]) is None


def test_an_app_that_ended_with_a_traceback_says_where() -> None:
    fault = fault_of(FAILED.splitlines(), "its exit code was 1")
    assert (fault.name, fault.message) == ("ValueError", "two")
    assert (fault.file, fault.line) == ("/shop/cart.py", 7)
    assert fault.trace.startswith("Traceback")
    assert "error:" not in fault.trace
    assert "line 7 of" not in fault.trace


def test_a_file_that_is_no_python_has_only_a_place() -> None:
    lines = [
        '  File "/shop/app.py", line 1',
        "    x = ]",
        "        ^",
        "SyntaxError: unmatched ']'",
        "error: /shop/app.py failed: SyntaxError: unmatched ']' (line 1 of /shop/app.py)",
    ]
    fault = fault_of(lines, "its exit code was 1")
    assert (fault.name, fault.message) == ("SyntaxError", "unmatched ']'")
    assert (fault.file, fault.line) == ("/shop/app.py", 1)


def test_the_last_of_several_tracebacks_counts() -> None:
    lines = [*FAILED.splitlines(), *FAILED.replace("ValueError", "KeyError").splitlines()]
    assert fault_of(lines, "").name == "KeyError"


def test_a_circular_import_brings_its_remedy() -> None:
    text = (
        "Traceback (most recent call last):\n"
        '  File "/shop/app.py", line 1, in <module>\n'
        "ImportError: cannot import name 'app' from partially initialized module 'app'\n"
        "error: /shop/app.py failed: ImportError: cannot import name 'app' (line 1 of "
        "/shop/app.py); two files import each other: put the functions of one into a pytron.Api"
    )
    assert "pytron.Api" in fault_of(text.splitlines(), "").sentence


def test_an_app_that_ended_without_one_says_how() -> None:
    fault = fault_of(["hello", "error: no display"], "its exit code was 3")
    assert (fault.message, fault.file) == ("no display", None)
    fault = fault_of(["hello"], "it was ended by SIGKILL")
    assert fault.message == "it has ended: it was ended by SIGKILL"
    assert fault.trace == "hello"
