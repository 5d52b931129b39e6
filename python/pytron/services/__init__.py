"""What the desktop offers beside windows: dialogs, clipboard, menus, tray and the rest.

An `App` has each as a property. Nothing is imported, connected or started before it is used.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytron.dispatcher.functions import Function
    from pytron.dispatcher.workers import Task
    from pytron.engine import Capability
    from pytron.options import WindowOptions
    from pytron.runtime.runtime import Runtime
    from pytron.services.autostart import Autostart
    from pytron.services.badge import Badge
    from pytron.services.clipboard import Clipboard
    from pytron.services.desk import Desk
    from pytron.services.dialogs import Dialogs
    from pytron.services.downloads import Downloads
    from pytron.services.folders import Folders
    from pytron.services.instance import Instance
    from pytron.services.links import Links
    from pytron.services.menus import Menus
    from pytron.services.notifications import Notifications
    from pytron.services.opener import Opener
    from pytron.services.secrets import Secrets
    from pytron.services.service import Service
    from pytron.services.shortcuts import Shortcuts
    from pytron.services.system import System
    from pytron.services.tray import Tray
    from pytron.window import Window

T = TypeVar("T", bound="Service")


class Services:
    """The desktop's services, for `App` to inherit."""

    name: str
    id: str
    _desk: Desk | None = None
    _begun = False
    #: Whether a second start hands over to the first.
    single_instance: bool = False

    def now(self, what: str) -> Runtime:
        """The run of this app, for services."""
        raise NotImplementedError

    def on(self, name: str, handler: Any = None) -> Any:
        """Handle events of this name."""
        raise NotImplementedError

    def emit(self, name: str, data: object = None) -> None:
        """Send an event to all windows and to Python's own handlers."""
        raise NotImplementedError

    @property
    def dialogs(self) -> Dialogs:
        """Let the user choose files, answer questions, type a word."""
        from pytron.services.dialogs import Dialogs

        return self.service(Dialogs)

    @property
    def opener(self) -> Opener:
        """Hand things to other programs: the browser, a file's own app, the trash."""
        from pytron.services.opener import Opener

        return self.service(Opener)

    @property
    def clipboard(self) -> Clipboard:
        """Text, HTML, pictures and files that are copied between programs."""
        from pytron.services.clipboard import Clipboard

        return self.service(Clipboard)

    @property
    def menus(self) -> Menus:
        """The menu bar, and menus under the pointer."""
        from pytron.services.menus import Menus

        return self.service(Menus)

    @property
    def notifications(self) -> Notifications:
        """Messages of the desktop, with actions."""
        from pytron.services.notifications import Notifications

        return self.service(Notifications)

    @property
    def shortcuts(self) -> Shortcuts:
        """Keys that work while another program has the keyboard."""
        from pytron.services.shortcuts import Shortcuts

        return self.service(Shortcuts)

    @property
    def tray(self) -> Tray:
        """An icon with a menu that stays when the windows are away."""
        from pytron.services.tray import Tray

        return self.service(Tray)

    @property
    def autostart(self) -> Autostart:
        """Start with the user's session."""
        from pytron.services.autostart import Autostart

        return self.service(Autostart)

    @property
    def badge(self) -> Badge:
        """A number or progress on the app's icon, in the taskbar or dock."""
        from pytron.services.badge import Badge

        return self.service(Badge)

    @property
    def downloads(self) -> Downloads:
        """Where pages' downloads go."""
        from pytron.services.downloads import Downloads

        return self.service(Downloads)

    @property
    def folders(self) -> Folders:
        """Where the app keeps what it keeps."""
        from pytron.services.folders import Folders

        return self.service(Folders)

    @property
    def instance(self) -> Instance:
        """The one instance of the app."""
        from pytron.services.instance import Instance

        return self.service(Instance)

    @property
    def links(self) -> Links:
        """Deep links and files that the system opens with the app."""
        from pytron.services.links import Links

        return self.service(Links)

    @property
    def secrets(self) -> Secrets:
        """Passwords in the system's keychain."""
        from pytron.services.secrets import Secrets

        return self.service(Secrets)

    @property
    def system(self) -> System:
        """Power, network, idleness, colours, screens."""
        from pytron.services.system import System

        return self.service(System)

    def service(self, kind: type[T]) -> T:
        """The one service of a class."""
        return self._desk_of().service(kind)

    def can(self, feature: str) -> Capability:
        """Whether something works on this machine now, and why not: `app.can("tray.click")`."""
        return self._desk_of().can(feature)

    def _desk_of(self) -> Desk:
        if self._desk is None:
            from pytron.services.desk import Desk

            self._desk = Desk(self)
            if self._begun:
                self._desk.begin()
        return self._desk

    # --- for the app ----------------------------------------------------------------------------

    def with_services(self, own: Mapping[str, Function]) -> Mapping[str, Function]:
        """The app's functions, and those of services, which are made when a page calls one."""
        return _Functions(own, self)

    def service_event(self, fields: Mapping[str, Any]) -> Iterable[Task]:
        """Something happened by itself at the window host."""
        return self._desk_of().happened(fields)

    def open_external(self, window: Window, url: str) -> None:
        """A page wants to show what is not the app's: the browser does."""
        from pytron.services.opener import follow

        follow(self.opener, window.label, url)

    def remembered(self, label: str, options: WindowOptions) -> WindowOptions:
        """Options of a new window, with the bounds it had last if it is to remember them."""
        if not options.get("remember"):
            return options
        from pytron.services.bounds import Bounds

        return self.service(Bounds).restore(label, options)

    def begin_services(self) -> None:
        """The app runs, and its first window is on its way."""
        self._begun = True
        if self._desk is not None:
            self._desk.begin()
        if sys.argv[1:2] and sys.argv[1].startswith("x-pytron-"):
            self.notifications.arrived(sys.argv[1])  # a click has started it

    def end_services(self) -> None:
        """Let go of everything."""
        self._begun = False
        desk, self._desk = self._desk, None
        if desk is not None:
            desk.close()


class _Functions(dict[str, "Function"]):
    """The app's functions by name. Those of services come in when one of them is asked for."""

    def __init__(self, own: Mapping[str, Function], services: Services) -> None:
        super().__init__(own)
        self._services = services
        self._complete = False

    def get(self, name: str, default: Any = None) -> Any:
        found = super().get(name)
        if found is None and not self._complete and name.startswith("services."):
            from pytron.services.exposed import functions_of

            self._complete = True
            self.update(functions_of(self._services))
            found = super().get(name)
        return default if found is None else found
