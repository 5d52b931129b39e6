"""Names that the declared types have in TypeScript."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from pytron.typegen.contract import Declaration

#: What pytron-client exports, which hides other names where its module is extended.
CLIENT: Final = frozenset(
    {"Api", "AppState", "Arguments", "Call", "CallOptions", "Client", "Events", "Frozen",
     "Functions", "LooseFunctions", "Offered", "PageWindow", "PytronError", "State", "StateScope",
     "WithOptions", "api", "configure", "pytron", "services", "withOptions"}
)  # fmt: skip
#: What the generated files use of TypeScript, and what they declare for themselves.
OWN: Final = frozenset(
    {"Array", "ArrayBuffer", "ArrayBufferView", "AsyncGenerator", "AsyncIterable", "Date",
     "Generator", "Omit", "Partial", "Promise", "Record",
     *(f"{kind}Array" for kind in ("Int8", "Uint8", "Uint8Clamped", "Int16", "Uint16", "Int32",
                                   "Uint32", "BigInt64", "BigUint64", "Float32", "Float64")),
     "DateTime", "DateOnly", "TimeOnly", "Duration", "Uuid", "DecimalText", "FilePath",
     "ErrorCode", "NdArray", "Numbers", "TypedArray",
     "MockPython", "MockedFunctions", "MockedPython", "Some"}
)  # fmt: skip
#: Words that no parameter may be called.
_WORDS: Final = frozenset(
    {"arguments", "await", "break", "case", "catch", "class", "const", "continue", "debugger",
     "default", "delete", "do", "else", "enum", "eval", "export", "extends", "false", "finally",
     "for", "function", "if", "implements", "import", "in", "instanceof", "interface", "let",
     "new", "null", "package", "private", "protected", "public", "return", "static", "super",
     "switch", "this", "throw", "true", "try", "typeof", "var", "void", "while", "with", "yield"}
)  # fmt: skip
_IDENTIFIER: Final = re.compile(r"[A-Za-z_$][\w$]*", re.ASCII)


def type_names(types: Mapping[str, Declaration]) -> dict[str, str]:
    """A name for each declared type, by id: its own, or with its module before it on a clash."""
    wanted: defaultdict[str, list[str]] = defaultdict(list)
    for identity in sorted(types):
        wanted[_plain(types[identity].name)].append(identity)
    taken = set(CLIENT | OWN) | {
        name for name, ids in wanted.items() if len(ids) == 1 and name not in CLIENT | OWN
    }
    found: dict[str, str] = {}
    for name, ids in sorted(wanted.items()):
        for identity in ids:
            if len(ids) == 1 and name not in CLIENT | OWN:
                found[identity] = name
            else:
                found[identity] = _free(_longer(name, types[identity].module), taken)
                taken.add(found[identity])
    return found


def input_names(names: Mapping[str, str], differing: Iterable[str]) -> dict[str, str]:
    """Second names, for what Python accepts where it is not what it sends."""
    taken = {*CLIENT, *OWN, *names.values()}
    found: dict[str, str] = {}
    for identity in sorted(differing):
        found[identity] = _free([f"{names[identity]}Input"], taken)
        taken.add(found[identity])
    return found


def key(name: str) -> str:
    """A name as the key of an interface."""
    return name if _IDENTIFIER.fullmatch(name) else quoted(name)


def parameter(name: str) -> str:
    """A name that a parameter may have."""
    return f"{name}_" if name in _WORDS else name


def quoted(text: str) -> str:
    """A text as a literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    made = (c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped)
    return f'"{"".join(made)}"'


def _plain(name: str) -> str:
    """A Python name as a TypeScript one; `Page[int]` has signs that no identifier may have."""
    made = re.sub(r"\W+", "_", name).strip("_")
    return made if made and not made[0].isdigit() else f"T{made}"


def _longer(name: str, module: str) -> list[str]:
    """The name with ever more of its module before it."""
    parts = [part for part in module.split(".") if part.strip("_")]
    words = ["".join(word.capitalize() for word in part.split("_")) for part in parts]
    return [_plain("".join(words[-count:]) + name) for count in range(1, len(words) + 1)]


def _free(candidates: list[str], taken: set[str]) -> str:
    for candidate in candidates:
        if candidate not in taken:
            return candidate
    base = candidates[-1] if candidates else "Type"
    number = 2
    while f"{base}{number}" in taken:
        number += 1
    return f"{base}{number}"
