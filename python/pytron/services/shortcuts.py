"""Global shortcuts: keys that work while another program has the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypedDict, TypeVar

from pytron.answer import Answer
from pytron.services.service import Service

F = TypeVar("F", bound=Callable[..., Any])


class ShortcutPress(TypedDict):
    """Keys were pressed; `id` is what they were registered under."""

    id: str


class Shortcuts(Service):
    """`app.shortcuts`. A press comes as the event `shortcuts.pressed` with the `id`.

    What `register` says is the window system's or the compositor's answer, not a guess.
    """

    name: ClassVar[str] = "shortcuts"
    pages: ClassVar[tuple[str, ...]] = ("register", "unregister")
    events: ClassVar[Mapping[str, type[Any]]] = {"shortcuts.pressed": ShortcutPress}

    def begin(self) -> None:
        """Hear of presses."""
        self._handlers: dict[str, list[Callable[..., Any]]] = {}
        self._desk.hear("shortcuts.pressed", self._pressed)

    def register(self, id: str, keys: str, *, description: str = "") -> Answer[None]:
        """Ask for keys such as `CmdOrCtrl+Shift+K`, under a name of your own.

        Args:
            id: what `shortcuts.pressed` calls it.
            keys: the keys. Where the user decides, as with the portal of Wayland, a proposal.
            description: what the user is told it does, where the system asks.
        """
        return self._ask("register", id=id, keys=keys, description=description or id)

    def unregister(self, id: str) -> Answer[None]:
        """Give them back."""
        return self._ask("unregister", id=id)

    def on_press(self, id: str) -> Callable[[F], F]:
        """Do this when the keys are pressed: `@app.shortcuts.on_press("show")`."""

        def register(handler: F) -> F:
            self._handlers.setdefault(id, []).append(handler)
            return handler

        return register

    def _pressed(self, data: Mapping[str, Any]) -> None:
        for handler in self._handlers.get(str(data.get("id")), ()):
            self._desk.call(handler, "shortcuts.pressed", dict(data))
