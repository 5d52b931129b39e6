"""The built frontend: a folder with index.html, or one HTML file.

Nothing is marked immutable, not even files with a hash in their name: custom schemes have no HTTP
cache, and a wrong guess about a name would show an old file for ever. Browsers revalidate by ETag.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Final

from pytron.assets.answers import Answer, Body, Content, FileSlice, Request, failure, serve
from pytron.assets.csp import Inline, inline_of, policy
from pytron.assets.mime import is_html
from pytron.assets.paths import Target, is_plain, is_safe_name
from pytron.assets.places import Place, place_of
from pytron.errors import AssetError
from pytron.sealed import SealedParts

NO_INLINE: Final = Inline([], [])

#: Folders that builds write to: where one is missing, the build has not run.
_BUILT: Final = frozenset({"dist", "build", "out", "public", "_site"})


class Frontend:
    """Finds the file for a path and serves it."""

    def __init__(self, place: Path, csp: str | bool | None, origin: str | None) -> None:
        """Serve `place`; nothing is looked at before the first use.

        Args:
            place: a folder or an HTML file.
            csp: the policy for documents, None for ours, False for none.
            origin: the app's origin, where 'self' doesn't name it.
        """
        self._path = place
        self._csp = csp
        self._origin = origin
        self._inlines: dict[str, Inline] = {}

    @cached_property
    def _place(self) -> Place:
        return place_of(self._path)

    def check(self) -> None:
        """Raise unless there is something to serve.

        Raises:
            AssetError: the folder, its index.html or the file is missing.
        """
        problem = self._problem()
        if problem is not None:
            raise AssetError(problem)

    def prepare(self) -> None:
        """Look through the first document before anyone asks for it; what is wrong is told then."""
        with suppress(OSError):
            self._find([""])

    def answer(self, request: Request, target: Target) -> Answer:
        """Serve the file for a path, else what the rules for single-page apps give."""
        names = target.names
        if not is_plain(target) or not all(map(is_safe_name, names[:-1])):
            return failure(404, "not found")
        if names[-1] and not is_safe_name(names[-1]):
            return failure(404, "not found")
        problem = self._problem()
        if problem is not None:
            return failure(404, problem)
        try:
            content = self._find(names)
            if content is None and _wants_page(request, names[-1]):
                content = self._find([""])
        except OSError:
            return failure(404, "the file can't be read")
        return failure(404, "not found") if content is None else serve(request, content)

    def _problem(self) -> str | None:
        place, path = self._place, self._path
        if place.is_file or place.has_index:
            return None
        if place.is_folder:
            return f"the frontend {path} has no index.html: {self._remedy()}"
        return f"the frontend {path} does not exist: {self._remedy()}"

    def _remedy(self) -> str:
        place = self._path
        for folder in (place, place.parent):
            if (folder / "package.json").is_file():
                return "run `pytron build --install` first, or `pytron dev` while you work on it"
        if place.name in _BUILT:
            return "build the frontend first, or set `frontend` to the folder that the build writes"
        return "set `frontend` to a folder with index.html, or to an HTML file"

    def _find(self, names: list[str]) -> Content | None:
        for choice in self._choices(names):
            found = self._place.find(choice)
            if found is not None:
                return self._document(found)
        return None

    def _choices(self, names: list[str]) -> list[list[str]]:
        """Give the files that may be meant, best first."""
        if self._place.is_file:
            return [names] if names in ([""], [self._path.name]) else []
        *folders, last = names
        if not last:
            return [[*folders, "index.html"]]
        # Static site generators write about.html or about/index.html for /about.
        guesses = [] if "." in last else [[*folders, f"{last}.html"], [*names, "index.html"]]
        return [names, *guesses]

    def _document(self, content: Content) -> Content:
        if self._csp is False or not is_html(content.type):
            return content
        inline = self._inline(content)
        setting = self._csp if isinstance(self._csp, str) else None
        header = ("Content-Security-Policy", policy(setting, inline, self._origin))
        return content._replace(headers=[*content.headers, header])

    def _inline(self, content: Content) -> Inline:
        etag, body = content.etag, content.body
        if etag is None or not content.type.startswith("text/html"):
            return NO_INLINE  # scripts of an SVG run only when it is opened as a document
        if etag not in self._inlines:
            if len(self._inlines) > 1000:  # a page that is rewritten again and again
                self._inlines.clear()
            self._inlines[etag] = inline_of(_whole(body))
        return self._inlines[etag]


def _whole(body: Body) -> bytes:
    """All of a document, which is still to be sent."""
    if isinstance(body, FileSlice):
        return body.path.read_bytes()
    if isinstance(body, SealedParts):
        return b"".join(body.cut(0, sys.maxsize))
    assert isinstance(body, bytes)  # places give nothing else
    return body


def _wants_page(request: Request, last: str) -> bool:
    """Tell whether a path without a file is one that the page's own router knows."""
    return "text/html" in request.headers.get("accept", "").lower() and "." not in last
