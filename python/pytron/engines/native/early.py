"""The picture of an app whose own code is still being imported: what its settings name.

What only `App(splash=…)` says is not known yet, but in a package, whose settings have it.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

from pytron import engine
from pytron.config import Origin, choose, is_child
from pytron.runtime.splash import read

_log = logging.getLogger(__name__)


def show(origin: Origin, picture: str, *, first: bool = False) -> None:
    """Show it, if this process is to show windows. The run shows what is wrong.

    Args:
        origin: where the app's settings are.
        picture: what they name.
        first: this is the first app of a development session, whose windows are elsewhere.
    """
    try:
        elsewhere = os.environ.get("PYTRON_LINK") or os.environ.get("PYTRON_HOSTED")
        if is_child() or (elsewhere and not first) or not _is_native(origin):
            return
        _show(origin.folder / picture)
    except Exception as error:  # noqa: BLE001 - an app without its splash is better than none
        _log.debug("the splash is not shown yet: %s", error)


def _is_native(origin: Origin) -> bool:
    chosen = choose("engine", None, origin, "native")
    names = chosen.split(",") if isinstance(chosen, str) else list(chosen)
    return str(names[0]).strip() == "native"


def _show(picture: Path) -> None:
    import pytron_native

    pytron_native.show_splash(read(picture))
    engine.hide_early = pytron_native.hide_splash
