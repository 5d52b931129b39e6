"""Keeping a state: read when the app starts, written behind its back while it runs."""

from __future__ import annotations

import atexit
import gc
import os
import threading
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from time import strftime
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from pytron import codec
from pytron.errors import ConfigError, PytronError, StateError
from pytron.logs import logger
from pytron.packaged import is_packaged
from pytron.persistence.batch import Batch
from pytron.persistence.migrations import Migrations
from pytron.persistence.restoring import as_restored
from pytron.platforms import apps_folder
from pytron.state import Op, Patch, State, plain

if TYPE_CHECKING:
    from pytron.persistence.journal import Journal, Kept

F = TypeVar("F", bound=Callable[[Any], Any])

_log = logger(__name__)

#: How long changes wait for others, to be written together with them.
DELAY_S: Final = 0.05
#: When to try again after the disk was full.
_RETRY_S: Final = 1.0
#: How long the end of the app waits for the disk.
_END_TIMEOUT_S: Final = 10.0
_CONTAINERS: Final[tuple[type, ...]] = (dict, list)


def place_of(persist: bool | str | Path, app_id: str) -> Path | None:
    """The file that `persist=` means; relative paths start at the app's data folder."""
    if persist is False:
        return None
    return apps_folder() / app_id / ("state.db" if persist is True else persist)


def passing_place() -> Path | None:
    """Where `pytron dev` keeps a state from one start to the next that is otherwise not kept."""
    kept = os.environ.get("PYTRON_STATE")
    return Path(kept) if kept and not is_packaged() else None


class Persistence:
    """Keeps a state in a file between `open` and `close`.

    Changes wait in memory for a moment and are then written by a thread of its own: changing the
    state never waits for the disk.
    """

    def __init__(
        self,
        state: State[Any],
        kind: type[Any] | None,
        path: Path | None,
        *,
        passing: Path | None = None,
    ) -> None:
        """Describe what to keep; nothing is read or written before `open`.

        Args:
            state: what is kept.
            kind: the class of its root, None for plain data.
            path: the file; None keeps nothing.
            passing: the file where there is no `path`: what does not fit any more is forgotten.
        """
        self.migrations = Migrations()
        self._state = state
        self._kind = kind
        self._path = path or passing
        self._passes = path is None
        self._journal: Journal | None = None
        self._waiting: deque[list[Op]] = deque()
        self._batch = Batch()
        self._lock = threading.Lock()
        self._awake = threading.Event()
        self._ended = threading.Event()

    def open(self) -> None:
        """Give the state what the file holds, and keep what changes from now on.

        Raises:
            StateError: the file is in use, newer than the app, or does not fit the state. It is
                left as it is.
        """
        if self._path is None:
            return
        with _uncollected():
            journal, kept = _open(self._path)
            try:
                with self._state.hold():
                    if self._passes:
                        self._load_what_fits(journal, kept)
                    else:
                        self._load(journal, kept)
                    self._stop = self._state.listen(self._note)
            except BaseException:
                journal.close()
                raise
        self._journal, self._process = journal, os.getpid()
        self._waiting.clear()
        self._batch = Batch()
        self._ended.clear()
        self._awake.clear()
        self._thread = threading.Thread(target=self._run, name="pytron-state", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    @property
    def keeps(self) -> bool:
        """Whether the state is to be there in the next run."""
        return self._path is not None and not self._passes

    def flush(self) -> None:
        """Write now what waits.

        Raises:
            ConfigError: the state is not kept.
            StateError: it can't be written; it goes on waiting.
        """
        if not self.keeps:
            raise ConfigError("flush() needs a state that is kept: give App(persist=True)")
        self._flush()

    def _flush(self) -> None:
        with self._lock:
            self._write()

    def close(self) -> None:
        """Write what waits, and let go of the file. Does nothing when it is not open."""
        if self._journal is None or self._process != os.getpid():  # a fork has only a copy of it
            return
        atexit.unregister(self.close)
        self._stop()
        self._ended.set()
        self._awake.set()
        self._thread.join(_END_TIMEOUT_S)
        if self._thread.is_alive():
            _log.error("the disk does not answer: the last changes may not be in %s", self._path)
            return
        self._journal.close()
        self._journal = None

    # Reading

    def _load(self, journal: Journal, kept: Kept | None) -> None:
        if kept is not None:
            try:
                self._migrate(kept)
            except StateError as error:
                raise StateError(
                    f"the kept state in {self._path} can't be used, and is left as it is: {error}; "
                    "or move the file away to begin anew",
                    code=error.code,
                ) from error
            if kept.version != self.migrations.version:
                journal.copy_to(
                    journal.path.with_name(f"{journal.path.name}.version-{kept.version}")
                )
        else:
            self._try_out()
        # Also fields that the class has got since then: later changes may be inside of them.
        journal.begin(self.migrations.version, self._state.snapshot()[1])

    def _migrate(self, kept: Kept) -> None:
        present = self.migrations.version
        data = self.migrations.bring(kept.version, kept.data)
        try:
            self._restore(data, kept.version)
        except StateError as error:
            raise StateError(
                f"{error}: add @app.migrate({present}), which turns it into what fits",
                code=error.code,
            ) from error

    def _load_what_fits(self, journal: Journal, kept: Kept | None) -> None:
        """Go on with what an earlier start has left, if it can be used: it is nobody's data."""
        if kept is not None:
            try:
                self._restore(kept.data, self.migrations.version)
            except StateError as error:
                _log.warning("app.state begins anew, since what it was no longer fits: %s", error)
        journal.begin(self.migrations.version, self._state.snapshot()[1])

    def _try_out(self) -> None:
        """Find out on the first day, not on the second, that it can't be read again."""
        if self._kind is None or self._kind is dict:
            return
        try:
            codec.convert(as_restored(self._state.snapshot()[1]), self._kind)
        except Exception as error:
            raise StateError(
                f"a {self._kind.__qualname__} can't be kept, since it could not be read again "
                f"({error}): give its fields other types, or leave persist= out"
            ) from error

    def _restore(self, data: dict[str, Any], version: int) -> None:
        if self._kind is None or self._kind is dict:
            self._state.replace(data)
            return
        name = self._kind.__qualname__
        defaults = as_restored(self._state.snapshot()[1])
        try:
            value: Any = codec.convert({**defaults, **data}, self._kind)
        except Exception as error:
            same = version == self.migrations.version
            came = "" if same else f", brought from version {version},"
            raise StateError(f"the data{came} does not fit {name} ({error})") from error
        gone = _missing(data, plain(value))
        if gone is not None:
            raise StateError(f"it has {gone!r}, which {name} has not, and which would be lost")
        self._state.replace(value)

    # Writing

    def _note(self, patch: Patch) -> None:
        """Hear of a change. The state is locked, so this must be short."""
        self._waiting.append(patch.ops)
        if not self._awake.is_set():
            self._awake.set()

    def _run(self) -> None:
        is_last = False
        while not is_last:
            if not self._ended.is_set():  # else `clear` below may have undone the waking
                self._awake.wait(_RETRY_S if self._batch.ops else None)
            is_last = self._ended.wait(DELAY_S)
            self._awake.clear()  # before looking: what comes later sets it again
            try:
                self._flush()
            except PytronError:
                _log.exception("changes of the state are not on the disk yet")

    def _write(self) -> None:
        while self._waiting:
            self._batch.extend(self._waiting.popleft())
        if self._batch.ops and self._journal is not None:
            self._journal.append(self._batch.ops)
            self._batch = Batch()
            self._journal.fold()


@contextmanager
def _uncollected() -> Generator[None]:
    """Make many objects and no garbage, without looking through all of them again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _open(path: Path) -> tuple[Journal, Kept | None]:
    """Open the file with something readable in it; move a damaged one aside."""
    from pytron.persistence.journal import Broken, Journal  # only apps that keep state need SQLite

    journal: Journal | None = None
    try:
        journal = Journal(path)
        return journal, journal.load()
    except Broken as why:
        if journal is not None:
            journal.close()
        aside = _move_aside(path)
        _log.error("%s is damaged (%s): begun anew; the old file is %s", path, why, aside)
        return Journal(path), None
    except BaseException:
        if journal is not None:
            journal.close()
        raise


def _move_aside(path: Path) -> Path:
    """Rename a file, and the log that belongs to it, so that they still belong together."""
    stem = f"{path.name}.broken-{strftime('%Y%m%d-%H%M%S')}"
    count, aside = 1, path.with_name(stem)
    while aside.exists():
        count += 1
        aside = path.with_name(f"{stem}-{count}")
    for ending in ("", "-wal"):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    return aside


def _missing(data: object, now: object) -> str | None:
    """The path of something in `data` that is not in `now`."""
    if isinstance(data, dict) and isinstance(now, dict):
        there = cast("dict[str, object]", now)
        for key, value in cast("dict[str, object]", data).items():
            if key not in there:
                return key
            if type(value) in _CONTAINERS and (found := _missing(value, there[key])):
                return f"{key}.{found}"
    elif isinstance(data, list) and isinstance(now, list):
        pairs = zip(cast("list[object]", data), cast("list[object]", now), strict=False)
        for place, (value, other) in enumerate(pairs):
            if type(value) in _CONTAINERS and (found := _missing(value, other)):
                return f"{place}.{found}"
    return None
