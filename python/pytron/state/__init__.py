"""Shared state: nested changes in Python become patches for pages, and the other way round."""

from pytron.state.ops import DeleteOp, Op, Patch, SetOp, SpliceOp, apply_ops, parse_ops
from pytron.state.store import State
from pytron.state.values import plain

__all__ = [
    "DeleteOp",
    "Op",
    "Patch",
    "SetOp",
    "SpliceOp",
    "State",
    "apply_ops",
    "parse_ops",
    "plain",
]
