"""What is wrong with code that cannot run: found before the app that runs is ended for it."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

_BEGIN: Final = "Traceback (most recent call last):"


class Fault(NamedTuple):
    """One sentence, and the whole of it."""

    message: str
    trace: str


def syntax_fault(paths: Iterable[Path]) -> Fault | None:
    """The first of these Python files that is no Python, and why."""
    for path in paths:
        try:
            compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None)
            where = f"{path.name}, line {line}" if line else path.name
            what = error.msg if isinstance(error, SyntaxError) else str(error)
            trace = "".join(traceback.format_exception_only(error))
            return Fault(f"{type(error).__name__} in {where}: {what}", trace)
        except OSError:
            continue  # removed since
    return None


def fault_of(lines: Sequence[str], fate: str) -> Fault:
    """Why an app ended, from the last lines that it wrote."""
    begins = [place for place, line in enumerate(lines) if line.strip() == _BEGIN]
    if not begins:
        return Fault(f"the app has ended: {fate}", "\n".join(lines[-40:]))
    trace = lines[begins[-1] :]
    said = [line for line in trace[1:] if line and not line[0].isspace()]
    return Fault(said[0] if said else f"the app has ended: {fate}", "\n".join(trace))
