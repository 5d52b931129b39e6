"""What holds for every file of the repository, whatever its language."""

import re

from tests.architecture.checkout import checkout_files, text_files
from tools.dev.machine import ROOT

# Lock files name their registry by the tool's own will.
LOCKS = ("Cargo.lock", "package-lock.json")

# Hosts of package registries: whoever builds has their own, from their tools' configuration. Put
# together here so that this file does not name them either.
REGISTRIES = [
    name + end
    for name, end in (
        ("pypi", ".org"),
        ("pythonhosted", ".org"),
        ("registry.npmjs", ".org"),
        ("crates", ".io"),
        ("repo.maven", ".apache.org"),
    )
]

# Folders of one machine or one person.
MACHINE_PATH = re.compile(
    r"""(?<![\w.~/-])(/(?:work|root)/|/home/\w+/|/Users/\w+/|C:\\\\?Users\\)"""
)

EMPTY_NAMES = re.compile(r"^_?(utils?|helpers?|common|misc|managers?|base_?utils)$", re.IGNORECASE)


def test_no_file_names_a_place_on_one_machine() -> None:
    found = [
        f"{path}: {match[0]}"
        for path, text in text_files()
        for match in MACHINE_PATH.finditer(text)
    ]
    assert not found, "\n".join(found)


def test_no_file_names_a_package_registry() -> None:
    found = [
        f"{path}: {host}"
        for path, text in text_files()
        if not path.endswith(LOCKS)
        for host in REGISTRIES
        if host in text
    ]
    assert not found, "\n".join(found)


def test_every_module_is_named_for_a_concept() -> None:
    found = [
        path.relative_to(ROOT).as_posix()
        for path in checkout_files()
        for part in path.relative_to(ROOT).with_suffix("").parts
        if EMPTY_NAMES.match(part)
    ]
    assert not found, "\n".join(found)


def test_text_files_end_with_one_line_feed_and_have_no_carriage_return() -> None:
    wrong = [
        path
        for path, text in text_files()
        if text and (not text.endswith("\n") or text.endswith("\n\n") or "\r" in text)
    ]
    assert not wrong, "\n".join(wrong)


def test_todo_carries_an_issue_number() -> None:
    loose = re.compile(r"\b(TODO|FIXME|XXX)\b(?!\(#\d+\)| #\d+)")
    here = "tests/architecture/test_conventions.py"
    wrong = [path for path, text in text_files() if path != here and loose.search(text)]
    assert not wrong, "\n".join(wrong)


def test_suppressions_name_their_rule() -> None:
    bare = re.compile(r"# (?:noqa(?!: [A-Z])|type: ignore(?!\[)|pyright: ignore(?!\[))")
    here = "tests/architecture/test_conventions.py"
    wrong = [
        f"{path}: {match[0]}"
        for path, text in text_files()
        if path.endswith(".py") and path != here
        for match in bare.finditer(text)
    ]
    assert not wrong, "\n".join(wrong)
