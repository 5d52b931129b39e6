"""Windows of the host: frames, parts, assets, and what is told of them."""

import json
import os
import signal
import subprocess
import threading
from pathlib import Path

import pytest
from native.desk import DEADLINE_S, Desk, over_the_origin


def test_frames_travel_both_ways(desk: Desk) -> None:
    def scenario(desk: Desk) -> None:
        desk.open()
        assert desk.do("return [1, 'ä\\u0000€', location.origin, isSecureContext]") == [
            1,
            "ä\0€",
            "pytron://localhost",
            True,
        ]

    assert desk.run(scenario) == 0


def test_messages_keep_their_order_and_none_is_lost(desk: Desk) -> None:
    count = 20_000

    def scenario(desk: Desk) -> None:
        desk.open()
        for number in range(count):
            desk.host.send(1, b'{"kind":"event","n":%d}' % number)
        assert desk.do("return seen.map((event) => event.n)") == list(range(count))

    desk.run(scenario)


def test_large_texts_arrive_whole(desk: Desk) -> None:
    def scenario(desk: Desk) -> None:
        desk.open()
        for size in (1_000, 70_000, 3_000_000) * 4:
            text = json.dumps({"kind": "text", "value": "€x" * size}).encode()
            desk.host.send(1, text)
            assert desk.do("const t = seen.pop().value; return [t.length, t.at(-1)]") == [
                2 * size,
                "x",
            ]
            assert desk.do(f"return 'y€'.repeat({size})") == "y€" * size

    desk.run(scenario)


def test_parts_travel_both_ways(desk: Desk) -> None:
    first, second = os.urandom(20_000_000), bytearray(os.urandom(1_000))
    echo = """
      say({ kind: "echo" }, await Promise.all(parts.map(load)));
      say({ kind: "behind" });
    """

    def scenario(desk: Desk) -> None:
        desk.open()
        desk.do(echo, parts=[first, memoryview(second), b""])
        message, parts = desk.frame("echo")
        assert message == {"kind": "echo"}
        assert parts == [first, second, b""]
        desk.frame("behind")

    desk.run(scenario)


@over_the_origin
def test_what_python_sends_stays_in_place(desk: Desk) -> None:
    data = bytearray(1_000_000)

    def scenario(desk: Desk) -> None:
        desk.open()
        desk.host.send(1, b'{"kind":"event"}', [data])
        with pytest.raises(BufferError):
            data.append(0)
        desk.do("return 0")

    desk.run(scenario)


@over_the_origin
def test_parts_are_fetched_in_pieces_and_once(desk: Desk) -> None:
    fetch = """
      const pieces = [];
      for (const [id, size] of parts) {
        const address = __pytron__.origin + "/_pytron/part/" + id, step = 8 << 20;
        for (let from = 0; from < size; from += step) {
          const range = `bytes=${from}-${Math.min(from + step, size) - 1}`;
          const response = await fetch(address, { headers: { range } });
          pieces.push(response.status, (await response.arrayBuffer()).byteLength);
        }
        pieces.push((await fetch(address)).status);
      }
      return pieces;
    """

    def scenario(desk: Desk) -> None:
        desk.open()
        got = desk.do(fetch, parts=[bytes(20_000_000), bytes(1_000)])
        step = 8 << 20
        assert got == [206, step, 206, step, 206, 20_000_000 - 2 * step, 404, 206, 1_000, 404]

    desk.run(scenario)


def test_body_that_is_no_buffer_is_refused(desk: Desk) -> None:
    def scenario(desk: Desk) -> None:
        desk.open()
        with pytest.raises(TypeError):
            desk.host.send(1, b"1", ["text"])

    desk.run(scenario)


def test_windows_are_apart(desk: Desk) -> None:
    def scenario(desk: Desk) -> None:
        desk.open(1)
        desk.open(2)
        assert desk.do("return 'one'", 1) == "one"
        assert desk.do("return 'two'", 2) == "two"
        desk.command("close", window=1)
        desk.event("closed", window=1)
        assert desk.host.send(1, b"1") == -1
        assert desk.host.waiting(1) == -1
        desk.open(3)
        assert desk.do("return 'three'", 3) == "three"
        assert desk.do("return 'two'", 2) == "two"

    desk.run(scenario)


def test_reload_is_a_new_document(desk: Desk) -> None:
    def scenario(desk: Desk) -> None:
        desk.open()
        desk.do("window.mark = 1")
        desk.command("reload", window=1)
        desk.frame("hello")
        assert desk.do("return window.mark ?? null") is None

    desk.run(scenario)


def test_window_obeys_and_tells(desk: Desk, tmp_path: Path) -> None:
    picture = tmp_path / "page.png"

    def scenario(desk: Desk) -> None:
        desk.open(title="First", width=500, height=400)
        assert desk.event("opened", window=1)
        assert desk.event("loaded", window=1)["url"] == "pytron://localhost/"
        desk.command("set", window=1, title="Second", width=640, height=480)
        desk.event("resized", width=640, height=480)
        bounds = desk.query("bounds")
        assert (bounds["width"], bounds["height"]) == (640, 480)
        desk.command("set", window=1, visible=False)
        desk.event("state", visible=False)
        desk.command("focus", window=1)
        desk.event("state", visible=True)
        assert desk.query("url") == "pytron://localhost/"
        assert desk.query("screens")[0]["width"] > 0
        assert desk.query("pixels")["colours"] > 1
        shot = desk.query("screenshot", path=str(picture))
        assert shot["width"] > 0
        assert picture.read_bytes().startswith(b"\x89PNG")

    desk.run(scenario)


def test_hidden_window_stays_hidden(desk: Desk) -> None:
    def scenario(desk: Desk) -> None:
        desk.open(visible=False)
        assert desk.query("state")["visible"] is False
        desk.command("set", window=1, visible=True)
        desk.event("state", visible=True)

    desk.run(scenario)


def test_theme_reaches_the_page(desk: Desk) -> None:
    dark = "return matchMedia('(prefers-color-scheme: dark)').matches"

    def scenario(desk: Desk) -> None:
        desk.open(theme="dark")
        assert desk.query("state")["theme"] == "dark"
        assert desk.do(dark) is True
        desk.command("set", window=1, theme="light")
        desk.event("theme", window=1, theme="light")
        changed = (
            "const q = matchMedia('(prefers-color-scheme: dark)');"
            "while (q.matches) await new Promise((done) => setTimeout(done, 5)); return q.matches"
        )
        assert desk.do(changed) is False

    desk.run(scenario)


def test_prewarmed_window_has_no_history(desk: Desk) -> None:
    def scenario(desk: Desk) -> None:
        desk.open()
        assert desk.do("return history.length") == 1

    desk.run(scenario, prewarm=True)


def test_page_may_ask_to_close(desk: Desk) -> None:
    def scenario(desk: Desk) -> None:
        desk.open()
        for _ in range(2):
            desk.do("window.close()")
            desk.event("closing", window=1)
            assert desk.do("return 'alive'") == "alive"
        desk.command("close", window=1)
        desk.event("closed", window=1)

    desk.run(scenario)


def test_assets_come_from_memory_files_and_streams(desk: Desk, tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(os.urandom(3_000_000))
    read = "return [...new Uint8Array(await (await fetch(%s)).arrayBuffer())]"

    def answer(request: int, path: str) -> bool:
        host = desk.host
        if path == "/file":
            host.answer_file(request, 206, [("content-type", "x/y")], str(large), 10, 5)
        elif path == "/large":
            host.answer_file(request, 200, [], str(large), 0, 3_000_000)
        elif path == "/stream":
            descriptor = host.answer_stream(request, 200, [("content-type", "text/plain")])
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(b"streamed")
        else:
            return False
        return True

    def scenario(desk: Desk) -> None:
        desk.open()
        whole = large.read_bytes()
        assert desk.do(read % "'/file'") == list(whole[10:15])
        size = "return (await (await fetch('/large')).arrayBuffer()).byteLength"
        assert desk.do(size) == len(whole)
        assert bytes(desk.do(read % "'/stream'")) == b"streamed"
        missing = "const r = await fetch('/none?x=1'); return [r.status, await r.text()]"
        assert desk.do(missing) == [404, "not here"]
        assert ("GET", "/none?x=1") in [request[:2] for request in desk.requests]

    desk.answer = answer
    desk.run(scenario)


def test_stream_learns_that_the_page_left(desk: Desk) -> None:
    ended = threading.Event()

    def answer(request: int, path: str) -> bool:
        if path != "/endless":
            return False
        descriptor = desk.host.answer_stream(request, 200, [("content-type", "text/plain")])

        def write() -> None:
            with os.fdopen(descriptor, "wb", buffering=0) as stream:
                try:
                    while True:
                        stream.write(b"x" * 8192)
                except BrokenPipeError:
                    ended.set()

        threading.Thread(target=write, daemon=True).start()
        return True

    def scenario(desk: Desk) -> None:
        desk.open()
        desk.do(
            "const c = new AbortController(); const r = await fetch('/endless', c);"
            "await r.body.getReader().read(); c.abort()"
        )
        desk.command("reload", window=1)
        desk.frame("hello")
        assert ended.wait(DEADLINE_S)

    desk.answer = answer
    desk.run(scenario)


def test_stopped_page_costs_only_the_queue(desk: Desk) -> None:
    message = b'{"kind":"event","text":"%s"}' % (b"x" * 1000)

    def scenario(desk: Desk) -> None:
        desk.open()
        process = web_process()
        os.kill(process, signal.SIGSTOP)
        try:
            waiting = [desk.host.send(1, message) for _ in range(20_000)]
            assert waiting[-1] > 15_000_000
            desk.host.discard(1)
            assert desk.host.waiting(1) < 5_000_000
        finally:
            os.kill(process, signal.SIGCONT)
        assert desk.do("return seen.length") < 20_000

    desk.run(scenario)


def test_dead_page_is_told_and_comes_back(desk: Desk) -> None:
    def scenario(desk: Desk) -> None:
        desk.open()
        os.kill(web_process(), signal.SIGKILL)
        assert desk.event("crashed", window=1)["reason"] == "crashed"
        desk.command("reload", window=1)
        desk.frame("hello")
        assert desk.do("return 1") == 1

    desk.run(scenario)


def web_process() -> int:
    """The process that runs this process's pages."""
    listing = subprocess.run(["ps", "-eo", "pid,ppid,comm"], capture_output=True, check=True)
    for line in listing.stdout.decode().splitlines()[1:]:
        number, parent, name = line.split(None, 2)
        if int(parent) == os.getpid() and name.startswith("WebKitWebPro"):
            return int(number)
    raise AssertionError("no web process")
