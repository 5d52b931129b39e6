"""Everything that the contract with users names, used once, in a real window, in its own words."""

from __future__ import annotations

from e2e.driver import RunApp

PYTHON = """
import asyncio, os, sqlite3, time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import current_thread, main_thread
from typing import Annotated, Any

@dataclass
class Item:
    text: str
    done: bool = False

@dataclass
class Notes:
    count: int = 0
    items: list[Item] = field(default_factory=list)

@dataclass
class Hit:
    at: int
    text: str

app = App(
    "Notes", state=Notes, frontend="page", width=900, height=600, ephemeral=True,
    executors={"serial": 1, "mine": ThreadPoolExecutor(2, "mine")},
    loop_factory=asyncio.new_event_loop,
)

@app.expose
def add(a: int, b: int) -> int:
    return a + b

@app.expose()
async def search(text: str) -> list[Hit]:
    pytron.current().progress(1, 2, "half")
    await asyncio.sleep(0)
    return [Hit(3, text)]

@app.expose
async def tail(name: str) -> AsyncIterator[Hit]:
    for number in range(200):
        yield Hit(number, name)

@app.expose
def lines(count: int) -> Iterator[str]:
    yield from map(str, range(count))

@app.expose(name="files.read", windows=["main"], timeout_s=30, executor="process")
def read(name: str) -> bytes:
    return f"{name} in {os.getpid()}".encode()

@app.expose
def pid() -> int:
    return os.getpid()

def where() -> str:
    return "main" if current_thread() is main_thread() else current_thread().name

for place in ("thread", "loop", "main", "serial", "mine"):
    app.expose(where, name=f"where.{place}", executor=place)

@app.expose(executor="process")
def touch_state() -> None:
    app.state.count = 99

class Journal:
    def __init__(self) -> None:
        self.lines: list[str] = []

    @pytron.expose
    def write(self, line: str) -> int:
        self.lines.append(line)
        return len(self.lines)

    def wipe(self) -> None:
        self.lines.clear()

journal = app.expose(Journal())
app.expose(journal.wipe, name="wiped")  # a bound method

notes = pytron.Api("notes")

@notes.expose
def rename(id: int, title: str) -> str:
    return f"{id}: {title}"

app.include(notes)

@app.on("saved")
def saved(event: pytron.Event) -> None:
    with app.transaction():
        app.state.count += event.data["id"]
        app.state.items.append(Item("from an event"))
    app.emit("saved.too", {"id": event.data["id"], "window": event.window})

subscribed: list[int] = []
app.subscribe("count", subscribed.append)

@app.expose
def facts() -> dict[str, Any]:
    call = pytron.current()
    window = app.window("main")
    bounds = window.bounds().result(timeout_s=5)
    stop = window.on("moved", print)
    stop()
    return {
        "label": call.window.label, "name": call.name, "cancelled": call.cancelled,
        "remaining": call.remaining_s, "size": [bounds["width"], bounds["height"]],
        "can": bool(app.can("window.screenshot")), "cannot": app.can("tea.brew").reason != "",
        "subscribed": subscribed, "windows": [w.label for w in app.windows],
    }

@app.expose
async def asked() -> str:
    return await app.window("main").url()

@app.expose
def collide() -> list[str]:
    said = []
    other = App("Other")
    for name in ("ready", "call", "on", "emit", "state", "subscribe", "update", "window", "services", "then", "toJSON"):
        try:
            other.expose(print, name=name)
        except pytron.ConfigError as error:
            said.append(error.code)
    return said

@app.expose
def own_error() -> None:
    raise pytron.CallError("the account is locked", code="locked", data={"until": 5})

started = []
app.on_start(lambda: started.append("start"))

@app.expose
def begun() -> list[str]:
    return started
"""

PAGE = """
await pytron.ready;
const { api, withOptions } = await import("/_pytron/client.js");
const rows = {};
rows.add = [await pytron.add(1, 2), await api.add(1, 2)];
const progress = [];
const controller = new AbortController();
const onProgress = (...seen) => progress.push(seen);
rows.search = await withOptions({ signal: controller.signal, timeoutMs: 20_000, onProgress }).search("x");
rows.progress = progress;
rows.call = [
  await pytron.call("add", { a: 1, b: 2 }, { timeoutMs: 20_000 }),
  await pytron.call("add", [3, 4]),
];
let sum = 0;
for await (const line of pytron.tail("log.txt")) sum += line.at;
const strings = [];
for await (const line of pytron.lines(3)) strings.push(line);
rows.streams = [sum, strings];
const text = new TextDecoder().decode(await pytron.files.read("a"));
rows.process = [text.startsWith("a in "), text !== `a in ${await pytron.pid()}`];
rows.where = {};
for (const place of ["thread", "loop", "main", "serial", "mine"]) rows.where[place] = await pytron.where[place]();
rows.touch = (await failure(pytron.touch_state())).code;
rows.instances = [await pytron.journal.write("a"), await pytron.journal.write("b"), await pytron.wiped(), await pytron.journal.write("c")];
rows.walked = (await failure(pytron.journal.wipe())).code;
rows.api = await pytron.notes.rename(1, "x");

const heard = event("saved.too");
const stop = pytron.on("saved.*", () => {});
pytron.emit("saved", { id: 3 });
rows.event = await heard;
stop();

const done = [];
const unsubscribe = pytron.subscribe("items.0.done", (value) => done.push(value));
rows.state = [pytron.state.count, pytron.state.items[0].text];
pytron.state.items[0].done = true;
pytron.state.count = 5;
await pytron.update((s) => { s.count += 1; });
rows.updated = [pytron.state.count, done];
unsubscribe();
rows.facts = await pytron.facts();
rows.asked = await pytron.asked();

rows.proxies = [pytron.then, pytron.toJSON, api.add.then, pytron.notes.toJSON, api[Symbol.iterator]].map(String);
rows.unknown = (await failure(pytron.nothing.at.all())).code;
rows.misuse = [(await failure(pytron.lines(1))).code];
try { for await (const _ of pytron.add(1, 2)); } catch (error) { rows.misuse.push(error.code); }
const abort = new AbortController();
const aborted = withOptions({ signal: abort.signal }).search("y");
abort.abort(new Error("left"));
rows.abort = (await failure(aborted)).message;
try { await pytron.own_error(); } catch (error) { rows.error = [error.name, error.code, error.data]; }
rows.reserved = await pytron.collide();
rows.begun = await pytron.begun();
report(rows);
"""


def test_everything_that_is_promised_is_there(run_app: RunApp) -> None:
    [rows] = run_app(PAGE, PYTHON, deadline_s=60).reports
    where = rows.pop("where")
    assert where["main"] == "main"
    assert where["mine"].startswith("mine")
    assert len({where[place] for place in ("thread", "loop", "main", "serial", "mine")}) == 5
    facts = rows.pop("facts")
    assert facts.pop("size") == [900, 600]
    assert rows == {
        "add": [3, 3],
        "search": [{"at": 3, "text": "x"}],
        "progress": [[1, 2, "half"]],
        "call": [3, 7],
        "streams": [sum(range(200)), ["0", "1", "2"]],
        "process": [True, True],
        "touch": "not_allowed",
        "instances": [1, 2, None, 1],
        "walked": "unknown_function",
        "api": "1: x",
        "event": {"id": 3, "window": "main"},
        "state": [3, "from an event"],
        "updated": [6, [True]],
        "asked": "pytron://localhost/",
        "proxies": ["undefined"] * 5,
        "unknown": "unknown_function",
        "misuse": ["is_stream", "not_stream"],
        "abort": "left",
        "error": ["CallError", "locked", {"until": 5}],
        "reserved": ["config"] * 11,
        "begun": ["start"],
    }
    assert facts == {
        "label": "main",
        "name": "facts",
        "cancelled": False,
        "remaining": None,
        "can": True,
        "cannot": True,
        "subscribed": [3, 5, 6],
        "windows": ["main"],
    }
