"""Every error code that Python sends, caused for real: by calls of a page, not by raising it.

tests/architecture/test_codes.py compares this table, and the client's, with spec/ipc.md.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytron import App, Upload, protocol
from pytron.dispatcher import session as sessions
from pytron.protocol import limits
from pytron.testing import Blob, RemoteError, TestClient
from sleeping import BIG, asleep
from waiting import Gate

AppOf = App[Any]
#: Limits that can be reached without waiting long.
LITTLE = {"pending": 50, "frame": 10_000}


def error_of(page: TestClient, name: str, *arguments: Any) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        page.call(name, *arguments)
    return caught.value


def answer_of(page: TestClient, *messages: dict[str, Any]) -> RemoteError:
    """The error without an id that messages no client would send are answered with."""
    page.send(*messages)
    return page.wait_for_fault()


def protocol_(app: AppOf) -> RemoteError:
    with TestClient(app) as page:
        return answer_of(page, {"kind": "no such kind"})


def version(app: AppOf) -> RemoteError:
    with TestClient(app) as page:
        return answer_of(page, {"kind": "hello", "version": 2, "session": "s" * 20, "client": "9"})


def too_large(app: AppOf) -> RemoteError:
    with TestClient(app) as page:
        page.send_text(b'[{"kind":"log","level":"info","message":"%b"}]' % (b"x" * LITTLE["frame"]))
        return page.wait_for_fault()


def too_deep(app: AppOf) -> RemoteError:
    with TestClient(app) as page:
        page.send_text(b"[" * 129 + b"]" * 129)
        return page.wait_for_fault()


def unknown_function(app: AppOf) -> RemoteError:
    with TestClient(app) as page:
        return error_of(page, "nothing")


def not_allowed(app: AppOf) -> RemoteError:
    app.expose(windows=["other"], name="secret")(lambda: None)
    with TestClient(app) as page:
        return error_of(page, "secret")


def invalid_arguments(app: AppOf) -> RemoteError:
    @app.expose
    def half(number: int) -> float:
        return number / 2

    with TestClient(app) as page:
        return error_of(page, "half", "four")


def exception(app: AppOf) -> RemoteError:
    @app.expose
    def divide(a: int, b: int) -> float:
        return a / b

    with TestClient(app) as page:
        return error_of(page, "divide", 1, 0)


def encode_failed(app: AppOf) -> RemoteError:
    app.expose(name="infinite")(lambda: float("inf"))
    with TestClient(app) as page:
        return error_of(page, "infinite")


def timeout(app: AppOf) -> RemoteError:
    @app.expose(timeout_s=0.02)
    async def sleep() -> None:
        await asyncio.Event().wait()

    with TestClient(app) as page:
        return error_of(page, "sleep")


def cancelled(app: AppOf) -> RemoteError:
    @app.expose
    async def sleep() -> None:
        begun.set()
        await asyncio.Event().wait()

    begun = Gate()
    with TestClient(app) as page:
        call = page.start("sleep")
        begun.pass_through()
        page.cancel(call)
        with pytest.raises(RemoteError) as caught:
            page.result(call)
        return caught.value


def busy(app: AppOf) -> RemoteError:
    gate = threading.Event()
    app.expose(gate.wait, name="wait")
    with TestClient(app) as page:
        for _ in range(LITTLE["pending"]):
            page.start("wait")
        try:
            return error_of(page, "wait")
        finally:
            gate.set()


def worker_died(app: AppOf) -> RemoteError:
    del app  # a worker imports the file that the app is in
    source = f"""
        import os, signal
        from pytron import App
        from pytron.testing import RemoteError, TestClient

        app = App("test", ephemeral=True)

        @app.expose(executor="process")
        def die() -> None:
            os.kill(os.getpid(), {int(signal.SIGTERM)})

        if __name__ == "__main__":
            with TestClient(app, timeout_s=60) as page:
                try:
                    page.call("die")
                except RemoteError as error:
                    print(error.code)
    """
    file = Path(os.environ["PYTRON_TEST_FOLDER"]) / "app.py"
    file.write_text(textwrap.dedent(source), "utf-8")
    done = subprocess.run(
        [sys.executable, str(file)], capture_output=True, text=True, timeout=120, check=False
    )
    return RemoteError({"name": "", "message": done.stderr, "code": done.stdout.strip()})


def closed(app: AppOf) -> RemoteError:
    kept: list[Upload] = []
    app.expose(kept.append, name="keep")

    @app.expose
    def keep_it(file: Upload) -> None:
        kept.append(file)

    @app.expose
    def read_it() -> bytes:
        return kept[0].read()

    with TestClient(app) as page:
        page.call("keep_it", Blob(b"x"))
        return error_of(page, "read_it")


def unreadable(app: AppOf) -> RemoteError:
    @app.expose
    def read(file: Upload) -> bytes:
        return file.read()

    with TestClient(app) as page:
        return error_of(page, "read", Blob(b"x", problem="NotReadableError"))


def conflict(app: AppOf) -> RemoteError:
    app.state.n = 0
    with TestClient(app) as page:
        app.state.n = 1
        with pytest.raises(RemoteError) as caught:
            page.change([{"op": "set", "path": ["n"], "value": 2}], base=0)
        return caught.value


def invalid_change(app: AppOf) -> RemoteError:
    with TestClient(app) as page, pytest.raises(RemoteError) as caught:
        page.change([{"op": "delete", "path": ["nothing"]}])
    return caught.value


def backpressure(app: AppOf) -> RemoteError:
    with asleep(app) as page:
        app.open_window("second")
        page.fill(app)
        second = type(page)(app, page.engine, "second")
        second.send({"kind": "event", "name": "big", "data": BIG, "to": "main"})
        [error] = [m for m in second.read_until("error") if m["kind"] == "error"]
        return RemoteError(error["error"])


def unsupported(app: AppOf) -> RemoteError:
    @app.expose
    def picture() -> str:
        return app.window("main").screenshot("x.png").result()

    with TestClient(app) as page:
        return error_of(page, "picture")


#: Each code that Python sends, and what makes it.
CAUSES: dict[str, Callable[[AppOf], RemoteError]] = {
    "protocol": protocol_,
    **{
        cause.__name__: cause
        for cause in (
            version, too_large, too_deep, unknown_function, not_allowed, invalid_arguments,
            exception, encode_failed, timeout, cancelled, busy, worker_died, closed, unreadable,
            conflict, invalid_change, backpressure, unsupported,
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("code", CAUSES)
def test_code_is_caused(
    code: str, app: AppOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTRON_TEST_FOLDER", str(tmp_path))
    for limit, value in LITTLE.items():
        monkeypatch.setitem(protocol.LIMITS, limit, value)  # type: ignore[arg-type]
    for module in (limits, sessions.protocol, protocol):
        monkeypatch.setattr(module, "QUEUE_BYTES", 10_000)
    error = CAUSES[code](app)
    assert error.code == code, str(error)
    assert code == "worker_died" or str(error)
