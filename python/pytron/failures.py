"""What went wrong in a user's own code: where, and without the frames that are not theirs."""

from __future__ import annotations

import os
import traceback
from pathlib import Path
from typing import Any, Final, NamedTuple

#: Frames of these are how the code was run, not what it does.
_OURS: Final = str(Path(__file__).parent) + os.sep
_RUNNERS: Final = ("<frozen ", "runpy.py", "click/core.py", "click\\core.py")

#: The remedy for a circular import.
CIRCULAR: Final = (
    "two files import each other: put the functions of one into a pytron.Api and let only the "
    "app's file import it, with app.include(…)"
)


class Failure(NamedTuple):
    """An exception of a user's code; the fields are those of spec/dev.md, `error`."""

    name: str
    message: str
    trace: str
    file: str | None
    line: int | None
    is_circular: bool = False

    @property
    def sentence(self) -> str:
        """The cause, and the remedy where one is known."""
        place = f" (line {self.line} of {self.file})" if self.file else ""
        remedy = f"; {CIRCULAR}" if self.is_circular else ""
        return f"{self.name}: {self.message}{place}{remedy}"


def failure_of(error: BaseException) -> Failure:
    """What to say of an exception."""
    whole = traceback.TracebackException.from_exception(error)
    own = [frame for frame in whole.stack if not _is_foreign(frame.filename)]
    whole.stack = traceback.StackSummary.from_list(own)
    place: tuple[str | None, int | None] = (None, None)
    if isinstance(error, SyntaxError) and error.filename:
        place = (error.filename, error.lineno)
    elif own:
        place = (own[-1].filename, own[-1].lineno)
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    trace = "".join(whole.format()).rstrip()
    circular = _is_circular(error, {frame.filename for frame in own})
    return Failure(type(error).__name__, message, trace, *place, circular)


def fields_of(failure: Failure) -> dict[str, Any]:
    """As JSON has it."""
    return {name: value for name, value in failure._asdict().items() if name != "is_circular"}


def _is_circular(error: BaseException, running: set[str]) -> bool:
    """Whether a name was asked of a file that was still being run for the import of this one."""
    if not isinstance(error, ImportError) or isinstance(error, ModuleNotFoundError):
        return False
    return error.path in running or "circular import" in str(error)


def _is_foreign(name: str) -> bool:
    runners = name.startswith(_RUNNERS[0]) or name.endswith(_RUNNERS[1:])
    return runners or name.startswith(_OURS)
