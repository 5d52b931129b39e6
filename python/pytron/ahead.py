"""The system's web view, brought into this process beside what Python does meanwhile.

On Linux it is a library with a hundred others behind it, whose linking takes as long as the imports
of an app. A start has both to do, and most machines can do both at once.
"""

from __future__ import annotations

import os
from importlib import import_module
from threading import Thread
from types import CodeType, FrameType
from typing import Final

from pytron import inspection
from pytron.config import Origin, choose, is_child
from pytron.errors import PytronError
from pytron.packaged import is_the_app
from pytron.platforms import display_variables, web_view_library

#: How Python's own code for imports is called, before and after somebody imports it by name.
_IMPORT: Final = ("_frozen_importlib", "importlib._bootstrap")
#: Modules of C wait for the linker, too: what Pytron's own import needs of them comes before.
_OF_C: Final = ("datetime", "decimal", "math", "uuid")
_loading: Thread | None = None


def begin() -> None:
    """Begin to load it, once in a process. What is missing is told by who then needs it."""
    global _loading
    library = web_view_library()
    if library is None or _loading is not None:
        return
    for name in _OF_C:
        import_module(name)
    try:
        import ctypes

        # The C library's own: `ctypes.CDLL(library)` keeps all other threads of Python waiting.
        load = ctypes.CDLL(None).dlopen
        # No daemon: a program that ends at once must not end under the linker.
        loading = Thread(target=load, args=(library.encode(), os.RTLD_NOW), name="pytron-loading")
        loading.start()
    except (ImportError, OSError, RuntimeError):  # then it is loaded in its turn
        return
    _loading = loading
    # A child that is forked while the linker works could never load anything.
    os.register_at_fork(before=finish)


def finish() -> None:
    """Wait until it is there, if it was begun."""
    if _loading is not None:
        _loading.join()


def begin_for(program: FrameType | None) -> None:
    """Begin when a program imports Pytron, if it will show its windows in the web view.

    It has not said so yet. But a file that is run by its name and imports Pytron itself, on a
    machine with a display, without a word of engines, is nearly always an app that will.

    Args:
        program: what imports it, or Python's own code for that.
    """
    while program is not None and program.f_globals.get("__name__") in _IMPORT:
        program = program.f_back
    if program is None:
        return
    module = program.f_globals
    if module.get("__name__") != "__main__" or "__file__" not in module:
        return  # a part of a program, or a prompt
    if display_variables() is None:
        return
    if not is_worth_it() or inspection.is_looking() or is_child() or _speaks(program.f_code):
        return
    try:
        if choose("engine", None, Origin.of_frame(program), "native") == "native":
            begin()
    except (PytronError, OSError):
        pass  # `App` says so


def is_worth_it() -> bool:
    """Whether windows of the native engine are this process's own, and their library is large."""
    elsewhere = os.environ.get("PYTRON_LINK") or os.environ.get("PYTRON_HOSTED")
    return not elsewhere and is_the_app() and web_view_library() is not None


def _speaks(code: CodeType) -> bool:
    """Whether a program speaks of engines: it may choose one itself."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if _speaks(constant):
                return True
        elif constant == "engine" or (isinstance(constant, tuple) and "engine" in constant):
            return True
    return False
