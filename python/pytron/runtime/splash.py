"""A picture until the first window's page can be seen.

Source: spec/view.md, section 8 (`splash.show`).
"""

from __future__ import annotations

import base64
import logging
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from pytron import sealed
from pytron.assets.mime import PNG
from pytron.errors import ConfigError, PytronError

if TYPE_CHECKING:
    from pytron.answer import Answer
    from pytron.events import Event
    from pytron.options import WindowOptions
    from pytron.runtime.runtime import Runtime
    from pytron.window import Window

_log = logging.getLogger("pytron")

#: Far more than a screen's worth.
_MOST_BYTES: Final = 16_000_000
_DEADLINE_S: Final = 10
#: A page that has loaded is drawn within this; the picture does not wait longer.
_DRAWN_S: Final = 5


class Splash:
    """Shows a picture at once, and takes it away when there is a page to look at.

    The first window stays hidden meanwhile, so that nobody sees it blank. What `on_start` does
    happens behind the picture. A page that fails ends it too: the window then says why.
    """

    def __init__(self, runtime: Runtime, picture: Path) -> None:
        """Show the picture. Main thread, after the engine has started.

        Raises:
            ConfigError: there is no such PNG.
        """
        self._runtime = runtime
        self._visible = True
        self._over = False
        self._lock = Lock()
        content = base64.b64encode(read(picture)).decode()
        shown = runtime.ask("splash.show", None, {"picture": content}, _DEADLINE_S)
        shown.when_done(lambda: self._shown(shown))
        runtime.engine.turn()

    def hidden(self, options: WindowOptions) -> WindowOptions:
        """The first window's options, as it opens behind the picture."""
        self._visible = options.get("visible", True)
        held: WindowOptions = {**options, "visible": False}
        return held

    def wait_for(self, window: Window) -> None:
        """Go when this window's page can be seen, or will never be."""
        for name in ("loaded", "failed", "closed"):
            window.on(name, partial(self._seen, window))

    def end(self) -> None:
        """Take the picture away."""
        with self._lock:
            over, self._over = self._over, True
        if not over:
            self._hide()
            self._runtime.engine.turn()

    def _shown(self, answer: Answer[None]) -> None:
        try:
            answer.result()
        except PytronError as error:  # an app without its splash is better than none
            _log.warning("the splash is not shown: %s", error)

    def _seen(self, window: Window, event: Event) -> None:
        with self._lock:
            if self._over:
                return
            self._over = True
        if event.name == "closed" or not self._visible:
            self._hide()
            return
        window.focus()  # shows it
        drawn = self._runtime.query(window.id, "pixels")
        drawn.expire(_DRAWN_S)
        drawn.when_done(self._hide)

    def _hide(self) -> None:
        self._runtime.ask("splash.hide", None, {}, _DEADLINE_S)


def read(picture: Path) -> bytes:
    """The picture, which may be sealed: so it is sent, and comes to lie in no file.

    Raises:
        ConfigError: there is no such PNG, or it is too large.
    """
    found = sealed.find(picture)
    try:
        content = picture.read_bytes() if found is None else found.read()
    except OSError as error:
        raise ConfigError(f"splash: {picture} cannot be read: {error.strerror}") from error
    if not content.startswith(PNG):
        raise ConfigError(f"splash: {picture} is no PNG; save the picture as one")
    if len(content) > _MOST_BYTES:
        raise ConfigError(
            f"splash: {picture} has {len(content) / 1e6:.0f} MB, and at most "
            f"{_MOST_BYTES / 1e6:.0f} are shown; save it with fewer pixels"
        )
    return content
