"""Folio: a notes app in Python and TypeScript. Run it with `python3 dev.py demo`."""

import asyncio
import os
import shutil
import threading
import time
import webbrowser
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytron
from folio import charts, check, importing, samples, text
from folio.model import Draft, Exported, Found, Imported, Job, Note, Rhythm, Shared
from folio.store import Store
from platformdirs import user_data_path, user_documents_path
from pytron import App, Event

check_picture = os.environ.get("PYTRON_DEMO_CHECK")
folder = check.made_folder() if check_picture else user_data_path("Folio", appauthor=False)
store = Store(folder / "notes.db")
app = App("Folio", state=Shared, frontend="frontend/dist", width=1180, height=760)
app.include(check.events)
save_now = app.event("save-now")
saved_now = app.event("saved-now")
saved = threading.Event()
#: How long a window that closes waits for its page's last words.
PATIENCE_S = 2.0


def refresh() -> None:
    """Tell every window what there is now: one patch, however much changed."""
    notes, words, pinned = store.counts()
    tags = store.tags()
    with app.transaction():
        app.state.notes, app.state.words, app.state.pinned = notes, words, pinned
        app.state.tags = tags
        app.state.revision += 1


@app.expose
async def search(text: str, tag: str | None, limit: int) -> Found:
    """The notes that match; all of them for an empty text. The page cancels what it outran."""
    return await asyncio.to_thread(store.search, text, tag, limit)


@app.expose
def read(id: int) -> Note:
    """One whole note."""
    return store.read(id)


@app.expose
def create() -> Note:
    """A new, empty note."""
    now = time.time()
    (note_id,) = store.add([Draft("", "", created=now, changed=now)])
    refresh()
    return store.read(note_id)


@app.expose
def save(id: int, title: str, body: str, version: int) -> Note:
    """Keep what was written. `version` is the one it was made from."""
    note = store.save(id, title, body, version)
    refresh()
    return note


@app.expose
def pin(id: int, pinned: bool) -> None:
    """Put a note at the top, or back in its place."""
    store.pin(id, pinned)
    refresh()


@app.expose
def remove(id: int) -> None:
    """Delete a note; `restore` brings it back until the app closes."""
    store.delete(id)
    refresh()


@app.expose
def restore(id: int) -> None:
    """Bring a deleted note back."""
    store.restore(id)
    refresh()


@app.expose
def add_samples() -> int:
    """Add a few notes to look at; how many."""
    added = store.add(samples.drafts())
    refresh()
    return len(added)


@asynccontextmanager
async def job(title: str, total: int) -> AsyncGenerator[Job]:
    """A long job that every window sees, and that is over however it ends."""
    app.state.job = Job(title, 0, total)
    try:
        yield app.state.job
    finally:
        with app.transaction():
            app.state.job = None
            refresh()


@app.expose
async def import_folder(folder: str) -> Imported:
    """Make notes of a folder's text files. The page sees progress, and may cancel at any time."""
    files = await asyncio.to_thread(importing.text_files, folder)
    call, added = pytron.current(), 0
    async with job("Importing", len(files)) as shown:
        async for done, new in importing.import_files(store, files):
            added = new
            shown.done = done
            call.progress(done, len(files))
    return Imported(added, skipped=len(files) - added)


@app.expose
def export_all() -> Exported:
    """Write every note as a Markdown file into the Documents folder."""
    target = folder / "export" if check_picture else user_documents_path() / "Folio"
    return Exported(str(target), importing.export_notes(store, target))


@app.asset("chart/calendar.png")
def calendar(shade: str, scale: int) -> bytes:
    """The calendar of writing days, drawn when a page asks for it. Both come from the query."""
    today = date.today()
    days = store.days(charts.first_day(today))
    return charts.calendar(days, today, "dark" if shade == "dark" else "light", charts.sane(scale))


@app.expose
def rhythm(id: int, shade: charts.Shade, scale: int) -> Rhythm:
    """The lengths of a note's sentences as a picture, published for a minute."""
    lengths = text.sentence_lengths(store.read(id).body)
    picture = charts.rhythm(lengths, shade, charts.sane(scale))
    return Rhythm(
        url=app.assets.publish(picture, "image/png", lifetime_s=60),
        sentences=len(lengths),
        longest=max(lengths, default=0),
        average=sum(lengths) / max(len(lengths), 1),
    )


@app.expose
def show_overview() -> None:
    """Open the second window, or bring it to the front."""
    if any(window.label == "overview" for window in app.windows):
        app.window("overview").focus()
    else:
        app.open_window(
            "overview", url="overview.html", title="Folio: overview", width=360, height=690
        )


@app.on("window.closing")
async def closing(event: Event) -> None:
    """Let the page save what was typed in the last moment; the window waits, but not for ever."""
    if event.window == "main":
        saved.clear()
        save_now.emit(to="main")
        await asyncio.to_thread(saved.wait, PATIENCE_S)


@saved_now.on
def nothing_unsaved(_event: Event[None]) -> None:
    """The page has nothing unsaved."""
    saved.set()


@app.on("window.closed")
def closed(event: Event) -> None:
    """The overview is of no use without the notes."""
    if event.window == "main":
        for window in app.windows:
            window.close(force=True)


@app.on("window.external")
def external(event: Event) -> None:
    """A link in a note: the window stays where it is, the user's browser opens it."""
    if event.data["url"].startswith(("http://", "https://")):
        webbrowser.open(event.data["url"])


@app.expose
def check_plan() -> check.Plan | None:
    """What the page is to do by itself; nothing, unless the demo checks itself."""
    return checking.plan if checking else None


checking = check.Check(app, store, folder, Path(check_picture)) if check_picture else None


def main() -> int:
    """Run the app; with PYTRON_DEMO_CHECK, prove that all of it works and say so."""
    app.state.theme = store.theme()
    app.subscribe("theme", store.keep_theme)
    refresh()
    try:
        code = checking.run() if checking else app.run()
    finally:
        store.close()
    if checking and code == 0:
        shutil.rmtree(folder, ignore_errors=True)
    return code


if __name__ == "__main__":
    raise SystemExit(main())
