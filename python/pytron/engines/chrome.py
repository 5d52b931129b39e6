"""The chrome engine ("Mojo"): windows of Electron, in a process of its own behind the link."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

from pytron import bundled, codec, early
from pytron.electron.finding import find
from pytron.electron.folders import Files, Profile
from pytron.engine import Capability, EngineOptions, Frame, Incoming
from pytron.errors import EngineError
from pytron.framing import Buffer
from pytron.link import Child, Message
from pytron.linked import LinkedEngine, Program
from pytron.options import FRAMED, PLACED
from pytron.platforms import electron_problem, has_backdrops, printer_problem

#: The oldest Electron that the shell is written for.
_OLDEST: Final = 22
#: Parts of a frame that are larger together go by files, which is the fastest way into a page.
_LARGE_BYTES: Final = 1 << 20
#: What its windows and its shell do (packages/pytron-electron/src/services).
_FEATURES: Final = FRAMED | PLACED.union(
    {
        *("window", "window.print", "window.pdf", "window.attention"),
        *("window.clear", "window.drag", "window.edge", "window.files", "drop"),
        *("dialogs.open", "dialogs.save", "dialogs.message", "dialogs.prompt"),
        *("clipboard.read", "clipboard.write", "clipboard.formats", "clipboard.watch"),
        *("menu.set", "menu.update", "menu.popup", "shortcuts.register", "shortcuts.unregister"),
        *("splash.show", "splash.hide", "window.spellcheck"),
        "download.accept",
        "download.cancel",
    }
)
#: What follows the pointer over the screen.
_FOLLOWS: Final = frozenset({"window.drag", "window.edge"})
#: Why not, and what to do instead.
_REFUSED: Final = {
    "window.backdrop": "only Windows 11 and macOS have materials for windows",
}


class ChromeEngine(LinkedEngine):
    """Windows through Electron: the same Chromium on every system."""

    name: ClassVar[str] = "chrome"
    origin = "pytron://localhost"

    def __init__(self) -> None:
        super().__init__()
        self._files: Files | None = None
        self._profile: Profile | None = None
        self._program: Path | None = None
        self._permissions: Sequence[str] = ()

    def begin(self, options: EngineOptions) -> None:
        """Start Electron with our shell.

        Raises:
            EngineError: it is not installed, or too old; says what to do.
        """
        self._permissions = options.permissions
        super().begin(options)

    def start(self, options: EngineOptions) -> None:
        """Wait for Electron.

        Raises:
            EngineError: it is not installed, too old, or cannot start here; says what to do.
        """
        try:
            super().start(options)
        except EngineError as error:
            # Looked for only now: it takes longer than to start.
            problem = None if self._program is None else electron_problem(self._program)
            if problem is None:
                raise
            raise EngineError(f"the chrome engine cannot start: {problem}") from error

    def prepare(self, options: EngineOptions) -> None:
        """Find Electron, and make the folders that it shares with Python.

        Raises:
            EngineError: it is not installed, or too old.
        """
        found = find()
        major = found.version.partition(".")[0]
        if major.isdigit() and int(major) < _OLDEST:
            raise EngineError(
                f"Electron {found.version} is too old: {_OLDEST} is the oldest that works; run "
                "`pytron engine install chrome`, or name a newer one in PYTRON_ELECTRON_PATH"
            )
        self._profile = Profile(options.data_folder)
        self._files = Files()
        self._program = found.program

    def release(self) -> None:
        """Remove what was only for this run."""
        for folder in (self._files, self._profile):
            if folder is not None:
                folder.close()
        self._files = self._profile = None

    def program(self) -> Program:
        """Electron, with the shell that the package carries."""
        assert self._program is not None
        assert self._profile is not None
        variables = {**early.environment(), "PYTRON_PROFILE": str(self._profile.path)}
        shell = bundled.electron_shell()
        return Program(early.command(str(self._program), str(shell)), variables)

    def launch(self) -> Child:
        """The one that was started before the app, or a new one."""
        assert self._program is not None
        return early.take(str(self._program)) or super().launch()

    def details(self) -> dict[str, object]:
        """What the shell is told besides; a keeper fills in the folder of a shell that lives."""
        folders = {"files": self._files, "profile": self._profile}
        places = {name: str(folder.path) for name, folder in folders.items() if folder is not None}
        return {**places, "permissions": self._permissions}

    def started(self) -> None:
        """Share the folder of a shell that somebody else has started."""
        if self._files is None:
            self._files = Files(Path(str(self.facts["files"])))

    # --- binary -------------------------------------------------------------------------------

    def carry(self, parts: Sequence[Buffer]) -> tuple[bytes, list[str]] | None:
        """Put large parts into files; the head of their frame, and the files' names."""
        sizes = [memoryview(part).nbytes for part in parts]
        if sum(sizes) <= _LARGE_BYTES or self._files is None:
            return None
        names = [self._files.write(part) for part in parts]
        head = {"kind": "head", "parts": list(zip(names, sizes, strict=True))}
        return codec.encode_plain(head), names

    def taken(self, message: Message) -> Incoming | None:
        """What a message is for the kit; the parts of a page's frame may lie in a file."""
        file = message.fields.get("file") if message.kind == "frame" else None
        if file is None or self._files is None:
            return super().taken(message)
        parts = self._files.take(file["path"], file["sizes"])
        return Frame(message.fields["window"], bytes(message.parts[0]), parts)

    def can(self, feature: str) -> Capability:
        """What windows of this engine can do."""
        if feature in _FOLLOWS and early.wayland_only():
            return Capability(
                False, "Wayland tells no program where the pointer is; use CSS `app-region: drag`"
            )
        if feature in PLACED and early.wayland_only():
            return Capability(False, "on Wayland the compositor places windows")
        if feature == "window.print" and (problem := printer_problem()):
            return Capability(False, problem)
        if feature in _FEATURES or (feature == "window.backdrop" and has_backdrops()):
            return Capability(True, "the chrome engine does it")
        return Capability(False, _REFUSED.get(feature, f"the chrome engine has no {feature}"))
