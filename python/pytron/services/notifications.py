"""Notifications: shown by the desktop, with actions, and a click that leads to a page."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from secrets import token_hex
from typing import Any, ClassVar, TypedDict

from pytron.answer import Answer
from pytron.engine import Capability
from pytron.errors import CallError, ConfigError
from pytron.services.again import launch_command
from pytron.services.here import part
from pytron.services.launch import Click, read, secret_of
from pytron.services.service import Service
from pytron.window import Window

_log = logging.getLogger(__name__)


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
    to the front, and shows `url` if there is one. After `register` a click starts the app, if it
    has ended meanwhile.
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
        self._run = token_hex(4)
        self._shown: dict[int, Click] = {}
        self._desk.hear("notifications.click", self._clicked)
        self._desk.hear("notifications.closed", self._closed)

    def register(self) -> Answer[None]:
        """Let a click on a notification start this app, when it has ended meanwhile.

        The app must be `single_instance=True`. Done once the system has agreed; it stays so.
        """
        refused = self._not_launched()
        if refused is not None:
            error = CallError(refused, code="unsupported")
            return Answer.failed("notifications.register", error)
        app, command = self._desk.app, launch_command()

        def work() -> None:
            refused = self._not_lasting()
            if refused is not None:
                raise CallError(refused, code="unsupported")
            part("starting").register_launch(app, command)
            secret_of(self._folder)
            desktop: Any = self._desk.provider("instance")
            if desktop is not None:
                desktop.answer(None)

        return self._desk.run("notifications.register", work)

    def unregister(self) -> Answer[None]:
        """Take that back: a click reaches the running app only."""
        app = self._desk.app
        work = lambda: part("starting").unregister_launch(app)  # noqa: E731
        return self._desk.run("notifications.unregister", work)

    def can(self, feature: str) -> Capability | None:
        """Whether a click can start the app."""
        if feature not in ("notifications.register", "notifications.launch"):
            return None
        refused = self._not_launched() or self._not_lasting()
        if refused is None and feature == "notifications.launch":
            return Capability(*self._launches())
        return Capability(refused is None, refused or "the system starts the app")

    def _not_launched(self) -> str | None:
        """Why a click can never start this app."""
        if not self._desk.app.single_instance:
            return "a click goes to the one that runs: give App(single_instance=True)"
        possible, reason = part("starting").can_launch(self._desk.app)
        return None if possible else reason

    def _not_lasting(self) -> str | None:
        """Why what is shown here brings its click to a running app only."""
        shows: Any = self._desk.provider("notifications")
        possible, reason = shows.can_last() if shows is not None else (True, "")
        return None if possible else reason

    def _launches(self) -> tuple[bool, str]:
        """Whether a click on what is shown now would start the app."""
        refused = self._not_launched()
        if refused is None and not part("starting").launches(self._desk.app):
            refused = "the system does not know how to start the app; register() tells it"
        return refused is None, refused or "the system starts the app"

    @property
    def _folder(self) -> Path:
        from pytron.services.folders import Folders

        return self._desk.service(Folders).data

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
        if icon is not None and not Path(icon).is_file():
            return self._refused("show", f"the icon {Path(icon).absolute()} is not there")
        key = next(self._keys) if replaces is None else replaces
        click = Click(key, self._run, "" if window is None else window.label, url or "", "")
        self._shown[key] = click
        launch = self._launch(click)
        shown = self._ask(
            "show",
            key=key,
            title=title,
            body=body,
            actions=[
                {"id": action.id, "label": action.label}
                | ({"launch": self._launch(click._replace(action=action.id))} if launch else {})
                for action in actions
            ],
            icon=None if icon is None else str(Path(icon).absolute()),
            urgent=urgent,
            launch=launch,
        )
        return shown.map(lambda _: key)

    def _launch(self, click: Click) -> str | None:
        """The address that starts the app for this click; None when it would start nothing."""
        if not self._launches()[0]:
            return None
        if click.url and (not click.url.startswith("/") or click.url.startswith("//")):
            click = click._replace(url="/" + click.url.lstrip("/"))
        return click.address(self._desk.app.id, secret_of(self._folder))

    def withdraw(self, key: int) -> Answer[None]:
        """Take one away."""
        self._shown.pop(key, None)
        return self._ask("withdraw", key=key)

    def arrived(self, address: str) -> None:
        """The system hands over the address of a click, to the app that it started or that runs."""
        click = read(address, self._desk.app.id, secret_of(self._folder))
        if click is None:
            _log.warning("somebody opened an address as if a notification had been clicked")
            return
        told = {"key": click.key, "action": click.action or None, "launch": address}
        self._desk.tell_soon("notifications.click", told)

    def _clicked(self, data: Mapping[str, Any]) -> bool:
        key, action = int(data["key"]), data.get("action")
        launch = data.get("launch")
        click = read(launch, self._desk.app.id, secret_of(self._folder)) if launch else None
        if click is None or click.run == self._run:
            known = self._shown.pop(key, None)
            if known is None and click is not None:
                return False  # told already
            click = known
        if action is None:
            self._lead(click)
        url = None if click is None else click.url or None
        self._desk.emit("notifications.click", {"key": key, "action": action, "url": url})
        return False  # told already, with the address

    def _closed(self, data: Mapping[str, Any]) -> None:
        self._shown.pop(int(data["key"]), None)

    def _lead(self, click: Click | None) -> None:
        runtime = self._desk.runtime("notifications")
        label = click.window if click is not None else ""
        try:
            window = runtime.window(label) if label else runtime.windows[0]
        except (ConfigError, IndexError):
            return  # it has been closed meanwhile
        if click is not None and click.url:
            window.navigate(click.url)
        window.show()
        window.focus()
