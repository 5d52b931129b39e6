"""A process that changes a kept state until it is killed: `writer.py FILE`."""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from persistence.samples import kept


def main(path: Path) -> None:
    with kept(path, {"count": 0, "items": [], "parts": {}}) as (root, persistence):
        for number in count(root["count"]):
            with persistence._state.transaction():  # pyright: ignore[reportPrivateUsage]
                root["count"] = number + 1
                root["items"].append(f"{number} " + "x" * 100)
                root["parts"][f"part {number % 20}"] = bytes([number % 256]) * 3000
            if number % 5 == 0:
                persistence.flush()
                print(number + 1, flush=True)  # noqa: T201 - tells the test what must be there


if __name__ == "__main__":
    main(Path(sys.argv[1]))
