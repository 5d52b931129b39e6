"""The notes demo without a window: its texts, its store, its pictures and its functions."""

from __future__ import annotations

import struct
import threading
import time
import zlib
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pytron.testing import RemoteError, TestClient
from pytron.typegen import declarations, describe

from .conftest import LoadExample

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folio(load_example: LoadExample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The app, with its notes in a folder of this test."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.delenv("PYTRON_DEMO_CHECK", raising=False)
    return load_example("notes")


@pytest.fixture
def parts(folio: ModuleType) -> Any:
    """What the app is made of, by module."""
    import folio as package  # found beside the loaded app
    from folio import charts, importing, model, samples, store, text

    assert package.__doc__
    assert folio.store
    names = {"charts": charts, "importing": importing, "model": model}
    return type("Parts", (), {**names, "samples": samples, "store": store, "text": text})


def draft(parts: Any, title: str, body: str, changed: float = 0.0) -> Any:
    return parts.model.Draft(title, body, created=changed, changed=changed)


def pixels(png: bytes) -> tuple[int, int, bytes]:
    """Width, height and RGBA of a PNG whose rows are unfiltered."""
    width, height = struct.unpack(">II", png[16:24])
    data, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0] == zlib.crc32(
            kind + body
        )
        data += body if kind == b"IDAT" else b""
        at += 12 + length
    rows, stride = zlib.decompress(data), width * 4 + 1
    assert len(rows) == stride * height
    return width, height, b"".join(rows[y * stride + 1 : (y + 1) * stride] for y in range(height))


def test_page_has_the_types_of_today(folio: ModuleType) -> None:
    written = ROOT / "examples" / "notes" / "frontend" / "src" / "pytron.d.ts"
    drifted = "run: pytron types examples/notes/app.py"
    assert declarations(describe(folio.app)) == written.read_text("utf-8"), drifted


def test_tags_are_read_from_text_but_not_from_code_or_headings(parts: Any) -> None:
    text = "# Head\nsome #Tag, #tag and #two-words; not a#b, `#code` nor ```\n#block\n``` #7"
    assert parts.text.tags(text) == ["tag", "two-words"]


def test_title_comes_from_the_heading_or_the_file(parts: Any) -> None:
    assert parts.text.titled("# The *title* #\n\nBody\n", "file") == ("The *title*", "Body")
    assert parts.text.titled("Body only", "file") == ("file", "Body only")


def test_sentences_are_counted_in_words(parts: Any) -> None:
    text = "One two three. Four!\n\n- five six\n- seven\n\n```\nnot this\n```"
    assert parts.text.sentence_lengths(text) == [3, 1, 2, 1]


def test_search_finds_beginnings_of_words_best_first(parts: Any, tmp_path: Path) -> None:
    store = parts.store.Store(tmp_path / "a.db")
    store.add([draft(parts, "Bread", "salt and tooling"), draft(parts, "Tools", "saw #wood")])
    found = store.search("tool", None, 10)
    assert [card.title for card in found.cards] == [["", "Tools", ""], ["Bread"]]
    assert found.cards[1].pieces[1] == "tooling"
    assert store.search("TOOL saw", None, 10).total == 1
    assert store.search("tool", "wood", 10).total == 1
    assert store.search('"; drop table notes --', None, 10).total == 0
    assert store.search("...", None, 10).total == 2
    store.close()


def test_saved_text_is_found_anew_and_old_text_no_more(parts: Any, tmp_path: Path) -> None:
    store = parts.store.Store(tmp_path / "a.db")
    (note_id,) = store.add([draft(parts, "Plan", "walnut #wood")])
    kept = store.save(note_id, "Plan", "cherry #fruit", 1)
    assert (kept.version, kept.tags) == (2, ["fruit"])
    assert store.search("walnut", None, 10).total == 0
    assert store.search("cherry", None, 10).total == 1
    with pytest.raises(parts.model.NoteChanged):
        store.save(note_id, "Plan", "from another window", 1)
    assert store.read(note_id).body == "cherry #fruit"
    store.close()


def test_deleted_note_can_be_restored_until_the_store_is_opened_again(
    parts: Any, tmp_path: Path
) -> None:
    store = parts.store.Store(tmp_path / "a.db")
    (note_id,) = store.add([draft(parts, "Old", "leaf #gone")])
    store.delete(note_id)
    assert store.counts() == (0, 0, 0)
    assert store.tags() == []
    with pytest.raises(parts.model.NoteMissing):
        store.read(note_id)
    store.restore(note_id)
    assert store.read(note_id).title == "Old"
    store.delete(note_id)
    store.close()
    again = parts.store.Store(tmp_path / "a.db")
    again.restore(note_id)
    assert again.counts() == (0, 0, 0)
    assert again.search("leaf", None, 10).total == 0
    again.close()


def test_import_skips_what_is_there_or_is_no_text(folio: ModuleType, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    (inbox / "deep").mkdir(parents=True)
    (inbox / "a.md").write_text("# Apple\n\nred", encoding="utf-8")
    (inbox / "deep" / "b.txt").write_text("green", encoding="utf-8")
    (inbox / "c.md").write_bytes(b"\xff\xfe\x00broken")
    (inbox / "d.jpg").write_bytes(b"no text")
    with TestClient(folio.app) as page:
        assert page.call("import_folder", str(inbox)) == {"added": 2, "skipped": 1}
        assert page.progress[-1][1:3] == (3, 3)
        assert page.call("import_folder", str(inbox)) == {"added": 0, "skipped": 3}
        assert page.wait_for_state(lambda state: state["job"] is None)["notes"] == 2
        with pytest.raises(RemoteError) as failure:
            page.call("import_folder", str(inbox / "nowhere"))
        assert failure.value.code == "not_a_folder"


def test_cancelled_import_keeps_what_it_had_and_ends_the_job(
    folio: ModuleType, parts: Any, tmp_path: Path
) -> None:
    parts.samples.write_files(tmp_path / "inbox", 3000)
    with TestClient(folio.app) as page:
        call = page.start("import_folder", str(tmp_path / "inbox"))
        page.wait_for_state(lambda state: state["job"] is not None and state["job"]["done"] > 0)
        page.cancel(call)
        state = page.wait_for_state(lambda state: state["job"] is None)
        assert 0 < state["notes"] < 3000


def test_export_can_be_imported_again(parts: Any, tmp_path: Path) -> None:
    store = parts.store.Store(tmp_path / "a.db")
    store.add([draft(parts, "A / B: c?", "one\n\ntwo", time.time())])
    assert parts.importing.export_notes(store, tmp_path / "out") == 1
    (path,) = (tmp_path / "out").iterdir()
    assert parts.text.titled(path.read_text(encoding="utf-8"), "") == ("A / B: c?", "one\n\ntwo")
    store.close()


@pytest.mark.parametrize("shade", ["light", "dark"])
def test_calendar_shows_each_day_in_its_place(parts: Any, shade: str) -> None:
    today = date(2026, 5, 13)  # a Wednesday
    png = parts.charts.calendar({today: 4, today - timedelta(days=7): 1}, today, shade, 1)
    width, height, rgba = pixels(png)
    assert (width, height) == (26 * 12 - 3, 7 * 12 - 3)

    def at(week: int, weekday: int) -> tuple[int, ...]:
        start = ((weekday * 12 + 4) * width + week * 12 + 4) * 4
        return tuple(rgba[start : start + 4])

    assert len({at(25, 2), at(24, 2), at(25, 1)}) == 3  # busy, quiet, empty
    assert at(25, 3) == (0, 0, 0, 0)  # tomorrow is not drawn
    assert at(0, 0) == at(25, 1)


def test_rhythm_marks_long_sentences(parts: Any) -> None:
    _, height, rgba = pixels(parts.charts.rhythm([30, 10], "light", 1, width=100))
    last_row = (height - 4) * 100 * 4
    first, second = (rgba[last_row + x * 4 : last_row + x * 4 + 3] for x in (4, 14))
    assert first != second
    assert first == bytes((240, 172, 0))
    assert pixels(parts.charts.rhythm([], "dark", 2))[0] == 640


def test_windows_share_selection_counts_and_theme(folio: ModuleType) -> None:
    with TestClient(folio.app) as page:
        assert page.call("add_samples") == 10
        page.call("show_overview")
        overview = page.page("overview")
        assert overview.state["notes"] == 10
        note = page.call("create")
        page.call("save", note["id"], "Title", "two words #new", note["version"])
        state = overview.wait_for_state(lambda state: state["notes"] == 11)
        assert {"name": "new", "notes": 1} in overview.wait_for_state(
            lambda state: any(tag["name"] == "new" for tag in state["tags"])
        )["tags"]
        overview.change([{"op": "set", "path": ["selected"], "value": note["id"]}])
        page.wait_for_state(lambda state: state["selected"] == note["id"])
        with pytest.raises(RemoteError) as refused:
            overview.change([{"op": "set", "path": ["theme"], "value": "pink"}])
        assert refused.value.code == "invalid_change"
        assert state["theme"] == "system"


def test_closing_waits_until_the_page_has_saved(
    folio: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folio, "PATIENCE_S", 60)  # the machine may have other work
    closed = threading.Event()
    folio.app.on("window.closed")(lambda event: event.window == "main" and closed.set())
    with TestClient(folio.app) as page:
        note = page.call("create")
        page.subscribe("save-now")
        page.call("read", note["id"])  # answered after the subscription was taken up
        folio.app.window("main").close()
        assert page.event() == ("save-now", None)
        assert not closed.is_set()
        page.call("save", note["id"], "", "the last words", note["version"])
        page.emit("saved-now")
        assert closed.wait(60)
        assert folio.store.read(note["id"]).body == "the last words"


def test_pictures_are_served_to_the_page(folio: ModuleType) -> None:
    with TestClient(folio.app) as page:
        page.call("add_samples")
        answer = page.get("/chart/calendar.png?shade=dark&scale=2")
        assert answer.headers["Content-Type"] == "image/png"
        assert pixels(answer.body)[0] == 2 * (26 * 12 - 3)
        rhythm = page.call("rhythm", 1, "light", 99)
        assert pixels(page.get(rhythm["url"]).body)[0] == 4 * 320
        assert rhythm["sentences"] > 5


def test_error_of_a_missing_note_says_what_to_do(folio: ModuleType) -> None:
    with TestClient(folio.app) as page:
        with pytest.raises(RemoteError, match="choose another one") as failure:
            page.call("read", 1)
        assert (failure.value.name, failure.value.code) == ("NoteMissing", "note_missing")
