"""The hubs that every test of the contract runs over, each with two clients of one store."""

from __future__ import annotations

import importlib.util
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from pytron.hub import Hub, LocalHub
from waiting import DEADLINE_S

SNIPPET = Path(__file__).parents[3] / "docs" / "snippets" / "shared" / "hub.py"
#: Debian's tools have the server in them, under the last name: it goes by what it is called.
_PROGRAMS = ("redis-server", "valkey-server", "redis-check-rdb")


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of its own, which keeps nothing and listens on no port."""
    program = next((found for name in _PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("there is no Redis to test with; python3 dev.py setup installs it")
    place = tmp_path_factory.mktemp("redis") / "socket"
    words = ["--port", "0", "--unixsocket", str(place), "--save", "", "--appendonly", "no"]
    with subprocess.Popen(
        ["redis-server", *words], executable=program, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            assert any("ready to accept connections" in line for line in server.stdout)
            yield f"unix://{place}"
        finally:
            server.terminate()
            server.wait(DEADLINE_S)


def redis_hub(url: str, prefix: str) -> Hub:
    """The hub that the documentation shows."""
    spec = importlib.util.spec_from_file_location("documented_hub", SNIPPET)
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.RedisHub(redis.Redis.from_url(url, socket_timeout=DEADLINE_S), prefix)


@pytest.fixture(params=["local", "redis"])
def hubs(request: pytest.FixtureRequest) -> tuple[Hub, Hub]:
    """One store, as two processes have it."""
    if request.param == "local":
        hub = LocalHub()
        return hub, hub
    url, prefix = request.getfixturevalue("redis_url"), secrets.token_hex(8)
    return redis_hub(url, prefix), redis_hub(url, prefix)
