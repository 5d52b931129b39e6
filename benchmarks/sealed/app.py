"""What is measured in a package: its start, and how fast it opens its files."""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROUNDS = 9


def rate(size: int, work: Callable[[], object]) -> float:
    """GB/s of one run; what it made is given back to the system."""
    begin = time.perf_counter()
    made = work()
    seconds = time.perf_counter() - begin
    del made
    return size / seconds / 1e9


def opening() -> None:
    """Whole files and pieces of them, with new memory alone in turn."""
    from pytron import sealed

    found = {
        name: sealed.find(Path(__file__).parent / "page" / name)
        for name in ("noise.bin", "words.txt")
    }
    rates: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name, file in found.items():
            assert file is not None
            size = file.size_bytes
            ways: dict[str, Callable[[], object]] = {
                "new memory, filled with one byte": lambda size=size: b"\1" * size,
                f"{name}, whole": file.read,
                f"{name}, pieces of 1 MiB": lambda file=file: [len(part) for part in file.parts()],
            }
            for way, work in ways.items():
                rates.setdefault(way, []).append(rate(size, work))
    for way, all_rates in rates.items():
        middle, best = statistics.median(all_rates), max(all_rates)
        print(f"{way}: median {middle:.2f}, best {best:.2f} GB/s", flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["hello"]:
            print(time.thread_time())  # of the app's own thread, from the process's start
        case ["opening"]:
            opening()
        case _:
            from pytron import App

            app = App("Sealed", frontend="page", app_id="org.example.sealed")
            raise SystemExit(app.run())
