"""One version everywhere, and a changelog that can be put together."""

import json
import re

import pytron

from tools.dev.machine import ROOT

FRAGMENT = re.compile(r"^\d+\.(\w+)(\.\d+)?\.md$")


def kinds() -> set[str]:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    return set(re.findall(r'\[\[tool\.towncrier\.type\]\]\ndirectory = "(\w+)"', text))


def semver(version: str) -> str:
    """A Python version as Cargo and npm write it: 1.0.0.dev0 is 1.0.0-dev.0."""
    return re.sub(r"\.?(dev|a|b|rc)(\d+)$", r"-\1.\2", version)


def test_every_part_has_the_version_of_the_python_package() -> None:
    wanted = semver(pytron.__version__)
    cargo = (ROOT / "Cargo.toml").read_text("utf-8")
    found = {"Cargo.toml": re.findall(r'^version = "(.*)"$', cargo, re.MULTILINE)[0]}
    for path in ROOT.glob("packages/*/package.json"):
        name = path.relative_to(ROOT).as_posix()
        found[name] = json.loads(path.read_text("utf-8"))["version"]
    assert found == dict.fromkeys(found, wanted)


def test_version_is_written_as_python_writes_it() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+(\.dev\d+|(a|b|rc)\d+)?", pytron.__version__)


def test_change_fragments_are_named_for_issue_and_kind() -> None:
    assert kinds() == {"added", "changed", "fixed", "removed", "security"}
    for path in (ROOT / "changes").iterdir():
        if path.name != "README.md":
            found = FRAGMENT.match(path.name)
            assert found is not None, f"{path.name} is not ISSUE.KIND.md"
            assert found[1] in kinds(), f"{path.name}: unknown kind"


def test_change_fragments_speak_in_sentences() -> None:
    for path in (ROOT / "changes").glob("[0-9]*.md"):
        text = path.read_text("utf-8").strip()
        assert text[:1].isupper() or text.startswith("`"), path.name
        assert text.endswith("."), path.name


def test_wheel_carries_the_same_licence() -> None:
    assert (ROOT / "python" / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_licence_is_the_one_that_the_packages_name() -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    for path in ("python/pyproject.toml", "crates/pytron-native/pyproject.toml", "Cargo.toml"):
        assert 'license = "Apache-2.0"' in (ROOT / path).read_text("utf-8"), path
