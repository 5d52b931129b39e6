"""What a page is told when something fails, and what Python's log is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pytron import codec
from pytron.errors import CallError, PytronError

_LOGGER: Final = "pytron.calls"
#: Where msgspec and pydantic quote the value that does not fit: the page has it, logs must not.
_QUOTED: Final = re.compile(
    r"""([Ii]nvalid (?:enum )?value )(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|-?\d+)"""
    r"|(input_value=).*(?=, input_type=)"
)


def describe(error: BaseException, what: str, *, dev: bool) -> Mapping[str, object]:
    """The error body of spec/ipc.md section 4, logged under the same `ref`.

    Errors of the caller (a wrong argument, a missing grant) are logged without a traceback.
    """
    import logging  # these are heavy, and an app that goes well needs none of them
    import secrets
    import traceback

    log = logging.getLogger(_LOGGER)
    ref = secrets.token_hex(4)
    is_known = isinstance(error, PytronError)
    code = own(error, "code")
    body: dict[str, object] = {
        "name": type(error).__name__,
        "code": code if isinstance(code, str) and code else "exception",
        "message": _sendable(told(error)),
        "ref": ref,
    }
    data = own(error, "data") if is_known else None
    if data is not None:
        try:
            encoded = codec.encode(data)
            if encoded.parts:
                raise CallError("an error cannot carry bytes")
            body["data"] = codec.Raw(encoded.json)
        except CallError as problem:
            log.warning("[%s] data of the error in %s cannot be sent: %s", ref, what, problem)
    if dev:
        body["trace"] = _sendable("".join(traceback.format_exception(error)))
    if is_known:
        quoted = _QUOTED.sub(r"\1\2…", told(error))
        log.warning("[%s] %s: %s (%s)", ref, what, quoted, body["code"])
    else:
        log.error("[%s] %s failed", ref, what, exc_info=error)
    return body


def told(error: BaseException) -> str:
    """Its message, or its name where it has none."""
    try:
        return str(error) or type(error).__name__
    except Exception:  # noqa: BLE001 - a broken __str__ must not leave the caller without answer
        return type(error).__name__


def own(error: BaseException, name: str) -> object:
    """An attribute of its own, such as `code`; None where it has none."""
    try:
        return getattr(error, name, None)
    except Exception:  # noqa: BLE001 - nor must a broken property
        return None


def _sendable(text: str) -> str:
    """Without half surrogate pairs, as names of files with undecodable bytes have them."""
    return text.encode("utf-8", "backslashreplace").decode()
