"""Handing things to other programs: the browser, a file's own app, the file manager, the trash."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Lock
from typing import ClassVar

from pytron.answer import Answer
from pytron.engine import Capability
from pytron.errors import CallError
from pytron.services.here import opening
from pytron.services.service import Service

_log = logging.getLogger(__name__)

#: What a page's link or a call may open. Others can start programs with words of a stranger.
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
#: One after another: two of one name would find the same place in the trash free.
_TRASHING = Lock()


class Opener(Service):
    """`app.opener`. What it gives says that the other program has taken it, or why not."""

    name: ClassVar[str] = "opener"
    pages: ClassVar[tuple[str, ...]] = ("url", "file", "reveal", "trash")

    def url(self, url: str) -> Answer[None]:
        """Open an address in the user's browser (`https:`, `http:`) or mail or phone program."""
        scheme = url.partition(":")[0].lower()
        if scheme not in SCHEMES or any(ord(letter) <= 32 for letter in url):
            reason = (
                f"{url[:200]!r} cannot be opened: it must begin with "
                f"{', '.join(sorted(SCHEMES))} and hold no spaces; a file is for opener.file"
            )
            return self._refused("url", reason)
        return self._desk.run("opener.url", lambda: opening().open_url(url))

    def file(self, path: Path) -> Answer[None]:
        """Open a file or folder with the program that the user has for it."""
        return self._desk.run("opener.file", lambda: opening().open_path(_existing(path)))

    def reveal(self, path: Path) -> Answer[None]:
        """Show a file in the file manager, selected where it can."""
        return self._desk.run("opener.reveal", lambda: self._reveal(_existing(path)))

    def _reveal(self, path: Path) -> None:
        provider = self._desk.provider("opener")
        answer = provider.ask("opener.reveal", None, {"path": path}) if provider else None
        if answer is not None:
            try:
                answer.result(5)
            except CallError as error:
                _log.info("%s; its folder is opened instead", error)
            else:
                return
        opening().reveal_path(path)

    def trash(self, path: Path) -> Answer[None]:
        """Move a file or folder to the trash."""
        return self._desk.run("opener.trash", lambda: _trash(path), timeout_s=60)

    def can(self, feature: str) -> Capability | None:
        """Whether the programs for it are there."""
        if feature == "opener.trash":
            return Capability(True, "send2trash does it")
        return Capability(*opening().can_open())


def follow(opener: Opener, label: str, url: str) -> None:
    """Open what a page linked to; a failure is for the log."""
    answer = opener.url(url)

    def done() -> None:
        try:
            answer.result(0)
        except CallError as error:
            _log.warning("a link of window %r was not opened: %s", label, error)

    answer.when_done(done)


def _existing(path: Path) -> Path:
    absolute = Path(path).expanduser().absolute()
    if not absolute.exists():
        raise CallError(f"{absolute} does not exist", code="invalid_arguments")
    return absolute


def _trash(path: Path) -> None:
    from send2trash import send2trash  # the one library that knows every system's trash

    try:
        with _TRASHING:
            send2trash(_existing(path))
    except OSError as error:
        raise CallError(
            f"{path} could not be moved to the trash: {error}", code="unsupported"
        ) from error
