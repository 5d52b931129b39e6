"""`pytron dev` with Next.js, which a stand-in of a few lines plays: window and tab reach Python.

What is tried is ours: the launcher, the server before Next's handlers, and what it lets through.
Next.js itself is tried with its template.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from http.client import HTTPConnection
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from e2e.developing import DEADLINE_S, Development
from playwright.sync_api import Browser, expect

APP = """
from pytron import App, current
app = App("Dev", frontend="frontend/out", ephemeral=True)

@app.expose
def greet() -> str:
    print("page:", current().window.label, flush=True)
    return "first"

@app.asset("thumb/{id}")
def thumb(id: int) -> str:
    return f"thumb {id}"

if __name__ == "__main__":
    raise SystemExit(app.run())
"""
PAGE = """<!doctype html><title>page</title><output id="answer"></output>
<script type="module">
import pytron from "/_pytron/client.js";
for (;;) {
  try { document.getElementById("answer").textContent = await pytron.greet(); } catch {}
  await new Promise((done) => setTimeout(done, 50));
}
</script>
"""
NEXT = f"""
export default ({{ dev, port }}) => ({{
  prepare: async () => {{}},
  getRequestHandler: () => (req, res) => {{
    res.setHeader("content-type", "text/html");
    res.end(req.url === "/" ? {json.dumps(PAGE)} : `next ${{dev}} ${{port}} ${{req.url}}`);
  }},
  getUpgradeHandler: () => (req, socket) => socket.end("HTTP/1.1 418 Next\\r\\n\\r\\n"),
}});
"""
FILES = {
    "pyproject.toml": "[tool.pytron]\n",
    "app.py": APP,
    "frontend/src/pytron.d.ts": "",
    "frontend/package.json": '{"dependencies": {"next": "*"}}',
    "frontend/node_modules/next/package.json": '{"type": "module", "main": "index.js"}',
    "frontend/node_modules/next/index.js": NEXT,
}


@pytest.fixture
def dev(tmp_path: Path) -> Generator[Development]:
    with Development(tmp_path, FILES) as made:
        yield made


def asked(address: str, **headers: str) -> str:
    with urlopen(Request(address, headers=headers), timeout=DEADLINE_S) as answer:
        return answer.read().decode()


def test_window_and_tab_reach_python_at_its_address(dev: Development, browser: Browser) -> None:
    address = dev.line("Next.js listens: ").rpartition(" ")[2]
    dev.line("page: main")
    tab = browser.new_page()
    tab.goto(address)
    expect(tab.locator("#answer")).to_have_text("first", timeout=DEADLINE_S * 1000)
    dev.change('"first"', '"second"')
    expect(tab.locator("#answer")).to_have_text("second", timeout=DEADLINE_S * 1000)
    tab.close()

    assert asked(f"{address}about") == f"next true {address.rpartition(':')[2][:-1]} /about"
    assert asked(f"{address}thumb/3") == "thumb 3"
    with pytest.raises(HTTPError, match="403"):
        asked(f"{address}_pytron/client.js", Origin="https://example.org")
    with pytest.raises(HTTPError, match="403"):
        asked(f"{address}_pytron/client.js", Host="rebound.example.org")
    # What is not Python's is Next's own: its Fast Refresh, for one.
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket"}
    connection = HTTPConnection(urlsplit(address).netloc, timeout=DEADLINE_S)
    connection.request("GET", "/_next/hmr", headers=upgrade)
    assert connection.getresponse().status == 418
    connection.close()


def test_types_follow_python(dev: Development) -> None:
    dev.line("wrote", "pytron.d.ts")
    types = dev.folder / "frontend" / "src" / "pytron.d.ts"
    assert "greet(): Promise<string>" in types.read_text("utf-8")
    dev.change("greet() -> str", "greet(count: int = 1) -> str")
    dev.line("wrote", "pytron.d.ts")
    assert "greet(count?: number): Promise<string>" in types.read_text("utf-8")


def test_nothing_of_it_is_left(dev: Development) -> None:
    dev.line("page: main")
    with dev.watched() as ended:
        dev.process.kill()
        dev.process.wait(DEADLINE_S)
        assert ended()
