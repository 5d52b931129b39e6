"""Dialogs: the user chooses files, answers questions, types a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

from pytron.answer import Answer
from pytron.services.service import Service
from pytron.window import Window

Level = Literal["info", "warning", "error", "question"]


@dataclass(frozen=True)
class Filter:
    """A kind of files that a dialog offers: `Filter("Pictures", ["png", "jpg"])`.

    Attributes:
        name: shown to the user.
        extensions: without the dot; `*` for all files.
    """

    name: str
    extensions: Sequence[str]


class Dialogs(Service):
    """`app.dialogs`: each waits for the user as long as the user likes.

    A dialog that is dismissed gives None. When its window is closed meanwhile it fails with
    `closed`.
    """

    name: ClassVar[str] = "dialogs"
    asks: ClassVar[Mapping[str, str]] = {
        "open_file": "open",
        "open_files": "open",
        "open_folder": "open",
        "save_file": "save",
        "confirm": "message",
    }
    pages: ClassVar[tuple[str, ...]] = (
        "open_file", "open_files", "open_folder", "save_file", "message", "confirm", "prompt",
    )  # fmt: skip

    def open_file(
        self,
        *,
        title: str | None = None,
        filters: Sequence[Filter] = (),
        folder: Path | None = None,
        window: Window | None = None,
    ) -> Answer[Path | None]:
        """Choose a file that is there.

        Args:
            title: of the dialog.
            filters: kinds of files to choose from; the first one is set.
            folder: where it starts.
            window: the window that it belongs to, and that waits for it.
        """
        answer = self._open("file", title, filters, folder, window)
        return answer.map(lambda paths: paths[0] if paths else None)

    def open_files(
        self,
        *,
        title: str | None = None,
        filters: Sequence[Filter] = (),
        folder: Path | None = None,
        window: Window | None = None,
    ) -> Answer[list[Path]]:
        """Choose any number of files that are there; dismissed, none."""
        return self._open("files", title, filters, folder, window)

    def open_folder(
        self,
        *,
        title: str | None = None,
        folder: Path | None = None,
        window: Window | None = None,
    ) -> Answer[Path | None]:
        """Choose a folder."""
        answer = self._open("folder", title, (), folder, window)
        return answer.map(lambda paths: paths[0] if paths else None)

    def save_file(
        self,
        *,
        name: str | None = None,
        title: str | None = None,
        filters: Sequence[Filter] = (),
        folder: Path | None = None,
        window: Window | None = None,
    ) -> Answer[Path | None]:
        """Choose where a file is to be written. The dialog asks before one is replaced.

        Args:
            name: proposed for the file.
            title: of the dialog.
            filters: kinds of files to choose from.
            folder: where it starts.
            window: the window that it belongs to.
        """
        if name is not None and ("/" in name or "\\" in name or "\0" in name):
            return self._refused(
                "save_file", f"name={name!r} is a path; give its folder as folder="
            )
        answer = self._ask(
            "save",
            window,
            patient=True,
            title=title,
            name=name,
            filters=_filters(filters),
            folder=_folder(folder),
        )
        return answer.map(_path)

    def message(
        self,
        text: str,
        *,
        detail: str = "",
        title: str | None = None,
        level: Level = "info",
        buttons: Sequence[str] = ("OK",),
        window: Window | None = None,
    ) -> Answer[str | None]:
        """Show a message with buttons of your own; the label that was chosen, or None.

        Args:
            text: what it says.
            detail: more, below it.
            title: of the dialog.
            level: `info`, `warning`, `error` or `question`: its icon.
            buttons: labels; the first one is what Enter chooses.
            window: the window that it belongs to.
        """
        labels = list(buttons)
        if not labels or len(set(labels)) < len(labels):
            return self._refused("message", f"buttons={labels!r} must be labels that differ")
        answer = self._ask(
            "message",
            window,
            patient=True,
            text=text,
            detail=detail,
            title=title,
            level=level,
            buttons=labels,
            default=0,
        )
        return answer.map(lambda index: _label(labels, index))

    def confirm(
        self,
        text: str,
        *,
        detail: str = "",
        title: str | None = None,
        yes: str = "OK",
        no: str = "Cancel",
        window: Window | None = None,
    ) -> Answer[bool]:
        """Ask a question that is answered by yes or no; dismissed, no."""
        answer = self.message(
            text, detail=detail, title=title, level="question", buttons=(yes, no), window=window
        )
        return answer.map(lambda label: label == yes)

    def prompt(
        self,
        text: str,
        *,
        value: str = "",
        title: str | None = None,
        secret: bool = False,
        yes: str = "OK",
        no: str = "Cancel",
        window: Window | None = None,
    ) -> Answer[str | None]:
        """Ask for a line of text; dismissed, None.

        Args:
            text: what it asks.
            value: what stands there at first.
            title: of the dialog.
            secret: hide what is typed, as for a password.
            yes: the label of the button that takes it.
            no: the label of the other one.
            window: the window that it belongs to.
        """
        return self._ask(
            "prompt",
            window,
            patient=True,
            text=text,
            value=value,
            title=title,
            secret=secret,
            buttons=[yes, no],
        )

    def _open(
        self,
        mode: str,
        title: str | None,
        filters: Sequence[Filter],
        folder: Path | None,
        window: Window | None,
    ) -> Answer[list[Path]]:
        answer = self._ask(
            "open",
            window,
            patient=True,
            mode=mode,
            title=title,
            filters=_filters(filters),
            folder=_folder(folder),
        )
        return answer.map(lambda paths: [Path(path) for path in paths or ()])


def _filters(filters: Sequence[Filter]) -> list[dict[str, Any]] | None:
    return [
        {
            "name": one.name,
            "extensions": [ext.removeprefix("*.").lstrip(".") for ext in one.extensions],
        }
        for one in filters
    ] or None


def _folder(folder: Path | None) -> str | None:
    return None if folder is None else str(Path(folder).expanduser().absolute())


def _path(path: str | None) -> Path | None:
    return None if path is None else Path(path)


def _label(labels: Sequence[str], index: int | None) -> str | None:
    return None if index is None else labels[index]
