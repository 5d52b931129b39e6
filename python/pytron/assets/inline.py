"""What an HTML document runs by itself: its inline scripts and event handlers."""

from __future__ import annotations

import html.parser


class Finder(html.parser.HTMLParser):
    """Collects them from the text that it is fed.

    Attributes:
        scripts: the sources of inline scripts.
        handlers: those of event handlers in attributes.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts: list[str] = []
        self.handlers: list[str] = []
        self._script: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note handlers, and that a script begins."""
        self.handlers += [value for name, value in attrs if name.startswith("on") and value]
        if tag == "script" and not any(name == "src" for name, _ in attrs):
            self._script = []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take it as a start tag."""
        self.handle_starttag(tag, attrs)  # HTML has no self-closing script
        if tag == "script":
            self.set_cdata_mode(tag)

    def handle_data(self, data: str) -> None:
        """Collect the source of a script."""
        if self._script is not None:
            self._script.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Note that a script is complete."""
        if tag == "script" and self._script is not None:
            self.scripts.append("".join(self._script))
            self._script = None
