"""PNG files as the tray wants pictures: rows of ARGB, without a library for one small icon."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from pytron.assets.mime import PNG
from pytron.errors import CallError

#: An icon of this many pixels is refused: it would be sent over the bus whole.
_SIDE_MAX = 512
#: Colour type → bytes a pixel, of those with eight bits for each.
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def pixels(path: str) -> list[tuple[int, int, bytes]]:
    """Width, height and ARGB of a PNG file, as a list of one.

    Raises:
        CallError: `invalid_arguments`: it cannot be read as a PNG of eight bits a channel.
    """
    try:
        return [_decode(Path(path).read_bytes())]
    except (OSError, ValueError, KeyError, IndexError, struct.error, zlib.error) as error:
        raise CallError(
            f"the icon {path} cannot be used ({error}); give a PNG of at most "
            f"{_SIDE_MAX}x{_SIDE_MAX} pixels, 8 bits a channel, not interlaced",
            code="invalid_arguments",
        ) from error


def _decode(data: bytes) -> tuple[int, int, bytes]:
    if not data.startswith(PNG):
        raise ValueError("it is no PNG")
    chunks: dict[bytes, bytes] = {}
    at = len(PNG)
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        chunks[kind] = chunks.get(kind, b"") + body
        at += 12 + length
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    if depth != 8 or interlaced or not 0 < width <= _SIDE_MAX or not 0 < height <= _SIDE_MAX:
        raise ValueError("its form is not supported")
    step = _CHANNELS[colour]
    limit = height * (width * step + 1)
    raw = zlib.decompressobj().decompress(chunks[b"IDAT"], limit)
    rows = _unfiltered(raw, width * step, height, step)
    palette = (chunks.get(b"PLTE", b""), chunks.get(b"tRNS", b""))
    return width, height, _argb(rows, colour, step, palette)


def _unfiltered(raw: bytes, stride: int, height: int, step: int) -> bytes:
    if len(raw) < height * (stride + 1):
        raise ValueError("it is cut off")
    before = bytearray(stride)
    rows = bytearray()
    for row in range(height):
        start = row * (stride + 1)
        kind, line = raw[start], bytearray(raw[start + 1 : start + 1 + stride])
        for at in range(stride):
            left = line[at - step] if at >= step else 0
            up, corner = before[at], before[at - step] if at >= step else 0
            line[at] = (line[at] + _guess(kind, left, up, corner)) & 255
        rows += line
        before = line
    return bytes(rows)


def _guess(kind: int, left: int, up: int, corner: int) -> int:
    if kind == 0:
        return 0
    if kind == 1:
        return left
    if kind == 2:
        return up
    if kind == 3:
        return (left + up) // 2
    near = left + up - corner
    distances = (abs(near - left), abs(near - up), abs(near - corner))
    return (left, up, corner)[distances.index(min(distances))]


def _argb(rows: bytes, colour: int, step: int, palette: tuple[bytes, bytes]) -> bytes:
    colours, alphas = palette
    found = bytearray()
    for at in range(0, len(rows), step):
        pixel = rows[at : at + step]
        if colour == 3:
            index = pixel[0]
            alpha = alphas[index] if index < len(alphas) else 255
            found += bytes((alpha, *colours[3 * index : 3 * index + 3]))
        elif colour in (0, 4):
            found += bytes((pixel[1] if step == 2 else 255, pixel[0], pixel[0], pixel[0]))
        else:
            found += bytes((pixel[3] if step == 4 else 255, *pixel[:3]))
    return bytes(found)
