"""Ports that development servers want: whether they are free, and who has them."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final

from pytron.doctor.finding import Finding, good
from pytron.project import session
from pytron.project.node import package_of

#: Where each listens unless it is told otherwise.
_USUAL: Final = {"vite": 5173, "next": 3000}
_TITLES: Final = {"vite": "Vite", "next": "Next.js"}
_CONFIGS: Final = ("vite.config.ts", "vite.config.js", "vite.config.mts", "vite.config.mjs")
_PORT: Final = re.compile(r"\bport:\s*(\d{2,5})\b")
_STRICT: Final = re.compile(r"\bstrictPort:\s*true\b")

#: Gives the process that listens at a port, with its number and name; None when that is not told.
OwnerOf = Callable[[int], "tuple[int, str] | None"]


def finding(folder: Path, owner_of: OwnerOf) -> Finding | None:
    """How the port of a page's development server stands; None where there is no such server."""
    package = package_of(folder)
    used = {**package.get("dependencies", {}), **package.get("devDependencies", {})}
    server = next((name for name in ("next", "vite") if name in used), None)
    if server is None:
        return None
    text = "".join(
        (folder / name).read_text("utf-8", errors="replace")
        for name in (_CONFIGS if server == "vite" else ())
        if (folder / name).is_file()
    )
    chosen = _PORT.search(text)
    port = int(chosen[1]) if chosen else _USUAL[server]
    name, title = f"port {port}", _TITLES[server]
    if not is_taken(port):
        return good(name, f"free for {title}")
    owner = owner_of(port)
    who = "a program of another user" if owner is None else f"{owner[1]} (process {owner[0]})"
    if owner is not None and owner[0] == _ours(folder):
        return good(name, f"{title} of this project listens: {who}")
    if _STRICT.search(text):
        remedy = "end that program, choose another port, or leave out strictPort"
        return Finding(name, "bad", f"{title} wants it and no other, and {who} has it", remedy)
    return Finding(name, "hint", f"{who} has it, so {title} takes the next one that is free")


def is_taken(port: int) -> bool:
    """Whether somebody listens there on this machine."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as asked:
                asked.settimeout(1.0)
                if asked.connect_ex((address, port)) == 0:
                    return True
        except OSError:  # no IPv6 here
            continue
    return False


def _ours(folder: Path) -> int | None:
    """The process of this project's own server, as its plugin has told."""
    try:
        told = json.loads((session.place_of(folder).with_name("vite.json")).read_text("utf-8"))
        return int(told["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
