"""Facts about the user's machine that change: power, network, idleness, locks, colours, screens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypedDict

from pytron.answer import Answer
from pytron.engine import Capability
from pytron.errors import CallError
from pytron.services.service import Service
from pytron.window import Window


class Power(TypedDict):
    """How the machine is powered.

    Attributes:
        battery: whether it runs on its battery.
        percent: how full that is; None without one.
    """

    battery: bool
    percent: float | None


class Screen(TypedDict):
    """A screen, in logical pixels."""

    name: str | None
    x: float
    y: float
    width: float
    height: float
    scale: float
    primary: bool


class Nothing(TypedDict):
    """No data."""


class NetworkChange(TypedDict):
    """The way out of this machine has come or gone."""

    online: bool


class AccentChange(TypedDict):
    """The user likes another colour; None: none any more."""

    colour: str | None


class System(Service):
    """`app.system`. After `watch()` changes come as events of the same names.

    Events: `system.suspend`, `system.resume`, `system.lock`, `system.unlock`, `system.power`,
    `system.network` (`online`), `system.accent` (`colour`). The theme is the windows' own event,
    `window.theme`.
    """

    name: ClassVar[str] = "system"
    asks: ClassVar[Mapping[str, str]] = {"idle_s": "idle"}
    pages: ClassVar[tuple[str, ...]] = (
        "power", "online", "idle_s", "accent", "locale", "screens", "watch",
    )  # fmt: skip
    events: ClassVar[Mapping[str, type[Any]]] = {
        "system.suspend": Nothing,
        "system.resume": Nothing,
        "system.lock": Nothing,
        "system.unlock": Nothing,
        "system.power": Power,
        "system.network": NetworkChange,
        "system.accent": AccentChange,
    }

    def power(self) -> Answer[Power]:
        """How the machine is powered."""
        return self._ask("power")

    def online(self) -> Answer[bool]:
        """Whether there is a way out of this machine; not whether a server answers."""
        return self._ask("online")

    def idle_s(self) -> Answer[float]:
        """Seconds since the user's last key or move."""
        return self._ask("idle")

    def accent(self) -> Answer[str | None]:
        """The colour that the user likes, as `#rrggbb`; None when none was chosen."""
        return self._ask("accent")

    def locale(self) -> Answer[str]:
        """The user's language as pages name it, such as `de-DE`."""
        return self._ask("locale")

    def screens(self, *, window: Window | None = None) -> Answer[list[Screen]]:
        """The screens, as the window sees them."""
        what = "system.screens"
        try:
            shown = self._desk.shown(what, window)
        except CallError as error:
            return Answer.failed(what, error)
        answer: Answer[Any] = self._desk.runtime(what).query(shown.id, "screens")
        return answer

    def watch(self) -> Answer[None]:
        """Tell of changes from now on; done once the system has been asked to."""
        return self._ask("watch")

    def can(self, feature: str) -> Capability | None:
        """What needs nobody's help."""
        if feature in ("system.locale", "system.screens"):
            return Capability(True, "it is known here")
        return None
