"""`object` in an annotation takes every value, and costs no more than Any."""

from __future__ import annotations

import collections.abc
from typing import Annotated, Any, Literal, Optional

import msgspec
import pytest
from pytron import codec
from pytron.codec import Raw, decoding

TEXT = b'[{"a": [1, "x", null]}]'
PLAIN = {"a": [1, "x", None]}

KINDS: list[Any] = [
    object,
    dict[str, object],
    dict[str, list[object]],
    collections.abc.Mapping[str, object],
    dict[str, object] | None,
    Optional[dict[str, object]],  # noqa: UP045 - the older form is another class
    Annotated[dict[str, object], msgspec.Meta(min_length=1)],
    dict[Literal["a"], object],
]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_object_takes_any_value_without_being_asked_for_each(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(decoding, "_dec_hook", lambda kind, _value: asked.append(kind))
    record = codec.record("Arguments", [("value", kind)], by_position=True)
    assert codec.values(codec.decoder(record)(Raw(TEXT))) == (PLAIN,)
    assert not asked


def test_other_types_stay_strict() -> None:
    record = codec.record("Arguments", [("value", dict[str, list[int]])], by_position=True)
    with pytest.raises(ValueError, match="int"):
        codec.decoder(record)(Raw(TEXT))
