"""Documentation comments of TypeScript."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pytron.typegen.contract import Field, Function, Parameter
from pytron.typegen.tsnames import parameter, quoted

_WIDTH: Final = 96
_LIMITS: Final[Mapping[str, str]] = {
    "ge": "at least {}", "gt": "more than {}", "le": "at most {}", "lt": "less than {}",
    "multiple_of": "a multiple of {}", "min_length": "length at least {}",
    "max_length": "length at most {}", "pattern": "matches `{}`",
}  # fmt: skip


def comment(lines: Iterable[str], indent: str = "") -> list[str]:
    """Lines of a documentation comment; none when there is nothing to say."""
    found = [line.rstrip() for text in lines for line in text.split("\n")]
    if not any(found):
        return []
    found = [line.replace("*/", "*\\/") for line in found]
    if len(found) == 1 and len(indent) + len(found[0]) < _WIDTH:
        return [f"{indent}/** {found[0]} */"]
    body = [f"{indent} * {line}".rstrip() for line in found]
    return [f"{indent}/**", *body, f"{indent} */"]


def prose(text: str) -> str:
    """Text of a docstring where TSDoc would take signs for its own."""
    parts = re.split(r"(```.*?```|`[^`\n]*`)", text.strip(), flags=re.DOTALL)
    for index in range(0, len(parts), 2):
        parts[index] = re.sub(r"([{}@<>])", r"\\\1", re.sub(r"``", "`", parts[index]))
    return "".join(parts)


def of_field(field: Field, *, accepted: bool) -> list[str]:
    """What is said of a member of a record."""
    return _sentences(field, default=accepted and not field.required)


def of_function(function: Function) -> list[str]:
    """What is said of a function."""
    tags: list[str] = []
    for given in function.parameters:
        said = "".join(_sentences(given, default=not given.required))
        if said and given.by != "name":
            tags.append(f"@param {parameter(given.name)} - {said}")
    if function.returns:
        tags.append(f"@returns {prose(function.returns)}")
    for failure in function.raises:
        end = f": {prose(failure.doc)}" if failure.doc else ""
        tags.append(f"@throws `{failure.code}` ({failure.name}){end}")
    text = [prose(function.doc)] if function.doc else []
    for note in _by_name_only(function):
        text += ["", note] if text and not text[-1].startswith("-") else [note]
    return [*text, *([""] if text and tags else []), *tags]


def _by_name_only(function: Function) -> Iterator[str]:
    """What cannot be given by position."""
    parameters = [given for given in function.parameters if given.by == "name"]
    if not parameters:
        return
    yield f"By name only, with `pytron.call({quoted(function.name)}, {{ … }})`:"
    for given in parameters:
        said = "".join(_sentences(given, default=not given.required))
        yield f"- `{given.name}`{': ' if said else ''}{said}"


def _sentences(thing: Field | Parameter, *, default: bool) -> list[str]:
    said = [prose(thing.doc)] if thing.doc else []
    limits = [_LIMITS[name].format(value) for name, value in thing.limits.items()]
    if limits:
        text = ", ".join(limits)
        said.append(f"{text[0].upper()}{text[1:]}.")
    if default and thing.has_default and thing.default not in (None, [], {}, ""):
        said.append(f"Default: `{_written(thing.default)}`.")
    return [" ".join(said)] if said else []


def _written(value: object) -> str:
    """A default as JavaScript writes it: 1.0 is 1 there."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, ensure_ascii=False)
