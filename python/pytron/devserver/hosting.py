"""The process of an app's windows under `pytron dev`, started as the app's engine would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from pytron.engine import EngineOptions, load_engine
from pytron.errors import EngineError
from pytron.link import Child
from pytron.linked import LinkedEngine

#: The engine whose windows are tabs of browsers: there is no process to be started for them.
WINDOWLESS: Final = "server"
#: Where the page comes from: the native engine gives that server's page its direct line, too.
_PAGE: Final = "PYTRON_FRONTEND"
#: What `start` says, in the order of `EngineOptions`.
_OPTIONS: Final = ("app", "name", "folder", "dev", "permissions")


def host_of(
    start: Mapping[str, Any],
    variables: Mapping[str, str],
    output: Callable[[str], int | None],
    ended: Callable[[], object],
) -> tuple[LinkedEngine, Child]:
    """An engine with what its host shares with the apps, and the host.

    Args:
        start: what the app's `start` says.
        variables: those of the app's process.
        output: gives the descriptor for what the host writes.
        ended: told when the host has ended.

    Raises:
        EngineError: it is missing, or its windows cannot outlive the app.
    """
    engine = load_engine(start["engine"], apart=True)
    if not isinstance(engine, LinkedEngine):
        raise EngineError(f"windows of the {engine.name} engine cannot outlive the app")
    options: Any = [start.get(name) for name in _OPTIONS]
    engine.prepare(EngineOptions(*options))
    try:
        program = engine.program()
        page = {name: variables[name] for name in (_PAGE,) if name in variables}
        environment = {**program.environment, **page}
        host = Child(program.command, environment, output=output("window"), ended=ended)
    except BaseException:
        engine.release()
        raise
    return engine, host
