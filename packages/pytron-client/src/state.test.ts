import { afterEach, describe, expect, test, vi } from "vitest";
import { greet, pageWith, settled } from "../tests/page.js";
import { page, scripted, set, start } from "../tests/todo.js";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("writing", () => {
  test("shows at once and reaches Python", async () => {
    const { pytron, python } = await page();
    pytron.state.count = 5;
    pytron.state.items[0].done = true;
    expect(pytron.state.count).toBe(5);
    await settled();
    expect(python.state).toMatchObject({ count: 5, items: [{ done: true }, {}] });
  });

  test("in one go is one change", async () => {
    const { pytron, transport } = await page();
    pytron.state.count = 1;
    pytron.state.count = 2;
    pytron.state.items.push({ text: "c", done: false });
    await settled();
    const changes = transport.messages.filter(({ kind }) => kind === "change");
    expect(changes).toHaveLength(1);
    expect(changes[0]?.ops).toHaveLength(3);
  });

  test("comes before a call that is made after it", async () => {
    const { pytron, last, transport } = await scripted();
    pytron.state.count = 1;
    void pytron.save();
    pytron.state.count = 2;
    await settled();
    expect(last().kind).toBe("change");
    expect(transport.sent.at(-1)?.messages.map(({ kind }) => kind)).toEqual([
      "change",
      "call",
      "change",
    ]);
  });

  test.each<[string, (items: number[]) => unknown, number[]]>([
    ["push", (a) => a.push(4, 5), [1, 2, 3, 4, 5]],
    ["unshift", (a) => a.unshift(0), [0, 1, 2, 3]],
    ["pop", (a) => a.pop(), [1, 2]],
    ["shift", (a) => a.shift(), [2, 3]],
    ["splice with all arguments", (a) => a.splice(1, 1, 8, 9), [1, 8, 9, 3]],
    ["splice to the end", (a) => a.splice(1), [1]],
    ["splice from the end", (a) => a.splice(-1, 1), [1, 2]],
    ["splice of nothing", (a) => a.splice(1, 0), [1, 2, 3]],
    ["splice past the end", (a) => a.splice(9, 9, 4), [1, 2, 3, 4]],
    ["sort", (a) => a.sort((x, y) => y - x), [3, 2, 1]],
    ["reverse", (a) => a.reverse(), [3, 2, 1]],
    ["fill", (a) => a.fill(7, 1), [1, 7, 7]],
    ["copyWithin", (a) => a.copyWithin(0, 1), [2, 3, 3]],
    [
      "an index",
      (a) => {
        a[1] = 9;
      },
      [1, 9, 3],
    ],
    [
      "the index past the end",
      (a) => {
        a[3] = 9;
      },
      [1, 2, 3, 9],
    ],
    [
      "length",
      (a) => {
        a.length = 1;
      },
      [1],
    ],
  ])("%s does to the state what it does to an array", async (_name, run, expected) => {
    const { pytron, python } = pageWith({ state: { list: [1, 2, 3] } });
    await pytron.ready;
    const plain = [1, 2, 3];
    const given = run(plain);
    const ours = run(pytron.state.list);
    expect(plain).toEqual(expected);
    expect([...pytron.state.list]).toEqual(expected);
    if (Array.isArray(given)) expect([...(ours as number[])]).toEqual(given);
    else expect(ours).toEqual(given);
    await settled();
    expect(python.state).toEqual({ list: expected });
  });

  test("of an array method is one op, however long the array", async () => {
    const { pytron, last } = await scripted({ list: Array.from({ length: 1_000 }, (_, i) => i) });
    pytron.state.list.shift();
    await settled();
    expect(last().ops).toEqual([{ op: "splice", path: ["list"], index: 0, remove: 1, insert: [] }]);
  });

  test("delete removes a key", async () => {
    const { pytron, python } = await page();
    delete pytron.state.items[0].done;
    expect("done" in pytron.state.items[0]).toBe(false);
    await settled();
    expect(python.state).toMatchObject({ items: [{ text: "a" }, {}] });
    expect(delete pytron.state.items[0].done).toBe(true);
  });

  test("takes a copy of what is written", async () => {
    const { pytron, python } = await page();
    const note = { text: "c", tags: ["x"] };
    pytron.state.items.push(note);
    note.tags.push("y");
    expect([...pytron.state.items[2].tags]).toEqual(["x"]);
    pytron.state.items[2].tags.push("z");
    expect(note.tags).toEqual(["x", "y"]);
    await settled();
    expect(python.state).toMatchObject({ items: [{}, {}, { tags: ["x", "z"] }] });
  });

  test("moves objects of the state about", async () => {
    const { pytron, python } = await page();
    pytron.state.chosen = pytron.state.items[0];
    pytron.state.items.push(pytron.state.items.shift());
    await settled();
    expect(python.state).toMatchObject({
      chosen: { text: "a" },
      items: [{ text: "b" }, { text: "a" }],
    });
  });

  test("what JSON cannot hold throws where it is written, and nothing is sent", async () => {
    const { pytron, snapshot, transport } = await page();
    const before = transport.sent.length;
    expect(() => {
      pytron.state.items[0].text = Number.NaN;
    }).toThrow("NaN");
    expect(() => {
      pytron.state.count = "\ud800";
    }).toThrow("surrogate");
    expect(() => {
      pytron.state.items[9] = 1;
    }).toThrow("past the end");
    await settled();
    expect(snapshot()).toEqual(start());
    expect(transport.sent.length).toBe(before);
  });

  test("never reaches a prototype", async () => {
    const { pytron } = await page();
    const key = "__proto__";
    expect(() => {
      pytron.state[key] = { polluted: 1 };
    }).toThrow();
    expect(pytron.state[key]).toBeUndefined();
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test("binary is state too", async () => {
    const { pytron, python } = await page();
    pytron.state.thumb = new Uint8Array([1, 2]);
    expect(pytron.state.thumb).toEqual(new Uint8Array([1, 2]));
    await settled();
    expect(python.state).toMatchObject({ thumb: new Uint8Array([1, 2]) });
    expect(pytron.state.thumb).toEqual(new Uint8Array([1, 2]));
  });
});

describe("a subscription where nothing is", () => {
  test("asks Python whether anything can ever be there", async () => {
    const { pytron, transport } = pageWith({ state: { count: 0, items: [] } });
    for (const path of ["early.x", "count", ""]) pytron.subscribe(path, () => {});
    await pytron.ready;
    pytron.subscribe(["items", 3, "done"], () => {});
    await settled();
    const asked = transport.messages.filter(({ kind }) => kind === "watch");
    expect(asked).toEqual([
      { kind: "watch", scope: "app", path: ["early", "x"] },
      { kind: "watch", scope: "app", path: ["items", 3, "done"] },
    ]);
  });

  test("shows what Python says, and stays", async () => {
    const shown = vi.spyOn(console, "error").mockImplementation(() => {});
    const { pytron, transport } = await scripted();
    const told = vi.fn();
    pytron.subscribe("coutn", told);
    const error = { name: "StateError", code: "invalid_change", message: "did you mean 'count'?" };
    transport.deliver([{ kind: "error", error }]);
    expect(shown).toHaveBeenCalledWith(expect.objectContaining({ message: error.message }));
    pytron.state.coutn = 1;
    await settled();
    expect(told).toHaveBeenCalledWith(1);
  });
});

describe("an answer to a change", () => {
  test("a refusal rolls back and is shown", async () => {
    const shown = vi.spyOn(console, "error").mockImplementation(() => {});
    const { pytron, transport, last } = await scripted();
    const told: unknown[] = [];
    pytron.subscribe("count", (value: unknown) => told.push(value));
    pytron.state.count = 5;
    await settled();
    const error = { name: "StateError", code: "invalid_change", message: "too high" };
    transport.deliver([{ kind: "error", id: last().id, error }]);
    expect(pytron.state.count).toBe(0);
    expect(told).toEqual([5, 0]);
    expect(shown).toHaveBeenCalledWith(
      expect.objectContaining({ message: expect.stringContaining('"count"') }),
    );
  });

  test("one refusal leaves the other changes", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const { pytron, snapshot, transport, last } = await scripted();
    pytron.state.count = 5;
    await settled();
    const { id } = last();
    pytron.state.items[0].text = "x";
    await settled();
    const error = { name: "StateError", code: "invalid_change", message: "no" };
    transport.deliver([{ kind: "error", id, error }]);
    expect(snapshot()).toMatchObject({ count: 0, items: [{ text: "x" }, {}] });
  });

  test("a patch that answers it is not applied twice", async () => {
    const { pytron, patch, last, transport } = await scripted();
    pytron.state.items.push({ text: "c" });
    await settled();
    const { id, ops } = last() as { id: number; ops: object[] };
    patch(1, ops, id);
    expect(pytron.state.items).toHaveLength(3);
    transport.deliver([{ kind: "result", id, value: 1 }]);
    expect(pytron.state.items).toHaveLength(3);
  });

  test("what Python made of it replaces what was shown", async () => {
    const { pytron, patch, last } = await scripted();
    pytron.state.count = 5.5;
    await settled();
    patch(1, [set(["count"], 5)], last().id as number);
    expect(pytron.state.count).toBe(5);
  });

  test("a change of others shows below what is not answered yet", async () => {
    const { pytron, patch } = await scripted();
    pytron.state.count = 5;
    await settled();
    patch(1, [set(["count"], 1), set(["items", 0, "text"], "x")]);
    expect(pytron.state.count).toBe(5);
    expect(pytron.state.items[0].text).toBe("x");
  });

  test("a result without its patch asks for a snapshot", async () => {
    const { pytron, transport, last } = await scripted();
    pytron.state.count = 5;
    await settled();
    transport.deliver([{ kind: "result", id: last().id, value: 1 }]);
    await settled();
    expect(last()).toEqual({ kind: "sync", scope: "app" });
  });

  test("the end of the session rolls back", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const { pytron, transport } = await scripted();
    pytron.state.count = 5;
    await settled();
    transport.close("closed");
    expect(pytron.state.count).toBe(0);
  });
});

describe("revisions", () => {
  test("a gap asks once for a snapshot and ignores what comes before it", async () => {
    const { pytron, patch, transport, last } = await scripted();
    patch(2, [set(["count"], 2)]);
    patch(3, [set(["count"], 3)]);
    await settled();
    expect(transport.messages.filter(({ kind }) => kind === "sync")).toHaveLength(1);
    expect(pytron.state.count).toBe(0);
    transport.deliver([{ kind: "snapshot", scope: "app", revision: 3, value: { count: 3 } }]);
    patch(4, [set(["count"], 4)]);
    expect(pytron.state.count).toBe(4);
    expect(last().kind).toBe("sync");
  });

  test("a patch that does not fit asks for a snapshot and changes nothing", async () => {
    const { pytron, patch, last } = await scripted();
    patch(1, [set(["count"], 7), set(["nothing", "here"], 1)]);
    await settled();
    expect(last()).toEqual({ kind: "sync", scope: "app" });
    expect(pytron.state.count).toBe(0);
  });

  test("many patches in a turn leave what was read before as it was", async () => {
    const { pytron, patch, snapshot } = await scripted();
    patch(1, [set(["items", 0, "text"], "x")]);
    const first = snapshot("items");
    patch(2, [set(["items", 0, "text"], "y")]);
    pytron.state.items[0].text = "mine";
    patch(3, [set(["items", 1, "text"], "z")]);
    expect(first[0].text).toBe("x");
    expect(pytron.state.items[0].text).toBe("mine");
    patch(4, [set(["items", 0, "text"], "theirs")]);
    expect(snapshot("items")).toMatchObject([{ text: "mine" }, { text: "z" }]);
  });

  test("an old patch is ignored", async () => {
    const { pytron, patch, last } = await scripted();
    patch(1, [set(["count"], 1)]);
    patch(1, [set(["count"], 9)]);
    await settled();
    expect(pytron.state.count).toBe(1);
    expect(last().kind).not.toBe("sync");
  });
});

describe("the window's own state", () => {
  test("is apart from the app's", async () => {
    const { pytron } = await page();
    pytron.window.state.tab = "a";
    await settled();
    expect(pytron.window.state.tab).toBe("a");
    expect(pytron.state.tab).toBeUndefined();
    await pytron.window.update((state: { tab: string }) => {
      state.tab += "b";
    });
    expect(pytron.window.snapshot()).toEqual({ tab: "ab" });
  });
});

describe("connection", () => {
  test("a new session reads the state of the new Python", async () => {
    const { bridge, snapshot, transport } = await scripted();
    bridge.close("going");
    bridge.reopen();
    await greet(transport, { epoch: "e2" });
    expect(snapshot()).toEqual({ count: 0 });
  });
});
