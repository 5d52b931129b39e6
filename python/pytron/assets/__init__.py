"""Everything a page loads from the app's origin (VAP, the virtual asset provider)."""

from pytron.assets.answers import Answer, FileSlice, Request, Response
from pytron.assets.provider import Assets
from pytron.assets.results import Routed

__all__ = ["Answer", "Assets", "FileSlice", "Request", "Response", "Routed"]
