"""From the target of a request to names that are safe to join onto a folder.

Everything is refused that any platform could read as another place: what is safe on Linux only is
not safe. A target is decoded once, so `%252e` is the name `%2e` and nothing else.

Source: RFC 3986, section 3.3; Windows, "Naming Files, Paths, and Namespaces".
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import unquote_to_bytes

#: Longer targets are refused before anything looks at them.
MAX_TARGET: Final = 8192

_BAD_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL: Final = re.compile(r"[\x00-\x20\x7f#]")
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f\\/:<>"|?*]')
_RESERVED: Final = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\s*\..*)?", re.IGNORECASE
)
_DRIVE: Final = re.compile(r"[A-Za-z]:")


class Target(NamedTuple):
    """A request target, taken apart.

    Attributes:
        raw: the segments of the path as they came, without the empty first one.
        names: the same, decoded.
        query: what came after `?`, still encoded.
    """

    raw: list[str]
    names: list[str]
    query: str


def parse_target(target: str) -> Target | None:
    """Take a target such as `/a/b?c` apart; None when it is malformed."""
    if len(target) > MAX_TARGET or not target.startswith("/") or _CONTROL.search(target):
        return None
    path, _, query = target.partition("?")
    if _BAD_ESCAPE.search(path):
        return None
    raw = path[1:].split("/")
    try:
        names = [unquote_to_bytes(segment).decode() for segment in raw]
    except UnicodeError:  # no UTF-8, or a lone surrogate in the target itself
        return None
    return Target(raw, names, query)


def is_plain(target: Target) -> bool:
    """Tell whether a path hides nothing: no encoded dot, slash or backslash."""
    hidden = ("%2e", "%2f", "%5c", "%00")
    return not any(code in segment.lower() for segment in target.raw for code in hidden)


def is_safe_name(name: str) -> bool:
    """Tell whether one decoded segment is an ordinary, visible file name on every platform."""
    return (
        name != ""
        and not _UNSAFE.search(name)
        and name[-1] not in ". "
        and (name[0] != "." or name == ".well-known")
        and name[0] != " "
        and not _RESERVED.fullmatch(name)
    )


def is_safe_parameter(name: str) -> bool:
    """Tell whether one decoded segment can be handed to a function that may use it as a name."""
    return (
        name not in ("", ".", "..")
        and not any(character in name for character in "/\\\0")
        and not _DRIVE.match(name)
    )


def find_file(root: Path, names: list[str]) -> tuple[Path, os.stat_result] | None:
    """Find a regular file below `root`, following only links that stay inside.

    Args:
        root: a resolved folder.
        names: safe names.

    Returns:
        The resolved path and what `stat` says of it, or None.
    """
    try:
        path = root.joinpath(*names).resolve(strict=True)
        if not path.is_relative_to(root):
            return None
        status = path.stat()
    except (OSError, ValueError, RuntimeError):  # absent, too long, a loop of links
        return None
    return (path, status) if stat.S_ISREG(status.st_mode) else None
