"""Every error that Pytron raises, each with a stable, machine-readable `code`.

Source: spec/ipc.md, section 8.
"""

from __future__ import annotations

from typing import ClassVar, Final

#: Codes that may stand in an error message on the wire.
CODES: Final = frozenset(
    {
        "protocol",
        "version",
        "too_large",
        "too_deep",
        "unknown_function",
        "not_allowed",
        "invalid_arguments",
        "exception",
        "encode_failed",
        "timeout",
        "cancelled",
        "busy",
        "closed",
        "unreadable",
        "worker_died",
        "restarted",
        "disconnected",
        "is_stream",
        "not_stream",
        "conflict",
        "invalid_change",
        "backpressure",
        "no_backend",
        "unsupported",
    }
)


class PytronError(Exception):
    """The root of Pytron's errors.

    Attributes:
        code: stable and machine-readable; pages see it as `error.code`.
        data: more about it, as plain data, or None; pages see it as `error.data`.
    """

    default_code: ClassVar[str] = "exception"

    def __init__(self, message: str, *, code: str | None = None, data: object = None) -> None:
        """Make an error whose message names the cause and then the remedy."""
        super().__init__(message)
        self.code: str = self.default_code if code is None else code
        self.data: object = data


class ConfigError(PytronError):
    """A setting, an option or the way the app is put together is wrong."""

    default_code = "config"


class ProtocolError(PytronError):
    """A frame or message is not what spec/ipc.md says."""

    default_code = "protocol"


class CallError(PytronError):
    """A call ended without a result. Raise it to give the page a code and data of your own."""

    default_code = "exception"


class StateError(PytronError):
    """A change does not fit the state."""

    default_code = "invalid_change"


class EngineError(PytronError):
    """The engine or the platform cannot do it, or is missing something."""

    default_code = "unsupported"


class AssetError(PytronError):
    """Something that the page loads is missing or unfit."""

    default_code = "asset"


class PackagingError(PytronError):
    """The app could not be packaged."""

    default_code = "packaging"


class ToolMissing(PackagingError):
    """A program that is needed is not there."""

    default_code = "tool_missing"
