import { describe, expect, test, vi } from "vitest";
import { pageAlone, pageWith, sessionOf, settled, welcome } from "../tests/page.js";

interface Counter {
  count: number;
}

const increment = (state: Counter) => {
  state.count += 1;
  return state.count;
};

describe("update", () => {
  test("changes what is there and gives what the function returned", async () => {
    const { pytron, python } = pageWith({ state: { count: 4 } });
    await pytron.ready;
    expect(await pytron.update(increment)).toBe(5);
    expect(python.state).toEqual({ count: 5 });
    expect(pytron.state.count).toBe(5);
  });

  test("shows at once", async () => {
    const { pytron } = pageWith({ state: { count: 4 } });
    await pytron.ready;
    const done = pytron.update(increment);
    expect(pytron.state.count).toBe(5);
    await done;
  });

  test("many at a time lose nothing", async () => {
    const { pytron, python } = pageWith({ state: { count: 0 } });
    await pytron.ready;
    const given = await Promise.all(Array.from({ length: 50 }, () => pytron.update(increment)));
    expect(python.state).toEqual({ count: 50 });
    expect(given).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  });

  test("two pages at once lose nothing", async () => {
    const { pytron, transport } = pageWith({ state: { count: 0 } });
    await pytron.ready;
    // The other page is quicker, three times.
    let rivals = 3;
    const answer = transport.onFrame;
    const python = (frame: Parameters<NonNullable<typeof answer>>[0]) => answer?.(frame);
    transport.onFrame = (frame) => {
      const changing = frame.messages.some(({ kind }) => kind === "change");
      if (changing && rivals-- > 0) {
        const rival = { kind: "change", id: 900 + rivals, scope: "app" };
        const ops = [{ op: "set", path: ["count"], value: 10 * (3 - rivals) }];
        const message = { ...rival, ops };
        python({ text: JSON.stringify([message]), messages: [message], parts: [] });
      }
      python(frame);
    };
    const run = vi.fn(increment);
    expect(await pytron.update(run)).toBe(31);
    expect(run).toHaveBeenCalledTimes(4);
    expect(pytron.state.count).toBe(31);
  });

  test("waits for the changes that were made before it", async () => {
    const { pytron, python } = pageWith({ state: { count: 0 } });
    await pytron.ready;
    pytron.state.count = 7;
    expect(await pytron.update(increment)).toBe(8);
    expect(python.state).toEqual({ count: 8 });
  });

  test("that changes nothing sends nothing", async () => {
    const { pytron, transport } = pageWith({ state: { count: 1 } });
    await pytron.ready;
    const before = transport.sent.length;
    expect(await pytron.update((state: Counter) => state.count)).toBe(1);
    expect(transport.sent.length).toBe(before);
  });

  test("whose function throws rejects and changes nothing", async () => {
    const { pytron, python } = pageWith({ state: { count: 1 } });
    await pytron.ready;
    const failing = pytron.update((state: Counter) => {
      state.count = 9;
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(pytron.state.count).toBe(1);
    expect(python.state).toEqual({ count: 1 });
  });

  test("of what is no function is refused", async () => {
    const { pytron } = pageWith();
    await pytron.ready;
    await expect(pytron.update(3)).rejects.toMatchObject({
      code: "invalid_arguments",
      message: "the change is no function",
    });
  });

  test("whose function is async is refused", async () => {
    const { pytron } = pageWith({ state: { count: 1 } });
    await pytron.ready;
    await expect(pytron.update(async () => {})).rejects.toThrow("must not be async");
  });

  test("ends with its function: a draft that is kept cannot be written to", async () => {
    const { pytron, python } = pageWith({ state: { count: 1 } });
    await pytron.ready;
    const kept = await pytron.update((state: Counter) => {
      state.count = 2;
      return state;
    });
    expect(() => {
      kept.count = 3;
    }).toThrow("this update is over");
    expect(pytron.state.count).toBe(2);
    expect(python.state).toEqual({ count: 2 });
  });

  test("that Python refuses rejects and rolls back", async () => {
    const { pytron, transport } = pageAlone();
    await settled();
    const session = sessionOf(transport);
    const value = { count: 1 };
    transport.deliver([welcome(session), { kind: "snapshot", scope: "app", revision: 3, value }]);
    await settled();
    const update = pytron.update(increment);
    await settled();
    const sent = transport.messages.at(-1) as { id: number; base: number };
    expect(sent.base).toBe(3);
    const error = { name: "StateError", code: "invalid_change", message: "at most 1" };
    transport.deliver([{ kind: "error", id: sent.id, error }]);
    await expect(update).rejects.toMatchObject({ code: "invalid_change" });
    expect(pytron.state.count).toBe(1);
  });

  test("a conflict without a patch asks for the state before it tries again", async () => {
    const { pytron, transport } = pageAlone();
    await settled();
    const snapshot = (revision: number, count: number) => ({
      kind: "snapshot",
      scope: "app",
      revision,
      value: { count },
    });
    transport.deliver([welcome(sessionOf(transport)), snapshot(3, 1)]);
    await settled();
    const update = pytron.update(increment);
    await settled();
    const first = transport.messages.at(-1) as { id: number };
    const error = { name: "StateError", code: "conflict", message: "at 5" };
    transport.deliver([{ kind: "error", id: first.id, error }]);
    await settled();
    expect(transport.messages.at(-1)).toEqual({ kind: "sync", scope: "app" });
    transport.deliver([snapshot(5, 40)]);
    await settled();
    const second = transport.messages.at(-1) as { id: number; ops: object[]; base: number };
    expect(second).toMatchObject({ kind: "change", base: 5, ops: [{ value: 41 }] });
    transport.deliver([
      { kind: "patch", scope: "app", revision: 6, id: second.id, ops: second.ops },
      { kind: "result", id: second.id, value: 6 },
    ]);
    expect(await update).toBe(41);
  });

  test("before ready says what to wait for", async () => {
    const { pytron } = pageAlone();
    await expect(pytron.update(increment)).rejects.toThrow("await pytron.ready");
  });

  test("refused before ready, a page that tries again at once can still do other things", async () => {
    const { pytron } = pageAlone();
    let others = false;
    setTimeout(() => {
      others = true;
    });
    for (let tries = 0; tries < 1_000 && !others; tries++)
      await expect(pytron.update(increment)).rejects.toThrow("await pytron.ready");
    expect(others).toBe(true);
  });
});

describe("subscribe", () => {
  test("fires on change only, with the value", async () => {
    const { pytron, python } = pageWith({ state: { count: 0, items: [{ done: false }] } });
    await pytron.ready;
    const done: unknown[] = [];
    const items: unknown[] = [];
    pytron.subscribe("items.0.done", (value: unknown) => done.push(value));
    pytron.subscribe("items", (value: unknown) => items.push(value));
    python.change([{ op: "set", path: ["count"], value: 1 }]);
    python.change([{ op: "set", path: ["items", 0, "done"], value: false }]);
    python.change([{ op: "set", path: ["items"], value: [{ done: false }] }]);
    expect(done).toEqual([]);
    expect(items).toEqual([]);
    python.change([{ op: "set", path: ["items", 0, "done"], value: true }]);
    expect(done).toEqual([true]);
    expect(items).toEqual([[{ done: true }]]);
    python.change([{ op: "set", path: ["items"], value: [] }]);
    expect(done).toEqual([true, undefined]);
  });

  test("fires once for what one frame brings, before the event that follows", async () => {
    const { pytron, transport } = pageAlone();
    await settled();
    const told: unknown[] = [];
    pytron.subscribe("count", (value: unknown) => told.push(value));
    pytron.on("saved", () => told.push("saved"));
    const patch = (revision: number) => ({
      kind: "patch",
      scope: "app",
      revision,
      ops: [{ op: "set", path: ["count"], value: revision }],
    });
    transport.deliver([
      welcome(sessionOf(transport)),
      { kind: "snapshot", scope: "app", revision: 0, value: { count: 0 } },
      patch(1),
      patch(2),
      { kind: "event", name: "saved", data: null },
      patch(3),
      patch(4),
    ]);
    expect(told).toEqual([2, "saved", 4]);
  });

  test("fires for what the page itself writes, once for one go", async () => {
    const { pytron } = pageWith({ state: { count: 0 } });
    await pytron.ready;
    const told: unknown[] = [];
    pytron.subscribe("count", (value: unknown) => told.push(value));
    pytron.state.count = 1;
    pytron.state.count = 2;
    await settled();
    expect(told).toEqual([2]);
    pytron.state.count = 3;
    pytron.state.count = 2;
    await settled();
    expect(told).toEqual([2]);
  });

  test("stops, and one listener that throws does not stop the others", async () => {
    const reported = vi.spyOn(console, "error").mockImplementation(() => {});
    const { pytron, python } = pageWith({ state: { count: 0 } });
    await pytron.ready;
    const told = vi.fn();
    pytron.subscribe("count", () => {
      throw new Error("listener");
    });
    const stop = pytron.subscribe("count", told);
    python.change([{ op: "set", path: ["count"], value: 1 }]);
    stop();
    python.change([{ op: "set", path: ["count"], value: 2 }]);
    expect(told.mock.calls).toEqual([[1]]);
    expect(reported).toHaveBeenCalledTimes(2);
    reported.mockRestore();
  });

  test("gives what must not be changed: in development writing to it throws", async () => {
    const { pytron, python } = pageWith({ state: { items: [] } });
    await pytron.ready;
    let given: { text: string }[] = [];
    pytron.subscribe("items", (value: { text: string }[]) => {
      given = value;
    });
    python.change([{ op: "set", path: ["items"], value: [{ text: "a" }] }]);
    expect(() => {
      (given[0] as { text: string }).text = "b";
    }).toThrow(TypeError);
    pytron.state.items[0].text = "c";
    await settled();
    expect(python.state).toEqual({ items: [{ text: "c" }] });
  });
});
