"""What a page is told when something fails, and what Python's log is told."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Mapping

from pytron import codec
from pytron.errors import CallError, PytronError

_log = logging.getLogger("pytron.calls")


def describe(error: BaseException, what: str, *, dev: bool) -> Mapping[str, object]:
    """The error body of spec/ipc.md section 4, logged under the same `ref`.

    Errors of the caller (a wrong argument, a missing grant) are logged without a traceback.
    """
    ref = secrets.token_hex(4)
    expected = isinstance(error, PytronError)
    code = getattr(error, "code", None)
    body: dict[str, object] = {
        "name": type(error).__name__,
        "code": code if isinstance(code, str) and code else "exception",
        "message": str(error) or type(error).__name__,
        "ref": ref,
    }
    data = getattr(error, "data", None)
    if data is not None and expected:
        try:
            codec.encode(data)
            body["data"] = data
        except CallError:
            _log.warning("[%s] data of the error in %s cannot be sent to the page", ref, what)
    if dev:
        body["trace"] = "".join(traceback.format_exception(error))
    if expected:
        _log.warning("[%s] %s: %s (%s)", ref, what, error, body["code"])
    else:
        _log.error("[%s] %s failed", ref, what, exc_info=error)
    return body
