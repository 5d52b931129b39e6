"""What is wrong with code that cannot run: found before the app that runs is ended for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from pytron.failures import Failure, failure_of

_BEGIN: Final = "Traceback (most recent call last):"
#: How the last line of what went wrong begins when `pytron run` says it.
_SAID: Final = "error: "
_PLACE: Final = re.compile(r'^\s+File "(?P<file>.+)", line (?P<line>\d+)')
_ERROR: Final = re.compile(r"^(?P<name>[A-Za-z_][\w.]*)(?:: (?P<message>.*))?$")


def syntax_fault(paths: Iterable[Path]) -> Failure | None:
    """The first of these Python files that is no Python, and why."""
    for path in paths:
        try:
            compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            return failure_of(error)
        except OSError:
            continue  # removed since
    return None


def fault_of(lines: Sequence[str], fate: str) -> Failure:
    """Why an app ended, from the last lines that it wrote."""
    ends = [place for place, line in enumerate(lines) if line.startswith(_SAID)]
    said = lines[ends[-1]] if ends else ""
    begins = [place for place, line in enumerate(lines) if line.strip() == _BEGIN]
    if not begins:  # of a file that is no Python there is no traceback, only the place
        begins = [place for place, line in enumerate(lines) if _PLACE.match(line)][:1]
    if not begins:
        message = said.removeprefix(_SAID) or f"it has ended: {fate}"
        return Failure("PytronError", message, "\n".join(lines[-40:]), None, None)
    after = [place for place in ends if place > begins[-1]]
    trace = lines[begins[-1] : after[0] if after else None]
    places = list(filter(None, map(_PLACE.match, trace)))
    errors = [line for line in trace if line and not line[0].isspace() and line != _BEGIN]
    found = _ERROR.match(errors[0]) if errors else None
    return Failure(
        found["name"].rpartition(".")[2] if found else "PytronError",
        (found["message"] or "") if found else f"it has ended: {fate}",
        "\n".join(trace).rstrip(),
        places[-1]["file"] if places else None,
        int(places[-1]["line"]) if places else None,
        is_circular="import each other" in said,
    )
