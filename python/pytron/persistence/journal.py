"""The file of a kept state: a snapshot, and the changes since then, in SQLite.

The file belongs to one process at a time. Each batch of changes is one transaction in SQLite's
write-ahead log, so that a process or a machine that dies leaves whole batches or nothing of them.

Source: https://www.sqlite.org/wal.html and https://www.sqlite.org/pragma.html
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from pytron import codec
from pytron.errors import PytronError, StateError
from pytron.persistence.restoring import restore
from pytron.state import Op, apply_ops, parse_ops

#: "PyTR": says whose file it is, also to the `file` command.
_APPLICATION: Final = 0x50795452
#: The version of the tables below, not of the data in them.
_FORMAT: Final = 1
#: A process that has just been told to end may still be writing its last changes.
_LOCK_TIMEOUT_S: Final = 1.0
#: Changes are folded into the snapshot when they take twice its size, but not for less than this.
_LEAST_FOLD_BYTES: Final = 256 * 1024

_TABLES: Final = (
    # A version stands only in a snapshot; `bin` says where the parts belong; SQLite itself does not
    # notice a changed byte in what it holds, `crc` does.
    "CREATE TABLE entries (sequence INTEGER PRIMARY KEY, version INTEGER, json BLOB NOT NULL,"
    " bin BLOB, crc INTEGER NOT NULL)",
    "CREATE TABLE parts (sequence INTEGER, place INTEGER, data BLOB NOT NULL,"
    " PRIMARY KEY (sequence, place)) WITHOUT ROWID",
    f"PRAGMA application_id = {_APPLICATION}",
    f"PRAGMA user_version = {_FORMAT}",
)


class Broken(StateError):
    """The file is damaged; the message says how."""


class Kept(NamedTuple):
    """What a file holds: plain data, and the version of the app's state that it belongs to."""

    version: int
    data: Any


class Journal:
    """An open file. Not for two threads at once.

    Raises:
        Broken: the file is damaged.
        StateError: `busy` when another process has it; `unsupported` when it is another program's
            or a newer Pytron's, or the place can't be written to.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._last = 0
        self._snapshot: codec.Encoded | None = None
        self._version = 0
        self._snapshot_bytes = self._grown_bytes = 0
        with self._coded():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                path, timeout=_LOCK_TIMEOUT_S, isolation_level=None, check_same_thread=False
            )
        try:
            with self._coded():
                self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self) -> None:
        execute = self._connection.execute
        execute("PRAGMA locking_mode = EXCLUSIVE")  # before the first access: no other process
        owner, tables = self._number("PRAGMA application_id"), self._count("sqlite_master")
        if owner != _APPLICATION and (owner or tables):
            raise StateError(
                f"{self.path} is another program's database: give persist= another path",
                code="unsupported",
            )
        if self._number("PRAGMA user_version") > _FORMAT:
            raise StateError(
                f"{self.path} was written by a newer Pytron: update pytron-kit", code="unsupported"
            )
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = FULL")  # also after a power failure: there are few writes
        with self._transaction():
            if not tables:
                for statement in _TABLES:
                    execute(statement)

    def load(self) -> Kept | None:
        """What the file holds, None when it is new.

        Raises:
            Broken: it makes no sense.
            StateError: it can't be read.
        """
        data: Any = None
        with self._coded():
            rows = self._connection.execute("SELECT * FROM entries ORDER BY sequence")
            for count, (sequence, version, text, bin_, crc) in enumerate(rows):
                if (version is None) is not bool(count) or (count and sequence != self._last + 1):
                    raise Broken(f"entry {sequence} does not follow {self._last}")
                self._last = sequence
                parts = [] if bin_ is None else self._parts(sequence)
                if crc != _crc([text, bin_ or b"", *parts]):
                    raise Broken(f"entry {sequence} has changed since it was written")
                try:
                    places = () if bin_ is None else codec.decode(bin_)
                    if count:
                        ops = restore("ops", text, places, parts)
                        data = apply_ops(data, parse_ops(ops))
                    else:
                        data = restore("value", text, places, parts)
                        self._version, self._snapshot = version, codec.Encoded(text, (), places)
                except (PytronError, ValueError, TypeError, LookupError) as error:
                    raise Broken(f"entry {sequence} does not fit: {error}") from error
                if not isinstance(data, dict):
                    raise Broken(f"entry {sequence} is no object")
                if count:
                    self._snapshot = None  # there is more than that
        return Kept(self._version, data) if self._last else None

    def begin(self, version: int, data: Any) -> None:
        """Make `data` all that the file holds."""
        encoded = codec.encode(data)
        size = _size(encoded)
        same = self._snapshot
        if same is None or (version, encoded.json) != (self._version, same.json) or encoded.bin:
            with self._coded(), self._transaction():
                self._connection.execute("DELETE FROM entries")
                self._connection.execute("DELETE FROM parts")
                self._insert(version, encoded)
            self._last += 1
        self._version, self._snapshot = version, None
        self._snapshot_bytes, self._grown_bytes = size, 0

    def append(self, ops: Sequence[Op]) -> None:
        """Add changes: all of them, or none when this raises.

        Raises:
            StateError: they can't be written.
        """
        encoded = codec.encode(ops, at=("ops",))
        with self._coded(), self._transaction():
            self._insert(None, encoded)
        self._last += 1
        self._grown_bytes += _size(encoded)

    def fold(self) -> None:
        """Make one snapshot of everything when the changes have outgrown it.

        It is made from the file itself, so that nobody who changes the state waits for it.
        """
        if self._grown_bytes <= max(_LEAST_FOLD_BYTES, 2 * self._snapshot_bytes):
            return
        self._grown_bytes = 0  # should it fail, it is not tried again for each change
        kept = self.load()
        if kept is not None:
            self.begin(kept.version, kept.data)

    def copy_to(self, path: Path) -> None:
        """Write a copy of the file, in place of what was there."""
        with self._coded():
            path.unlink(missing_ok=True)
            self._connection.execute("VACUUM INTO ?", (str(path),))

    def close(self) -> None:
        """Let other processes have the file."""
        self._connection.close()

    def _insert(self, version: int | None, encoded: codec.Encoded) -> None:
        sequence = self._last + 1
        bin_ = codec.encode_plain(encoded.bin) if encoded.bin else None
        crc = _crc([encoded.json, bin_ or b"", *encoded.parts])
        row = (sequence, version, encoded.json, bin_, crc)
        self._connection.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", row)
        rows = ((sequence, place, part) for place, part in enumerate(encoded.parts))
        self._connection.executemany("INSERT INTO parts VALUES (?, ?, ?)", rows)

    def _parts(self, sequence: int) -> list[bytes]:
        wanted = "SELECT data FROM parts WHERE sequence = ? ORDER BY place"
        return [data for (data,) in self._connection.execute(wanted, (sequence,))]

    def _number(self, statement: str) -> int:
        return int(self._connection.execute(statement).fetchone()[0])

    def _count(self, table: str) -> int:
        return self._number(f"SELECT count(*) FROM {table}")

    @contextmanager
    def _transaction(self) -> Generator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # SQLite ends it itself when the disk is full
                self._connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _coded(self) -> Generator[None]:
        """Make SQLite's errors ours."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error):  # Python 3.10 gives no code
                raise StateError(
                    f"{self.path} is in use: the app is running already; close it, or give one of "
                    "the two another persist= path",
                    code="busy",
                ) from error
            raise self._inaccessible(error) from error
        except sqlite3.DatabaseError as error:
            if type(error) is not sqlite3.DatabaseError:
                raise self._inaccessible(error) from error
            raise Broken(str(error)) from error
        except OSError as error:
            raise self._inaccessible(error) from error

    def _inaccessible(self, error: Exception) -> StateError:
        return StateError(
            f"{self.path} can't be read or written ({error}): see to the folder's permissions and "
            "the disk's free space, or give persist= another path",
            code="unsupported",
        )


def _crc(pieces: Iterable[bytes | memoryview]) -> int:
    crc = 0
    for piece in pieces:
        crc = zlib.crc32(piece, crc)
    return crc


def _size(encoded: codec.Encoded) -> int:
    return len(encoded.json) + sum(part.nbytes for part in encoded.parts)
