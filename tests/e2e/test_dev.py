"""`pytron dev`: the app starts anew under a window that lives on."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Generator
from pathlib import Path

import pytest

DEADLINE_S = 40

APP = """
from pytron import App
app = App("Dev", frontend="page", ephemeral=True)

@app.expose
def bump() -> str:
    app.state.n = getattr(app.state, "n", 0) + 1
    return "first"

@app.expose
def tell(text: str) -> None:
    print("page:", text, flush=True)

@app.expose
async def hang() -> None:
    import asyncio
    await asyncio.Event().wait()

@app.expose
def leave() -> None:
    app.quit(7)

if __name__ == "__main__":
    raise SystemExit(app.run())
"""

PAGE = """<!doctype html><meta charset="utf-8"><body style="height: 4000px">
<script type="module">
import pytron from "/_pytron/client.js";
await pytron.ready;
scrollTo(0, 700);
const seen = [];
const watch = async () => {
  try { await pytron.hang(); } catch (error) { seen.push(error.code); watch(); }
};
watch();
let last;
for (;;) {
  let answer;
  try { answer = await pytron.bump(); } catch { continue; }
  if (answer === "leave") pytron.leave();
  if (answer !== last) {
    const first = last === undefined;
    last = answer;
    const fault = document.querySelector("pytron-fault") !== null;
    const n = first ? "" : String(pytron.state.n > window.before);
    await pytron.tell([answer, scrollY, seen.splice(0), fault, n].join(" "));
  }
  window.before = pytron.state.n;
  await new Promise((done) => setTimeout(done, 5));
}
</script>
"""


class Development:
    """A `pytron dev` in a folder of its own."""

    def __init__(self, folder: Path, transport: str) -> None:
        self.file = folder / "app.py"
        self.file.write_text(APP)
        (folder / "page").mkdir()
        (folder / "page" / "index.html").write_text(PAGE)
        variables = {**os.environ, "NO_AT_BRIDGE": "1", "NO_COLOR": "1"}
        if transport:
            variables["PYTRON_TRANSPORT"] = transport
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pytron", "dev", str(self.file)],
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip())
        self._lines.put(None)

    def line(self, part: str) -> str:
        """Wait for a line with this in it."""
        seen: list[str] = []
        while True:
            try:
                line = self._lines.get(timeout=DEADLINE_S)
            except queue.Empty:
                line = None
            assert line is not None, "it did not come: " + part + "\n" + "\n".join(seen)
            seen.append(line)
            if part in line:
                return line

    def change(self, old: str, new: str) -> None:
        """Save the app's file, whole at once as editors do."""
        beside = self.file.with_suffix(".new")
        beside.write_text(self.file.read_text().replace(old, new))
        beside.replace(self.file)

    def children(self) -> list[int]:
        """The processes that it has started, and theirs."""
        found: list[int] = []
        parents = [self.process.pid]
        while parents:
            parent = parents.pop()
            for task in Path(f"/proc/{parent}/task").iterdir():
                text = (task / "children").read_text().split()
                found += map(int, text)
                parents += map(int, text)
        return found


@pytest.fixture(params=["extension", "reply"])
def dev(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Development]:
    made = Development(tmp_path, request.param)
    yield made
    made.process.kill()
    made.process.wait()
    assert made.process.stdout is not None
    made.process.stdout.close()


def test_new_code_answers_under_the_living_window(dev: Development) -> None:
    assert "first 700  false" in dev.line("page:")
    dev.change('"first"', '"second"')
    # The page is the same document where it was scrolled to, its call was rejected, and the state
    # went on counting.
    assert "second 700 restarted false true" in dev.line("page: second")


def test_an_error_is_shown_until_it_is_mended(dev: Development) -> None:
    dev.line("page: first")
    dev.change('"first"', '"second" ]')
    dev.line("SyntaxError in app.py, line 8")
    dev.change('"second" ]', '"third"')
    assert "third 700 restarted false true" in dev.line("page: third")
    dev.change("from pytron import App", "import not_there\nfrom pytron import App")
    dev.line("ModuleNotFoundError: No module named 'not_there'; save the file")
    dev.change("import not_there\n", "")
    dev.change('"third"', '"fourth"')
    assert "false true" in dev.line("page: fourth")


def test_an_app_that_quits_ends_the_development_with_its_code(dev: Development) -> None:
    dev.line("page: first")
    dev.change('"first"', '"leave"')
    assert dev.process.wait(DEADLINE_S) == 7


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGKILL, -signal.SIGKILL)],
)
def test_nothing_is_left_running(dev: Development, number: signal.Signals, code: int) -> None:
    dev.line("page: first")
    watched = [os.pidfd_open(child) for child in dev.children()]
    assert len(watched) >= 3  # the app, the windows, and the page's own process
    dev.process.send_signal(number)
    assert dev.process.wait(DEADLINE_S) == code
    import select

    for process in watched:
        ready, _, _ = select.select([process], [], [], DEADLINE_S)
        os.close(process)
        assert ready
