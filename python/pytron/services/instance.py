"""One instance: a second start hands its arguments to the first and ends."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar, TypedDict

from pytron.services.here import part
from pytron.services.service import Service

_log = logging.getLogger(__name__)
_LIMIT_BYTES = 1 << 20


class InstanceStarted(TypedDict):
    """The app was started once more.

    Attributes:
        args: that start's command line.
        folder: its working folder.
    """

    args: list[str]
    folder: str


class Instance(Service):
    """`App(single_instance=True)`: a second start comes as `instance.started` to the first.

    The event has `args` and `folder`, the working folder of that start. Only programs of the same
    user reach it, and no port is opened.
    """

    name: ClassVar[str] = "instance"
    events: ClassVar[Mapping[str, type[Any]]] = {"instance.started": InstanceStarted}

    def begin(self) -> None:
        """Nothing is listened to before `claim`."""
        self._door: Any = None

    def claim(self) -> bool:
        """Whether this is the first one. If not, the first one has been told of this start."""
        message = json.dumps({"args": sys.argv[1:], "folder": str(Path.cwd())}).encode()
        doors = part("doors")
        self._door = doors.claim(self._desk.app.id, message)
        if self._door is None:
            return False
        desktop: Any = self._desk.provider("instance")
        if desktop is not None:
            desktop.answer(self._asked)
        Thread(target=self._serve, name="pytron-instance", daemon=True).start()
        return True

    def close(self) -> None:
        """Let another one be the first."""
        if self._door is not None:
            self._door.close()

    def _serve(self) -> None:
        while (message := self._door.wait(_LIMIT_BYTES)) is not None:
            try:
                told = json.loads(message)
                args = [str(word) for word in told["args"]]
                folder = str(told["folder"])
            except (ValueError, KeyError, TypeError):
                _log.warning("another program of this user sent what no second start sends")
                continue
            self._happened(args, folder)

    def _asked(self, args: Sequence[str]) -> None:
        """The desktop asks the app that runs, instead of starting it once more."""
        self._happened(list(args), str(Path.home()))

    def _happened(self, args: list[str], folder: str) -> None:
        from pytron.services.launch import SCHEME
        from pytron.services.links import Links
        from pytron.services.notifications import Notifications

        if args and args[0].startswith(SCHEME):
            self._desk.service(Notifications).arrived(args[0])
            return
        self._desk.tell_soon("instance.started", {"args": args, "folder": folder})
        self._desk.service(Links).arrived(args, folder)
