"""A screenshot counts only when something is on it."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.dev import picture
from tools.dev.machine import SetupError

Pixel = tuple[int, int, int]


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(
    width: int, height: int, pixel: Callable[[int, int], Pixel], *, row_filter: int = 0
) -> bytes:
    """An RGB picture whose rows are all filtered in one of the five ways (PNG, section 9)."""
    rows = [bytes(v for x in range(width) for v in pixel(x, y)) for y in range(height)]
    packed = b""
    above = bytes(width * 3)
    for row in rows:
        packed += bytes([row_filter]) + bytes(
            (value - predict(row_filter, row, above, at)) & 255 for at, value in enumerate(row)
        )
        above = row
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(packed)) + chunk(b"IEND", b"")
    return picture.SIGNATURE + body


def predict(row_filter: int, row: bytes, above: bytes, at: int) -> int:
    left, corner = (row[at - 3], above[at - 3]) if at >= 3 else (0, 0)
    up = above[at]
    paeth = min((left, up, corner), key=lambda value: abs(left + up - corner - value))
    return (0, left, up, (left + up) // 2, paeth)[row_filter]


@pytest.mark.parametrize("row_filter", range(5))
def test_picture_with_something_on_it_is_good(tmp_path: Path, row_filter: int) -> None:
    path = tmp_path / "shot.png"
    path.write_bytes(png(40, 10, lambda x, y: (x * 6, y * 20, 7), row_filter=row_filter))
    assert picture.inspect(path) == picture.Picture(40, 10, 40)


@pytest.mark.parametrize("row_filter", range(5))
def test_rows_are_decoded_to_what_was_drawn(row_filter: int) -> None:
    def pixel(x: int, y: int) -> Pixel:
        return (x * 37 + y * 11) & 255, (x * y) & 255, 255 - x

    width, height = 9, 7
    content = png(width, height, pixel, row_filter=row_filter)
    *_, data = picture._read(content)
    drawn = [bytes(v for x in range(width) for v in pixel(x, y)) for y in range(height)]
    assert list(picture._rows(data, width * 3, 3)) == drawn


@pytest.mark.parametrize("colours", [1, 2, picture.ENOUGH_COLOURS - 1])
def test_blank_picture_is_refused(tmp_path: Path, colours: int) -> None:
    path = tmp_path / "shot.png"
    path.write_bytes(png(64, 8, lambda x, _: (x % colours, 0, 0)))
    with pytest.raises(SetupError, match=f"is blank: 64x8 with {colours} colours"):
        picture.inspect(path)


def test_missing_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no readable screenshot"):
        picture.inspect(tmp_path / "none.png")


@pytest.mark.parametrize("cut", [0, 5, 20, 60])
def test_damaged_picture_is_refused(tmp_path: Path, cut: int) -> None:
    content = png(40, 10, lambda x, y: (x * 6, y * 20, 7))
    path = tmp_path / "shot.png"
    path.write_bytes(content[:cut])
    with pytest.raises(SetupError, match="no readable screenshot"):
        picture.inspect(path)
