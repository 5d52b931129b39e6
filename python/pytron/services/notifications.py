"""Notifications: shown by the desktop, with actions, and a click that leads to a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, ClassVar, TypedDict

from pytron.answer import Answer
from pytron.errors import ConfigError
from pytron.services.service import Service
from pytron.window import Window


@dataclass(frozen=True)
class Action:
    """A button of a notification: `Action("reply", "Reply")`.

    Attributes:
        id: what the event calls it.
        label: what the user sees.
    """

    id: str
    label: str


class NotificationClick(TypedDict):
    """The user pressed one.

    Attributes:
        key: which one.
        action: the id of its button; None for the notification itself.
        url: where it leads, if it does.
    """

    key: int
    action: str | None
    url: str | None


class NotificationClosed(TypedDict):
    """One has gone without a click."""

    key: int


class Notifications(Service):
    """`app.notifications`. A click comes as `notifications.click` with `key`, `action`, `url`.

    `action` is None for a click on the notification itself. Then the window that it leads to comes
    to the front, and shows `url` if there is one.
    """

    name: ClassVar[str] = "notifications"
    pages: ClassVar[tuple[str, ...]] = ("show", "withdraw")
    events: ClassVar[Mapping[str, type[Any]]] = {
        "notifications.click": NotificationClick,
        "notifications.closed": NotificationClosed,
    }

    def begin(self) -> None:
        """Hear of clicks."""
        self._keys = count(1)
        self._routes: dict[int, tuple[str | None, str | None]] = {}
        self._desk.hear("notifications.click", self._clicked)
        self._desk.hear("notifications.closed", self._closed)

    def show(
        self,
        title: str,
        body: str = "",
        *,
        actions: Sequence[Action] = (),
        icon: Path | None = None,
        urgent: bool = False,
        url: str | None = None,
        replaces: int | None = None,
        window: Window | None = None,
    ) -> Answer[int]:
        """Show one; its key, for `withdraw` and for events.

        Args:
            title: its first line.
            body: more, as plain text.
            actions: its buttons.
            icon: a picture file.
            urgent: it stays until it is seen, where the desktop agrees.
            url: a path of the app that a click leads to.
            replaces: the key of one that is shown, to be changed.
            window: where a click leads; the first one by default.
        """
        key = next(self._keys) if replaces is None else replaces
        self._routes[key] = (None if window is None else window.label, url)
        shown = self._ask(
            "show",
            key=key,
            title=title,
            body=body,
            actions=[{"id": action.id, "label": action.label} for action in actions],
            icon=None if icon is None else str(Path(icon).absolute()),
            urgent=urgent,
        )
        return shown.map(lambda _: key)

    def withdraw(self, key: int) -> Answer[None]:
        """Take one away."""
        self._routes.pop(key, None)
        return self._ask("withdraw", key=key)

    def _clicked(self, data: Mapping[str, Any]) -> bool:
        key, action = data["key"], data.get("action")
        label, url = self._routes.pop(key, (None, None))
        if action is None:
            self._lead(label, url)
        self._desk.emit("notifications.click", {"key": key, "action": action, "url": url})
        return False  # told already, with the address

    def _closed(self, data: Mapping[str, Any]) -> None:
        self._routes.pop(data["key"], None)

    def _lead(self, label: str | None, url: str | None) -> None:
        runtime = self._desk.runtime("notifications")
        try:
            window = runtime.window(label) if label else runtime.windows[0]
        except (ConfigError, IndexError):
            return  # it has been closed meanwhile
        if url is not None:
            window.navigate(url)
        window.show()
        window.focus()
