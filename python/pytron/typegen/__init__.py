"""Types end to end: an app's contract, and what is written from it for pages."""

from pytron.typegen.contract import Contract
from pytron.typegen.declarations import declarations
from pytron.typegen.describing import describe

__all__ = ["Contract", "declarations", "describe"]
