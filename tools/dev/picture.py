"""Looking into a PNG: is something on it, or is it blank?"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.dev.machine import SetupError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # samples a pixel by colour type
ENOUGH_COLOURS = 32  # smooth text alone has more; a blank or half-painted window has a few


@dataclass(frozen=True)
class Picture:
    """The size of a picture, and how many colours were counted before it was enough."""

    width: int
    height: int
    colours: int


def inspect(path: Path) -> Picture:
    """Read a PNG of 8 bits a sample, not interlaced (what WebKit and GTK write).

    Raises:
        SetupError: there is no such picture, or it is blank.
    """
    remedy = "run the demo on a display (`python3 dev.py demo`) and look at the window"
    try:
        width, height, kind, data = _read(path.read_bytes())
    except (OSError, ValueError, struct.error, zlib.error) as error:
        raise SetupError(f"no readable screenshot at {path}: {error}", remedy) from error
    channels = CHANNELS[kind]
    colours: set[bytes] = set()
    for row in _rows(data, width * channels, channels):
        colours.update(row[at : at + channels] for at in range(0, len(row), channels))
        if len(colours) >= ENOUGH_COLOURS:
            return Picture(width, height, len(colours))
    raise SetupError(
        f"the screenshot {path} is blank: {width}x{height} with {len(colours)} colours", remedy
    )


def _read(content: bytes) -> tuple[int, int, int, bytes]:
    if not content.startswith(SIGNATURE):
        raise ValueError("not a PNG")
    at = len(SIGNATURE)
    header = b""
    packed = b""
    while at < len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        body = content[at + 8 : at + 8 + length]
        (check,) = struct.unpack_from(">I", content, at + 8 + length)
        if zlib.crc32(name + body) != check:
            raise ValueError(f"chunk {name!r} is damaged")
        if name == b"IHDR":
            header = body
        elif name == b"IDAT":
            packed += body
        at += 12 + length
    width, height, depth, kind, _, _, interlace = struct.unpack(">IIBBBBB", header)
    if depth != 8 or interlace or kind not in CHANNELS:
        raise ValueError(f"depth {depth}, colour type {kind}, interlace {interlace} is not handled")
    return width, height, kind, zlib.decompress(packed)


def _rows(data: bytes, stride: int, step: int) -> Iterator[bytes]:
    """Undo the filter of each row (PNG specification, section 9)."""
    previous = bytearray(stride)
    for at in range(0, len(data) - stride, stride + 1):
        row = bytearray(data[at + 1 : at + 1 + stride])
        match data[at]:
            case 0:
                pass
            case 1:
                for i in range(step, stride):
                    row[i] = (row[i] + row[i - step]) & 255
            case 2:
                row = bytearray((a + b) & 255 for a, b in zip(row, previous, strict=True))
            case 3:
                for i in range(stride):
                    left = row[i - step] if i >= step else 0
                    row[i] = (row[i] + ((left + previous[i]) >> 1)) & 255
            case 4:
                for i in range(stride):
                    left, corner = (row[i - step], previous[i - step]) if i >= step else (0, 0)
                    row[i] = (row[i] + _paeth(left, previous[i], corner)) & 255
            case other:
                raise SetupError(
                    f"PNG row filter {other} does not exist", "write the picture again"
                )
        yield bytes(row)
        previous = row


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    by_left, by_above, by_corner = abs(guess - left), abs(guess - above), abs(guess - corner)
    if by_left <= by_above and by_left <= by_corner:
        return left
    return above if by_above <= by_corner else corner
