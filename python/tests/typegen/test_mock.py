"""The TypeScript mock: typed, and a Python for the page's tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pytron import App
from pytron.typegen import declarations, describe
from pytron.typegen.mock import mock
from typegen.compiler import errors_of, needs_node, run_bundled, settings
from typegen.sample import sample_contract

USES = """
import assert from "node:assert/strict";
import pytron, { PytronError } from "pytron-client";
import { mockApp } from "./pytron.mock.js";

const python = mockApp({
  functions: {
    add: (a, b = 0) => a + b,
    notes: { find: async (text, limit) => ({ items: [], more: limit ?? 0, query: text }) },
    async *count_to(limit) {
      for (let i = 1; i <= limit; i++) yield i;
    },
    fail: () => {
      throw new PytronError("refused", "no", { name: "Refused" });
    },
  },
  state: { count: 5 },
});
await pytron.ready;
assert.equal(await pytron.add(40, 2), 42);
assert.equal(await pytron.call("add", { b: 2, a: 40 }), 42);
assert.deepEqual(await pytron.call("notes.find", { text: "x", limit: 3 }), {
  items: [],
  more: 3,
  query: "x",
});
const seen = [];
for await (const number of pytron.count_to(3)) seen.push(number);
assert.deepEqual(seen, [1, 2, 3]);
await assert.rejects(pytron.fail(), { code: "refused", name: "Refused" });

// What was not given answers with samples.
assert.equal(await pytron.shout("a"), "");
assert.deepEqual(await pytron.middle({ x: 1, y: 1 }, { x: 1, y: 1 }), { x: 0, y: 0 });
assert.equal((await pytron.notes.save({ id: 1, title: "a", created: "x" })).colour, "red");
assert.equal((await pytron.normalise([1])).constructor, Float32Array);
for await (const _ of pytron.tail("a")) assert.fail("nothing comes");

// State: as Python begins, with what the test changes.
assert.equal(pytron.state.count, 5);
assert.deepEqual({ ...pytron.state.place }, { x: 1, y: 2 });
const heard = new Promise((resolve) => pytron.on("counted", resolve));
await pytron.add(1, 1);
python.emit("counted", 3);
assert.equal(await heard, 3);
console.log("all is well");
"""
WRONG = """
import { mockApp } from "./pytron.mock.js";
const python = mockApp();
mockApp({ functions: { add: () => "three" } });
mockApp({ functions: { notes: { find: () => 3 } } });
mockApp({ functions: { subtract: () => 3 } });
mockApp({ functions: { count_to: () => 3 } });
mockApp({ state: { count: "five" } });
python.emit("counted", "three");
python.emit("lost", 3);
"""


def write(folder: Path, uses: str) -> None:
    (folder / "pytron.d.ts").write_text(declarations(sample_contract()), "utf-8")
    (folder / "pytron.mock.ts").write_text(mock(sample_contract()), "utf-8")
    (folder / "uses.ts").write_text(uses, "utf-8")


@needs_node
def test_mock_is_typed(tmp_path: Path) -> None:
    write(tmp_path, WRONG)
    lines = [line.split("(")[1].split(",")[0] for line in errors_of(tmp_path, settings())]
    assert sorted(set(lines), key=int) == ["4", "5", "6", "7", "8", "9", "10"]
    write(tmp_path, 'import { mockApp } from "./pytron.mock.js";\nvoid mockApp().state.count;\n')
    assert errors_of(tmp_path, settings()) == []


@needs_node
def test_mock_answers_as_python_would(tmp_path: Path) -> None:
    write(tmp_path, USES)
    assert run_bundled(tmp_path / "uses.ts") == "all is well\n"


@needs_node
def test_mock_of_an_app_with_nothing(tmp_path: Path) -> None:
    contract = describe(App[Any]("Empty"))
    (tmp_path / "pytron.d.ts").write_text(declarations(contract), "utf-8")
    (tmp_path / "pytron.mock.ts").write_text(mock(contract), "utf-8")
    assert errors_of(tmp_path, settings()) == []
