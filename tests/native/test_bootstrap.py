"""What the port's bootstrap does with dropped files, where the engine is WebView2: run in Node."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

SOURCE = Path(__file__).parents[2] / "crates" / "pytron-native" / "src" / "bootstrap.js"
#: As much of a page in WebView2 as the bootstrap touches.
PAGE = """
const posted = [], handlers = {};
const listen = (name, handler) => { handlers[name] = handler; };
const webview = {
  addEventListener() {},
  postMessageWithAdditionalObjects: (message, files) => posted.push([message, [...files]]),
};
const window = {
  addEventListener: listen, chrome: { webview }, ipc: { postMessage() {} },
  fetch, queueMicrotask, ArrayBuffer, TypeError, Promise, reportError() {},
};
window.top = window;
const location = { protocol: "https:", host: "pytron.localhost" };
const event = (more) => {
  const made = {
    clientX: 3, clientY: 4, timeStamp: 1000, defaultPrevented: false, relatedTarget: null,
    dataTransfer: { types: ["Files"], files: ["one", "two"] }, composedPath: () => [],
    preventDefault() { made.defaultPrevented = true; }, ...more,
  };
  return made;
};
%s("secret", ["https://pytron.localhost"], "https://pytron.localhost", "posted");
"""


def run(script: str) -> Any:
    """What a script in such a page gives."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node.js")
    source = PAGE % SOURCE.read_text("utf-8").strip()
    text = f"{source}\nconsole.log(JSON.stringify((() => {{ {script} }})()));"
    done = subprocess.run(
        [node, "-e", text], capture_output=True, text=True, timeout=60, check=True
    )
    return json.loads(done.stdout)


def test_dropped_files_are_handed_to_the_host_with_the_nearest_id() -> None:
    (told,) = run(
        """
        const path = [{}, { id: "" }, { id: "shelf" }, { id: "page" }];
        handlers.drop(event({ composedPath: () => path }));
        return posted;
        """
    )
    where = {"secret": "secret", "phase": "drop", "x": 3, "y": 4, "element": "shelf"}
    assert told == [where, ["one", "two"]]


def test_a_page_that_does_nothing_is_not_replaced_by_the_file() -> None:
    assert run(
        """
        const over = event({}), drop = event({});
        handlers.dragover(over); handlers.drop(drop);
        return [over.defaultPrevented, drop.defaultPrevented];
        """
    ) == [True, True]


def test_hovering_is_told_now_and_then_and_when_it_ends() -> None:
    found = run(
        """
        for (let at = 0; at < 100; at += 10) handlers.dragover(event({ timeStamp: 1000 + at }));
        handlers.dragleave(event({ relatedTarget: {} }));  // onto another element of the page
        handlers.dragleave(event({}));
        return posted.map(([message, files]) => [message.phase, files.length]);
        """
    )
    assert found == [["over", 0], ["over", 0], ["leave", 0]]


def test_what_is_no_file_is_the_pages_own() -> None:
    assert run(
        """
        const text = { dataTransfer: { types: ["text/plain"], files: [] } };
        const over = event(text), drop = event(text);
        handlers.dragover(over); handlers.drop(drop); handlers.dragleave(event(text));
        return [posted.length, over.defaultPrevented, drop.defaultPrevented];
        """
    ) == [0, False, False]
