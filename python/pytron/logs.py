"""Loggers for modules that are imported with every app, and have something to say in few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import logging


class _Later:
    """Stands for a logger; `logging`, which is heavy, is imported when it is first used."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        import logging

        return getattr(logging.getLogger(self._name), attribute)


def logger(name: str) -> logging.Logger:
    """The logger of this name, as `logging.getLogger` gives it, without importing that yet."""
    return cast("logging.Logger", _Later(name))
