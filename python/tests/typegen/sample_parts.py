"""The part of the sample app with containers, binary, streams and parameters."""

from __future__ import annotations

import array
import collections
from collections.abc import AsyncIterator, Generator, Iterator
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
import numpy as np
import sample_types as types
from numpy.typing import NDArray
from pytron import Api, Upload
from sample_types import Colour, Note, note

parts = Api()


# --- containers -----------------------------------------------------------------------------------


@parts.expose
def sorted_set(values: set[int]) -> frozenset[int]:
    return frozenset(values)


@parts.expose
def swap(pair: tuple[int, str]) -> tuple[str, int]:
    return pair[1], pair[0]


@parts.expose
def many(values: tuple[float, ...]) -> tuple[float, ...]:
    return values


@parts.expose
def nothing_in_it() -> tuple[()]:
    return ()


@parts.expose
def lengths(texts: dict[str, list[str]]) -> dict[str, int]:
    return {key: len(value) for key, value in texts.items()}


@parts.expose
def by_number(texts: dict[int, str]) -> dict[int, str]:
    return texts


@parts.expose
def by_colour(amounts: dict[Colour, int]) -> dict[Colour, int]:
    return amounts


@parts.expose
def by_day(amounts: dict[date, float]) -> dict[UUID, float]:
    return {UUID(int=day.day): amount for day, amount in amounts.items()}


@parts.expose
def nested(rows: list[list[int | None]]) -> list[dict[str, tuple[int, list[str]]]]:
    return [{"row": (len(row), ["x"])} for row in rows]


@parts.expose
def bare(values: list, names: dict) -> tuple:  # type: ignore[type-arg]
    return (values, names)


@parts.expose
def counter(text: str) -> collections.Counter[str]:
    return collections.Counter(text)


@parts.expose
def ordered() -> collections.OrderedDict[str, int]:
    return collections.OrderedDict(a=1)


@parts.expose
def names(names: types.Names) -> types.Names:
    return names


# --- binary ---------------------------------------------------------------------------------------


@parts.expose
def reverse(data: bytes) -> bytes:
    return data[::-1]


@parts.expose
def keep(file: Upload, others: list[Upload] = [], mark: Upload | None = None) -> int:  # noqa: B006
    return file.size


@parts.expose
def filled(data: bytearray) -> bytearray:
    return bytearray(len(data))


@parts.expose
def viewed(data: memoryview) -> memoryview:
    return data


@parts.expose
def picture(picture: types.Picture) -> types.Picture:
    return picture


@parts.expose
def normalise(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.divide(values, 2, dtype=np.float32)


@parts.expose
def threshold(values: NDArray[np.floating], limit: float) -> NDArray[np.uint8]:
    return (values > limit).astype(np.uint8)


@parts.expose
def large(values: NDArray[np.int64]) -> NDArray[np.int64]:
    return values


@parts.expose
def any_array(values: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    return values


@parts.expose
def measured(measured: types.Measured) -> types.Measured:
    return measured


@parts.expose
def scalar() -> np.float64:
    return np.float64(1.5)


@parts.expose
def plain_array() -> array.array:  # type: ignore[type-arg]
    return array.array("i", [1, 2])


# --- streams --------------------------------------------------------------------------------------


@parts.expose
def count_to(limit: int) -> Iterator[int]:
    """Counts.

    Args:
        limit: where it ends.

    Yields:
        Every number from 1.
    """
    yield from range(1, limit + 1)


@parts.expose
async def tail(name: str, follow: bool = False) -> AsyncIterator[Note]:
    yield note(name)


@parts.expose
def chunks(data: bytes, size: int = 2) -> Generator[bytes, None, int]:
    for start in range(0, len(data), size):
        yield data[start : start + size]
    return 1


@parts.expose
def untyped_stream():  # type: ignore[no-untyped-def]
    yield 1


# --- parameters -----------------------------------------------------------------------------------


@parts.expose
def sum_of(*values: float) -> float:
    """Takes any number of them."""
    return sum(values)


@parts.expose
def joined(separator: str, *parts: int | str) -> str:
    return separator.join(map(str, parts))


@parts.expose
def placed(x: int, /, y: int = 0) -> tuple[int, int]:
    return x, y


@parts.expose
def extras(x: int, **more: Any) -> int:
    return x + len(more)


@parts.expose
def words(function: str, default: int = 1, *, new: bool = False) -> str:
    """Has parameters whose names are words of JavaScript."""
    return f"{function}{default}{new}"


@parts.expose
def limited(
    count: Annotated[int, msgspec.Meta(ge=1, lt=10, multiple_of=2)],
    names: Annotated[list[str], msgspec.Meta(max_length=3)],
) -> int:
    return count * len(names)


@parts.expose
async def slowly(text: str) -> str:
    return text
