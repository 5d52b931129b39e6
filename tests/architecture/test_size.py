"""A source file holds one concept: at most 400 lines of it."""

from tests.architecture.checkout import text_files

LIMIT = 400
SOURCES = (".c", ".css", ".h", ".html", ".js", ".kt", ".mjs", ".py", ".rs", ".ts", ".tsx")

# A file that must be longer, and why.
EXCEPTIONS: dict[str, str] = {
    "packages/pytron-client/src/services.ts": "written by a program, and read by one",
    "python/tests/typegen/sample.d.ts": "written by a program, and compared as a whole",
}


def lengths() -> dict[str, int]:
    return {path: text.count("\n") for path, text in text_files() if path.endswith(SOURCES)}


def test_source_files_stay_short() -> None:
    too_long = [
        f"{path}: {lines} lines, split what hides in it"
        for path, lines in lengths().items()
        if lines > LIMIT and path not in EXCEPTIONS
    ]
    assert not too_long, "\n".join(too_long)


def test_exceptions_are_needed_and_have_reasons() -> None:
    found = lengths()
    needless = [path for path in EXCEPTIONS if found.get(path, 0) <= LIMIT]
    assert needless == [], "short enough now: take them off the list"
    assert all(reason.strip() for reason in EXCEPTIONS.values())


def test_the_rule_sees_the_sources() -> None:
    found = lengths()
    assert "dev.py" in found
    assert any(path.startswith("python/pytron/") for path in found)
    assert any(path.startswith("crates/") for path in found)
    assert any(path.startswith("packages/") for path in found)
