import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseFilter } from "./filter.js";
import { brief, duration, size } from "./format.js";
import type { Answer, CallRecord, Json, Op, Recorded } from "./model.js";
import { apply } from "./ops.js";
import { Store } from "./store.js";
import { tree } from "./tree.js";

interface OpsCase {
  name: string;
  before: Json;
  ops: Op[];
  after?: Json;
  error?: string;
}

const vectors = join(import.meta.dirname, "../../../spec/ipc/ops.json");
const { cases } = JSON.parse(readFileSync(vectors, "utf-8")) as { cases: OpsCase[] };

describe("ops, as every language runs them", () => {
  test.each(cases.map((one) => [one.name, one] as const))("%s", (_name, one) => {
    const before = structuredClone(one.before);
    if (one.error === undefined) expect(apply(one.before, one.ops)).toEqual(one.after);
    else expect(() => apply(one.before, one.ops)).toThrow();
    expect(one.before).toEqual(before);
  });
});

function call(seq: number, more: Partial<CallRecord> = {}): CallRecord {
  return {
    type: "call", seq, version: seq, at: seq, window: "main", session: "s", id: seq, name: "add",
    args: [1], argsize: 3, argparts: null, status: "done", executor: "thread", timeout: null,
    stack: null, took: 5, ...more,
  }; // biome-ignore format: one record
}

function answer(records: Recorded[], epoch = "e1"): Answer {
  const app = {
    name: "A",
    engine: "x",
    epoch,
    pytron: "1",
    python: "3",
    functions: 1,
    windows: [],
  };
  return { app, version: 1, more: false, dropped: {}, lost: 0, scopes: ["app"], records };
}

describe("filter", () => {
  const slow = call(1, { name: "notes.save", took: 250, args: ["Bread"], status: "error" });
  test.each([
    ["", true],
    ["bread", true],
    ["-bread", false],
    ["name:notes.*", true],
    ["name:notes", false],
    ["status:error slower:100", true],
    ["slower:300", false],
    ["window:other", false],
    ["larger:4", false],
    ['"notes.save"', true],
    ["argsize", false],
  ])("%s", (text, expected) => {
    expect(parseFilter(text)(slow)).toBe(expected);
  });
});

describe("store", () => {
  test("a record that changed takes the place of what it was", () => {
    const store = new Store();
    store.take(answer([call(1, { status: "running" }), call(2)]));
    store.take(answer([call(1, { status: "done" })]));
    expect(store.of("call").map(({ seq, status }) => [seq, status])).toEqual([
      [1, "done"],
      [2, "done"],
    ]);
  });

  test("what was cleared does not come back, another run begins anew", () => {
    const store = new Store();
    store.take(answer([call(1), call(2)]));
    store.clear();
    store.take(answer([call(2), call(3)]));
    expect(store.of("call").map(({ seq }) => seq)).toEqual([3]);
    store.take(answer([call(1)], "e2"));
    expect(store.of("call").map(({ seq }) => seq)).toEqual([1]);
  });

  test("an export comes back whole, and damage is named", () => {
    const store = new Store();
    store.take(answer([call(1)]));
    const op: Op = { op: "set", path: ["n"], value: 2 };
    const step = { revision: 1, at: 1, by: "Python", ops: [op], size: 9 };
    store.history("app").take({ base: { revision: 0, value: { n: 1 } }, steps: [step] });
    const text = JSON.stringify(store.export());
    const other = new Store();
    other.import(text, "it.json");
    expect(other.export().records).toEqual(store.export().records);
    expect([0, 1].map((revision) => other.history("app").at(revision))).toEqual([
      { n: 1 },
      { n: 2 },
    ]);
    for (const [damaged, reason] of [
      ["{", "no JSON"],
      ["{}", "no export"],
      [text.replace('"version":1,', '"version":9,'), "version 9"],
      [text.replace('"records"', '"others"'), "damaged"],
    ] as const)
      expect(() => other.import(damaged, "x")).toThrow(reason);
    expect(other.imported).toBe("it.json");
  });
});

test("values are text, whatever stands in them", () => {
  const made = tree({ "<b>": "<img src=x>", list: [1, null, true], token: "(redacted)" });
  expect(made.querySelector("img, b")).toBeNull();
  expect(made.textContent).toContain("<img src=x>");
  expect(made.querySelector(".redacted")?.textContent).toBe("redacted");
});

test("sizes and times are short", () => {
  expect([12, 1_234, 56_789, 7_654_321].map(size)).toEqual(["12 B", "1.2 kB", "57 kB", "7.7 MB"]);
  expect([0.05, 12.34, 250, 12_345].map(duration)).toEqual([
    "0.05 ms",
    "12.3 ms",
    "250 ms",
    "12.3 s",
  ]);
  expect(brief({ a: "x".repeat(200) }, 10)).toBe('{"a":"xxxx…');
});
