import { createEffect, createRoot } from "solid-js";
import { beforeEach, describe, expect, test } from "vitest";
import { createPytron, onPytron } from "../../src/bindings/solid.js";
import type { MockPython } from "../../src/testing.js";
import { drawn, freshPython, set } from "./page.js";

let python: MockPython;

beforeEach(async () => {
  python = await freshPython();
});

describe("createPytron", () => {
  test("runs effects when the value changes, and only then", async () => {
    const told: unknown[] = [];
    const dispose = createRoot((end) => {
      const [count] = createPytron("count");
      createEffect(() => told.push(count()));
      return end;
    });
    set(python, ["items", 0, "done"], true);
    set(python, ["count"], 5);
    expect(told).toEqual([1, 5]);
    dispose();
    set(python, ["count"], 6);
    expect(told).toEqual([1, 5]);
  });

  test("sets, seen at once, and updates from what is there", async () => {
    await createRoot(async (dispose) => {
      const [count, setCount] = createPytron("count");
      setCount(4);
      expect(count()).toBe(4);
      await drawn();
      setCount((before: number) => before + 1);
      await drawn();
      expect(count()).toBe(5);
      expect(python.state).toMatchObject({ count: 5 });
      dispose();
    });
  });
});

test("onPytron listens for as long as its owner is there", async () => {
  const heard: unknown[] = [];
  const dispose = createRoot((end) => {
    onPytron("saved", (data) => heard.push(data));
    return end;
  });
  await drawn();
  python.emit("saved", 1);
  dispose();
  await drawn();
  python.emit("saved", 2);
  expect(heard).toEqual([1]);
});
