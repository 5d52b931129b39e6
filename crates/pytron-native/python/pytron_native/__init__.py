"""The native window host; `__init__.pyi` is its contract."""

from pytron_native.pytron_native import (
    Host,
    HostError,
    __version__,
    can,
    facts,
    hide_splash,
    is_deeper,
    plain_json,
    show_splash,
)

__all__ = [
    "Host",
    "HostError",
    "__version__",
    "can",
    "facts",
    "hide_splash",
    "is_deeper",
    "plain_json",
    "show_splash",
]
