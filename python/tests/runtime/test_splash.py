"""Where a sealed picture is while it is shown."""

from __future__ import annotations

import os
import stat

import pytest
from pytron.runtime.splash import Copy

CONTENT = b"\x89PNG\r\n\x1a\n and the rest"


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="this system has no files in memory")
def test_for_windows_of_this_process_it_is_no_file_that_others_find() -> None:
    copy = Copy(CONTENT, apart=False)
    assert copy.path.read_bytes() == CONTENT
    assert copy.path.stat().st_nlink == 0  # in no folder
    copy.remove()
    assert not copy.path.exists()


def test_for_windows_of_another_process_it_is_a_file_of_this_user_alone() -> None:
    copy = Copy(CONTENT, apart=True)
    assert copy.path.read_bytes() == CONTENT
    if hasattr(os, "geteuid"):
        assert stat.S_IMODE(copy.path.stat().st_mode) == 0o600
    copy.remove()
    assert not copy.path.exists()
