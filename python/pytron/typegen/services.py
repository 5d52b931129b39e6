"""The services of the desktop as TypeScript, for the client: the same in every app.

`python -m pytron.typegen.services FILE` writes it to the client's sources.
"""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

from pytron.typegen.contract import Contract
from pytron.typegen.declarations import indented, interfaces
from pytron.typegen.describing import describe_services

_HEAD: Final = """\
// Written by `python -m pytron.typegen.services` from python/pytron/services: change those instead.
// biome-ignore-all lint: written by a program
// biome-ignore-all format: written by a program

/**
 * What the desktop offers to pages, by permission: `pytron.services.dialogs.open_file()`.
 *
 * Its types are the same as in Python: `import type { services } from "pytron-client"`, then
 * `services.Item`.
 */
export declare namespace services {
"""
_PREFIX: Final = "services."


def module() -> str:
    """The text of the client's services.ts."""
    contract = describe_services()
    lines, types = interfaces(_without_prefix(contract))
    text = f"{_HEAD}{indented([*lines, *types])}\n}}\n"
    return _plainly_named(text)


def _without_prefix(contract: Contract) -> Contract:
    functions = [replace(one, name=one.name.removeprefix(_PREFIX)) for one in contract.functions]
    return replace(contract, functions=functions)


def _plainly_named(text: str) -> str:
    """What pages only send has Python's own name, where that is free."""
    for name in sorted(set(re.findall(r"(?:interface|type) (\w+)Input\b", text))):
        if not re.search(rf"(?:interface|type) {name}\b", text):
            text = re.sub(rf"\b{name}Input\b", name, text)
    text = text.replace("\n  interface ", "\n  export interface ")
    return re.sub(r"\bNone\b", "null", text)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(module(), "utf-8", newline="\n")
