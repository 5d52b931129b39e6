"""An app in a process of its own, whose windows a test drives."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import count
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from threading import Condition, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, cast

from pytron import codec
from pytron.errors import PytronError

if TYPE_CHECKING:
    from pytron.testing.windows import DrivenWindow

#: How long an app may take to end by itself.
_END_TIMEOUT_S: Final = 15.0
_OUTPUT_CHARACTERS: Final = 20_000
#: What Chromium says once its debugger can be reached.
_LISTENING: Final = re.compile(r"DevTools listening on (ws://\S+)")


class DriveError(PytronError, AssertionError):
    """Something in a window did not come about; as an assertion, so that tests fail by it."""

    default_code = "timeout"


class DrivenApp:
    """An app that was started as users start it, in a process of its own, to be driven by a test.

    ```python
    with DrivenApp("app.py") as app:
        app.window().by_role("button", "Add").click()
    ```
    """

    def __init__(
        self,
        target: str | Path | None = None,
        *,
        engine: str | None = None,
        arguments: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        folder: str | Path | None = None,
        launcher: Sequence[str] = (),
        debugging: bool = False,
        timeout_s: float = 30.0,
    ) -> None:
        """Describe the run; it begins with the `with` block.

        Args:
            target: as for `pytron run`: a file, a folder, `module:name`; by default the app that
                `[tool.pytron]` names, or app.py in `folder`.
            engine: the engine that shows it; by default the app's own.
            arguments: the app's own arguments.
            environment: variables beside those of this process. What the app keeps (state, cookies,
                bounds, what is in `app.folders`) is in a folder of the run's own, unless
                PYTRON_DATA_FOLDER is among them.
            folder: where it runs; by default the present one.
            launcher: words before the command that starts it, such as `xvfb-run -a`.
            debugging: open the debugging port of the chrome engine, for `debugger`.
            timeout_s: how long a wait may take before it fails.
        """
        self._command = [*launcher, sys.executable, "-m", "pytron", "run"]
        if engine is not None:
            self._command += ["--engine", engine]
        if target is not None or arguments:
            self._command += [str(target or "."), *arguments]
        if engine == "headless":
            raise DriveError(
                "the headless engine shows no page that could be driven; test it with TestClient, "
                "or name an engine with windows",
                code="engine",
            )
        self._environment = dict(environment or {})
        if debugging:
            self._environment["PYTRON_DEBUG_PORT"] = "0"
        self._folder = None if folder is None else str(folder)
        self.timeout_s = timeout_s
        self._serial = count(1)
        self._answers: dict[int, Mapping[str, Any] | None] = {}
        self._changed = Condition()
        self._ended = False
        self._written = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._test: Connection | None = None

    def __enter__(self) -> DrivenApp:
        """Start it, and wait until it has joined this test.

        Raises:
            DriveError: it ended or did not come; the message has what it wrote.
        """
        key = secrets.token_bytes(32)
        self._output = tempfile.TemporaryFile()
        listener = self._listener = Listener(authkey=key)
        self._kept = tempfile.TemporaryDirectory(prefix="pytron-kept-", ignore_cleanup_errors=True)
        environment = {
            **os.environ,
            "PYTRON_DATA_FOLDER": self._kept.name,
            **self._environment,
            "PYTRON_DRIVER": str(listener.address),
            "PYTRON_DRIVER_KEY": key.hex(),
            "PYTHONUNBUFFERED": "1",
        }
        self._process = subprocess.Popen(
            self._command,
            cwd=self._folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )
        self._reader = Thread(target=self._join, name="pytron-test-driver", daemon=True)
        self._reader.start()
        try:
            self._wait(lambda: self._test is not None, "the app did not start")
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        """End it."""
        self._end()

    @property
    def output(self) -> str:
        """What it has written so far, to both of its streams."""
        if self._output.closed:
            return self._written
        self._output.seek(0)
        return self._output.read().decode(errors="replace")[-_OUTPUT_CHARACTERS:]

    @property
    def exit_code(self) -> int | None:
        """Its exit code, once it has ended."""
        return None if self._process is None else self._process.poll()

    def wait(self) -> int:
        """Wait until it ends by itself; its exit code.

        Raises:
            DriveError: it does not end in time.
        """
        assert self._process is not None
        try:
            return self._process.wait(self.timeout_s)
        except subprocess.TimeoutExpired:
            raise DriveError(f"the app has not ended in {self.timeout_s:g} s") from None

    def window(self, label: str = "main") -> DrivenWindow:
        """The window of that label; it need not be open yet."""
        from pytron.testing.windows import DrivenWindow

        return DrivenWindow(self, label)

    @property
    def windows(self) -> list[str]:
        """The labels of the open windows."""
        return cast("list[str]", self.order("windows"))

    @property
    def state(self) -> Any:
        """`app.state` as plain data, as it is now."""
        return self.order("state")

    @property
    def debugger(self) -> str:
        """The address of Chromium's debugger, for Playwright's `connect_over_cdp`.

        It waits until the first window has its page.

        Raises:
            DriveError: the app was started without `debugging`, or not on the chrome engine.
        """
        if "PYTRON_DEBUG_PORT" not in self._environment:
            raise DriveError("no debugger was asked for; start the app with debugging=True")
        assert self.window().url  # before it has loaded, a debugger would stop it
        found = _LISTENING.search(self.output)
        if found is None:
            raise DriveError("the app has no debugger; only the chrome engine has one")
        return found[1]

    def emit(self, name: str, data: object = None) -> None:
        """Emit an event as the app's Python does."""
        self.order("emit", name=name, data=data)

    def order(self, what: str, *, timeout_s: float | None = None, **fields: Any) -> Any:
        """Give an order to the app and wait for its answer. For windows of this package.

        Raises:
            DriveError: it cannot be carried out, or the app has ended.
        """
        identity = next(self._serial)
        with self._changed:
            self._answers[identity] = None
            if self._test is None or self._ended:
                raise self._gone()
            self._test.send_bytes(codec.encode_plain({"id": identity, "do": what, **fields}))
        try:
            self._wait(
                lambda: self._answers[identity] is not None,
                f"no answer to {what!r}",
                timeout_s,
            )
            answer = self._answers[identity]
        finally:
            del self._answers[identity]
        assert answer is not None
        if "error" in answer:
            raise DriveError(str(answer["error"]))
        if answer.get("gone"):
            raise PageGone("the page was left before it answered")
        return answer["value"]

    def _join(self) -> None:
        try:
            connection = self._listener.accept()
        except Exception:  # noqa: BLE001 - closed, or somebody without the key: it did not start
            return
        with self._changed:
            self._test = connection
            self._changed.notify_all()
        try:
            while True:
                answer = codec.decode(connection.recv_bytes())
                with self._changed:
                    if answer["id"] in self._answers:
                        self._answers[answer["id"]] = answer
                    self._changed.notify_all()
        except (EOFError, OSError):
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _wait(self, done: Any, what: str, timeout_s: float | None = None) -> None:
        end = monotonic() + (self.timeout_s if timeout_s is None else timeout_s)
        assert self._process is not None
        with self._changed:
            while not done():
                if self._ended or self._process.poll() is not None:
                    raise self._gone()
                left = end - monotonic()
                if left <= 0:
                    raise DriveError(f"{what} in {self.timeout_s:g} s; it wrote:\n{self.output}")
                self._changed.wait(min(left, 0.2))  # the process may end without a word

    def _gone(self) -> DriveError:
        code = self.exit_code
        how = "has ended" if code is None else f"has ended with exit code {code}"
        return DriveError(f"the app {how}; it wrote:\n{self.output}", code="closed")

    def _end(self) -> None:
        process = self._process
        if process is None:
            return
        if self._test is not None:
            with self._changed, suppress(OSError):  # it may have ended by itself
                self._test.send_bytes(codec.encode_plain({"id": 0, "do": "quit"}))
        try:
            process.wait(_END_TIMEOUT_S if self._test is not None else 0.1)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._listener.close()
        self._written = self.output
        self._output.close()
        self._kept.cleanup()
        if self._test is not None:
            self._reader.join(_END_TIMEOUT_S)  # the end of the app is the end of the connection
            self._test.close()


class PageGone(DriveError):
    """A page was left while it was to answer; what waits for something asks the next one."""
