"""An app to attack, plain and sealed, and the attackers' programs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytron.packager.display import display

linux_only = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None, reason="attacks of Linux, built by cc"
)

NEEDLE = "SECRET-NAMES-4f7a1c"
PAGE_NEEDLE = "SECRET-PAGE-99d1"
STRANGER = 65534
DEADLINE_S = 90
APP = f"""
import ctypes
import heapq
import importlib.resources
import multiprocessing
import os
import resource
import socket
import ssl
import sys
import time

try:
    import optional_extra
except ImportError:
    optional_extra = None
from pytron import App

SECRET = "{NEEDLE}"
app = App("Attacked", frontend="page", app_id="org.example.attacked")


@app.expose(executor="process")
def square(number: int) -> int:
    return number * number


def waited():
    pass


def late():
    print("ready", flush=True)
    ctypes.CDLL(sys.stdin.readline().strip())
    print("loaded", flush=True)


def parent(count):
    for _ in range(int(count)):
        child = multiprocessing.get_context("spawn").Process(target=waited)
        child.start()
        child.join()
        print("child", child.exitcode, flush=True)


@app.expose
def plays() -> bool:
    return sys.argv[1:2] == ["plays"]


@app.expose
def tell(text: str) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if sys.argv[1:2] == ["ranges"]:
        print(peak, text, flush=True)
        if text == "end":
            app.quit()
    if plays() and text == "played":
        app.quit()
    if sys.argv[1:2] == ["inspected"] and text == "begin":
        with socket.socket() as tried:
            refused = tried.connect_ex(("127.0.0.1", int(sys.argv[2])))
        print("closed" if refused else "open", flush=True)
        app.quit()


def watched(*drivers):
    for driver in drivers:
        ctypes.CDLL(driver)
        time.sleep(1.1)  # code that is loaded later than a second after another is looked at
        importlib.reload(importlib.resources)
    # Two libraries that look for plug-ins of theirs when they are first used.
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if sys.platform == "linux":
        ctypes.CDLL(None).iconv_open(b"EVIL", b"UTF-8")
    page = importlib.resources.files("page").joinpath("index.html").read_text("utf-8")
    held = [page, (SECRET + "!")[:-1]]
    print("ready", len(page), os.environ.get("GTK_PATH"), flush=True)
    sys.stdin.read()
    return held


if __name__ == "__main__":
    if sys.argv[1:2] == ["watched"]:
        raise SystemExit(bool(watched(*sys.argv[2:])) - 1)
    multiprocessing.freeze_support()
    if sys.argv[1:2] == ["late"]:
        raise SystemExit(late())
    if sys.argv[1:2] == ["parent"]:
        raise SystemExit(parent(sys.argv[2]))
    raise SystemExit(app.run())
"""
PAGE = f"""<!doctype html><meta charset="utf-8"><title>Attacked</title><h1>{PAGE_NEEDLE}</h1>
<output id="out"></output><script type="module">
import pytron from "/_pytron/client.js";
document.getElementById("out").textContent = await pytron.square(3);
await pytron.tell("begin");
if (await pytron.plays()) {{
  document.createElement("video").canPlayType("video/ogg");  // looks through all plug-ins
  await pytron.tell("played");
}}
for (const range of ["0-9", "262140-262149", "33554430-33554439", "-10", "67108864-"]) {{
  const answer = await fetch("large.txt", {{headers: {{Range: `bytes=${{range}}`}}}});
  const text = answer.status === 206 ? await answer.text() : "";
  await pytron.tell(JSON.stringify([answer.status, answer.headers.get("Content-Range"), text]));
}}
await pytron.tell("end");
</script>"""
LARGE = 64 << 20


def large() -> bytes:
    """A file whose parts can be told from one another, and that compresses well."""
    return b"".join(b"%07d\n" % line for line in range(LARGE // 8))


@dataclass
class Target:
    folder: Path
    leaks: bool

    @property
    def program(self) -> Path:
        return self.folder / "attacked"

    def copy(self, folder: Path) -> Target:
        shutil.copytree(self.folder, folder, symlinks=True)
        return Target(folder, self.leaks)


@dataclass
class Place:
    """A folder that strangers can enter, with the attackers' programs."""

    folder: Path
    attack: Path
    supervise: Path
    preload: Path
    change: Path
    facts: dict[str, Any]
    plain: Target
    sealed: Target


@pytest.fixture(scope="session")
def place() -> Iterator[Place]:
    from package.conftest import packaged  # which offers these fixtures

    root = Path(tempfile.mkdtemp(prefix="pytron-attack-"))
    root.chmod(0o755)
    try:
        app = root / "app"
        (app / "page").mkdir(parents=True)
        (app / "app.py").write_text(APP, "utf-8")
        (app / "page" / "index.html").write_text(PAGE, "utf-8")
        (app / "page" / "large.txt").write_bytes(large())
        plain = packaged(app, "--no-prove", "--out", str(root / "plain"))
        sealed = packaged(app, "--shield", "--out", str(root / "sealed"))
        here = Path(__file__).parent / "attackers"
        attack, supervise, preload = root / "attack", root / "supervise", root / "preload.so"
        change = root / "change.so"
        cc = ["cc", "-O2", "-o"]
        library = ("-shared", "-fPIC", here / "preload.c")
        subprocess.run([*cc, attack, here / "attack.c"], check=True)
        subprocess.run([*cc, supervise, here / "supervise.c"], check=True)
        subprocess.run([*cc, preload, *library], check=True)
        if os.uname().machine == "x86_64":  # the attack is written in its code
            subprocess.run([*cc, change, "-DCHANGE", *library], check=True)
        if os.geteuid() == 0:  # the attacker is the user whose app it is
            for path in (root / "sealed", root / "plain", attack, supervise, preload):
                subprocess.run(["chown", "-R", f"{STRANGER}:{STRANGER}", path], check=True)
        yield Place(
            root,
            attack,
            supervise,
            preload,
            change,
            sealed.facts,
            Target(plain.results["folder"], leaks=True),
            Target(sealed.results["folder"], leaks=False),
        )
    finally:
        shutil.rmtree(root)


@pytest.fixture(params=["plain", "sealed"])
def target(place: Place, request: pytest.FixtureRequest) -> Target:
    found: Target = getattr(place, request.param)
    return found


@pytest.fixture
def copy(place: Place) -> Iterator[Target]:
    """A sealed package that a test may damage."""
    folder = Path(tempfile.mkdtemp(dir=place.folder))
    folder.chmod(0o755)
    yield place.sealed.copy(folder / "package")
    shutil.rmtree(folder)


def as_stranger(*command: str | Path) -> list[str]:
    words = [str(word) for word in command]
    if os.geteuid() != 0:
        return words
    user = str(STRANGER)
    return ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--", *words]


def run(
    *command: str | Path, stdin: bytes = b"", variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **(variables or {})}
    done = subprocess.run(
        as_stranger(*command),
        env=environment,
        input=stdin,
        capture_output=True,
        timeout=DEADLINE_S,
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def shown(
    *command: str | Path, home: Path, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """The app with its window, on a display of its own, until it ends by itself."""
    (home / "run").mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", f"{STRANGER}:{STRANGER}", home], check=True)
    with display() as screen:
        return subprocess.run(
            as_stranger(*command),
            env={
                **screen,
                "PATH": "/usr/bin:/bin",
                "HOME": str(home),
                "XDG_RUNTIME_DIR": str(home / "run"),
                **(variables or {}),
            },
            cwd=home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
            check=False,
        )


def files_with(folder: Path, text: str) -> list[str]:
    """The names of the files in which a text stands as it is."""
    found = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return [path.name for path in found if text.encode() in path.read_bytes()]


def assert_refused(done: subprocess.CompletedProcess[str], text: str = "", code: int = 3) -> None:
    """One clear line, an exit code of its own, and nothing else."""
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    assert done.stdout == ""
    assert re.fullmatch(r"attacked: [^\n]+\n", done.stderr), done.stderr
    assert text in done.stderr


def waiting(*command: str | Path) -> subprocess.Popen[str]:
    """The app as a stranger starts it, waiting for its input, with its secrets in use."""
    process = subprocess.Popen(
        as_stranger(*command),
        env={"PATH": "/usr/bin:/bin"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("ready")
    return process


@pytest.fixture
def running(target: Target) -> Iterator[int]:
    """The process of the app, waiting."""
    process = waiting(target.program, "watched")
    try:
        yield process.pid
    finally:
        process.communicate("", timeout=DEADLINE_S)


def flip(path: Path, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 1]))
