"""The files that are written for an app's page: which, where, and whether they are up to date."""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pytron import bundled
from pytron.typegen.contract import Contract
from pytron.typegen.declarations import declarations
from pytron.typegen.mock import mock

NAME = "pytron.d.ts"


class Output(NamedTuple):
    """A file as it should be. One that belongs to the user is only written where there is none."""

    path: Path
    text: str
    kept: bool = False

    def drift(self) -> str:
        """How the file on disk differs, as a unified diff; empty when it does not."""
        try:
            found = self.path.read_text("utf-8")
        except FileNotFoundError:
            found = ""
        else:
            if self.kept:
                return ""
        name = self.path.as_posix()
        lines = difflib.unified_diff(
            found.splitlines(keepends=True),
            self.text.splitlines(keepends=True),
            f"{name} (on disk)",
            f"{name} (from Python)",
        )
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)

    def write(self) -> bool:
        """Write the file if it differs; whether it did."""
        if not self.drift():
            return False
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self.text, "utf-8", newline="\n")
        return True


def default_place(app_folder: Path, frontend: Path | None) -> Path:
    """Where `pytron.d.ts` belongs: with the page's sources, never among what is served.

    That is `src` of the nearest npm project at or above the frontend, else the app's own folder.
    """
    folder = frontend
    while folder is not None and folder.is_relative_to(app_folder):
        if (folder / "package.json").is_file() or (folder / "tsconfig.json").is_file():
            source = folder / "src"
            return (source if source.is_dir() else folder) / NAME
        if folder == app_folder:
            break
        folder = folder.parent
    return app_folder / NAME


def outputs(
    contract: Contract, place: Path, *, mock_place: Path | None, page: Path | None
) -> Iterator[Output]:
    """What is to be written.

    Args:
        contract: the app's.
        place: where `pytron.d.ts` goes.
        mock_place: where the mock goes, if it is wanted.
        page: the folder of a page without Node, if its editor is to be set up: then the client's
            declarations and a jsconfig.json go beside `place`.
    """
    yield Output(place, declarations(contract))
    if mock_place is not None:
        types = _relative(place, mock_place.parent).removesuffix(".d.ts")
        yield Output(mock_place, mock(contract, f"{types}.js"))
    if page is not None:
        client = place.with_name("pytron-client.d.ts")
        yield Output(client, bundled.client_types().decode())
        yield Output(place.with_name("jsconfig.json"), _jsconfig(place, client, page), kept=True)


def _relative(path: Path, start: Path) -> str:
    found = Path(os.path.relpath(path, start)).as_posix()
    return found if found.startswith("../") else f"./{found}"


def _jsconfig(types: Path, client: Path, page: Path) -> str:
    """What tells an editor to check plain JavaScript against the declarations."""
    declared = [f"./{client.name}"]
    settings = {
        "compilerOptions": {
            "checkJs": True,
            "strict": True,
            "noEmit": True,
            "target": "es2022",
            "module": "esnext",
            "moduleResolution": "bundler",
            "lib": ["es2022", "dom", "dom.iterable"],
            "types": [],
            "paths": {"pytron-client": declared, "/_pytron/client.js": declared},
        },
        "include": [types.name, f"{_relative(page, types.parent)}/**/*.js"],
    }
    return json.dumps(settings, indent=2) + "\n"
