"""Where functions run."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pytron import App, ConfigError, current
from pytron.dispatcher.executors import serve_frozen_child
from pytron.dispatcher.pool import Pool
from pytron.testing import RemoteError, TestClient
from waiting import Counter, Gate

AppOf = App[Any]


def here() -> str:
    return threading.current_thread().name


async def here_later() -> str:
    return here()


def test_def_runs_on_a_worker_and_async_def_on_the_loop(app: AppOf) -> None:
    app.expose(here)
    app.expose(here_later)
    app.expose(here, name="here_on_loop", executor="loop")
    with TestClient(app) as page:
        assert page.call("here").startswith("pytron-worker-")
        assert page.call("here_later") == "pytron-loop"
        assert page.call("here_on_loop") == "pytron-loop"


def test_loop_factory_makes_the_loop() -> None:
    class OwnLoop(asyncio.SelectorEventLoop):
        pass

    app: AppOf = App("test", ephemeral=True, loop_factory=OwnLoop)

    @app.expose
    async def kind() -> str:
        return type(asyncio.get_running_loop()).__name__

    with TestClient(app) as page:
        assert page.call("kind") == "OwnLoop"


def test_main_runs_where_the_engine_s_main_loop_is(app: AppOf) -> None:
    app.expose(here, executor="main")
    waiting: list[Any] = []
    called = Gate()
    with TestClient(app) as page:
        # The headless engine has no main loop: the test stands in for it.
        def invoke(function: Any) -> None:
            waiting.append(function)
            called.set()

        app._runner.now("test").dispatcher._performer._executors._invoke = invoke
        identity = page.start("here")
        called.pass_through()
        waiting[0]()
        assert page.result(identity) == threading.current_thread().name


def test_number_makes_a_pool_of_so_many_threads() -> None:
    app: AppOf = App("test", ephemeral=True, executors={"db": 1, "disk": 3})
    running, gate = Counter(), Gate()

    @app.expose(executor="disk")
    def disk() -> str:
        running.add()
        gate.pass_through()
        return here()

    app.expose(here, executor="db")
    with TestClient(app) as page:
        calls = [page.start("disk") for _ in range(5)]
        running.reach(3)
        assert page.call("here") == page.call("here") == "pytron-db-1"
        assert running.value == 3
        gate.set()
        assert len({page.result(call) for call in calls}) <= 3


def test_serial_pool_keeps_the_order() -> None:
    app: AppOf = App("test", ephemeral=True, executors={"db": 1})
    seen: list[int] = []

    @app.expose(executor="db")
    def note(n: int) -> None:
        assert current().window.label == "main"
        seen.append(n)

    with TestClient(app) as page:
        calls = [page.start("note", n) for n in range(300)]
        for call in calls:
            page.result(call)
    assert seen == list(range(300))


def test_calls_of_a_pool_can_be_cancelled_before_they_begin() -> None:
    app: AppOf = App("test", ephemeral=True, executors={"db": 1})
    gate, started = Gate(), Gate()
    ran = Counter()

    @app.expose(executor="db")
    def block() -> None:
        started.set()
        gate.pass_through()

    @app.expose(executor="db")
    def count() -> int:
        ran.add()
        return ran.value

    with TestClient(app) as page:
        block_id = page.start("block")
        started.pass_through()
        first = page.start("count")
        page.cancel(first)
        with pytest.raises(RemoteError) as caught:
            page.result(first)
        assert caught.value.code == "cancelled"
        gate.set()
        page.result(block_id)
        assert page.call("count") == 1


def test_executor_of_the_user_s_gets_the_function_itself() -> None:
    given: list[Any] = []

    class Cluster(ThreadPoolExecutor):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            given.append((fn, args, kwargs))
            return super().submit(fn, *args, **kwargs)

    def add(a: int, *, b: int) -> int:
        return a + b

    with Cluster(1) as cluster:
        app: AppOf = App("test", ephemeral=True, executors={"cluster": cluster})
        app.expose(add, executor="cluster")
        with TestClient(app) as page:
            assert page.call("add", a=1, b=2) == 3
        assert given == [(add, (1,), {"b": 2})]
        assert cluster.submit(add, 1, b=1).result() == 2  # it is the user's to shut down


def test_full_executor_of_the_user_s_is_busy() -> None:
    cluster = ThreadPoolExecutor(1)
    cluster.shutdown()
    app: AppOf = App("test", ephemeral=True, executors={"cluster": cluster})
    app.expose(here, executor="cluster")
    with TestClient(app) as page, pytest.raises(RemoteError) as caught:
        page.call("here")
    assert caught.value.code == "busy"


def test_generator_on_an_executor_of_the_user_s_is_refused() -> None:
    with ThreadPoolExecutor(1) as cluster:
        app: AppOf = App("test", ephemeral=True, executors={"cluster": cluster})

        @app.expose(executor="cluster")
        def numbers() -> Any:
            yield 1

        with TestClient(app) as page, pytest.raises(RemoteError, match="generator") as caught:
            page.call("numbers")
        assert caught.value.code == "unsupported"


@pytest.mark.parametrize(
    ("executors", "told"),
    [
        ({"thread": 2}, "is Pytron's own"),
        ({"db": 0}, "at least one thread"),
        ({"db": "two"}, "is a str; give a number of threads"),
    ],
)
def test_wrong_executors_are_refused_at_once(executors: Any, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        App("test", executors=executors)


def test_unknown_executor_is_refused_at_the_start(app: AppOf) -> None:
    app.expose(here, executor="gpu")
    with (
        pytest.raises(ConfigError, match="wants the executor 'gpu', but there are only: "),
        TestClient(app),
    ):
        pass


def test_function_that_no_process_can_import_is_refused_at_the_start(app: AppOf) -> None:
    app.expose(lambda: 1, name="one", executor="process")
    with pytest.raises(ConfigError, match="move it to the top of its module"), TestClient(app):
        pass


def test_async_def_runs_on_the_loop_only(app: AppOf) -> None:
    with pytest.raises(ConfigError, match="runs on the loop"):
        app.expose(here_later, executor="process")


# --- processes --------------------------------------------------------------------------------

PROCESS_APP = """
import os, sys
import pytron
from pytron.testing import RemoteError, TestClient

app = pytron.App("test", ephemeral=True)

@app.expose(executor="process")
def square(n: int) -> int:
    return n * n

@app.expose(executor="process")
def process() -> int:
    return os.getpid()

@app.expose(executor="process")
def die() -> None:
    os.kill(os.getpid(), 9)

@app.expose(executor="process")
def touch() -> None:
    app.state.count = 1

@app.expose(executor="process")
def close() -> None:
    app.window("main").close()

@app.expose(executor="process")
def fail() -> None:
    raise KeyError("gone")

class Two(Exception):
    def __init__(self, a: int, b: int) -> None:
        super().__init__(f"{a} and {b}")

class Changed(pytron.PytronError):
    default_code = "changed"
    def __init__(self, note: int) -> None:
        super().__init__(f"note {note} has changed", data={"note": note})

@app.expose(executor="process")
def fail_with(kind: str) -> None:
    raise Two(1, 2) if kind == "two" else Changed(3)

@app.expose(executor="process")
def hang() -> None:
    import time
    open(sys.argv[1], "w").close()
    time.sleep(1000)

def code(name: str, *arguments: str) -> str:
    try:
        page.call(name, *arguments)
    except RemoteError as error:
        return f"{error.name} {error.code} {error} {error.data or ''}".strip()
    return "nothing"

if __name__ == "__main__":
    with TestClient(app, timeout_s=60) as page:
        assert page.call("square", 7) == 49
        assert page.call("process") != os.getpid()
        print(code("die"))
        print(page.call("square", 5))
        print(code("touch"))
        print(code("close"))
        print(code("fail"))
        print(code("fail_with", "two"))
        print(code("fail_with", "changed"))
        if len(sys.argv) > 1:
            page.start("hang")
            while not os.path.exists(sys.argv[1]):
                assert page.call("square", 2) == 4
    print("ended")
"""


@pytest.fixture
def process_app(tmp_path: Path) -> Path:
    path = tmp_path / "app.py"
    path.write_text(PROCESS_APP)
    return path


def run(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    folder = Path(__file__).parents[2]
    return subprocess.run(
        [sys.executable, str(path), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )


def test_process_runs_functions_survives_a_killed_worker_and_ends(
    process_app: Path, tmp_path: Path
) -> None:
    done = run(process_app, str(tmp_path / "hangs"))
    assert done.returncode == 0, done.stderr
    died, square, touched, window, failed, two, changed, ended = done.stdout.splitlines()
    assert died.startswith("CallError worker_died a worker of the executor 'process' died while it")
    assert square == "25"
    assert touched.startswith("StateError not_allowed the state belongs to the app's own process")
    assert window.startswith("ConfigError config app.window needs the running app")
    assert failed == "KeyError exception 'gone'"
    assert two == "Two exception 1 and 2"
    assert changed == "Changed changed note 3 has changed {'note': 3}"
    assert ended == "ended"


def test_app_in_a_spawned_child_shows_the_guard(tmp_path: Path) -> None:
    path = tmp_path / "app.py"
    path.write_text(
        "import multiprocessing, pytron\n"
        "app = pytron.App('x', ephemeral=True, engine='headless')\n"
        "def work(): pass\n"
        "if multiprocessing.current_process().name == 'MainProcess':\n"
        "    process = multiprocessing.get_context('spawn').Process(target=work)\n"
        "    process.start()\n"
        "    process.join()\n"
        "    raise SystemExit(process.exitcode)\n"
        "app.run()\n"
    )
    done = run(path)
    assert done.returncode == 1
    assert 'if __name__ == "__main__":\n    raise SystemExit(app.run())' in done.stderr


def test_frozen_program_becomes_a_worker_when_started_as_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    called = Counter()
    monkeypatch.setattr("multiprocessing.freeze_support", called.add)
    serve_frozen_child()
    monkeypatch.setattr(sys, "argv", ["app", "--multiprocessing-fork", "tracker_fd=5"])
    serve_frozen_child()
    assert called.value == 0
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    serve_frozen_child()
    assert called.value == 1


# --- pools ------------------------------------------------------------------------------------


def test_pool_survives_what_its_functions_raise(caplog: pytest.LogCaptureFixture) -> None:
    pool = Pool("test", 1)
    done = Gate()

    def fail() -> None:
        raise SystemExit(1)

    pool.submit(fail)
    pool.submit(done.set)
    done.pass_through()
    pool.close(5)
    assert "a task of the executor 'test' failed" in caplog.text


def test_pool_starts_no_more_threads_than_it_needs() -> None:
    pool = Pool("test", 8)
    for _ in range(20):
        done = Gate()
        pool.submit(done.set)
        done.pass_through()
        while not pool._free:
            done.wait(0)
    assert len(pool._threads) == 1
    pool.close(5)


def test_closed_pool_waits_only_so_long_for_a_function_that_hangs() -> None:
    pool = Pool("hanging", 1)
    gate, started = Gate(), Gate()
    pool.submit(lambda: (started.set(), gate.pass_through()))
    started.pass_through()
    pool.close(0.01)
    gate.set()
