"""The server engine: calls beside a bare Starlette echo in one Chromium, and many clients.

`python -m benchmarks.server.run [--quick]` from the root of the checkout; takes under a minute.
"""

import http.client
import json
import os
import re
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.e2e.chromium import Chromium, ask

ROOT = Path(__file__).parents[2]
QUICK = "--quick" in sys.argv
SIZES = [200, 500, 1] if QUICK else [2000, 5000, 5]
CLIENTS, RATE, SECONDS = (50, 200, 2) if QUICK else (2000, 1000, 10)
ROUNDS = 1 if QUICK else 3


def free_port() -> int:
    """A port that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@contextmanager
def program(*command: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A program that is ended with the block."""
    whole = {**os.environ, "PYTHONPATH": f"python{os.pathsep}.{os.pathsep}tests", **environment}
    with subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=whole, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()


def reported(process: subprocess.Popen[str]) -> dict[str, float]:
    """What the page reports."""
    assert process.stdout is not None
    line = next(line for line in process.stdout if line.startswith("REPORT"))
    return json.loads(line.removeprefix("REPORT"))


def bare(browser: Chromium) -> dict[str, float]:
    """The echo."""
    port = free_port()
    with program("-m", "benchmarks.server.bare", str(port)) as process:
        wait_for(port)
        ask(browser.port, f"new?http://127.0.0.1:{port}/%23{','.join(map(str, SIZES))}")
        found = reported(process)
        browser.close_tabs()
    return found


def served(browser: Chromium) -> dict[str, float]:
    """The server engine."""
    environment = {
        "PYTRON_ENGINE": "server", "PYTRON_SERVER_BROWSER": "0", "BENCH_SIZES": json.dumps(SIZES),
    }  # fmt: skip
    with program("-m", "benchmarks.server.served", **environment) as process:
        ask(browser.port, f"new?{address(process).replace('#', '%23')}")
        found = reported(process)
        browser.close_tabs()
    return found


def address(process: subprocess.Popen[str]) -> str:
    """The address that pairs."""
    assert process.stderr is not None
    line = next(line for line in process.stderr if "/_pytron/pair#" in line)
    return re.findall(r"http://\S+", line)[0]


def wait_for(port: int) -> None:
    """Wait until something listens."""
    for _ in range(200):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        subprocess.run(["sleep", "0.05"], check=True)


def load() -> dict[str, Any]:
    """Many clients of a real deployment's server."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 3 * CLIENTS + 500), hard))
    options = ("--port", "0", "--per-address", "10000", "--frame-rate", "1000", "--no-log",
               "--requests-per-minute", "1000000")  # fmt: skip
    app = str(ROOT / "benchmarks" / "server" / "served.py")
    with program("-m", "pytron", "serve", *options, app) as server:
        url = address(server)
        port, token = re.findall(r":(\d+)/_pytron/pair#(\S+)", url)[0]
        connection = http.client.HTTPConnection("127.0.0.1", int(port))
        connection.request("POST", "/_pytron/pair", token, {"Origin": f"http://127.0.0.1:{port}"})
        cookie = (connection.getresponse().getheader("Set-Cookie") or "").partition(";")[0]
        arguments = (port, cookie, str(CLIENTS), str(RATE), str(SECONDS))
        with program("-m", "benchmarks.server.load", *arguments) as client:
            out, err = client.communicate(timeout=120)
            if not out:
                raise SystemExit(err)
            found = json.loads(out)
        with open(f"/proc/{server.pid}/status", encoding="utf-8") as status:  # noqa: PTH123
            resident = re.findall(r"VmRSS:\s+(\d+)", status.read())
        found["server_mb"] = round(int(resident[0]) / 1024)
    return found


def main() -> None:
    """Measure in turn, and print."""
    browser = Chromium()
    rounds = [(bare(browser), served(browser)) for _ in range(ROUNDS)]
    browser.end()
    for name in ("p50", "p99", "atOnce"):
        a, b = (sorted(r[side][name] for r in rounds)[len(rounds) // 2] for side in (0, 1))
        print(f"{name}: bare {a:.4g}, pytron {b:.4g}, ratio {b / a:.2f}")
    print(json.dumps(load()))


if __name__ == "__main__":
    main()
