"""What is special about the chrome engine: its sandbox, its process, its files, its permissions."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest
from e2e.driver import RunApp

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

#: Finds the processes below this app's, by what their command lines say.
PROCESSES = """
import os, signal
from pathlib import Path

def processes(word: str) -> list[int]:
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
    def ours(pid):
        while pid > 1:
            pid = parents.get(pid, 0)
            if pid == os.getpid():
                return True
        return False
    return [pid for pid in parents if ours(pid) and word in command_line(pid)]

def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\\0", b" ").decode()
    except OSError:
        return ""
"""

LOOK = (
    PROCESSES
    + """
app = App("Test", frontend="page", ephemeral=True)

@app.expose
def renderers() -> list:
    found = []
    for pid in processes("--type=renderer"):
        status = Path(f"/proc/{pid}/status").read_text()
        fields = dict(line.split(":", 1) for line in status.splitlines())
        found.append([int(fields["Seccomp"]), int(fields["NoNewPrivs"])])
    return found

@app.expose
def commands() -> list:
    return [command_line(pid) for pid in processes("")]

@app.expose
def user() -> int:
    return os.getuid()

@app.expose
def leaks() -> list:
    link = os.environ.get("PYTRON_LINK")
    held = []
    for pid in processes("--type="):
        for name in Path(f"/proc/{pid}/environ").read_bytes().split(b"\\0"):
            if name.startswith((b"PYTRON_LINK=", b"ELECTRON_RUN_AS_NODE=", b"NODE_OPTIONS=")):
                held.append(name.decode())
    return [link, held]
"""
)


def test_pages_are_sandboxed_and_nobody_is_root(run_app: RunApp) -> None:
    page = """
    report(await pytron.user() > 0);
    const found = await pytron.renderers();
    report([found.length > 0, found.every(([seccomp, nonew]) => seccomp === 2 && nonew === 1)]);
    report((await pytron.commands()).some((line) => line.includes("no-sandbox")));
    """
    assert run_app(page, LOOK).reports == [True, [True, True], False]


def test_pages_have_no_node_and_no_way_to_the_host(run_app: RunApp) -> None:
    page = """
    report([typeof require, typeof process, typeof module, typeof Buffer, typeof global, typeof __dirname]);
    report(Object.getOwnPropertyDescriptor(window, "__pytron__").writable);
    report(Object.keys(window).includes("__pytron__"));
    """
    assert run_app(page).reports == [["undefined"] * 6, False, False]


def test_variables_that_turn_electron_into_node_do_not_reach_it(run_app: RunApp) -> None:
    page = "report(await pytron.leaks());"
    environment = {"ELECTRON_RUN_AS_NODE": "1", "NODE_OPTIONS": "--require /nothing.js"}
    assert run_app(page, LOOK, environment=environment).reports == [[None, []]]


def test_the_command_line_holds_no_secret(run_app: RunApp) -> None:
    page = """
    report((await pytron.commands()).filter((line) => /[0-9a-f]{24}|token|secret/i.test(line.replace(/--type.*/, ""))));
    """
    assert run_app(page, LOOK).reports == [[]]


PERMISSIONS = """
report(["notifications", await Notification.requestPermission()]);
report(["geolocation", (await navigator.permissions.query({ name: "geolocation" })).state]);
report(["clipboard-read", (await navigator.permissions.query({ name: "clipboard-read" })).state]);
"""


def test_permissions_are_refused_unless_the_app_grants_them(run_app: RunApp) -> None:
    refused = run_app(PERMISSIONS).reports
    assert refused == [
        ["notifications", "denied"],
        ["geolocation", "denied"],
        ["clipboard-read", "denied"],
    ]
    granting = """
    app = App("Test", frontend="page", ephemeral=True, permissions=["notifications", "clipboard-read"])
    """
    assert run_app(PERMISSIONS, granting).reports == [
        ["notifications", "granted"],
        ["geolocation", "denied"],
        ["clipboard-read", "granted"],
    ]


DYING = (
    PROCESSES
    + """
app = App("Test", state={"starts": 0}, frontend="page", ephemeral=True)

@app.expose
def started() -> int:
    app.state.starts += 1
    return app.state.starts

@app.expose
def die() -> None:
    for pid in processes("--type=renderer"):
        os.kill(pid, signal.SIGKILL)

@app.expose
def stop_host() -> None:
    (host,) = [pid for pid in processes("_bundled/electron") if "--type" not in command_line(pid)]
    os.kill(host, signal.SIGKILL)

@app.on("window.crashed")
def crashed(event):
    report(["crashed", event.data["reason"]])
"""
)


def test_a_page_that_was_killed_is_loaded_again_with_its_state(run_app: RunApp) -> None:
    page = """
    const starts = await pytron.started();
    if (starts === 1) { await pytron.die(); await new Promise(() => {}); }
    report([starts, pytron.state.starts]);
    """
    reports = run_app(page, DYING, deadline_s=60).reports
    assert reports == [["crashed", "killed"], [2, 2]]


def test_an_app_whose_electron_was_killed_says_so_and_ends(run_app: RunApp) -> None:
    page = "await pytron.stop_host(); await new Promise(() => {});"
    ended = run_app(page, DYING, finish=False, code=1)
    assert "the chrome engine has gone" in ended.log
    assert "SIGKILL" in ended.log


LARGE = """
from pathlib import Path
app = App("Test", frontend="page", ephemeral=True)
app_files = []

@app.expose
def give(size: int) -> bytes:
    return bytes(range(256)) * (size // 256)

@app.expose
def take(first: bytes, second: bytes) -> list:
    return [len(first), len(second), first[:3].hex(), bytes(second[-3:]).hex()]

@app.expose
def files() -> list:
    from pytron.platforms import memory_folder
    folders = [path for path in memory_folder().glob("pytron-pages-*") if path.owner() == Path(__file__).owner()]
    return [[oct(folder.stat().st_mode & 0o777), sorted(path.name for path in folder.iterdir())] for folder in folders]
"""


def test_large_binary_goes_by_files_that_do_not_stay(run_app: RunApp) -> None:
    page = """
    const big = new Uint8Array(await pytron.give(5 << 20));
    report([big.length, big.every((byte, at) => byte === at % 256)]);
    report(await pytron.take(big, big.subarray(3 << 20, (3 << 20) + 700003)));
    report(await pytron.take(big.subarray(1, 4), new Uint8Array([7, 8, 9])));
    const parts = await Promise.all([pytron.give(2 << 20), pytron.give(256), pytron.give(3 << 20)]);
    report(parts.map((part) => part.byteLength));
    let left;
    do left = await pytron.files(); // the host removes them beside what it passes on
    while (left.some(([, names]) => names.length > 1));
    report(left);
    """
    size = 5 << 20
    assert run_app(page, LARGE).reports == [
        [size, True],
        [size, 700003, "000102", f"{700000 % 256:02x}{700001 % 256:02x}{700002 % 256:02x}"],
        [3, 3, "010203", "070809"],
        [2 << 20, 256, 3 << 20],
        [["0o700", ["lock"]]],
    ]


KEPT = """
app = App("Test", app_id="kept", frontend="page")
"""


def test_storage_of_pages_is_kept_between_runs_unless_ephemeral(run_app: RunApp) -> None:
    page = """
    const before = localStorage.getItem("kept");
    localStorage.setItem("kept", "yes");
    report(before);
    """
    with tempfile.TemporaryDirectory(prefix="pytron-kept-") as home:
        Path(home).chmod(0o777)
        environment = {"XDG_DATA_HOME": home}
        assert run_app(page, KEPT, environment=environment).reports == [None]
        assert run_app(page, KEPT, environment=environment).reports == ["yes"]
        assert run_app(page, environment=environment).reports == [None]


def test_foreign_frames_and_windows_are_refused(run_app: RunApp) -> None:
    page = """
    const opened = window.open("https://example.invalid/");
    location.href = "https://example.invalid/";
    await pytron.there();
    report([opened === null, location.origin === "null" ? location.protocol : location.origin]);
    """
    python = """
    app = App("Test", frontend="page", ephemeral=True)
    seen = []

    @app.expose
    def there() -> None:
        pass

    @app.on("window.external")
    def external(event):
        seen.append(event.data["url"])
        if len(seen) == 2:
            report(seen)
    """
    reports = run_app(page, python).reports
    assert ["https://example.invalid/", "https://example.invalid/"] in reports
    assert [True, "pytron://localhost"] in reports or [True, "pytron:"] in reports
