"""The host's life: commands, threads, signals, ends."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from native.desk import DEADLINE_S, Desk
from pytron_native import Host, HostError, facts


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
