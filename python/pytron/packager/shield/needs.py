"""Which libraries a library asks for by name, as its own file says.

Source: "Tool Interface Standard ELF Specification" 1.2, book III; `elf(5)`.
"""

from __future__ import annotations

import struct
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple

_LOAD, _DYNAMIC = 1, 2
_END, _NEEDED, _STRINGS = 0, 1, 5


class _Segment(NamedTuple):
    kind: int
    offset: int
    address: int
    size: int


def needed(path: Path) -> list[str]:
    """The names of the libraries that a library or program needs; none for any other file."""
    data = path.read_bytes()
    if data[:2] == b"MZ":
        return _needed_by_pe(path)
    if data[:4] == b"\x7fELF" and data[4:6] == b"\x02\x01":  # 64 bits, little endian
        return _needed_by_elf(data)
    return []


def _needed_by_elf(data: bytes) -> list[str]:
    (table,) = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    segments: list[_Segment] = []
    for at in range(table, table + size * count, size):
        kind, _, offset, address, _, length = struct.unpack_from("<IIQQQQ", data, at)
        segments.append(_Segment(kind, offset, address, length))
    dynamic = next((part for part in segments if part.kind == _DYNAMIC), None)
    if dynamic is None:
        return []
    names: list[int] = []
    strings = 0
    for at in range(dynamic.offset, dynamic.offset + dynamic.size, 16):
        tag, value = struct.unpack_from("<qQ", data, at)
        if tag == _END:
            break
        if tag == _NEEDED:
            names.append(value)
        elif tag == _STRINGS:
            strings = _offset(segments, value)
    return [_text(data, strings + name) for name in names]


def _offset(segments: list[_Segment], address: int) -> int:
    for part in segments:
        if part.kind == _LOAD and part.address <= address < part.address + part.size:
            return part.offset + address - part.address
    return 0


def _text(data: bytes, start: int) -> str:
    return data[start : data.index(b"\0", start)].decode()


def _needed_by_pe(path: Path) -> list[str]:
    pefile: Any = import_module("pefile")  # PyInstaller brings it on Windows
    image = pefile.PE(str(path), fast_load=True)
    image.parse_data_directories([pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_IMPORT"]])
    return [str(item.dll.decode()) for item in getattr(image, "DIRECTORY_ENTRY_IMPORT", [])]


#: How files end that the system's loader loads.
ENDINGS: Final = (".so", ".dll", ".pyd", ".dylib", ".exe")


def is_library(path: Path) -> bool:
    """Whether a loader would load a file of this name."""
    return path.suffix.lower() in ENDINGS or ".so." in path.name
