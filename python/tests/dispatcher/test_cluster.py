"""Calls that are computed on a real Dask cluster, whose worker is a process of its own."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from pytron import App
from pytron.testing import RemoteError, TestClient

dask = pytest.importorskip(
    "dask.distributed", reason="dask[distributed] is in requirements-dev.txt"
)

#: Dask's own, as a cluster starts and ends: they are not ours to cure.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
#: Starting a worker process on a busy machine takes its time.
_WAIT_S = 60


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    dask_config = pytest.importorskip("dask").config
    with (
        dask_config.set({"distributed.scheduler.allowed-failures": 0}),
        dask.LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None) as made,
        dask.Client(made) as client,
    ):
        yield client


def test_call_is_computed_on_the_cluster(cluster: Any) -> None:
    app: App[Any] = App("test", ephemeral=True, executors={"cluster": cluster.get_executor()})

    def squares(numbers: list[int]) -> tuple[int, list[int]]:
        return os.getpid(), [number * number for number in numbers]

    app.expose(squares, executor="cluster")
    with TestClient(app, timeout_s=_WAIT_S) as page:
        calls = [page.start("squares", [n, n + 1]) for n in range(20)]
        results = [page.result(call) for call in calls]
    workers = {info["pid"] for info in cluster.run(_facts).values()}
    assert {pid for pid, _ in results} == workers != {os.getpid()}
    assert [values for _, values in results] == [[n * n, (n + 1) ** 2] for n in range(20)]


def _facts() -> dict[str, int]:
    return {"pid": os.getpid()}


def test_errors_and_bad_arguments_are_those_of_any_call(cluster: Any) -> None:
    app: App[Any] = App("test", ephemeral=True, executors={"cluster": cluster.get_executor()})

    def half(number: int) -> float:
        if number % 2:
            raise ValueError(f"{number} is odd")
        return number / 2

    app.expose(half, executor="cluster")
    with TestClient(app, timeout_s=_WAIT_S) as page:
        assert page.call("half", 4) == 2
        with pytest.raises(RemoteError, match="3 is odd") as raised:
            page.call("half", 3)
        assert (raised.value.name, raised.value.code) == ("ValueError", "exception")
        with pytest.raises(RemoteError) as refused:
            page.call("half", "4")
        assert refused.value.code == "invalid_arguments"


def test_killed_worker_is_a_coded_error_and_the_cluster_goes_on(cluster: Any) -> None:
    app: App[Any] = App("test", ephemeral=True, executors={"cluster": cluster.get_executor()})

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def live() -> int:
        return threading.active_count()

    app.expose(die, executor="cluster")
    app.expose(live, executor="cluster")
    with TestClient(app, timeout_s=_WAIT_S) as page:
        with pytest.raises(RemoteError, match="died while it ran die") as died:
            page.call("die")
        assert died.value.code == "worker_died"
        assert page.call("live") > 0
