"""Python values ↔ JSON and binary parts: the only package that knows msgspec.

Nothing changes its value silently: what JSON cannot hold is refused with its place, or has a rule
in spec/ipc.md, section 5. Binary never becomes text: it leaves as a part beside the JSON, and the
JSON holds null in its place.
"""

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
from pytron.codec.encoding import Encoded, accelerate, encode, encode_plain, written
from pytron.codec.scan import MAX_SAFE_INTEGER

__all__ = [
    "ELEMENTS",
    "MAX_DEPTH",
    "MAX_SAFE_INTEGER",
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
    "encode_plain",
    "fields",
    "mentions_binary",
    "names",
    "place",
    "plain",
    "put",
    "record",
    "sequence",
    "values",
    "whole",
    "written",
]
