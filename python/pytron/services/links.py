"""Deep links, file associations and autostart: how the system starts this app."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, TypedDict
from urllib.parse import urlsplit
from urllib.request import url2pathname

from pytron.answer import Answer
from pytron.engine import Capability
from pytron.services.again import launch_command
from pytron.services.here import part
from pytron.services.service import Service


class LinksOpened(TypedDict):
    """The system wants these opened.

    Attributes:
        urls: deep links.
        paths: files that are there.
    """

    urls: list[str]
    paths: list[str]


class Links(Service):
    """`app.links`. What the system wants opened comes as `links.opened` with `urls` and `paths`.

    What this start itself was given is in `opened()`. With `App(single_instance=True)` a later
    link comes to the app that runs. Registering works without an installer, also in development.
    """

    name: ClassVar[str] = "links"
    pages: ClassVar[tuple[str, ...]] = ("opened",)
    events: ClassVar[Mapping[str, type[Any]]] = {"links.opened": LinksOpened}

    def begin(self) -> None:
        """Hear of what the system asks a program that runs."""
        self._desk.hear("links.asked", self._asked)

    def register_scheme(self, scheme: str) -> Answer[None]:
        """Let links such as `notes:today` start this app. Done once the system has agreed."""
        if not _SCHEME.fullmatch(scheme) or scheme.lower() in _TAKEN:
            return self._refused(
                "register_scheme",
                f"{scheme!r} is no scheme for an app: a letter, then letters, digits, '+', '-' and "
                f"'.', without ':' and none of {', '.join(sorted(_TAKEN))}",
            )
        app, command = self._desk.app, launch_command()
        work = lambda: part("starting").register_scheme(app, scheme.lower(), command)  # noqa: E731
        return self._desk.run("links.register_scheme", work)

    def register_files(self, extensions: Sequence[str], *, mime: str, name: str) -> Answer[None]:
        """Let files of these extensions be opened with this app.

        Args:
            extensions: without the dot.
            mime: their type, such as `application/x-notes`.
            name: what the type is called for users.
        """
        clean = [extension.lstrip(".").lower() for extension in extensions]
        if not clean or not all(map(_EXTENSION.fullmatch, clean)):
            reason = f"extensions={list(extensions)!r} must be some such as note or tar.gz"
            return self._refused("register_files", reason)
        if not _MIME.fullmatch(mime):
            return self._refused(
                "register_files", f"mime={mime!r} must be a type such as application/x-notes"
            )
        app, command = self._desk.app, launch_command()
        work = lambda: part("starting").register_files(app, clean, mime, name, command)  # noqa: E731
        return self._desk.run("links.register_files", work)

    def unregister(self) -> Answer[None]:
        """Take back what was registered, schemes and files."""
        app = self._desk.app
        return self._desk.run("links.unregister", lambda: part("starting").unregister(app))

    def opened(self) -> Answer[list[str]]:
        """Addresses and paths that this start was given on its command line."""
        answer: Answer[list[str]] = Answer("links.opened")
        urls, paths = sorted_words(sys.argv[1:], Path.cwd())
        answer.settle([*urls, *paths])
        return answer

    def arrived(self, args: Sequence[str], folder: str) -> None:
        """A second start brought these words."""
        urls, paths = sorted_words(args, Path(folder))
        if urls or paths:
            self._desk.tell_soon("links.opened", {"urls": urls, "paths": paths})

    def _asked(self, data: Mapping[str, Any]) -> bool:
        self.arrived([str(url) for url in data["urls"]], str(Path.home()))
        return False  # told as `links.opened`

    def can(self, feature: str) -> Capability | None:
        """Whether the system can be told here."""
        if feature == "links.opened":
            return Capability(True, "what the system gave to this start is known")
        return Capability(*part("starting").can(feature))


class Autostart(Service):
    """`app.autostart`: start with the user's session."""

    name: ClassVar[str] = "autostart"

    def enable(self, args: Sequence[str] = ()) -> Answer[None]:
        """Start the app when the user logs in, with these words on its command line."""
        app, command = self._desk.app, [*launch_command(), *args]
        return self._desk.run("autostart", lambda: part("starting").autostart(app, command))

    def disable(self) -> Answer[None]:
        """No longer."""
        app = self._desk.app
        return self._desk.run("autostart", lambda: part("starting").autostart(app, None))

    def enabled(self) -> Answer[bool]:
        """Whether it will start."""
        app = self._desk.app
        return self._desk.run("autostart", lambda: bool(part("starting").autostarts(app)))

    def can(self, feature: str) -> Capability | None:
        """Whether the system can be told here."""
        return Capability(*part("starting").can(feature))


#: Of two letters at least: one is a drive of Windows.
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+")
_EXTENSION = re.compile(r"\w[\w.+-]*")
#: Source: RFC 6838, section 4.2.
_MIME = re.compile(r"[A-Za-z0-9][\w!#$&^.+-]*/[A-Za-z0-9][\w!#$&^.+-]*", re.ASCII)
_TAKEN = frozenset({"http", "https", "file", "mailto", "data", "javascript", "about", "pytron"})


def sorted_words(words: Sequence[str], folder: Path) -> tuple[list[str], list[str]]:
    """Addresses, and files that are there, among the words of a command line."""
    urls: list[str] = []
    paths: list[str] = []
    for word in words:
        scheme, colon, _ = word.partition(":")
        if word.startswith("-"):
            continue
        if scheme.lower() == "file":  # how GNOME and KDE name a file to a program
            path = Path(url2pathname(urlsplit(word).path))
            paths.extend([str(path)] if path.exists() else [])
            continue
        if (folder / word).exists():
            paths.append(str((folder / word).absolute()))
        elif colon and _SCHEME.fullmatch(scheme):
            urls.append(word)
    return urls, paths
