"""What an app that has ended left behind: processes, and files where it must leave none."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pytron import config
from pytron.errors import ToolMissing

#: How long processes may take to be gone after their app has ended. A web view's own processes end
#: by themselves when their app is gone, on a loaded machine after many seconds; who is still there
#: after this does not mean to end.
GRACE_S: Final = 30.0

Listing = Mapping[str, tuple[int, int]]


class Processes:
    """The processes of one trial: those that carry its mark, and those that became our children."""

    def __init__(self, mark: str) -> None:
        """Remember who is there before it begins.

        Raises:
            ToolMissing: there is nothing to look with.
        """
        try:
            import psutil
        except ImportError as error:
            raise ToolMissing(
                "the proof needs psutil to look for left processes; "
                "install it: pip install 'pytron-kit[package]'"
            ) from error
        self._psutil: Any = psutil
        self._mark = mark
        self._before = set(self._children())

    def end(self, *, ended: bool, grace_s: float | None = None) -> list[str]:
        """End them all; the names of those that outlived an app that has `ended` by itself."""
        living = self._living()
        if ended and living:
            self._psutil.wait_procs(living, timeout=GRACE_S if grace_s is None else grace_s)
            living = self._living()
        names = [f"{process.info['name']} ({process.pid})" for process in living]
        for process in living:
            try:
                process.kill()
            except self._psutil.Error:
                continue
        self._psutil.wait_procs(living, timeout=GRACE_S)
        return names if ended else []

    def _children(self) -> list[Any]:
        found: list[Any] = self._psutil.Process().children(recursive=True)
        return found

    def _living(self) -> list[Any]:
        found = {child for child in self._children() if child not in self._before}
        for process in self._psutil.process_iter():
            try:
                if process.environ().get(config.PROOF) == self._mark:
                    found.add(process)
            except (self._psutil.Error, OSError):
                continue  # gone, or not ours to look at
        living: list[Any] = []
        for process in found:
            try:
                process.info = process.as_dict(["name", "status"])
            except self._psutil.Error:
                continue
            if process.info["status"] != self._psutil.STATUS_ZOMBIE:
                living.append(process)
        return living


def listing(place: Path) -> Listing:
    """Every file of a place, with what changes when it is written."""
    if place.is_file():
        return {place.name: (place.stat().st_size, place.stat().st_mtime_ns)}
    found: dict[str, tuple[int, int]] = {}
    for folder, _, files in os.walk(place):
        for name in files:
            path = Path(folder, name)
            status = path.lstat()
            found[str(path.relative_to(place))] = (status.st_size, status.st_mtime_ns)
    return found


def changed(before: Listing, place: Path) -> list[str]:
    """The files that are new or other than before."""
    after = listing(place)
    return sorted(name for name in after if before.get(name) != after[name])
