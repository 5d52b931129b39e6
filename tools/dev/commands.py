"""The commands of dev.py: demo, test, bench, lint, setup, clean."""

import argparse
import io
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from tools.dev import electron, machine, packages, picture
from tools.dev.counts import Tally
from tools.dev.display import fresh_display
from tools.dev.machine import BUILD, LOGS, PYTHON, ROOT, VENV, SetupError
from tools.dev.plan import BUNDLED, DEMO, Ready, prepare
from tools.dev.process import run_watched
from tools.dev.progress import duration, say

SCREENSHOT = BUILD / "demo.png"
DEMO_DEADLINE_S = 180.0
SESSION_DEADLINE_S = 40 * 60.0  # a test that hangs must not take the whole CI hour

TEST_SESSIONS = ("lint", "types", "test", "e2e")


def main(arguments: Sequence[str]) -> int:
    """Run a command of dev.py and return the exit code."""
    # Started in the background by a script, Ctrl-C is ignored, and so by every child: tests of
    # Ctrl-C would wait for ever.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console that has no such letter
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    if rest and options.command is not run_bench:
        parser.error(f"unknown: {' '.join(rest)}")
    options.rest = rest
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except SetupError as error:
        say(f"\ndev.py: {error}\nRemedy: {error.remedy}")
        return 1
    except KeyboardInterrupt:
        say("\ndev.py: stopped")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dev.py",
        description="Prepares this machine (nothing is done twice), then runs a command.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        name: str, run: Callable[[argparse.Namespace], int], what: str
    ) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=what, description=what)
        command.set_defaults(command=run)
        return command

    demo = add("demo", run_demo, "build everything and open the demo app")
    demo.add_argument(
        "--check",
        action="store_true",
        help="let the demo go through its own features and write build/demo.png"
        " (always so where there is no display)",
    )
    test = add("test", run_tests, "run every check and test, in every language")
    test.add_argument(
        "--all", action="store_true", help="also the slow ones: long fuzzing, other platforms"
    )
    bench = add("bench", run_bench, "measure Pytron beside its peers; writes benchmarks/RESULTS.md")
    bench.epilog = "Further options are passed on to benchmarks/run.py."
    add("lint", run_lint, "check format, lint, layers and types")
    add("setup", run_setup, "install and build everything, run nothing")
    clean = add("clean", run_clean, "remove what was built")
    clean.add_argument(
        "--all", action="store_true", help="also what was installed: .venv, node_modules, target"
    )
    return parser


def run_setup(_: argparse.Namespace) -> int:
    """Install and build everything."""
    ready = _prepare(_test_needs())
    _say_times(ready.times)
    say("ready: try `python3 dev.py demo` or `python3 dev.py test`")
    return 0


def run_demo(options: argparse.Namespace) -> int:
    """Open the demo; without a display, or to check it, let it drive itself."""
    shown = machine.has_display()
    needs = [*packages.BUILD_NEEDS, *(() if shown else packages.DISPLAY_NEEDS)]
    ready = _prepare(needs)
    _say_times(ready.times)
    app = ROOT / DEMO / "app.py"
    if not app.is_file():
        raise SetupError(f"there is no {app}", "get a complete checkout: see `git status`")
    if shown and not options.check:
        say("opening the demo: close its window to come back")
        return run_watched([str(PYTHON), str(app)], on_line=say, env=ready.env)
    return _check_demo(str(app), ready.env, _display(shown))


def _check_demo(
    app: str, env: dict[str, str], display: AbstractContextManager[dict[str, str]]
) -> int:
    SCREENSHOT.unlink(missing_ok=True)
    say("opening the demo" + (" on your display" if machine.has_display() else " on Xvfb"))
    with display as variables:
        variables = {**env, **variables, "PYTRON_DEMO_CHECK": str(SCREENSHOT)}
        try:
            code = run_watched(
                [str(PYTHON), app],
                on_line=lambda line: say(f"  {line}"),
                env=variables,
                deadline_s=DEMO_DEADLINE_S,
            )
        except TimeoutError as error:
            raise SetupError(
                f"the demo did not finish: {error}", "its last line above says where it stood"
            ) from error
    if code:
        raise SetupError(
            f"the demo's check of itself failed (exit code {code})", "its output above says where"
        )
    seen = picture.inspect(SCREENSHOT)
    say(f"the demo works; screenshot: {SCREENSHOT} ({seen.width}x{seen.height})")
    return 0


def run_tests(options: argparse.Namespace) -> int:
    """Run every session of the task runner; the last line has the sum."""
    slow = packages.SLOW_NEEDS if options.all else ()
    ready = _prepare([*_test_needs(), *slow], windows=True)
    sessions = [*TEST_SESSIONS, *(["slow"] if options.all else [])]
    tally, failed = Tally(), list[str]()
    for name in sessions:
        if not _run_session(name, ready, tally):
            failed.append(name)
    say("\n--- closing counts")
    for line in tally.closing:
        say(f"  {line}")
    _say_times(ready.times)
    if failed:
        say(f"failed sessions: {', '.join(failed)}; logs in {LOGS}")
        say(f"Remedy: repeat one of them with {_repeat(failed[0])}")
    say(str(tally.counts))
    return 1 if failed or tally.counts.failed else 0


def run_lint(_: argparse.Namespace) -> int:
    """Run the checks that need no test."""
    ready = _prepare(packages.BUILD_NEEDS)
    tally = Tally()
    good = [_run_session(name, ready, tally) for name in ("lint", "types")]
    _say_times(ready.times)
    return 0 if all(good) else 1


def run_bench(options: argparse.Namespace) -> int:
    """Run the benchmarks; they install their peers by themselves."""
    shown = machine.has_display()
    ready = _prepare([*packages.BUILD_NEEDS, *(() if shown else packages.DISPLAY_NEEDS)])
    program = ROOT / "benchmarks" / "run.py"
    if not program.is_file():
        raise SetupError(f"there is no {program}", "get a complete checkout: see `git status`")
    with _display(shown) as variables:
        return run_watched(
            [str(PYTHON), str(program), *options.rest], on_line=say, env={**ready.env, **variables}
        )


def run_clean(options: argparse.Namespace) -> int:
    """Remove what was built, and with --all what was installed."""
    places = [
        BUILD,
        ROOT / BUNDLED,
        *ROOT.glob("packages/*/dist"),
        ROOT / DEMO / "frontend" / "dist",
    ]
    if options.all:
        places += [VENV, ROOT / "target", *ROOT.glob("**/node_modules")]
    for place in places:
        if place.is_dir():
            say(f"removing {place.relative_to(ROOT)}")
            shutil.rmtree(place)
    return 0


def _display(shown: bool) -> AbstractContextManager[dict[str, str]]:
    """The display that is there, or one made for this run."""
    return nullcontext(dict[str, str]()) if shown else fresh_display()


def _test_needs() -> list[packages.Need]:
    needs = [*packages.BUILD_NEEDS, *packages.DISPLAY_NEEDS, *packages.TEST_NEEDS]
    return [*needs, *(packages.ELECTRON_NEEDS if electron.can_have() else ())]


def _prepare(needs: Sequence[packages.Need], *, windows: bool = False) -> Ready:
    say("setup: looking at what is there")
    begin = time.monotonic()
    ready = prepare(needs, windows=windows)
    done = "done" if ready.times else "nothing to do"
    say(f"setup: {done} ({duration(time.monotonic() - begin)})")
    return ready


def _run_session(name: str, ready: Ready, tally: Tally) -> bool:
    """Run a nox session with its output shown, counted and logged; whether it passed."""
    say(f"\n--- {name}")
    begin, before = time.monotonic(), tally.counts.failed
    LOGS.mkdir(parents=True, exist_ok=True)
    with (LOGS / f"{name}.log").open("w", encoding="utf-8") as log:

        def take(line: str) -> None:
            log.write(line + "\n")
            tally.add(line)
            say(line)

        try:
            command = [str(PYTHON), "-m", "nox", "--session", name]
            code = run_watched(
                command, on_line=take, env=_session_env(ready.env), deadline_s=SESSION_DEADLINE_S
            )
        except TimeoutError as error:
            take(f"session {name} hangs: {error}")
            code = 1
    ready.times[f"session {name}"] = time.monotonic() - begin
    if code and tally.counts.failed == before:
        tally.session_failed(name)
    return code == 0


def _session_env(env: Mapping[str, str]) -> dict[str, str]:
    """Colours for a person, none for a log: runners write into our pipe either way."""
    colourful = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return {**env, ("FORCE_COLOR" if colourful else "NO_COLOR"): "1"}


def _repeat(session: str) -> str:
    return f"`{PYTHON.relative_to(ROOT)} -m nox -s {session}`"


def _say_times(times: Mapping[str, float]) -> None:
    if not times:
        return
    say("times")
    for name, seconds in times.items():
        say(f"  {name:<24} {duration(seconds):>12}")
