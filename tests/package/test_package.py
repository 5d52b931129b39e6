"""A real package: built, looked at, started as a user would."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import pytron
from e2e.views import CHROME, View
from package.conftest import Packaged, package, packaged, write_app
from pytron import proof
from pytron.platforms import SYSTEM

#: A fifth of what the public namesake's package of a hello window takes.
MOST_BYTES = 69_000_000


def program_of(package: Path) -> str:
    return str(package / package.name)


def proved(
    sample: Packaged,
    folder: Path,
    variables: dict[str, str],
    *,
    program: list[str] | None = None,
    inherited: Sequence[int] = (),
) -> list[str]:
    """What the packaged app proves of itself, run with these variables."""
    report = folder / "report.json"
    (folder / "run").mkdir(mode=0o700, exist_ok=True)
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder / "run"), **variables}
    done = subprocess.run(
        program or [program_of(sample.results["folder"])],
        env={**environment, "PYTRON_PROOF": str(report)},
        pass_fds=inherited, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return list(json.loads(report.read_text("utf-8"))["seen"])


def size_of(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())


def test_a_package_proves_what_users_see(sample: Packaged) -> None:
    assert list(sample.facts["proof"]["seen"]) == list(proof.STEPS)


def test_a_package_is_small_and_its_report_adds_up(sample: Packaged) -> None:
    folder = sample.results["folder"]
    total = size_of(folder)
    assert total < MOST_BYTES
    weighed = sum(sample.facts["sizes"].values())
    assert abs(weighed - total) < total * 0.02
    assert {"Python itself", "pytron", "pytron_native", "msgspec"} <= set(sample.facts["sizes"])
    page = sample.results["sizes"].read_text("utf-8")
    assert "pytron_native" in page
    assert "Größe &amp; Co" in page


def test_the_systems_own_libraries_stay_out(sample: Packaged) -> None:
    names = {path.name for path in sample.results["folder"].rglob("*.so*")}
    assert not [name for name in names if name.startswith(("libglib", "libgtk", "libwebkit"))]
    assert not [name for name in names if name.startswith(("libstdc++", "libX11", "libz.so"))]


def test_services_are_in_which_are_imported_by_name(sample: Packaged) -> None:
    work = sample.folder / "build" / "pytron" / "grosse-co"
    facts = json.loads((work / "frozen.json").read_text("utf-8"))
    services = Path(pytron.__file__).parent / "services"
    found = (path.relative_to(services.parent.parent) for path in services.rglob("*.py"))
    names = {".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in found}
    others = tuple(
        f"pytron.services.{name}" for name in ("linux", "macos", "windows") if name != SYSTEM
    )
    ours = {name for name in names if not name.startswith(others)}
    assert f"pytron.services.{SYSTEM}" in ours
    assert ours <= {name for name, _ in facts["pure"]}


def test_the_picture_until_the_first_page_is_in(sample: Packaged, tmp_path: Path) -> None:
    inside = sample.results["folder"] / "_internal"
    assert (inside / "splash.png").read_bytes() == (sample.folder / "splash.png").read_bytes()
    assert json.loads((inside / "pytron.json").read_text("utf-8"))["splash"] == "splash.png"
    folder = tmp_path / "app"
    write_app(folder)
    (folder / "splash.png").unlink()
    done = package(folder)
    assert done.returncode == 5
    assert "splash = 'splash.png' is no file in the app's folder" in done.stderr


def test_what_is_for_development_is_not_heard(sample: Packaged, tmp_path: Path) -> None:
    theirs, ours = socket.socketpair()
    variables = {
        "PYTRON_LINK": f"fd:{theirs.fileno()}", "PYTRON_FRONTEND": "http://127.0.0.1:9/",
        "PYTRON_DEV": "1", "PYTRON_INSPECT": "1", "PYTRON_DRIVER": "1", "PYTRON_TABS": "1",
    }  # fmt: skip
    with theirs, ours:
        done = proved(sample, tmp_path, variables, inherited=[theirs.fileno()])
        theirs.close()
        assert done == list(proof.STEPS)
        assert ours.recv(1) == b"", "whoever holds the link hears nothing of the windows"


@pytest.mark.parametrize("variables", [{"PYTRON_HOSTED": "1"}, {"PYTRON_ENGINE": "server,native"}])
def test_a_package_runs_in_the_ways_that_are_in_it(
    sample: Packaged, tmp_path: Path, variables: dict[str, str]
) -> None:
    assert proved(sample, tmp_path, variables) == list(proof.STEPS)


@pytest.mark.parametrize("view", CHROME, ids=["chrome"])
def test_a_package_runs_in_electron(sample: Packaged, tmp_path: Path, view: View) -> None:
    # All the ordinary user's, for Chromium's sandbox.
    (tmp_path / "run").mkdir(mode=0o700)
    folder = tmp_path / sample.results["folder"].name
    shutil.copytree(sample.results["folder"], folder, symlinks=True)
    with view.surroundings() as given:
        variables = {**given, **view.environment}
        program = view.command([program_of(folder)], folder)
        assert proved(sample, tmp_path, variables, program=program) == list(proof.STEPS)


def test_an_engine_that_is_not_in_it_is_named(sample: Packaged) -> None:
    done = subprocess.run(
        [program_of(sample.results["folder"])], env={**os.environ, "PYTRON_ENGINE": "headless"},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "the engine headless is not in this package" in done.stderr


def test_one_started_from_a_menu_says_in_a_window_why_it_ends(sample: Packaged) -> None:
    """A menu gives its programs no terminal, and nobody reads what they print."""
    done = subprocess.run(
        [program_of(sample.results["folder"])],
        env={**os.environ, "PYTRON_ENGINE": "headless"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    shown = [
        (int(process.name), words)
        for process in Path("/proc").glob("[0-9]*")
        if (words := words_of(process)) and "the engine headless" in words[-1]
    ]
    for number, _ in shown:
        os.kill(number, signal.SIGTERM)
    assert [words[-1].partition(":")[0] for _, words in shown] == ["grosse-co"]


def words_of(process: Path) -> list[str]:
    try:
        return (process / "cmdline").read_text("utf-8", "replace").rstrip("\0").split("\0")
    except OSError:  # it has ended
        return []


def test_what_only_tools_need_stays_out(sample: Packaged) -> None:
    assert not {"click", "numpy", "pytest", "PyInstaller"} & set(sample.facts["sizes"])


def test_a_module_that_was_not_seen_is_named_with_its_setting(
    app_folder: Callable[..., Path],
) -> None:
    folder = app_folder("app.py", ("if __name__", '__import__("color" + "sys")\n\nif __name__'))
    done = package(folder)
    assert done.returncode == 5
    assert "hidden_imports = ['colorsys']" in done.stderr
    (folder / "pyproject.toml").write_text(
        (folder / "pyproject.toml").read_text("utf-8") + 'hidden_imports = ["colorsys"]\n', "utf-8"
    )
    made = packaged(folder, "--one-file")  # the second build shows one file too
    assert list(made.facts["proof"]["seen"]) == list(proof.STEPS)
    assert made.results["program"].is_file()
    assert "folder" not in made.results


needs_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("dpkg") is None,
    reason="installing a Debian package needs root and dpkg",
)


def dpkg(*arguments: str) -> str:
    done = subprocess.run(["dpkg", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


#: Asks for the app by its name, as a notification that outlived it does; who came, then ends it.
ASKING = """
call() { gdbus call --session --timeout 90 --dest "$1" --object-path "$2" --method "$3" "$4"; }
call org.example.sample /org/example/sample org.freedesktop.Application.Activate {} >/dev/null
bus=org.freedesktop.DBus
came=$(call $bus /org/freedesktop/DBus $bus.GetConnectionUnixProcessID org.example.sample)
number=$(echo "$came" | tr -cd '0-9 ' | awk '{print $NF}')
readlink "/proc/$number/exe"
kill "$number"
"""


def asked_by_the_bus() -> str:
    command = ["dbus-run-session", "--", "sh", "-e", "-c", ASKING]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@needs_root
def test_a_debian_package_is_installed_started_upgraded_and_removed(
    sample: Packaged, tmp_path: Path
) -> None:
    older = tmp_path / "older"
    shutil.copytree(sample.folder, older, ignore=shutil.ignore_patterns("build", "dist"))
    settings = older / "pyproject.toml"
    settings.write_text(settings.read_text("utf-8").replace('"1.2.0"', '"1.2.0rc1"'), "utf-8")
    before = packaged(older, "--no-prove", "--installer", "deb").results["deb"]
    folder = Path("/opt/grosse-co")
    try:
        dpkg("--install", str(before))
        assert "1.2.0~rc1" in dpkg("--status", "grosse-co")
        assert (folder / "grosse-co").is_file()
        dpkg("--install", str(sample.results["deb"]))
        assert "Version: 1.2.0\n" in dpkg("--status", "grosse-co")
        report = tmp_path / "report.json"
        started = subprocess.run(
            ["/usr/bin/grosse-co"],
            env={**os.environ, "PYTRON_PROOF": str(report)},
            capture_output=True,
            timeout=90,
            check=False,
        )
        assert started.returncode == 0, started.stderr
        assert asked_by_the_bus() == str(folder / "grosse-co")
        entry = Path("/usr/share/applications/org.example.sample.desktop").read_text("utf-8")
        assert "x-scheme-handler/sample-app;application/x-smpl;" in entry
        assert (
            shutil.which("desktop-file-validate") is None
            or not subprocess.run(
                ["desktop-file-validate", "/usr/share/applications/org.example.sample.desktop"],
                check=False,
            ).returncode
        )
    finally:
        dpkg("--purge", "grosse-co")
    assert not folder.exists()
    assert not Path("/usr/bin/grosse-co").is_symlink()


def test_an_installer_of_the_apps_own_takes_what_was_proved(
    sample: Packaged, tmp_path: Path
) -> None:
    shutil.unpack_archive(sample.results["archive"], tmp_path)
    made, frozen = tmp_path / "grosse-co", sample.results["folder"]
    assert size_of(made) == size_of(frozen)
    assert os.access(made / "grosse-co", os.X_OK)
    assert "archive.py" not in {path.name for path in frozen.rglob("*")}


def test_a_folder_that_is_no_app_says_so(tmp_path: Path) -> None:
    done = package(tmp_path)
    assert done.returncode == 2
    assert "app.py" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_page_that_is_not_there_is_named_before_anything_is_frozen(tmp_path: Path) -> None:
    folder = tmp_path / "app"
    write_app(folder)
    shutil.rmtree(folder / "page")
    done = package(folder)
    assert done.returncode == 4
    assert "page" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "dist").exists()


def test_a_page_that_does_not_build_shows_its_log_before_anything_is_frozen(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "app"
    write_app(folder)
    build = {"scripts": {"build": "echo src/App.tsx: Unexpected token && exit 3"}}
    (folder / "page" / "package.json").write_text(json.dumps(build), "utf-8")
    (folder / "page" / "node_modules").mkdir()
    done = package(folder, "--json")
    assert done.returncode == 5
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "packaging"
    assert "src/App.tsx: Unexpected token" in error["message"]
    assert "try it alone: `npm run build` in" in error["message"]
    log = folder / "build" / "pytron" / "grosse-co" / "frontend.log"
    assert f"the whole log is {log}" in error["message"]
    assert "Unexpected token" in log.read_text("utf-8")
    assert not (folder / "dist").exists()


def test_a_library_that_wants_a_display_at_import_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "app"
    write_app(folder)
    text = 'raise RuntimeError("Can\'t connect to display")\n'
    (folder / "app.py").write_text(text, "utf-8")
    done = package(folder)
    assert done.returncode == 2
    assert "import it in the function that needs it" in done.stderr
    assert not (folder / "dist").exists()


def test_an_unknown_setting_is_refused_before_anything_is_built(tmp_path: Path) -> None:
    folder = tmp_path / "app"
    write_app(folder)
    settings = folder / "pyproject.toml"
    settings.write_text(settings.read_text("utf-8") + 'includes = ["x"]\n', "utf-8")
    done = package(folder)
    assert done.returncode == 5
    assert "did you mean 'include'" in done.stderr
    assert not (folder / "dist").exists()


@pytest.mark.parametrize(
    ("scheme", "options", "remedy"),
    [
        ("licence", ["--nuitka"], "leave out --nuitka"),
        ("embedded", ["--one-file"], "leave --one-file out"),
    ],
)
def test_what_cannot_be_sealed_is_said_before_anything_is_built(
    tmp_path: Path, scheme: str, options: list[str], remedy: str
) -> None:
    folder = tmp_path / "app"
    write_app(folder)
    settings = folder / "pyproject.toml"
    table = f'[tool.pytron.package.shield]\nscheme = "{scheme}"\n'
    settings.write_text(settings.read_text("utf-8") + table, "utf-8")
    done = package(folder, "--shield", *options)
    assert done.returncode == 5
    assert remedy in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "build").exists()
    assert not (folder / "dist").exists()
