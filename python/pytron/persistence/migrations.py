"""Bringing kept data from the version it was written in to the present one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from pytron.errors import ConfigError, StateError

F = TypeVar("F", bound=Callable[[Any], Any])


class Migrations:
    """Steps from one version of the data to the next. The present version follows from them."""

    def __init__(self) -> None:
        self._steps: dict[int, Callable[[Any], Any]] = {}

    @property
    def version(self) -> int:
        """The version that data has now: one more than the last step begins with."""
        return max(self._steps, default=0) + 1

    def add(self, version: int) -> Callable[[F], F]:
        """Give a decorator for the step from `version` to the next.

        Raises:
            ConfigError: no version, or it has a step already.
        """
        if type(version) is not int or version < 1:
            raise ConfigError(f"{version!r} is no version of kept state: they count from 1")

        def register(step: F) -> F:
            if version in self._steps:
                raise ConfigError(
                    f"kept state of version {version} has two migrations: make them one, or give "
                    "the second the next version"
                )
            self._steps[version] = step
            return step

        return register

    def bring(self, version: int, data: Any) -> Any:
        """Give data of `version` as data of the present version.

        Raises:
            StateError: the data is newer, a step is missing, or one failed.
        """
        if version > self.version:
            raise StateError(
                f"it has version {version} and this app knows {self.version}: a newer version of "
                "the app wrote it; use that one",
                code="unsupported",
            )
        for step in range(version, self.version):
            if step not in self._steps:
                raise StateError(
                    f"it has version {version}, from which no migration leads on: add "
                    f"@app.migrate({step})",
                    code="unsupported",
                )
            try:
                new = self._steps[step](data)
            except Exception as error:
                raise StateError(
                    f"the migration from version {step} failed "
                    f"({type(error).__name__}: {error}): correct it"
                ) from error
            if type(new) is not dict:
                raise StateError(
                    f"the migration from version {step} gave a {type(new).__name__}: return the "
                    "whole data as a dict"
                )
            data = cast("dict[str, Any]", new)
        return data
