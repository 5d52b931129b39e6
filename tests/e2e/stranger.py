"""Running a command as an ordinary user: Chromium's sandbox is not for root.

Where the tests are root's, Python and the checkout may lie below folders that nobody else can enter
(`/root`). The command then runs in a mount namespace of its own, in which such a folder is a plain
one that holds only what is needed.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from tools.dev.machine import ROOT

USER = "pytron-tests"
_TOOLS = ("unshare", "mount", "setpriv", "useradd", "id")

# $1 user, $2 home, then groups `FOLDER PATH… --`, an empty word, and the command.
_SCRIPT = """
set -e
user=$1; home=$2; shift 2
while [ -n "$1" ]; do
  folder=$1; shift
  stage=$(mktemp -d "$home/../.stage.XXXXXX"); chmod 755 "$stage"
  while [ "$1" != "--" ]; do
    mkdir -p "$stage/${1#$folder/}"
    mount --bind "$1" "$stage/${1#$folder/}"
    shift
  done
  shift
  mount --rbind "$stage" "$folder"
done
shift
HOME=$home; export HOME
exec setpriv --reuid "$user" --regid "$user" --init-groups --pdeathsig KILL -- "$@"
"""


def as_ordinary_user(command: Sequence[str], folder: Path) -> list[str]:
    """The command, to be run by a user who is not root and owns this folder, and its parent's rest.

    The test is skipped where root cannot do that.

    Raises:
        ValueError: the parent is not the test's own, as pytest's `tmp_path` is.
    """
    own = folder.parent
    if stat.S_IMODE(own.stat().st_mode) & 0o077:
        raise ValueError(
            f"{own} is open to others, so not the test's own; give a folder of tmp_path"
        )
    if os.geteuid() != 0:
        return list(command)
    problem = _problem()
    if problem is not None:
        pytest.skip(f"Chromium's sandbox is not tested here: {problem}")
    _give(own)
    needed = [Path(sys.base_prefix), ROOT, own]
    return [
        *("unshare", "--mount", "--propagation", "private", "--", "sh", "-c", _SCRIPT, "sh"),
        *(USER, str(folder), *_groups(needed), "", *command),
    ]


def _give(own: Path) -> None:
    """Let the ordinary user have a folder. What its links lead to stays whose it is."""
    import pwd  # not on Windows

    user = pwd.getpwnam(USER)
    os.chown(own, user.pw_uid, user.pw_gid, follow_symlinks=False)
    for place, folders, files in os.walk(own):
        for name in (*folders, *files):
            os.chown(Path(place, name), user.pw_uid, user.pw_gid, follow_symlinks=False)


@contextmanager
def lets_strangers_in(folder: Path) -> Generator[None]:
    """Let the ordinary user use sockets that this process makes in a folder of its own."""
    shutil.chown(folder, USER, USER)
    before = os.umask(0)  # who may connect is what a socket's file says
    try:
        yield
    finally:
        os.umask(before)
        shutil.chown(folder, os.geteuid(), os.getegid())


def _groups(needed: Iterable[Path]) -> list[str]:
    """What is needed, below the folders that others cannot enter."""
    closed: dict[Path, list[str]] = {}
    for path in needed:
        for parent in reversed(path.resolve().parents):
            if not parent.stat().st_mode & 0o001:
                closed.setdefault(parent, []).append(str(path.resolve()))
                break
    return [word for folder, paths in closed.items() for word in (str(folder), *paths, "--")]


@cache
def _problem() -> str | None:
    missing = [name for name in _TOOLS if shutil.which(name) is None]
    if missing:
        return f"{', '.join(missing)} is missing"
    if subprocess.run(["id", USER], capture_output=True, check=False).returncode != 0:
        made = subprocess.run(
            ["useradd", "--system", "--user-group", "--no-create-home", USER],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode:
            return f"no user can be added ({made.stderr.strip()})"
    tried = subprocess.run(
        ["unshare", "--mount", "--propagation", "private", "--", "true"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return f"no mount namespace ({tried.stderr.strip()})" if tried.returncode else None
