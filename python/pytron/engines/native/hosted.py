"""The native engine with its windows in a process of their own, which outlives a restart."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any, ClassVar, Final

from pytron.engine import Capability, Incoming
from pytron.engines.native.features import WINDOW_FEATURES
from pytron.errors import EngineError
from pytron.link import Message
from pytron.linked import LinkedEngine, Program
from pytron.packaged import HOST, is_packaged
from pytron.platforms import app_origin, native_remedy

#: The host needs the native module, the link and what that needs: `pytron` as a whole would cost
#: it 60 ms and 10 MB, so it gets a package without the kit's names.
_BOOT: Final = """\
import sys, types
kit = types.ModuleType("pytron")
kit.__path__ = [sys.argv[1]]
sys.modules["pytron"] = kit
native = types.ModuleType("pytron.engines.native")
native.__path__ = [sys.argv[1] + "/engines/native"]
sys.modules["pytron.engines.native"] = native
sys.path += sys.argv[2:]
from pytron.engines.native.process import main
sys.exit(main())
"""
_ANSWER_TIMEOUT_S: Final = 5.0


class HostedEngine(LinkedEngine):
    """Windows through tao and wry, as with `NativeEngine`, behind a link."""

    name: ClassVar[str] = "native"
    origin = app_origin()

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        """Windows of a process with these variables set besides ours."""
        super().__init__()
        self._environment = environment or {}
        self._known: dict[str, Capability] = {}
        self._asked: dict[int, tuple[str, Event]] = {}
        self._serial = count(1)

    def program(self) -> Program:
        """An interpreter with the native module in it: no second binary to build, ship and sign.

        Raises:
            EngineError: the native module is not installed.
        """
        environment = {**os.environ, **self._environment}
        if is_packaged():  # its program is the interpreter: see `become_host`
            return Program([sys.executable], {**environment, HOST: "1"})
        folders: list[str] = []
        for name in ("pytron_native", "msgspec"):
            spec = find_spec(name)
            if spec is None or spec.origin is None:
                missing = ModuleNotFoundError(f"No module named {name!r}", name=name)
                raise EngineError(native_remedy(missing))
            folders.append(str(Path(spec.origin).parent.parent))
        kit = str(Path(__file__).parents[2])
        # -I and -S: nothing of the user's environment, and no time spent on .pth files.
        command = [sys.executable, "-I", "-S", "-c", _BOOT, kit, *folders]
        return Program(command, environment)

    def can(self, feature: str) -> Capability:
        """What windows of this engine can do. The host is asked once for each name."""
        if feature in WINDOW_FEATURES:
            return Capability(True, "the native engine does it")
        if feature not in self._known:
            identity, told = next(self._serial), Event()
            self._asked[identity] = feature, told
            self.command({"kind": "can", "id": identity, "feature": feature})
            if not told.wait(_ANSWER_TIMEOUT_S):
                return Capability(False, "the native engine's process does not answer")
        return self._known[feature]

    def taken(self, message: Message) -> Incoming | None:
        """What the host says it can do."""
        if message.kind != "able":
            return super().taken(message)
        fields: dict[str, Any] = message.fields
        feature, told = self._asked.pop(fields["id"])
        self._known[feature] = Capability(bool(fields["possible"]), str(fields["reason"]))
        told.set()
        return None
