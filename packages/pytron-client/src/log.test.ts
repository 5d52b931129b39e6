import { describe, expect, test, vi } from "vitest";
import { PytronError } from "./errors.js";
import { forwardErrors, type LogEntry, LogGate, reportKnown } from "./log.js";

function page() {
  const target = new EventTarget();
  const sent: LogEntry[] = [];
  const stop = forwardErrors(target, (entry) => sent.push(entry));
  const raise = (type: string, details: object) =>
    target.dispatchEvent(Object.assign(new Event(type), details));
  return { sent, stop, raise };
}

describe("the page's uncaught errors", () => {
  test("are sent with name, message and stack", () => {
    const { sent, raise } = page();
    const error = new RangeError("too far");
    raise("error", { error, message: "Uncaught RangeError: too far" });
    expect(sent).toEqual([{ level: "error", message: "RangeError: too far", stack: error.stack }]);
  });

  test("are sent from promises too, whatever was thrown", () => {
    const { sent, raise } = page();
    raise("unhandledrejection", { reason: new TypeError("x") });
    raise("unhandledrejection", { reason: "just text" });
    raise("unhandledrejection", { reason: undefined });
    raise("unhandledrejection", { reason: null });
    raise("error", { error: null, message: "Script error." });
    expect(sent.map(({ message }) => message)).toEqual([
      "unhandled rejection: TypeError: x",
      "unhandled rejection: just text",
      "unhandled rejection: unhandled rejection",
      "unhandled rejection: null",
      "Script error.",
    ]);
  });

  test("name the reference of a Python error", () => {
    const { sent, raise } = page();
    const reason = Object.assign(new Error("no such note"), { name: "ValueError", ref: "r7" });
    raise("unhandledrejection", { reason });
    expect(sent[0]?.message).toBe("unhandled rejection: ValueError: no such note [r7]");
  });

  test("are cut to a length and stop when asked to", () => {
    const { sent, stop, raise } = page();
    raise("error", { error: new Error("x".repeat(1e6)) });
    expect(sent[0]?.message.length).toBeLessThanOrEqual(8_192);
    stop();
    raise("error", { error: new Error("late") });
    expect(sent).toHaveLength(1);
  });

  test("are left out when Python told of them", () => {
    const { sent, raise } = page();
    vi.stubGlobal("reportError", (error: unknown) => raise("error", { error }));
    const error = new PytronError("invalid_change", "leads nowhere", { ref: "r8" });
    reportKnown(error);
    vi.unstubAllGlobals();
    expect(sent).toHaveLength(0);
    raise("error", { error: new PytronError("invalid_change", "leads nowhere", { ref: "r9" }) });
    expect(sent).toHaveLength(1);
  });

  test("are limited in number", () => {
    const { sent, raise } = page();
    for (let i = 0; i < 1_000; i++) raise("error", { error: new Error(`${i}`) });
    expect(sent).toHaveLength(20);
  });
});

test("what was held back is counted when the next may pass", () => {
  const gate = new LogGate();
  for (let i = 0; i < 20; i++) expect(gate.admit(50_000)).toBe(0);
  for (let i = 0; i < 5; i++) expect(gate.admit(50_001)).toBeUndefined();
  expect(gate.admit(60_000)).toBe(5);
  expect(gate.admit(60_001)).toBe(0);
});
