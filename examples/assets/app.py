"""Assets: pages load what Python makes with an ordinary src, href or fetch."""

from collections.abc import Iterator
from pathlib import Path

from pytron import App

app = App("Assets", frontend="page", width=560, height=460)

BADGE = """<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="64">
<rect width="100%" height="100%" rx="12" fill="#2b46d6"/>
<text x="50%" y="42" fill="#fff" font-family="sans-serif" font-size="28"
 text-anchor="middle">{text}</text>
</svg>"""


@app.asset("badge/{text}.svg")
def badge(text: str) -> bytes:
    """Made when it is asked for. The ending of the path gives its type."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;")
    return BADGE.format(text=safe, width=60 + 18 * len(text)).encode()


@app.asset("squares.csv")
def squares() -> Iterator[bytes]:
    """Sent piece by piece."""
    for number in range(1000):
        yield f"{number},{number * number}\n".encode()


@app.asset("source/{name}")
def source(name: str) -> Path | None:
    """A file, with ranges and an ETag; None is 404."""
    path = Path(__file__).with_name(name)
    return path if path.suffix == ".py" and path.is_file() else None


@app.expose
def publish(text: str) -> str:
    """Bytes that have no route: their address, valid for a minute."""
    return app.assets.publish(text.encode(), "text/plain; charset=utf-8", lifetime_s=60)


if __name__ == "__main__":
    raise SystemExit(app.run())
