import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { lineOf, start } from "./console.js";

const text = (...given: unknown[]) => lineOf(["log", given])?.[1];

describe("a line of the console", () => {
  test("has the level of its method", () => {
    const levels = ["debug", "log", "info", "warn", "error", "table"].map(
      (method) => lineOf([method, ["x"]])?.[0],
    );
    expect(levels).toEqual(["debug", "info", "info", "warning", "error", "info"]);
  });

  test("shows values as a console does", () => {
    expect(text("items:", [1, "two"], { three: new Map([["a", 1]]) })).toBe(
      'items: [ 1, "two" ] { three: Map (1) {"a" => 1} }',
    );
    expect(text(undefined, null, 3n, Symbol("s"))).toBe(
      "undefined null Object(3n) Symbol(s)".replace("Object(3n)", "3n"),
    );
  });

  test("fills placeholders, and leaves styles out", () => {
    expect(
      text("%cred%c %s of %d (%f) %o 100%%", "color: red", "", "a", "7.9", "1.5", { b: 1 }, "rest"),
    ).toBe("red a of 7 (1.5) { b: 1 } 100% rest");
    expect(text("100%")).toBe("100%");
    expect(text("%s and %s", "one")).toBe("one and %s");
  });

  test("survives what points to itself, throws or is endless", () => {
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    expect(text(loop)).toContain("[Circular]");
    const hostile = Object.defineProperty({}, "x", {
      enumerable: true,
      get: () => {
        throw new Error("no");
      },
    });
    expect(text(hostile)).toBe("[object Object]");
    expect(text("x".repeat(1_000_000))?.length).toBe(8_192);
  });

  test("has an error's message, stack and cause", () => {
    const error = new TypeError("no such thing", { cause: new Error("the first") });
    const shown = text(error) ?? "";
    expect(shown).toContain("TypeError: no such thing");
    expect(shown).toContain("console.test");
    expect(shown).toContain("caused by Error: the first");
    error.stack = "caller@http://localhost/main.js:1:2"; // as WebKit has it
    expect(text(error)).toMatch(/^TypeError: no such thing\ncaller@/);
  });

  test("is written by an assertion only when it fails", () => {
    expect(lineOf(["assert", [true, "good"]])).toBeUndefined();
    expect(lineOf(["assert", [false, "bad", 1]])).toEqual(["error", "assertion failed: bad 1"]);
  });

  test("says of a trace where it was", () => {
    expect(lineOf(["trace", ["here"]])?.[1]).toMatch(/^here\n[\s\S]*console\.test/);
  });
});

describe("the page's part", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function started() {
    const sent: unknown[] = [];
    let write: (method: string, ...given: unknown[]) => void = () => {};
    start({
      send: (data) => sent.push(data),
      console: (handler) => {
        write = (method, ...given) => handler([method, given]);
      },
    });
    return { sent, write };
  }

  test("sends lines that came together in one message", () => {
    const { sent, write } = started();
    write("log", "one");
    write("warn", "two");
    expect(sent).toEqual([]);
    vi.runAllTimers();
    expect(sent).toEqual([
      {
        lines: [
          ["info", "one"],
          ["warning", "two"],
        ],
        lost: 0,
      },
    ]);
  });

  test("leaves out what a flood has too much, and counts it", () => {
    const { sent, write } = started();
    for (let i = 0; i < 1_000; i++) write("log", i);
    vi.runAllTimers();
    const [{ lines, lost }] = sent as [{ lines: unknown[]; lost: number }];
    expect([lines.length, lost]).toEqual([100, 900]);
  });

  test("sends at once what a page writes at its end", () => {
    const { sent, write } = started();
    write("log", "last");
    dispatchEvent(new Event("pagehide"));
    expect(sent).toEqual([{ lines: [["info", "last"]], lost: 0 }]);
    vi.runAllTimers();
    expect(sent).toHaveLength(1);
  });
});
