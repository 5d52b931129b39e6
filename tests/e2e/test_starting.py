"""How the system starts an app: a second start, links, files, autostart, by xdg's own tools."""

from __future__ import annotations

import importlib.util
import os
import shlex
import subprocess
import sys
import textwrap
from contextlib import ExitStack
from pathlib import Path

import pytest
from pytron import App, CallError
from pytron.testing import RemoteError, TestClient

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="xdg is Linux's")

APP = """
import sys, threading
from pytron import App
app = App("One", app_id="dev.pytron.one", engine="headless", single_instance=True, ephemeral=True)

def say(*words):
    sys.stdout.write(" ".join(map(str, words)) + "\\n")  # at once: handlers run side by side
    sys.stdout.flush()

@app.on("instance.started")
def started(event):
    say("started", event.data["args"])
    if event.data["args"] == ["--quit"]:
        app.quit()

@app.on("links.opened")
def opened(event):
    say("opened", event.data)

@app.on_start
def ready():
    say("first")

if __name__ == "__main__":
    raise SystemExit(app.run())
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's own folders, so that nothing of the machine's is changed."""
    for name, folder in (("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config"),
                         ("XDG_RUNTIME_DIR", "run"), ("HOME", "home")):  # fmt: skip
        (tmp_path / folder).mkdir(mode=0o700)
        monkeypatch.setenv(name, str(tmp_path / folder))
    for name in ("XDG_CURRENT_DESKTOP", "DESKTOP_SESSION", "DBUS_SESSION_BUS_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_second_start_hands_over_and_ends(home: Path) -> None:
    file = home / "app.py"
    file.write_text(textwrap.dedent(APP), "utf-8")
    note = home / "a note.txt"
    note.write_text("x", "utf-8")
    command = [sys.executable, str(file)]
    with ExitStack() as ends:
        first = ends.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        ends.callback(first.kill)  # else a failure would wait for it
        assert first.stdout is not None
        assert first.stdout.readline().strip() == "first"
        again = [*command, "one:two", note.name, "--flag"]
        done = subprocess.run(
            again, cwd=home, timeout=60, check=True, capture_output=True, text=True
        )
        assert done.stdout == ""
        said = sorted(first.stdout.readline().strip() for _ in range(2))
        assert said == [
            f"opened {{'urls': ['one:two'], 'paths': ['{note}']}}",
            "started ['one:two', 'a note.txt', '--flag']",
        ]
        subprocess.run([*command, "--quit"], timeout=60, check=True, capture_output=True)
        assert first.wait(60) == 0
    assert list((home / "run" / "pytron").iterdir()) == []


def test_one_that_was_killed_is_no_obstacle(home: Path) -> None:
    file = home / "app.py"
    file.write_text(textwrap.dedent(APP), "utf-8")
    for _ in range(2):
        with subprocess.Popen(
            [sys.executable, str(file)], stdout=subprocess.PIPE, text=True
        ) as app:
            assert app.stdout is not None
            assert app.stdout.readline().strip() == "first"
            app.kill()
            app.wait(60)


def test_links_are_registered_and_open_the_app(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = App("Notes", app_id="dev.pytron.notes")
    seen = home / "seen"
    program = home / "main $HOME.py"
    program.write_text(
        f"import sys; open({str(seen)!r}, 'w').write(' '.join(sys.argv[1:]))", "utf-8"
    )

    @app.expose
    async def register(scheme: str) -> None:
        await app.links.register_scheme(scheme)

    @app.expose
    async def unregister() -> None:
        await app.links.unregister()

    python = home / "my python"  # xdg-open takes no quotes away
    python.symlink_to(sys.executable)
    with TestClient(app) as page, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "executable", str(python))
        patch.setattr(sys.modules["__main__"], "__file__", str(program))
        patch.setattr(sys.modules["__main__"], "__spec__", None)  # as `python main.py` has it
        page.call("register", "Notes")
        with pytest.raises(RemoteError, match="no scheme for an app"):
            page.call("register", "https")
        with pytest.raises(RemoteError, match="no scheme for an app"):
            page.call("register", "a b")
    found = subprocess.run(
        ["xdg-mime", "query", "default", "x-scheme-handler/notes"],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert found.stdout.strip() == "dev.pytron.notes.desktop"
    monkeypatch.setenv("DISPLAY", ":99")  # xdg-open only looks whether there is one
    subprocess.run(["xdg-open", "notes:today"], timeout=60, check=True, capture_output=True)
    assert seen.read_text("utf-8") == "notes:today"
    with TestClient(app) as page:
        page.call("unregister")
    assert not [path for path in (home / "data").rglob("*notes*") if path.is_file()]


PACKAGE = """
import sys, threading
from pytron import App
from .words import SCHEME
app = App("Pack", app_id="dev.pytron.pack", engine="headless", ephemeral=True)

def work():
    try:
        if "--register" in sys.argv:
            app.links.register_scheme(SCHEME).result()
            app.autostart.enable(["--hidden"]).result()
        else:
            with open(sys.argv[1], "w") as seen:
                seen.write(" ".join([__name__, *sys.argv[2:], *app.links.opened().result()]))
    finally:
        app.quit()

@app.on_start
def ready():
    threading.Thread(target=work).start()

if __name__ == "__main__":
    raise SystemExit(app.run())
"""


def behind(words: list[str]) -> list[str]:
    """The command itself, where a script holds what has spaces."""
    script = Path(words[0])
    if script.name != "launch.sh":
        return words
    (line,) = script.read_text("utf-8").splitlines()[1:]
    return shlex.split(line.removeprefix("exec "))[:-1]


@pytest.mark.parametrize("module", ["shop", "shop.desk"])
def test_a_package_is_started_again_from_anywhere(home: Path, module: str) -> None:
    package = home / "my work" / "shop"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("", "utf-8")
    (package / "words.py").write_text('SCHEME = "shop"', "utf-8")
    file = package / ("__main__.py" if module == "shop" else "desk.py")
    file.write_text(textwrap.dedent(PACKAGE), "utf-8")
    command = [sys.executable, "-m", module, "--register"]
    subprocess.run(command, cwd=package.parent, timeout=60, check=True, capture_output=True)
    for entry in (
        home / "data" / "applications" / "dev.pytron.pack.desktop",
        home / "config" / "autostart" / "dev.pytron.pack.desktop",
    ):
        lines = entry.read_text("utf-8").splitlines()
        (line,) = [line.removeprefix("Exec=") for line in lines if line.startswith("Exec=")]
        again = [word for word in shlex.split(line) if word not in ("%U", "--hidden")]
        assert behind(again)[0] == sys.executable
        assert behind(again)[-2:] == [str(package.parent), module]
        seen = home / "seen"
        # Elsewhere, as the system starts it.
        elsewhere = [*again, str(seen), "shop:today"]
        subprocess.run(elsewhere, cwd=home, timeout=60, check=True, capture_output=True)
        assert seen.read_text("utf-8") == f"__main__ shop:today shop:today {seen}"
        seen.unlink()


@pytest.mark.parametrize("dev", [[], ["--dev"]])
def test_an_attribute_of_a_module_is_started_again_from_anywhere(
    home: Path, dev: list[str]
) -> None:
    package = home / "my work" / "shop"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("", "utf-8")
    (package / "words.py").write_text('SCHEME = "shop"', "utf-8")
    (package / "desk.py").write_text(textwrap.dedent(PACKAGE), "utf-8")
    command = [sys.executable, "-m", "pytron", "run", *dev, "shop.desk:app", "--register"]
    subprocess.run(command, cwd=package.parent, timeout=60, check=True, capture_output=True)
    entry = home / "data" / "applications" / "dev.pytron.pack.desktop"
    lines = entry.read_text("utf-8").splitlines()
    (line,) = [line.removeprefix("Exec=") for line in lines if line.startswith("Exec=")]
    again = [word for word in shlex.split(line) if word != "%U"]
    assert behind(again)[-4:] == [str(package.parent), "pytron", "run", "shop.desk:app"]
    (home / "shop").mkdir()  # where the system starts it, the same word may be a folder
    seen = home / "seen"
    elsewhere = [*again, str(seen), "shop:today"]
    subprocess.run(elsewhere, cwd=home, timeout=60, check=True, capture_output=True)
    assert seen.read_text("utf-8") == f"shop.desk shop:today shop:today {seen}"


def test_an_installed_package_is_started_with_m_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from pytron.services.again import launch_command

    main = sys.modules["__main__"]
    monkeypatch.setattr(main, "__spec__", importlib.util.find_spec("pytest.__main__"))
    assert launch_command() == [sys.executable, "-m", "pytest"]


def test_what_cannot_be_started_again_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from pytron.services.again import launch_command

    main = sys.modules["__main__"]
    monkeypatch.setattr(main, "__spec__", None)
    monkeypatch.delattr(main, "__file__")
    with pytest.raises(CallError, match=r"not started from a file.*python -m") as refused:
        launch_command()
    assert refused.value.code == "unsupported"


def test_files_are_registered(home: Path) -> None:
    app = App("Notes", app_id="dev.pytron.notes")

    @app.expose
    async def register() -> None:
        await app.links.register_files(["note"], mime="application/x-pytron-note", name="A & <B>")

    with TestClient(app) as page:
        page.call("register")
        globs = (home / "data" / "mime" / "globs2").read_text("utf-8")
        assert "application/x-pytron-note:*.note" in globs
        packages = home / "data" / "mime" / "packages" / "dev.pytron.notes.xml"
        assert "<comment>A &amp; &lt;B&gt;</comment>" in packages.read_text("utf-8")
        opener = subprocess.run(
            ["xdg-mime", "query", "default", "application/x-pytron-note"],
            capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        assert opener.stdout.strip() == "dev.pytron.notes.desktop"


REGISTERED = APP.replace(
    """def ready():
    say("first")
""",
    """def ready():
    threading.Thread(target=register).start()

def register():
    app.links.register_scheme("one").result(60)
    app.links.register_files(["one"], mime="application/x-pytron-one", name="One").result(60)
    say("first")
""",
)


def test_what_the_desktop_opens_comes_to_the_app_that_runs(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = home / "my app" / "app.py"
    file.parent.mkdir()
    file.write_text(textwrap.dedent(REGISTERED), "utf-8")
    note = home / "a note ü.one"
    note.write_text("x", "utf-8")
    monkeypatch.setenv("DISPLAY", ":99")  # xdg-open only looks whether there is one
    command = [sys.executable, str(file)]
    with ExitStack() as ends:
        app = ends.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        ends.callback(app.kill)  # else a failure would wait for it
        assert app.stdout is not None
        said = iter(line.strip() for line in app.stdout)
        assert next(said) == "first"
        for opens, told in (
            (["xdg-open", "one:today"], "opened {'urls': ['one:today'], 'paths': []}"),
            (["gio", "open", str(note)], f"opened {{'urls': [], 'paths': ['{note}']}}"),
        ):
            subprocess.run(opens, timeout=60, check=True, capture_output=True)
            assert told in (next(said), next(said))  # and the start itself
        subprocess.run([*command, "--quit"], timeout=60, check=True, capture_output=True)
        assert app.wait(60) == 0


def test_autostart_is_switched_on_and_off(home: Path) -> None:
    app = App("Notes", app_id="dev.pytron.notes")

    @app.expose
    async def switch() -> list[bool]:
        found = [await app.autostart.enabled()]
        await app.autostart.enable(["--hidden", 'with "quotes" and %'])
        found.append(await app.autostart.enabled())
        text = (home / "config" / "autostart" / "dev.pytron.notes.desktop").read_text("utf-8")
        assert " --hidden " in text
        assert "%%" in text
        await app.autostart.disable()
        return [*found, await app.autostart.enabled()]

    with TestClient(app) as page:
        assert page.call("switch") == [False, True, False]


def test_words_of_the_command_line_are_sorted(home: Path) -> None:
    from pytron.services.links import sorted_words

    (home / "C:x").write_text("x", "utf-8")
    (home / "a b").write_text("x", "utf-8")
    address = (home / "a b").as_uri()
    words = ["-v", "notes:1", "C:x", "nothing", "--a=b:c", address, f"{address}c", "org.a+b-c:2"]
    urls, paths = sorted_words(words, home)
    assert urls == ["notes:1", "org.a+b-c:2"]
    assert paths == [str(home / "C:x"), str(home / "a b")]


def test_without_xdg_tools_it_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = App("Notes")

    @app.expose
    async def register() -> None:
        await app.links.register_scheme("notes")

    with TestClient(app) as page:
        monkeypatch.setenv("PATH", str(home))
        assert not app.can("links.register_scheme")
        with pytest.raises(RemoteError, match="xdg-utils") as missing:
            page.call("register")
        assert missing.value.code == "unsupported"
    assert os.environ["PATH"] == str(home)
