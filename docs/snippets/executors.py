"""Where functions run, when the defaults are not right."""

from concurrent.futures import ThreadPoolExecutor

from pytron import App

lines: list[str] = []
app = App("Executors", executors={"database": 1, "pictures": ThreadPoolExecutor(4)})


@app.expose(executor="database")
def store(line: str) -> int:
    """One thread, so calls run one after the other: right for SQLite."""
    lines.append(line)
    return len(lines)


@app.expose(executor="pictures")
def shrink(size: int) -> int:
    """Runs on an executor of yours; any `concurrent.futures.Executor` does."""
    return size // 2


if __name__ == "__main__":
    raise SystemExit(app.run())
