import { flushSync, mount, unmount } from "svelte";
import { get } from "svelte/store";
import { beforeEach, describe, expect, test } from "vitest";
import { pytronStore } from "../../src/bindings/svelte.js";
import type { MockPython } from "../../src/testing.js";
import Counter from "./Counter.svelte";
import { drawn, freshPython, set } from "./page.js";

let python: MockPython;

beforeEach(async () => {
  python = await freshPython();
});

describe("pytronStore", () => {
  test("is drawn by a component, and again when Python changes it", async () => {
    const target = document.createElement("main");
    const component = mount(Counter, { target });
    expect(target.textContent).toBe("1");
    set(python, ["count"], 5);
    flushSync();
    expect(target.textContent).toBe("5");
    target.querySelector("button")?.click();
    await drawn();
    expect(target.textContent).toBe("6");
    expect(python.state).toMatchObject({ count: 6 });
    await unmount(component);
  });

  test("keeps Svelte's contract: the value at once, then changes, until stopped", () => {
    const told: unknown[] = [];
    const stop = pytronStore("count").subscribe((value) => told.push(value));
    set(python, ["count"], 2);
    stop();
    set(python, ["count"], 3);
    expect(told).toEqual([1, 2]);
    expect(get(pytronStore("count"))).toBe(3);
  });

  test("updates from what is there", async () => {
    pytronStore("count").update((count: number) => count + 41);
    await drawn();
    expect(python.state).toMatchObject({ count: 42 });
  });
});
