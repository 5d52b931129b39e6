"""How apps begin, run and end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from pytron import App, ConfigError, EngineError
from pytron.engine import EngineOptions, load_engine
from pytron.engines.headless import HeadlessEngine
from pytron.testing import TestClient
from waiting import Gate

AppOf = App[Any]


def headless(**options: Any) -> AppOf:
    return App("test", engine="headless", ephemeral=True, **options)


def run_file(path: Path, **env: str) -> subprocess.CompletedProcess[str]:
    folder = Path(__file__).parents[1]
    return subprocess.run(
        [sys.executable, "-W", "error", str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(folder), **env},
    )


def test_run_gives_the_code_that_quit_was_given() -> None:
    app = headless()
    app.on_start(lambda: app.quit(7))
    assert app.run() == 7


def test_run_ends_with_the_last_window() -> None:
    app = headless()
    app.on("window.opened")(lambda event: app.window(event.window).close())
    assert app.run() == 0


def test_app_can_run_again_after_it_ended() -> None:
    app = headless()
    seen: list[int] = []

    @app.expose
    async def one() -> int:
        return 1

    for _ in range(2):
        with TestClient(app) as page:
            seen.append(page.call("one"))
    assert seen == [1, 1]


def test_start_and_stop_are_run_in_order_around_the_windows() -> None:
    app = headless()
    order: list[str] = []

    @app.on_start
    def start() -> None:
        assert app.windows == []
        app.state.ready = True
        order.append("start")

    @app.on_start
    def start_too() -> None:
        order.append("start too")
        app.on("window.opened")(lambda _event: (order.append("opened"), app.quit()))

    @app.on_stop
    def stop() -> None:
        order.append("stop")
        assert app.windows == []

    app.on_stop(lambda: order.append("stop too"))
    app.run()
    assert order == ["start", "start too", "opened", "stop", "stop too"]


def test_threads_take_turns_quickly_while_an_app_runs() -> None:
    usual = sys.getswitchinterval()
    with TestClient(headless()):
        assert sys.getswitchinterval() == pytest.approx(0.001)
    assert sys.getswitchinterval() == usual


def test_an_interval_that_the_program_has_chosen_is_kept() -> None:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.02)
    try:
        with TestClient(headless()):
            assert sys.getswitchinterval() == pytest.approx(0.02)
        assert sys.getswitchinterval() == pytest.approx(0.02)
    finally:
        sys.setswitchinterval(usual)


def test_every_stop_runs_also_after_one_that_fails() -> None:
    app = headless()
    order: list[str] = []

    @app.on_stop
    def fail() -> None:
        order.append("fail")
        raise ValueError("bad")

    app.on_stop(lambda: order.append("last"))
    app.on_start(app.quit)
    with pytest.raises(ValueError, match="bad"):
        app.run()
    assert order == ["fail", "last"]
    app._stop.clear()
    assert app.run() == 0


def test_start_that_fails_ends_the_app() -> None:
    app = headless()
    stopped = Gate()

    @app.on_start
    def fail() -> None:
        raise ValueError("bad")

    app.on_stop(stopped.set)
    with pytest.raises(ValueError, match="bad"):
        app.run()
    assert stopped.is_set()
    app._start.clear()
    with TestClient(app) as page:
        page.sync()


def test_second_app_of_a_process_is_refused() -> None:
    with TestClient(headless()), pytest.raises(ConfigError, match="'test' is running already"):
        headless().run()


def test_run_off_the_main_thread_is_refused_with_the_reason() -> None:
    app = headless()
    raised: list[BaseException] = []

    def run() -> None:
        try:
            app.run()
        except EngineError as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    assert "must be called on the main thread" in str(raised[0])


@pytest.mark.parametrize(
    "use",
    [
        lambda app: app.emit("x"),
        lambda app: app.window(),
        lambda app: app.open_window("x"),
        lambda app: app.quit(),
        lambda app: app.can("x"),
    ],
)
def test_what_needs_the_running_app_says_so(use: Any) -> None:
    with pytest.raises(ConfigError, match="needs the running app"):
        use(headless())


def test_missing_frontend_is_told_before_anything_opens(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="missing"):
        headless(frontend=tmp_path / "missing").run()


def test_ctrl_c_ends_the_app_with_130(tmp_path: Path) -> None:
    path = tmp_path / "app.py"
    path.write_text(
        "import pytron, sys\n"
        "app = pytron.App('x', engine='headless', ephemeral=True)\n"
        "app.on('window.opened')(lambda event: print('open', flush=True))\n"
        "app.on_stop(lambda: print('stopped'))\n"
        "if __name__ == '__main__':\n"
        "    raise SystemExit(app.run())\n"
    )
    with subprocess.Popen(
        [sys.executable, str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=30)
    assert (process.returncode, out, error) == (130, "stopped\n", "")


def test_ctrl_c_while_the_app_starts_ends_it_with_130() -> None:
    app = headless()
    stopped = Gate()
    app.on_stop(stopped.set)

    @app.on_start
    def interrupt() -> None:
        signal.raise_signal(signal.SIGINT)

    assert app.run() == 130
    assert stopped.is_set()


def test_thread_that_hangs_does_not_keep_the_process_alive(tmp_path: Path) -> None:
    path = tmp_path / "app.py"
    path.write_text(
        "import threading, pytron, pytron.running\n"
        "from pytron.testing import TestClient\n"
        "pytron.running._END_TIMEOUT_S = 0.05\n"
        "app = pytron.App('x', ephemeral=True, executors={'db': 1})\n"
        "started = threading.Semaphore(0)\n"
        "def hang():\n"
        "    started.release()\n"
        "    threading.Event().wait()\n"
        "app.expose(hang)\n"
        "app.expose(hang, name='hang_db', executor='db')\n"
        "with TestClient(app) as page:\n"
        "    page.start('hang'); page.start('hang_db')\n"
        "    started.acquire(); started.acquire()\n"
        "print('ended')\n"
    )
    done = run_file(path)
    assert (done.stdout, done.stderr, done.returncode) == ("ended\n", "", 0)


# --- settings ---------------------------------------------------------------------------------

APP = """
import pytron, sys
app = pytron.App("x", ephemeral=True{options})
@app.on_start
def start():
    app.quit()
raise SystemExit(app.run())
"""


def engine_of(
    tmp_path: Path, *, options: str = "", project: str = "", block: str = "", **env: str
) -> str:
    """Which engine an app file asks for: its name, or the error that says there is none."""
    if project:
        (tmp_path / "pyproject.toml").write_text(f'[tool.pytron]\nengine = "{project}"\n')
    lines = [f"# {line}" for line in ["/// script", "[tool.pytron]", f'engine = "{block}"', "///"]]
    path = tmp_path / "app.py"
    path.write_text(("\n".join(lines) if block else "") + APP.format(options=options))
    done = run_file(path, **env)
    if done.returncode == 0:
        return "headless"
    last = done.stderr.strip().splitlines()[-1]
    assert "no engine is called" in last, done.stderr
    return last.split("'")[1]


@pytest.mark.parametrize(
    ("given", "chosen"),
    [
        ({"project": "one"}, "one"),
        ({"project": "one", "block": "two"}, "two"),
        ({"project": "one", "block": "two", "options": ", engine='three'"}, "three"),
        ({"project": "one", "options": ", engine='three'", "PYTRON_ENGINE": "headless"},
         "headless"),
    ],
)  # fmt: skip
def test_settings_are_taken_from_the_nearest_source(
    tmp_path: Path, given: dict[str, str], chosen: str
) -> None:
    assert engine_of(tmp_path, **given) == chosen


def test_settings_are_found_in_folders_above(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.pytron]\nengine = "above"\n')
    (tmp_path / "inner").mkdir()
    assert engine_of(tmp_path / "inner") == "above"


def test_coroutine_functions_at_start_and_stop_are_refused_with_what_to_do() -> None:
    app: AppOf = App("test", ephemeral=True)

    async def prepare() -> None: ...

    with pytest.raises(ConfigError, match=r"on_start takes a plain function.*'window.opened'"):
        app.on_start(prepare)
    with pytest.raises(ConfigError, match=r"on_stop takes a plain function.*'window.closing'"):
        app.on_stop(prepare)


def test_unknown_engine_lists_those_there_are() -> None:
    with pytest.raises(EngineError, match="no engine is called 'x'; set PYTRON_ENGINE or engine="):
        load_engine("x")
    assert isinstance(load_engine("headless"), HeadlessEngine)


def test_data_of_pages_is_kept_in_the_user_s_folder_unless_ephemeral(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("pytron.running.apps_folder", lambda: tmp_path)
    engine = HeadlessEngine()
    app: AppOf = App("My Notes")
    app.on_start(app.quit)
    with app.running_on(engine):
        assert engine.options is not None
        assert engine.options.app_id == "my-notes"
        assert engine.options.data_folder == str(tmp_path / "my-notes" / "pages")
    ephemeral = HeadlessEngine()
    with headless().running_on(ephemeral):
        assert ephemeral.options is not None
        assert ephemeral.options.data_folder is None


# --- several engines --------------------------------------------------------------------------


class Missing(HeadlessEngine):
    """An engine that this machine lacks something for."""

    def start(self, options: EngineOptions) -> None:  # noqa: ARG002 - the engine's signature
        raise EngineError("no screen; buy one")


@pytest.mark.parametrize("setting", [["missing", "absent", "headless"], "missing, headless"])
def test_the_next_engine_shows_the_app_where_one_cannot(
    setting: str | list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("PYTRON_ENGINE", raising=False)
    real = load_engine
    monkeypatch.setattr(
        "pytron.running.load_engine",
        lambda name, **how: Missing() if name == "missing" else real(name, **how),
    )
    app: AppOf = App("test", engine=setting, ephemeral=True)
    app.on_start(lambda: app.quit(3))
    assert app.run() == 3
    assert "engine missing: no screen; buy one; " in caplog.text


def test_the_last_engine_s_error_is_the_app_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTRON_ENGINE", raising=False)
    app: AppOf = App("test", engine=["absent", "gone"], ephemeral=True)
    with pytest.raises(EngineError, match="no engine is called 'gone'"):
        app.run()
    nothing: AppOf = App("test", engine=[], ephemeral=True)
    with pytest.raises(ConfigError, match="names no engine"):
        nothing.run()


def test_codec_is_imported_when_it_is_first_needed() -> None:
    code = (
        "import sys; from pytron import App; app = App('x', state={'n': 1}); "
        "app.expose(lambda n: n, name='f'); app.on('saved')(print); "
        "print([m for m in ('msgspec', 'inspect', 'asyncio', 'pytron.protocol') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
