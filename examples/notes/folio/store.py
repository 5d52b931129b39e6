"""The notes on disk: one SQLite file with a full-text index."""

import re
import sqlite3
import threading
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

from . import text
from .model import Card, Draft, Found, Note, NoteChanged, NoteMissing, TagCount, Theme

_SCHEMA = """
create table if not exists notes (
    id integer primary key autoincrement,
    title text not null, body text not null, plain text not null, words integer not null,
    pinned integer not null default 0, deleted integer not null default 0,
    created real not null, changed real not null, version integer not null default 1
);
create index if not exists notes_order on notes (deleted, pinned desc, changed desc);
create index if not exists notes_title on notes (title);
create table if not exists tags (
    note integer not null references notes (id) on delete cascade,
    name text not null, place integer not null, primary key (name, note)
) without rowid;
create index if not exists tags_of_note on tags (note);
create table if not exists settings (name text primary key, value text not null) without rowid;
create table if not exists days (day text primary key, edits integer not null) without rowid;
create virtual table if not exists found using fts5 (
    title, plain, content='notes', content_rowid='id',
    tokenize='unicode61 remove_diacritics 2', prefix='2 3'
);
create trigger if not exists note_in after insert on notes begin
    insert into found (rowid, title, plain) values (new.id, new.title, new.plain);
end;
create trigger if not exists note_text after update of title, plain on notes begin
    insert into found (found, rowid, title, plain)
        values ('delete', old.id, old.title, old.plain);
    insert into found (rowid, title, plain) values (new.id, new.title, new.plain);
end;
"""
_ORDER = "order by pinned desc, changed desc, notes.id desc limit ?"
# Private-use characters: the index puts them around matches, and no note means anything by them.
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"[{_OPEN}{_CLOSE}]")


class Store:
    """Notes by id, by tag and by what they say. Any thread may use it."""

    def __init__(self, path: Path) -> None:
        """Open the notes at `path`, made with its folder if it is new."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = normal")
        self._db.execute("pragma foreign_keys = on")
        self._db.executescript(_SCHEMA)
        with self._writing():  # notes deleted in an earlier run can't be brought back any more
            gone = self._db.execute("select id, title, plain from notes where deleted").fetchall()
            for row in gone:
                self._db.execute(
                    "insert into found (found, rowid, title, plain) values ('delete', ?, ?, ?)",
                    tuple(row),
                )
            self._db.execute("delete from notes where deleted")

    def close(self) -> None:
        """Write everything out and let go of the file."""
        with self._lock:
            self._db.close()

    def read(self, note_id: int) -> Note:
        """One whole note.

        Raises:
            NoteMissing: there is no such note, or it was deleted.
        """
        with self._lock:
            row = self._row(note_id)
            return Note(
                id=row["id"],
                title=row["title"],
                body=row["body"],
                pinned=bool(row["pinned"]),
                created=row["created"],
                changed=row["changed"],
                version=row["version"],
                words=row["words"],
                tags=self._tags_of(row["id"]),
            )

    def add(self, drafts: Iterable[Draft]) -> list[int]:
        """Keep new notes, all or none; their ids."""
        with self._writing():
            return [self._insert(draft) for draft in drafts]

    def add_missing(self, drafts: Iterable[Draft]) -> int:
        """Keep those notes that are not here yet, word for word; how many."""
        with self._writing():
            missing = [draft for draft in drafts if not self._holds(draft)]
            for draft in missing:
                self._insert(draft)
        return len(missing)

    def save(self, note_id: int, title: str, body: str, version: int) -> Note:
        """Replace a note's text.

        Raises:
            NoteMissing: there is no such note.
            NoteChanged: `version` is not the one that is kept now.
        """
        with self._writing():
            row = self._row(note_id)
            if row["version"] != version:
                raise NoteChanged("another window changed this note first: open it again")
            if (row["title"], row["body"]) != (title, body):
                self._db.execute(
                    "update notes set title = ?, body = ?, plain = ?, words = ?, changed = ?,"
                    " version = version + 1 where id = ?",
                    (title, body, text.plain(body), _count(title, body), time.time(), note_id),
                )
                self._db.execute("delete from tags where note = ?", (note_id,))
                self._keep_tags(note_id, body)
                self._count_edit(time.time())
            return self.read(note_id)

    def pin(self, note_id: int, pinned: bool) -> None:
        """Put a note at the top of the list, or back in its place."""
        with self._writing():
            self._row(note_id)
            self._db.execute("update notes set pinned = ? where id = ?", (pinned, note_id))

    def delete(self, note_id: int) -> None:
        """Take a note away; `restore` brings it back as long as the app runs."""
        with self._writing():
            self._row(note_id)
            self._db.execute("update notes set deleted = 1 where id = ?", (note_id,))

    def restore(self, note_id: int) -> None:
        """Bring a deleted note back."""
        with self._writing():
            self._db.execute("update notes set deleted = 0 where id = ?", (note_id,))

    def newest(self, tag: str | None, limit: int) -> Found:
        """The newest notes, pinned ones first, or those with a tag."""
        began = time.perf_counter()
        where, values = _where(tag)
        with self._lock:
            total = self._one(f"select count(*) from notes where {where}", values)
            rows = self._db.execute(
                f"select *, substr(plain, 1, 160) as piece from notes where {where} {_ORDER}",
                (*values, limit),
            ).fetchall()
            cards = [self._card(row, row["title"], row["piece"]) for row in rows]
        return Found(cards, total, (time.perf_counter() - began) * 1000)

    def search(self, query: str, tag: str | None, limit: int) -> Found:
        """The notes in which every word of `query` begins a word; the best first."""
        terms = text.words(query)
        if not terms:
            return self.newest(tag, limit)
        began = time.perf_counter()
        match = " ".join(f'"{term}"*' for term in terms)
        where, values = _where(tag)
        source = f"found join notes on notes.id = found.rowid where found match ? and {where}"
        with self._lock:
            total = self._one(f"select count(*) from {source}", (match, *values))
            rows = self._db.execute(
                f"select notes.*, highlight(found, 0, '{_OPEN}', '{_CLOSE}') as head,"
                f" snippet(found, 1, '{_OPEN}', '{_CLOSE}', '…', 20) as piece"
                f" from {source} order by bm25(found, 6.0, 1.0), changed desc limit ?",
                (match, *values, limit),
            ).fetchall()
            cards = [self._card(row, row["head"], row["piece"]) for row in rows]
        return Found(cards, total, (time.perf_counter() - began) * 1000)

    def counts(self) -> tuple[int, int, int]:
        """How many notes, words and pinned notes there are."""
        with self._lock:
            row = self._db.execute(
                "select count(*), coalesce(sum(words), 0), coalesce(sum(pinned), 0)"
                " from notes where not deleted"
            ).fetchone()
        return row[0], row[1], row[2]

    def tags(self, limit: int = 40) -> list[TagCount]:
        """The tags in use, the most used first."""
        with self._lock:
            rows = self._db.execute(
                "select name, count(*) from tags join notes on notes.id = tags.note"
                " where not deleted group by name order by count(*) desc, name limit ?",
                (limit,),
            ).fetchall()
        return [TagCount(row[0], row[1]) for row in rows]

    def days(self, since: date) -> dict[date, int]:
        """How many edits each day saw, from `since` on."""
        with self._lock:
            rows = self._db.execute(
                "select day, edits from days where day >= ?", (since.isoformat(),)
            ).fetchall()
        return {date.fromisoformat(row[0]): row[1] for row in rows}

    def theme(self) -> Theme:
        """The theme that was chosen last."""
        with self._lock:
            row = self._db.execute("select value from settings where name = 'theme'").fetchone()
        kept = row[0] if row else None
        return kept if kept in ("light", "dark") else "system"

    def keep_theme(self, theme: Theme) -> None:
        """Remember the chosen theme."""
        with self._writing():
            self._db.execute("insert or replace into settings values ('theme', ?)", (theme,))

    def each(self) -> Iterator[Note]:
        """Every note, whole, the oldest first."""
        with self._lock:
            ids = self._db.execute("select id from notes where not deleted order by id").fetchall()
        for row in ids:
            yield self.read(row[0])

    @contextmanager
    def _writing(self) -> Generator[None]:
        with self._lock:
            if self._db.in_transaction:
                raise RuntimeError("a change inside a change: finish the outer one first")
            self._db.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")

    def _row(self, note_id: int) -> sqlite3.Row:
        row = self._db.execute(
            "select * from notes where id = ? and not deleted", (note_id,)
        ).fetchone()
        if row is None:
            raise NoteMissing("this note was deleted: choose another one in the list")
        return row

    def _one(self, query: str, values: tuple[object, ...]) -> int:
        with closing(self._db.execute(query, values)) as cursor:
            return int(cursor.fetchone()[0])

    def _holds(self, draft: Draft) -> bool:
        row = self._db.execute(
            "select 1 from notes where title = ? and body = ? and not deleted limit 1",
            (draft.title, draft.body),
        ).fetchone()
        return row is not None

    def _insert(self, draft: Draft) -> int:
        cursor = self._db.execute(
            "insert into notes (title, body, plain, words, pinned, created, changed)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            (
                draft.title,
                draft.body,
                text.plain(draft.body),
                _count(draft.title, draft.body),
                draft.pinned,
                draft.created,
                draft.changed,
            ),
        )
        note_id = cursor.lastrowid
        assert note_id is not None, "sqlite gives every inserted row an id"
        self._keep_tags(note_id, draft.body)
        self._count_edit(draft.changed)
        return note_id

    def _keep_tags(self, note_id: int, body: str) -> None:
        self._db.executemany(
            "insert into tags (note, name, place) values (?, ?, ?)",
            [(note_id, name, place) for place, name in enumerate(text.tags(body))],
        )

    def _tags_of(self, note_id: int) -> list[str]:
        rows = self._db.execute("select name from tags where note = ? order by place", (note_id,))
        return [row[0] for row in rows.fetchall()]

    def _count_edit(self, when: float) -> None:
        self._db.execute(
            "insert into days (day, edits) values (?, 1)"
            " on conflict (day) do update set edits = edits + 1",
            (date.fromtimestamp(when).isoformat(),),
        )

    def _card(self, row: sqlite3.Row, title: str, piece: str) -> Card:
        return Card(
            id=row["id"],
            title=_MARK.split(title),
            pieces=_MARK.split(piece),
            pinned=bool(row["pinned"]),
            changed=row["changed"],
            tags=self._tags_of(row["id"]),
        )


def _count(title: str, body: str) -> int:
    return len(text.words(title)) + len(text.words(body))


def _where(tag: str | None) -> tuple[str, tuple[object, ...]]:
    if tag is None:
        return "not deleted", ()
    return "not deleted and notes.id in (select note from tags where name = ?)", (tag,)
