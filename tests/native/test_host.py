"""The host's life: windows, frames, assets, signals, ends."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from native.desk import DEADLINE_S, Desk, over_the_origin
from pytron_native import Host, HostError, facts


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


def test_malformed_commands_are_refused() -> None:
    host = Host(app_id="dev.pytron.test", name="Test")
    for message in (b"", b"[]", b'{"kind":"fly","window":1}', b'{"kind":"focus"}'):
        with pytest.raises(HostError) as caught:
            host.command(message)
        assert caught.value.code == "protocol"


def test_receive_ends_at_the_time_out() -> None:
    host = Host(app_id="dev.pytron.test", name="Test")
    assert host.receive(0.01) == []


def test_quit_before_run_ends_it_at_once() -> None:
    host = Host(app_id="dev.pytron.test", name="Test")
    host.quit(5)
    assert host.run() == 5
    assert host.receive() == []


def test_every_thread_that_waits_ends_with_quit() -> None:
    host = Host(app_id="dev.pytron.test", name="Test")
    for _ in range(20):
        turning = threading.Barrier(9)

        def wait(turning: threading.Barrier = turning) -> None:
            turning.wait(DEADLINE_S)
            assert host.receive(DEADLINE_S) == []

        def end(turning: threading.Barrier = turning) -> None:
            turning.wait(DEADLINE_S)
            host.quit()

        threads = [threading.Thread(target=wait) for _ in range(8)]
        host.invoke(threading.Thread(target=end).start)
        for thread in threads:
            thread.start()
        started = time.monotonic()
        host.run()
        for thread in threads:
            thread.join()
        assert time.monotonic() - started < DEADLINE_S / 2


def test_run_may_be_called_again(desk: Desk) -> None:
    def scenario(desk: Desk) -> None:
        desk.open()
        assert desk.do("return 1") == 1

    for _ in range(3):
        desk.run(scenario)


def test_the_same_host_runs_again() -> None:
    host = Host(app_id="dev.pytron.test", name="Test")
    for code in (1, 2):
        host.quit(code)
        assert host.run() == code


def test_functions_run_on_the_main_thread(desk: Desk) -> None:
    main = threading.current_thread()
    threads: list[threading.Thread] = []

    def scenario(desk: Desk) -> None:
        desk.host.invoke(lambda: threads.append(threading.current_thread()))
        desk.host.invoke(lambda: 1 / 0)
        message = desk.event("log", level="error")["message"]
        assert "ZeroDivisionError" in message
        assert "test_host.py" in message
        assert threads == [main]

    desk.run(scenario)


def test_other_threads_may_not_make_or_run_a_host() -> None:
    caught: list[HostError] = []

    def make() -> None:
        try:
            Host(app_id="dev.pytron.test", name="Test")
        except HostError as error:
            caught.append(error)

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    assert "main thread" in str(caught[0])


@pytest.fixture
def wakeup() -> Iterator[int]:
    """A descriptor that becomes readable when a signal comes."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    yield reading
    signal.set_wakeup_fd(-1)
    os.close(reading)
    os.close(writing)


def test_ctrl_c_ends_an_idle_loop(wakeup: int) -> None:
    host = Host(app_id="dev.pytron.test", name="Test")
    turning = threading.Event()
    host.invoke(turning.set)

    def interrupt() -> None:
        turning.wait(DEADLINE_S)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        host.run(wakeup)
    thread.join()


def test_ctrl_c_ends_a_function_on_the_main_thread_and_the_loop(wakeup: int) -> None:
    host = Host(app_id="dev.pytron.test", name="Test")
    host.invoke(lambda: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        host.run(wakeup)


def test_without_a_display_the_error_has_the_remedy() -> None:
    source = (
        "import pytron_native as n\n"
        "try: n.Host(app_id='dev.pytron.test', name='Test')\n"
        "except n.HostError as error: print(error.code, '|', error)"
    )
    environment = {**os.environ, "GDK_BACKEND": "x11"}
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        environment.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-c", source], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("unsupported | there is no display")
    assert "xvfb-run" in done.stdout


def test_unknown_transport_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTRON_TRANSPORT", "pigeon")
    with pytest.raises(HostError, match=r"pigeon.*extension, reply or evaluate"):
        Host(app_id="dev.pytron.test", name="Test")


def test_facts_need_no_display() -> None:
    assert facts()["engine"] == "webkitgtk"
    assert facts()["version"]
