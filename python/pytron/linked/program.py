"""How the process at the other end of a link is started."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pytron.link import Child


@dataclass(frozen=True)
class Program:
    """A command, and the variables it runs with."""

    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    def start(self) -> Child:
        """The running process.

        Raises:
            EngineError: it cannot be started.
        """
        return Child(self.command, self.environment)
