"""What a keeper itself says to pages, and what it looks for in what they say.

Source: spec/ipc.md, section 4.
"""

from __future__ import annotations

from typing import Final

from pytron import codec

#: Tells a page that another process takes over.
RESTART: Final = b'[{"kind":"restart"}]'
#: How the first frame of a page begins once it has heard of that.
HELLO: Final = b'[{"kind":"hello"'


def fault(message: str, trace: str) -> bytes:
    """The frame that tells a page why there is no app to answer it."""
    return b"[" + codec.encode_plain({"kind": "fault", "message": message, "trace": trace}) + b"]"
