import { Signal } from "signal-polyfill";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { pytronSignal } from "../../src/bindings/signal.js";
import type { MockPython } from "../../src/testing.js";
import { drawn, freshPython, set } from "./page.js";

let python: MockPython;

beforeEach(async () => {
  python = await freshPython();
});

describe("pytronSignal", () => {
  test("computed signals follow it, and are computed on change only", () => {
    const count = pytronSignal(Signal, "count");
    const compute = vi.fn(() => count.get() * 2);
    const double = new Signal.Computed(compute);
    expect(double.get()).toBe(2);
    set(python, ["items", 0, "done"], true);
    expect(double.get()).toBe(2);
    set(python, ["count"], 5);
    expect(double.get()).toBe(10);
    expect(compute).toHaveBeenCalledTimes(2);
    count.stop();
    set(python, ["count"], 6);
    expect(double.get()).toBe(10);
  });

  test("wakes watchers", () => {
    const count = pytronSignal(Signal, "count");
    const woken = vi.fn();
    const watcher = new Signal.subtle.Watcher(woken);
    const computed = new Signal.Computed(() => count.get());
    watcher.watch(computed);
    computed.get();
    set(python, ["count"], 5);
    expect(woken).toHaveBeenCalledOnce();
    watcher.unwatch(computed);
    count.stop();
  });

  test("sets, seen at once and in Python", async () => {
    const count = pytronSignal(Signal, "count");
    count.set(3);
    expect(count.get()).toBe(3);
    await drawn();
    expect(python.state).toMatchObject({ count: 3 });
    count.set((before: number) => before + 1);
    await drawn();
    expect(count.get()).toBe(4);
    count.stop();
  });
});
