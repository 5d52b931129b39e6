"""How a project asks for exactly the Pytron it was made with: in pip's, uv's and npm's words.

The index has a `pytron-kit` of another project, so nothing here leaves the choice to an index: pip
gets paths, uv gets sources that are paths, npm gets files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from pytron.project.vendoring import KIT, VENDOR, Pin

_WHEEL_LINE: Final = re.compile(r"^\./vendor/pytron_\w+-\S+\.whl.*\n", re.MULTILINE)
_DEPENDENCY: Final = re.compile(r'^  "pytron-(?:kit|native)(?:\[\w+\])?==.*\n', re.MULTILINE)
_SOURCE: Final = re.compile(r"^pytron-(?:kit|native) = \{ path = .*\n", re.MULTILINE)
_NONE: Final = re.compile(r"^dependencies = \[\].*$", re.MULTILINE)

_REQUIREMENTS_HEAD: Final = """\
# What the app needs, and the tools to work on it: pip install -r requirements.txt
# Pytron by file: the `pytron-kit` on the index is another project. `pytron update` changes these.
"""
_UV: Final = """
[tool.uv]
package = false

# Pytron by file: the `pytron-kit` on the index is another project. `pytron update` changes these.
[tool.uv.sources]
"""


def requirements(pins: Sequence[Pin], tools: Sequence[str]) -> str:
    """A requirements.txt for pip."""
    return _REQUIREMENTS_HEAD + _wheel_lines(pins) + "".join(f"{tool}\n" for tool in tools)


def renewed_requirements(text: str, pins: Sequence[Pin]) -> str:
    """The same requirements.txt with other wheels of Pytron."""
    return _replace(_WHEEL_LINE, text, _wheel_lines(pins))


def for_uv(pyproject: str, pins: Sequence[Pin]) -> str:
    """A pyproject.toml for uv, from one without dependencies."""
    listed = f"dependencies = [\n{_dependencies(pins)}]"
    return _NONE.sub(lambda _: listed, pyproject, count=1) + _UV + _sources(pins)


def renewed_for_uv(pyproject: str, pins: Sequence[Pin]) -> str:
    """The same pyproject.toml with other wheels of Pytron."""
    changed = _replace(_DEPENDENCY, pyproject, _dependencies(pins))
    return _replace(_SOURCE, changed, _sources(pins))


def page_spec(file: str) -> str:
    """What package.json says for a packed package, from the page's folder."""
    return f"file:../{VENDOR}/{file}"


def renewed_package(text: str, packages: Mapping[str, str]) -> str:
    """The same package.json with other files for Pytron's packages, by their names."""
    for name, file in packages.items():
        pattern = re.compile(rf'("{re.escape(name)}": *)"file:[^"]*vendor/[^"]*"')
        text = pattern.sub(rf'\g<1>"{page_spec(file)}"', text)
    return text


def _wheel_lines(pins: Sequence[Pin]) -> str:
    return "".join(
        f"./{pin.place}{_extra(pin)}" + (f" ; {pin.marker}" if pin.marker else "") + "\n"
        for pin in pins
    )


def _extra(pin: Pin) -> str:
    """With the kit comes what `pytron dev` needs."""
    return "[dev]" if pin.name == KIT else ""


def _dependencies(pins: Sequence[Pin]) -> str:
    lines = (
        f"{pin.name}{_extra(pin)}=={pin.version}" + (f"; {pin.marker}" if pin.marker else "")
        for pin in pins
    )
    return "".join(f'  "{line}",\n' for line in lines)


def _sources(pins: Sequence[Pin]) -> str:
    return "".join(f'{pin.name} = {{ path = "{pin.place}" }}\n' for pin in pins)


def _replace(pattern: re.Pattern[str], text: str, lines: str) -> str:
    """The first match becomes `lines`, the others go."""
    found = pattern.search(text)
    if found is None:
        return text
    at = found.start()
    return text[:at] + lines + pattern.sub("", text[at:])
