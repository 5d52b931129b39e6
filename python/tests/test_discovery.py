"""Finding an app by file, module, folder or setting, without running it."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytron import ConfigError
from pytron.discovery import find_app, locate, run_app

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Iterator[Write]:
    """Write a module of the test; afterwards it is forgotten."""
    before, path = set(sys.modules), list(sys.path)

    def write(name: str, text: str) -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text), "utf-8")
        return file

    yield write
    sys.path[:] = path
    for name in set(sys.modules) - before:
        del sys.modules[name]


APP = """
from pytron import App

app = App({name!r})


@app.expose
def hello() -> str:
    return "hello"

"""
GUARDED = f"{APP}\nif __name__ == '__main__':\n    raise SystemExit(app.run())\n"
UNGUARDED = f"{APP}\nraise SystemExit(app.run())\n"


def test_guarded_file(write: Write) -> None:
    found = find_app(locate(str(write("one.py", GUARDED.format(name="One")))))
    assert found.name == "One"
    assert list(found.functions) == ["hello"]


def test_nothing_compiled_is_left_behind(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the types of a save within the same second would be those of the save before."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    write("parts.py", "NAME = 'Four'\n")
    text = f"from parts import NAME\n{APP.format(name='Four')}"
    assert find_app(locate(str(write("four.py", text)))).name == "Four"
    assert not list(tmp_path.rglob("*.pyc"))
    assert sys.dont_write_bytecode is False


def test_unguarded_file_opens_nothing(write: Write) -> None:
    found = find_app(locate(str(write("two.py", UNGUARDED.format(name="Two")))))
    assert found.name == "Two"
    assert found.windows == []


def test_handlers_in_the_file_do_not_hold_up_the_end(write: Write) -> None:
    text = (
        f"{APP}\ntry:\n    app.run()\nexcept Exception:\n    pass\napp.expose(print, name='late')\n"
    )
    found = find_app(locate(str(write("swallows.py", text.format(name="Three")))))
    assert list(found.functions) == ["hello"]


def test_app_that_only_a_running_file_makes(write: Write) -> None:
    text = """
    from pytron import App

    def main() -> None:
        app = App("Made late")
        app.run()

    if __name__ == "__main__":
        main()
    """
    assert find_app(locate(str(write("late.py", text)))).name == "Made late"


def test_function_that_makes_the_app(write: Write) -> None:
    text = "from pytron import App\n\ndef make() -> App: return App('Made')\n"
    assert find_app(locate(f"{write('factory.py', text)}:make")).name == "Made"


def test_module_in_the_working_folder(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write("shop/__init__.py", "")
    write("shop/desk.py", APP.format(name="Desk"))
    assert find_app(locate("shop.desk")).name == "Desk"
    assert find_app(locate("shop.desk:app")).name == "Desk"


def test_setting_names_the_app(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("pyproject.toml", '[tool.pytron]\napp = "source/desk.py:app"\n')
    write("source/desk.py", APP.format(name="By setting"))
    below = tmp_path / "source"
    monkeypatch.chdir(below)
    assert find_app(locate(None)).name == "By setting"


def test_usual_file_of_a_folder(write: Write, tmp_path: Path) -> None:
    write("main.py", APP.format(name="Main"))
    assert find_app(locate(str(tmp_path))).name == "Main"
    write("app.py", APP.format(name="App"))
    assert find_app(locate(None, tmp_path)).name == "App"


def test_annotations_of_an_unguarded_file_can_be_resolved(write: Write) -> None:
    from pytron.typegen import describe

    text = """
    from __future__ import annotations
    from dataclasses import dataclass
    from pytron import App

    @dataclass
    class Note:
        parent: Note | None

    app = App("Notes")

    @app.expose
    def save(note: Note) -> Note: ...

    app.run()
    """
    contract = describe(find_app(locate(str(write("unguarded_notes.py", text)))))
    assert list(contract.types) == ["unguarded_notes.Note"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("import nothing_of_that_name", "No module named 'nothing_of_that_name' (line 1 of"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("x = 1", "makes no App"),
        ("from pytron import App\na = App('a')\nb = App('b')", "has 2 apps; say which one"),
    ],
)
def test_file_without_a_single_app(write: Write, text: str, says: str) -> None:
    file = write("faulty.py", text)
    with pytest.raises(ConfigError) as raised:
        find_app(locate(str(file)))
    assert says in str(raised.value)
    assert str(file) in str(raised.value)


def test_attribute_that_is_no_app(write: Write) -> None:
    with pytest.raises(ConfigError, match="is no App, but int"):
        find_app(locate(f"{write('number.py', 'x = 1')}:x"))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("nothing.py", "there is no file"),
        ("no_such_module", "there is no module 'no_such_module'"),
        ("no.such.module:app", "cannot be imported"),
        (None, "neither app.py nor main.py"),
    ],
)
def test_nothing_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str | None, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=says):
        find_app(locate(given))


def test_output_of_the_file_stays_out_of_the_result(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    find_app(locate(str(write("talks.py", "print('hello')\n" + APP.format(name="Talks")))))
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "hello\n")


def test_running_gives_the_code_of_the_app(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTRON_ENGINE", "headless")
    text = f"{APP}\n@app.on_start\ndef end() -> None:\n    app.quit(7)\n"
    assert run_app(locate(f"{write('ends.py', text.format(name='Ends'))}:app")) == 7


#: An app that imports the module `functions`, which can import it once more.
IMPORTING = """
from pytron import App
import functions

app = App("Importing")


@app.on_start
def end() -> None:
    app.quit(7)


if __name__ == "__main__":
    raise SystemExit(app.run())
"""


@pytest.fixture
def importing(write: Write, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], int]:
    """Run that app as a script with these functions; its exit code."""
    monkeypatch.setenv("PYTRON_ENGINE", "headless")

    def run(functions: str) -> int:
        write("functions.py", functions)
        with pytest.raises(SystemExit) as ended:
            run_app(locate(str(write("importing.py", IMPORTING))))
        assert isinstance(ended.value.code, int)
        return ended.value.code

    return run


def test_functions_that_went_to_a_second_app_are_an_error(importing: Callable[[str], int]) -> None:
    with pytest.raises(ConfigError, match=r"importing\.py runs twice.*f went to.*pytron\.Api"):
        importing("from importing import app\n\n@app.expose\ndef f() -> None: ...\n")


def test_a_second_app_that_lacks_nothing_is_let_be(importing: Callable[[str], int]) -> None:
    assert importing("import importing\n") == 7
