"""Shows why a packaged app has ended, where nobody reads what it prints.

Started from a menu it has no terminal: an app that cannot start would just not come.
"""

import os
import stat
import sys
from types import TracebackType


def _is_read() -> bool:
    """Whether somebody reads our standard error: at a terminal, or through a pipe."""
    try:
        return os.isatty(2) or stat.S_ISFIFO(os.fstat(2).st_mode)
    except OSError:  # there is none
        return False


def _fail(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    sys.__excepthook__(kind, error, trace)
    if not isinstance(error, Exception) or _is_read():
        return
    from multiprocessing import parent_process

    from pytron.errors import PytronError
    from pytron.platforms import error_dialogue
    from pytron.services.programs import start

    if parent_process() is not None:
        return
    cause = str(error) if isinstance(error, PytronError) else f"{kind.__name__}: {error}"
    name = os.path.basename(sys.executable)  # noqa: PTH119 - a name only
    command = error_dialogue(f"{name}: {cause}")
    if command is not None:
        start(command)


sys.excepthook = _fail
