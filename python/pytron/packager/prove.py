"""The step that starts what was built, and lets the build fail unless it works."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from pytron import proof
from pytron.errors import PackagingError
from pytron.packager.pipeline import Build
from pytron.packager.settings import AT_THE_TOP, NO_DISPLAY
from pytron.packager.trial import FOLDER, Trial, start

_WORDS: Final = {
    "loaded": "its first page did not load",
    "painted": "its window stayed blank",
    "handshake": "no page reached Python",
    "call": "no call was answered",
    "child": 'a function with executor="process" gave no answer',
}
_NO_MODULE: Final = re.compile(r"No module named '?([\w.]+)")
_NO_METADATA: Final = re.compile(r"PackageNotFoundError: No package metadata.*?for ([\w.-]+)")
_NO_FILE: Final = re.compile(
    rf"No such file or directory: '([^']*/{FOLDER}/[^/']+/(?:_internal/)?)?([^']+)'"
)
_NO_LIBRARY: Final = re.compile(r"([\w.+-]+\.so[\w.]*): cannot open shared object file")
_NEW_LIBRARY: Final = re.compile(r"version `(GLIBC\w*_[\d.]+)' not found")
_TAIL_LINES: Final = 30


class Prove:
    """Starts the program in an empty environment, and demands that it works there."""

    title = "prove that it starts elsewhere"

    def run(self, build: Build) -> None:
        """Start it, look, and end it.

        Raises:
            PackagingError: something was missing; the message names it and the remedy.
        """
        assert build.frozen is not None
        assert build.program is not None
        timeout_s = build.product.settings.prove_timeout_s
        trial = start(build.frozen, build.program, timeout_s, build.unlock)
        log = build.log("proof")
        log.write_text(trial.output, "utf-8")
        problem = judge(
            trial,
            timeout_s,
            sealed=build.unlock is not None,
            excluded=build.product.settings.exclude,
        )
        if problem:
            tail = "\n".join(trial.output.strip().splitlines()[-_TAIL_LINES:])
            said = [problem, *([tail] if tail else []), f"the whole output is {log}"]
            raise PackagingError("\n".join(said))
        for note in trial.notes:
            build.voice.note(note)
        seen = trial.report["seen"]
        build.voice.note(
            f"page loaded after {seen['loaded']:.1f} s, painted, a call answered, "
            "a child process worked, ended clean"
        )
        build.facts["proof"] = {"seen": dict(seen), "seconds": round(trial.seconds, 3)}


def judge(
    trial: Trial, timeout_s: float, *, sealed: bool = False, excluded: Sequence[str] = ()
) -> str:
    """What is wrong with a start, with the remedy; empty when nothing is."""
    seen = trial.report["seen"]
    missing = [step for step in proof.STEPS if step not in seen]
    problems = [str(problem) for problem in trial.report["problems"]]
    if missing or problems:
        what = _WORDS[missing[0]] if missing else "it reported a problem"
        if trial.code is None:
            how = f"it was still running after {timeout_s:g} s"
        elif trial.code < 0:
            how = f"it was ended by signal {-trial.code}"
        else:
            how = f"exit code {trial.code}"
        text = f"the packaged app does not work: {what} ({how})"
        return "\n".join([text, *problems, *_remedies(trial.output, sealed, excluded)])
    if trial.code is None:
        return f"the packaged app works but does not end: it ran on for {timeout_s:g} s after quit"
    if trial.code:
        return f"the packaged app works but ends with exit code {trial.code}"
    if trial.orphans:
        return (
            "the packaged app leaves processes behind: "
            f"{', '.join(trial.orphans)}; end them in @app.on_stop"
        )
    if trial.left:
        return (
            f"the packaged app leaves files behind: {', '.join(trial.left[:5])}; keep data in the "
            "user's folder, where the app may write, and remove temporary files"
        )
    return ""


def _remedies(output: str, sealed: bool, excluded: Sequence[str]) -> list[str]:
    """What the end of the output says about the cause."""
    found: list[str] = []
    for module in dict.fromkeys(_NO_MODULE.findall(output)):
        left_out = [name for name in excluded if f"{module}.".startswith(f"{name}.")]
        found.append(
            f"the module {module!r} is needed; take {left_out[0]!r} out of exclude in "
            "[tool.pytron.package]"
            if left_out
            else f"the module {module!r} is not in the package; add it: "
            f"hidden_imports = [{module!r}] in [tool.pytron.package]"
        )
    for package in dict.fromkeys(_NO_METADATA.findall(output)):
        found.append(
            f"the metadata of {package!r} is not in the package; add it with a PyInstaller hook"
        )
    for _, name in dict.fromkeys(_NO_FILE.findall(output)):
        found.append(
            f"the file {name!r} is not in the package; if it is the app's, add it: "
            f"include = [{name!r}] in [tool.pytron.package]"
        )
    for _, name in dict.fromkeys(_NO_FILE.findall(output)) if sealed else ():
        found.append(
            f"if {name!r} is sealed it is no file: read it by importlib.resources, or leave it on "
            f"disk: keep = [{name!r}] in [tool.pytron.package.shield]"
        )
    for library in dict.fromkeys(_NO_LIBRARY.findall(output)):
        found.append(
            f"the library {library} is neither in the package nor on this system; install it, "
            "and name its package in depends = […]"
        )
    for version in dict.fromkeys(_NEW_LIBRARY.findall(output)):
        found.append(
            f"a library needs {version}, which this system lacks: build on the oldest system that "
            "the app shall run on"
        )
    if NO_DISPLAY.search(output):
        found.append(AT_THE_TOP)
    return found
