"""Pictures without a library: a canvas of rounded boxes that saves itself as PNG."""

import math
import struct
import zlib

Colour = tuple[int, int, int]


class Canvas:
    """Pixels, transparent at first. Sizes are in real pixels."""

    def __init__(self, width: int, height: int) -> None:
        """Make an empty canvas."""
        self.width = width
        self.height = height
        self._pixels = bytearray(width * height * 4)

    def box(self, x: int, y: int, width: int, height: int, radius: int, colour: Colour) -> None:
        """Fill a box with round corners; what lies outside the canvas is left out."""
        radius = max(0, min(radius, width // 2, height // 2))
        for row in range(height):
            inset, edge = _corner(row, height, radius)
            self._line(x + inset, y + row, width - 2 * inset, colour, 255)
            if inset and edge:
                for column in (x + inset - 1, x + width - inset):
                    self._line(column, y + row, 1, colour, edge)

    def png(self) -> bytes:
        """The picture as a PNG file (Source: W3C PNG specification, section 5)."""
        stride = self.width * 4
        rows = b"".join(
            b"\0" + self._pixels[start : start + stride]
            for start in range(0, len(self._pixels), stride)
        )
        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 6, 0, 0, 0)
        return (
            b"\x89PNG\r\n\x1a\n"
            + _chunk(b"IHDR", header)
            + _chunk(b"IDAT", zlib.compress(rows, 6))
            + _chunk(b"IEND", b"")
        )

    def _line(self, x: int, y: int, length: int, colour: Colour, alpha: int) -> None:
        start, end = max(x, 0), min(x + length, self.width)
        if 0 <= y < self.height and start < end:
            at = (y * self.width + start) * 4
            self._pixels[at : at + (end - start) * 4] = bytes((*colour, alpha)) * (end - start)


def mixed(low: Colour, high: Colour, share: float) -> Colour:
    """The colour that lies `share` (0 to 1) of the way from `low` to `high`."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(low, high, strict=True))
    return red, green, blue


def _corner(row: int, height: int, radius: int) -> tuple[int, int]:
    """How far a row of a round corner is set in, and how opaque the pixel beside it is."""
    from_edge = min(row, height - 1 - row)
    if from_edge >= radius:
        return 0, 0
    exact = radius - math.sqrt(radius**2 - (radius - from_edge - 0.5) ** 2)
    inset = math.ceil(exact)
    return inset, round((inset - exact) * 255)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
