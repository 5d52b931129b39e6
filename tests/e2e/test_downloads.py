"""Downloads for real: pages start them, Python or the user says where they go."""

from __future__ import annotations

from pathlib import Path

from e2e.driver import RunApp
from e2e.test_dialogs import PRESS

#: What a page does to download something, and how it hears of the end.
SAVE = """
const save = (url, name = "", attached = true) => {
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  if (attached) document.body.append(link);
  link.click();
  link.remove();
};
const blob = (text) => URL.createObjectURL(new Blob([text]));
const ended = () => new Promise((done) => {
  const stops = ["finished", "failed"].map((name) => pytron.on(`download.${name}`, (data) => {
    stops.forEach((stop) => stop());
    done({ name, ...data });
  }));
});
"""

INTO_A_FOLDER = """
from pathlib import Path
from collections.abc import Iterator

@app.on_start
def ready() -> None:
    app.downloads.folder = Path(__file__).parent / "down"

@app.asset("large.bin")
def large() -> Iterator[bytes]:
    for _ in range(64):
        yield bytes(1 << 16)
"""


def test_files_go_into_the_folder_under_names_that_are_free(run_app: RunApp) -> None:
    page = (
        SAVE
        + """
    for (const text of ["one", "two"]) {
      const end = ended();
      save(blob(text), "../../note.txt");
      await report(await end);
    }
    """
    )
    ended = run_app(page, INTO_A_FOLDER)
    folder = ended.folder / "down"
    assert [(one["name"], Path(one["path"]).parent) for one in ended.reports] == [
        ("finished", folder)
    ] * 2
    assert sorted(path.read_text() for path in folder.iterdir()) == ["one", "two"]
    assert not list(folder.parent.parent.glob("*note*"))


def test_progress_comes_before_the_end_and_counts_all_bytes(run_app: RunApp) -> None:
    page = (
        SAVE
        + """
    const received = [];
    pytron.on("download.progress", (data) => received.push(data.received));
    const end = ended();
    save("/large.bin", "all of it.bin");
    await report((await end).name);
    await report([received.at(-1), received.every((n, i) => i === 0 || n >= received[i - 1])]);
    """
    )
    ended = run_app(page, INTO_A_FOLDER)
    assert ended.reports == ["finished", [64 << 16, True]]
    assert (ended.folder / "down" / "all of it.bin").stat().st_size == 64 << 16


def test_every_way_to_download_from_the_app_itself(run_app: RunApp) -> None:
    python = """
    from pathlib import Path
    from pytron.assets import Response

    app = App("Test", frontend="page", ephemeral=True)

    @app.on_start
    def ready() -> None:
        app.downloads.folder = Path(__file__).parent / "down"

    @app.asset("kept/{name}")
    def kept(name: str) -> Response:
        disposition = f'attachment; filename="{name}.txt"'
        return Response(b"kept", headers={"content-disposition": disposition})

    @app.asset("table.csv")
    def table() -> bytes:
        return b"a;b"

    @app.asset("later.bin")
    async def later() -> bytes:
        return b"later"

    @app.expose
    async def from_python() -> int:
        return await app.downloads.save("/later.bin", name="named.bin")
    """
    page = (
        SAVE
        + """
    const ways = [
      () => { location.href = "/kept/shown"; },
      () => save("/kept/named", "not this"),
      () => save("/table.csv", "", false),
      () => pytron.from_python(),
      () => save("/nowhere.bin"),
    ];
    for (const way of ways) {
      const end = ended();
      await way();
      const { path, error } = await end;
      await report(path ? path.split("/").at(-1) : error);
    }
    await report((await failure(pytron.services.downloads.save("https://example.org/x"))).code);
    """
    )
    ended = run_app(page, python)
    *names, missing, foreign = ended.reports
    assert names == ["shown.txt", "named.txt", "table.csv", "named.bin"]
    assert "404" in missing
    assert foreign == "invalid_arguments"
    found = {path.name: path.read_bytes() for path in (ended.folder / "down").iterdir()}
    assert found == {
        "shown.txt": b"kept", "named.txt": b"kept", "table.csv": b"a;b", "named.bin": b"later"
    }  # fmt: skip


def test_what_waits_for_an_answer_ends_with_its_window(run_app: RunApp) -> None:
    python = """
    from pytron import Event
    app = App("Test", frontend="page", ephemeral=True)

    @app.asset("table.csv")
    def table() -> bytes:
        return b"a;b"

    @app.on_start
    def ready() -> None:
        @app.downloads.on_started
        def started(event: Event) -> None:
            app.emit("waits", event.data["file"])

    @app.expose
    def begin(script: str) -> None:
        app.open_window("second", url="/second.html")

    @app.expose
    def listens() -> None:
        pass  # what the page has sent before is known by now

    @app.expose
    def close() -> None:
        app.window("second").close(force=True)
    """
    second = """<!doctype html><script type="module">
    import pytron from "/_pytron/client.js";
    const save = (href, download) =>
      Object.assign(document.createElement("a"), { href, download }).click();
    await pytron.ready;
    const stop = pytron.on("waits", () => { stop(); save("/table.csv", ""); });
    await pytron.listens();  // a download takes another way than the page's messages
    save(URL.createObjectURL(new Blob(["x"])), "blob.txt");
    </script>"""
    page = """
    const waiting = [];
    const both = new Promise((done) => pytron.on("waits", (file) => waiting.push(file) === 2 && done()));
    const errors = [];
    const ended = new Promise((done) =>
      pytron.on("download.failed", ({ error }) => errors.push(error) === 2 && done()));
    await pytron.begin("");
    await both;
    await pytron.close();
    await ended;
    await report([waiting.sort(), errors]);
    """
    ((waiting, errors),) = run_app(page, python, files={"page/second.html": second}).reports
    assert waiting == ["blob.txt", "table.csv"]
    assert errors == ["the window has closed"] * 2


def test_a_page_cancels_what_goes_on_and_nothing_is_left(run_app: RunApp) -> None:
    python = """
    import threading
    from pathlib import Path
    from collections.abc import Iterator

    app = App("Test", frontend="page", ephemeral=True)
    on = threading.Event()

    @app.on_start
    def ready() -> None:
        app.downloads.folder = Path(__file__).parent / "down"

    @app.asset("endless.bin")
    def endless() -> Iterator[bytes]:
        try:
            while not on.wait(0.01):
                yield bytes(1 << 16)
        finally:
            report("no more is read")

    @app.expose
    def left() -> list:
        on.set()
        return [path.name for path in (Path(__file__).parent / "down").iterdir()]
    """
    page = (
        SAVE
        + """
    const end = ended();
    const going = event("download.progress");
    save("/endless.bin");
    const { key } = await going;
    await pytron.services.downloads.cancel(key);
    await report((await end).name);
    await report(await pytron.left());
    await report((await failure(pytron.services.downloads.cancel(key))).code);
    """
    )
    reports = run_app(page, python).reports
    assert [one for one in reports if one != "no more is read"] == ["failed", [], "closed"]


def test_the_user_is_asked_and_may_refuse(run_app: RunApp, tmp_path: Path) -> None:
    page = (
        SAVE
        + f"""
    let end = ended();
    save(blob("kept"), "note.txt");
    await pytron.press("Save file", {str(tmp_path / "mine")!r}, "Return");
    await report((await end).path);
    end = ended();
    save(blob("refused"), "note.txt");
    await pytron.press("Save file", "Escape");
    await report((await end).name);
    """
    )
    reports = run_app(page, PRESS).reports
    assert reports == [str(tmp_path / "mine.txt"), "failed"]
    assert (tmp_path / "mine.txt").read_text() == "kept"


def test_a_handler_decides_and_hears_name_and_size(run_app: RunApp) -> None:
    python = """
    from pathlib import Path
    from pytron import Event
    app = App("Test", frontend="page", ephemeral=True)

    @app.asset("report.csv")
    def sheet() -> bytes:
        return b"a,b"

    @app.on_start
    def ready() -> None:
        @app.downloads.on_started
        async def started(event: Event) -> None:
            report([event.data["file"], event.data["size"], event.data["url"]])
            if event.data["file"] == "report.csv":
                await app.downloads.accept(event.data["key"], Path(__file__).with_name("kept.csv"))
            else:
                await app.downloads.cancel(event.data["key"])
    """
    page = (
        SAVE
        + """
    let end = ended();
    save("/report.csv");
    await report((await end).name);
    end = ended();
    save("data:text/plain,hello", "other.txt");
    await report((await end).name);
    """
    )
    ended = run_app(page, python)
    first, finished, second, failed = ended.reports
    assert (first[:2], first[2].endswith("/report.csv")) == (["report.csv", 3], True)
    assert (finished, second[0], failed) == ("finished", "other.txt", "failed")
    assert (ended.folder / "kept.csv").read_bytes() == b"a,b"
