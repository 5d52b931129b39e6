"""Tools of development beside an app: only in development, never in a frozen app.

A tool that nobody has opened costs its name in `hello` and a small module in the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, cast

from pytron import bundled, config, protocol
from pytron.assets.answers import Answer, Content, Request, etag_of, failure, serve

if TYPE_CHECKING:
    from pytron.development.driven import Driven
    from pytron.dispatcher.session import Session
    from pytron.inspector import Inspector
    from pytron.runtime.runtime import Parts, Runtime

_SCRIPT: Final = "text/javascript; charset=utf-8"
#: As in `pytron.inspector`, of which nothing is imported before it is wanted.
_LABEL: Final = "pytron.inspector"
#: Tells a page that its calls are to say where they were made.
_TRACE: Final = protocol.tool("inspect", {"trace": True})
#: Tells a page of a browser to open the inspector.
_OPEN: Final = protocol.tool("inspect", {"open": True})


class Development:
    """The tools of one run; without development there are none, and this does nothing."""

    def __init__(
        self,
        name: str,
        parts: Parts,
        runtime: Runtime,
        secret_words: Callable[[], Iterable[str]],
    ) -> None:
        """Bring the tools that are wanted.

        Args:
            name: the app's.
            parts: what the app is made of.
            runtime: the run, before its first window.
            secret_words: gives what the inspector hides, beside what it hides anyway.
        """
        self._name = name
        self._parts = parts
        self._runtime = runtime
        self._secret_words = secret_words
        self._lock = Lock()
        self._transports: dict[int, str] = {}
        self._stops: list[Callable[[], object]] = []
        self.inspector: Inspector | None = None
        self._driven: Driven | None = None
        if not (parts.dev or config.is_driven()):
            return
        parts.assets.own["tools"] = self._serve
        self._stops.append(lambda: parts.assets.own.pop("tools", None))
        if config.is_driven():
            from pytron.development.driven import Driven  # only tests need it

            self._driven = Driven(parts, runtime)
            self._stops.append(self._driven.close)
        if parts.dev:
            runtime.dispatcher.tools["inspect"] = self._asked
            self._hear_consoles()
            self._stops.append(parts.handlers.add("page.saved", self._page_saved))
        if config.is_inspected() or self._is_shown():
            self.inspect()
        if config.is_inspected() and runtime.engine.first_window and not self._is_shown():
            self._stops.append(parts.handlers.add("window.opened", self._first_window()))

    def close(self) -> None:
        """End the tools."""
        if self.inspector is not None:
            self.inspector.close()
            self.inspector = None
        for stop in reversed(self._stops):
            stop()
        self._stops.clear()

    def _hear_consoles(self) -> None:
        """Let what pages write to their consoles be seen: by the keeper, or in Python's log."""
        from pytron.development import console

        tools = self._runtime.dispatcher.tools
        if not self._runtime.engine.kept:
            tools["console"] = console.heard
            return
        command = self._runtime.engine.command

        def say(level: str, label: str, text: str) -> None:
            command({"kind": "said", "level": level, "label": label, "text": text})

        tools["console"] = partial(console.heard, say=say)
        handler = console.PageLog(say)
        import logging  # heavy, and only in development

        pages = logging.getLogger("pytron.page")
        pages.addHandler(handler)
        self._stops.append(lambda: pages.removeHandler(handler))

    def _page_saved(self, _event: Any) -> None:
        """The keeper says that files of the page were saved; Vite would show them by itself."""
        for window in self._runtime.windows:
            if window.label != _LABEL:
                self._runtime.command({"kind": "reload", "window": window.id})

    def inspect(self) -> Inspector:
        """The inspector, which records from now on."""
        with self._lock:
            if self.inspector is None:
                from pytron.inspector import Inspector  # nothing of it is there before

                self.inspector = Inspector(
                    self._name, self._parts, self._runtime, self._secret_words()
                )
                self.inspector.transports.update(self._transports)
                for session in list(self._runtime.dispatcher.sessions.values()):
                    session.send(_TRACE)
            return self.inspector

    def _asked(self, session: Session, data: Any) -> None:
        """A page says how it is joined when it comes, and asks for the inspector by its key."""
        if isinstance(data, dict) and "transport" in data:
            transport = str(cast("dict[str, Any]", data)["transport"])[:40]
            self._transports[session.window] = transport
            if self.inspector is not None:
                self.inspector.transports[session.window] = transport
                session.send(_TRACE)
        elif self._runtime.engine.first_window:
            self.inspect().toggle()
        else:  # tabs are all the windows there are, and only pages open those
            self.inspect()
            session.send(_OPEN)

    def _is_shown(self) -> bool:
        """Whether the inspector's window has outlived an earlier process of this app."""
        return any(kept["label"] == _LABEL for _, kept in self._runtime.engine.living)

    def _first_window(self) -> Callable[[Any], None]:
        """A handler that shows the inspector beside the app's first window."""
        opened = False

        def show(event: Any) -> None:  # noqa: ARG001 - whichever window it is
            nonlocal opened
            if not opened:
                opened = True
                self.inspect().toggle()

        return show

    def _serve(self, request: Request, names: list[str]) -> Answer:
        name = names[0].removesuffix(".js") if len(names) == 1 else ""
        module = self._driven.modules.get(name) if self._driven is not None else None
        if module is not None:
            return serve(request, Content(module, len(module), _SCRIPT, cache="no-store"))
        if name not in self._runtime.dispatcher.tools:
            return failure(404, "there is no such tool")
        data = bundled.tool(name)
        return serve(request, Content(data, len(data), _SCRIPT, etag_of(data)))
