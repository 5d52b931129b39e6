"""Python values ↔ JSON and binary parts: the only package that knows msgspec.

Nothing changes its value silently: what JSON cannot hold is refused with its place, or has a rule
in spec/ipc.md, section 5. Binary never becomes text: it leaves as a part beside the JSON, and the
JSON holds null in its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pytron.codec.binary import ELEMENTS, TypedPart, place, plain, put, whole
    from pytron.codec.decoding import (
        UNSET,
        Limits,
        Raw,
        Record,
        UnsetType,
        convert,
        decode,
        decoder,
        fields,
        mentions_binary,
        names,
        record,
        sequence,
        values,
    )
    from pytron.codec.depth import MAX_DEPTH, check_depth
    from pytron.codec.elements import FEWEST, PIECE_BYTES, encode_elements, in_a_piece, pieces
    from pytron.codec.encoding import Encoded, accelerate, encode, encode_plain
    from pytron.codec.scan import MAX_SAFE_INTEGER

__all__ = [
    "ELEMENTS",
    "FEWEST",
    "MAX_DEPTH",
    "MAX_SAFE_INTEGER",
    "PIECE_BYTES",
    "UNSET",
    "Encoded",
    "Limits",
    "Raw",
    "Record",
    "TypedPart",
    "UnsetType",
    "accelerate",
    "check_depth",
    "convert",
    "decode",
    "decoder",
    "encode",
    "encode_elements",
    "encode_plain",
    "fields",
    "in_a_piece",
    "mentions_binary",
    "names",
    "pieces",
    "place",
    "plain",
    "put",
    "record",
    "sequence",
    "values",
    "whole",
]

#: Where the names are, which are imported when one is first used: msgspec takes as long as all the
#: rest of an app's import, and the web view can start meanwhile.
_PLACES: Final = {
    "binary": "ELEMENTS TypedPart place plain put whole",
    "decoding": "UNSET Limits Raw Record UnsetType convert decode decoder fields mentions_binary "
    "names record sequence values",
    "depth": "MAX_DEPTH check_depth",
    "elements": "FEWEST PIECE_BYTES encode_elements in_a_piece pieces",
    "encoding": "Encoded accelerate encode encode_plain",
    "scan": "MAX_SAFE_INTEGER",
}


def __getattr__(name: str) -> Any:
    """The public name, from its module (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    for place, names in _PLACES.items():
        module = import_module(f"{__name__}.{place}")
        globals().update({known: getattr(module, known) for known in names.split()})
    return globals()[name]
