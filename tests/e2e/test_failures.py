"""What a user is told when something is missing, and that nothing hangs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from e2e.driver import RunApp

PLAIN = 'import pytron\napp = pytron.App("T", frontend={frontend!r}, ephemeral=True)\n'
RUN = 'if __name__ == "__main__":\n    raise SystemExit(app.run())\n'


def end_of(folder: Path, source: str, **environment: str) -> tuple[int, str]:
    """Run a file and give its exit code and what it wrote to stderr."""
    path = folder / "app.py"
    path.write_text(source, "utf-8")
    whole = {**os.environ, **environment}
    done = subprocess.run(
        [sys.executable, str(path)], env=whole, capture_output=True, text=True, timeout=30,
        check=False,
    )  # fmt: skip
    return done.returncode, done.stderr


def test_a_missing_frontend_is_named_with_the_remedy(tmp_path: Path) -> None:
    code, text = end_of(tmp_path, PLAIN.format(frontend="frontend/dist") + RUN)
    assert code == 1
    assert str(tmp_path / "frontend" / "dist") in text
    assert "build" in text.splitlines()[-1]


def test_a_folder_without_index_is_named(tmp_path: Path) -> None:
    (tmp_path / "page").mkdir()
    code, text = end_of(tmp_path, PLAIN.format(frontend="page") + RUN)
    assert code == 1
    assert "index.html" in text.splitlines()[-1]


@pytest.mark.parametrize("variable", ["DISPLAY"])
def test_without_a_display_the_remedy_is_named(tmp_path: Path, variable: str) -> None:
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text("<p>hello", "utf-8")
    source = PLAIN.format(frontend="page") + RUN
    code, text = end_of(tmp_path, source, **{variable: "", "WAYLAND_DISPLAY": ""})
    assert code == 1
    assert "display" in text.splitlines()[-1]
    assert "xvfb-run" in text


def test_an_unknown_engine_lists_the_known(tmp_path: Path) -> None:
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text("<p>hello", "utf-8")
    source = PLAIN.format(frontend="page") + RUN
    code, text = end_of(tmp_path, source, PYTRON_ENGINE="natve")
    assert code == 1
    assert "headless, native" in text.splitlines()[-1]


def test_an_unguarded_file_in_a_child_process_says_how_to_guard_it(tmp_path: Path) -> None:
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text("<p>hello", "utf-8")
    source = PLAIN.format(frontend="page") + (
        "import multiprocessing\n"
        "if __name__ == '__main__':\n"
        "    child = multiprocessing.get_context('spawn').Process(target=print)\n"
        "    child.start(); child.join(); raise SystemExit(child.exitcode)\n"
        "app.run()\n"
    )
    code, text = end_of(tmp_path, source)
    assert code == 1
    assert 'if __name__ == "__main__":' in text


def test_ctrl_c_ends_the_app_at_once(tmp_path: Path) -> None:
    (tmp_path / "page").mkdir()
    page = '<script type="module">import pytron from "/_pytron/client.js"; await pytron.there();</script>'
    (tmp_path / "page" / "index.html").write_text(page, "utf-8")
    source = PLAIN.format(frontend="page") + (
        "@app.expose\ndef there() -> None:\n    print('there', flush=True)\n" + RUN
    )
    (tmp_path / "app.py").write_text(source, "utf-8")
    command = [sys.executable, str(tmp_path / "app.py")]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as app:
        assert app.stdout is not None
        assert app.stdout.readline() == "there\n"
        app.send_signal(signal.SIGINT)
        _, errors = app.communicate(timeout=20)
    assert app.returncode == 130
    assert "Traceback" not in errors


UNREACHABLE = """
app = App("Test", frontend="{url}", ephemeral=True)

@app.on("window.failed")
def failed(event):
    report(event.data["message"])
    app.quit(3)
"""


def test_a_page_that_cannot_be_loaded_is_reported(run_app: RunApp) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ended = run_app("", UNREACHABLE.format(url=f"http://127.0.0.1:{port}/"), code=3)
    assert f"127.0.0.1:{port}" in ended.reports[0]


def test_a_page_that_never_answers_is_reported(run_app: RunApp) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        ended = run_app(
            "", UNREACHABLE.format(url=url), code=3, environment={"PYTRON_LOAD_TIMEOUT_S": "1"}
        )
    assert "has not loaded" in ended.reports[0]


def test_quit_gives_its_code_while_calls_are_pending(run_app: RunApp) -> None:
    python = """
    import time
    app = App("Test", frontend="page", ephemeral=True)

    @app.expose
    def block() -> None:
        time.sleep(1)

    @app.expose
    def leave() -> None:
        app.quit(5)
    """
    page = "void pytron.block(); await pytron.leave(); await new Promise(() => {});"
    run_app(page, python, code=5)
