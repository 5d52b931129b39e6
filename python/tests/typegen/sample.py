"""The sample app, found as the command finds an app."""

from __future__ import annotations

from functools import cache
from typing import Any

from pytron import App
from pytron.discovery import find_app, locate
from pytron.typegen import Contract, describe
from typegen.compiler import HERE

SAMPLE = HERE / "sample_app.py"


@cache
def sample_app() -> App[Any]:
    """The sample app."""
    return find_app(locate(str(SAMPLE)))


@cache
def sample_contract() -> Contract:
    """Its contract."""
    return describe(sample_app())
