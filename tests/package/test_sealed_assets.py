"""Pages of a sealed app read their files piece by piece."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from package.attacked import LARGE, Place, Target, large, linux_only, shown

pytestmark = linux_only


def test_a_page_reads_parts_of_a_large_file(place: Place, target: Target) -> None:
    home = Path(tempfile.mkdtemp(dir=place.folder))
    done = shown(target.program, "ranges", home=home)
    assert done.returncode == 0, done.stderr
    told = [line.split(" ", 1) for line in done.stdout.splitlines()]
    assert [told[0][1], told[-1][1]] == ["begin", "end"]
    whole = large()
    answers = [json.loads(text) for _, text in told[1:-1]]
    assert answers[:-1] == [
        [206, f"bytes {start}-{start + 9}/{LARGE}", whole[start : start + 10].decode()]
        for start in (0, 262140, 33554430, LARGE - 10)
    ]
    assert answers[-1][0] == 416  # nothing is there
    grown_kib = int(told[-1][0]) - int(told[0][0])
    assert grown_kib < LARGE / 1024 / 2, f"grown by {grown_kib} KiB"
