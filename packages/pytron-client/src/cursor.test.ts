import { describe, expect, test } from "vitest";
import { pageAlone, settled } from "../tests/page.js";
import { page, scripted, set, start } from "../tests/todo.js";

describe("reading", () => {
  test("looks like plain data", async () => {
    const { pytron } = await page();
    expect(pytron.state.count).toBe(0);
    expect(pytron.state.items.length).toBe(2);
    expect(pytron.state.items[1].text).toBe("b");
    expect(JSON.stringify(pytron.state)).toBe(JSON.stringify(start()));
    expect(Object.keys(pytron.state)).toEqual(["count", "items"]);
    expect("count" in pytron.state).toBe(true);
    expect("toString" in pytron.state).toBe(false);
    expect(Array.isArray(pytron.state.items)).toBe(true);
    expect([...pytron.state.items].map((item) => item.text)).toEqual(["a", "b"]);
    expect(pytron.state.items.filter((item: { done: boolean }) => item.done)).toHaveLength(1);
    expect(pytron.state.items.indexOf(pytron.state.items[1])).toBe(1);
    expect({ ...pytron.state.items[0] }).toEqual({ text: "a", done: false });
    expect(pytron.state.missing).toBeUndefined();
    expect(pytron.state.then).toBeUndefined();
    expect(pytron.state.toJSON).toBeUndefined();
  });

  test("before ready is empty, and writing says what to wait for", () => {
    const { pytron } = pageAlone();
    expect(pytron.state.count).toBeUndefined();
    expect(() => {
      pytron.state.count = 1;
    }).toThrow("await pytron.ready");
  });

  test("gives the same proxy for the same object, also after it changed", async () => {
    const { pytron, python } = await page();
    const first = pytron.state.items[0];
    expect(pytron.state.items[0]).toBe(first);
    python.change([{ op: "set", path: ["items", 0, "done"], value: true }]);
    expect(pytron.state.items[0]).toBe(first);
    expect(first.done).toBe(true);
  });

  test("a snapshot stays as it was, and shares what did not change", async () => {
    const { snapshot, python } = await page();
    const before = snapshot();
    python.change([{ op: "set", path: ["items", 0, "done"], value: true }]);
    const after = snapshot();
    expect(before).toEqual(start());
    expect(after.items[0]).toEqual({ text: "a", done: true });
    expect(after.items[1]).toBe(before.items[1]);
    expect(snapshot("items.1.text")).toBe("b");
    expect(snapshot(["items", 1, "text"])).toBe("b");
    expect(snapshot("items.length")).toBeUndefined();
  });
});

describe("an object that is held", () => {
  test("goes on to mean its element when others move", async () => {
    const { pytron, python } = await page();
    const second = pytron.state.items[1];
    python.change([{ op: "splice", path: ["items"], index: 0, remove: 1, insert: [] }]);
    second.text = "still b";
    await settled();
    expect(python.state).toMatchObject({ items: [{ text: "still b" }] });
  });

  test("that was just added stays valid when Python confirms it", async () => {
    const { pytron, python } = await page();
    pytron.state.items.push({ text: "", done: false });
    const added = pytron.state.items.at(-1);
    await settled();
    added.text = "c";
    await settled();
    expect(python.state).toMatchObject({ items: [{}, {}, { text: "c" }] });
  });

  test("stays valid through a snapshot that equals what was there", async () => {
    const { pytron, transport, last } = await scripted();
    const first = pytron.state.items[0];
    const value = start();
    transport.deliver([{ kind: "snapshot", scope: "app", revision: 5, value }]);
    first.text = "c";
    await settled();
    expect(last().ops).toEqual([set(["items", 0, "text"], "c")]);
  });

  test("that is removed reads as it was and refuses writes", async () => {
    const { pytron, python } = await page();
    const first = pytron.state.items[0];
    python.change([{ op: "splice", path: ["items"], index: 0, remove: 1, insert: [] }]);
    expect(first.text).toBe("a");
    expect(() => {
      first.text = "x";
    }).toThrow("no longer in the state");
    await settled();
    expect(python.state).toMatchObject({ items: [{ text: "b" }] });
  });

  test("follows its key in an object", async () => {
    const { pytron, python } = await page();
    const { items } = pytron.state;
    python.change([{ op: "set", path: ["items"], value: [] }]);
    items.push({ text: "c" });
    expect(items).toHaveLength(1);
    await settled();
    expect(python.state).toMatchObject({ items: [{ text: "c" }] });
  });
});
