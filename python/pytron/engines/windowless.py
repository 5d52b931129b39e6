"""What stands where windows would be when `pytron dev` serves an app to browsers alone."""

from __future__ import annotations

from typing import ClassVar

from pytron.engine import Capability
from pytron.errors import EngineError
from pytron.linked import LinkedEngine, Program


class WindowlessEngine(LinkedEngine):
    """A link to the keeper with no windows behind it: tabs of browsers are the app's windows.

    `pytron.development.tabs` puts the server beside it.
    """

    name: ClassVar[str] = "server"
    origin = ""
    first_window = False
    windowless = True

    def program(self) -> Program:
        """There is none: only a keeper makes sense at the other end.

        Raises:
            EngineError: always.
        """
        raise EngineError("only `pytron dev` can have no windows")

    def can(self, feature: str) -> Capability:
        """Nothing: the tabs are asked."""
        return Capability(False, f"a tab of a browser has no {feature}")
