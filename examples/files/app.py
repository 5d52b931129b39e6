"""Files: a page hands one over however large it is, and gets one back as it is made."""

import hashlib
import zlib
from collections.abc import Iterator

import pytron
from pytron import App, Upload

app = App("Files", frontend="page", width=560, height=380)


@app.expose
def digest(file: Upload) -> str:
    """Reads a file of the page piece by piece: a few MiB of memory, whatever its size."""
    call, digest = pytron.current(), hashlib.sha256()
    while piece := file.read(1 << 20):
        digest.update(piece)
        call.progress(file.tell(), file.size)
    return digest.hexdigest()


@app.expose
async def longest_line(file: Upload) -> int:
    """On the loop the pieces are awaited, and other calls go on meanwhile."""
    longest = unfinished = 0
    async for piece in file:
        first, *others = map(len, piece.split(b"\n"))
        lengths = [unfinished + first, *others]
        longest, unfinished = max(longest, *lengths), lengths[-1]
    return longest


@app.expose
def compressed(file: Upload) -> Iterator[bytes]:
    """The file back as a stream of bytes; the page reads it while it is made."""
    packer = zlib.compressobj(wbits=31)  # gzip
    while piece := file.read(1 << 20):
        yield packer.compress(piece)
    yield packer.flush()


if __name__ == "__main__":
    raise SystemExit(app.run())
