import { afterEach, describe, expect, test, vi } from "vitest";
import { greet, pageAlone, pageWith, settled } from "../tests/page.js";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("events", () => {
  test("from Python reach who listens, in order, and once", async () => {
    const { pytron, python } = pageWith();
    const heard: unknown[] = [];
    pytron.on("saved", (data: unknown) => heard.push(["exact", data]));
    pytron.on("sav*", (data: unknown, name: string) => heard.push([name, data]));
    await pytron.ready;
    python.emit("saved", 1);
    python.emit("saving", 2);
    python.emit("other", 3);
    expect(heard).toEqual([
      ["exact", 1],
      ["saved", 1],
      ["saving", 2],
    ]);
  });

  test("refuse what can't listen, and options that are none", async () => {
    const { pytron } = pageWith();
    await pytron.ready;
    for (const use of [() => pytron.on("saved", 3), () => pytron.subscribe("count", null)])
      expect(use).toThrow(
        expect.objectContaining({
          code: "invalid_arguments",
          message: "the listener is no function",
        }),
      );
    expect(() => pytron.emit("saved", 1, { window: "main" })).toThrow(
      "no option 'window': there are to",
    );
  });

  test("say how many were left out before them", async () => {
    const { pytron, python } = pageWith();
    const heard: unknown[] = [];
    pytron.on("moved", (data: unknown, _name: string, missed: number) =>
      heard.push([data, missed]),
    );
    await pytron.ready;
    python.emit("moved", 1);
    python.emit("moved", 9, 3);
    expect(heard).toEqual([
      [1, 0],
      [9, 3],
    ]);
  });

  test("are asked for by the first listener and given up by the last", async () => {
    const { pytron, transport } = pageAlone();
    await greet(transport);
    const kinds = () =>
      transport.messages
        .filter(({ kind }) => String(kind).endsWith("subscribe"))
        .map(({ kind, name }) => `${kind} ${name}`);
    const stopFirst = pytron.on("saved", () => {});
    const stopSecond = pytron.on("saved", () => {});
    await settled();
    expect(kinds()).toEqual(["subscribe saved"]);
    stopFirst();
    stopFirst();
    await settled();
    expect(kinds()).toEqual(["subscribe saved"]);
    stopSecond();
    await settled();
    expect(kinds()).toEqual(["subscribe saved", "unsubscribe saved"]);
    pytron.on("saved", () => {});
    await settled();
    expect(kinds()).toHaveLength(3);
  });

  test("the same function twice is told twice and stopped once", async () => {
    const { pytron, python } = pageWith();
    const heard = vi.fn();
    const stop = pytron.on("saved", heard);
    pytron.on("saved", heard);
    await pytron.ready;
    python.emit("saved", 1);
    stop();
    python.emit("saved", 2);
    expect(heard.mock.calls.map(([data]) => data)).toEqual([1, 1, 2]);
  });

  test("a listener that throws, stops or starts others disturbs nobody", async () => {
    const reported = vi.spyOn(console, "error").mockImplementation(() => {});
    const { pytron, python } = pageWith();
    const heard: string[] = [];
    let stopLast = () => {};
    pytron.on("saved", () => {
      throw new Error("listener");
    });
    pytron.on("saved", () => {
      heard.push("second");
      stopLast();
      pytron.on("saved", () => heard.push("new"));
    });
    stopLast = pytron.on("saved", () => heard.push("last"));
    await pytron.ready;
    python.emit("saved");
    expect(heard).toEqual(["second", "last"]);
    python.emit("saved");
    expect(heard).toEqual(["second", "last", "second", "new"]);
    expect(reported).toHaveBeenCalledTimes(2);
  });

  test("to Python carry their data, null for none, and their target", async () => {
    const { pytron, python } = pageWith();
    await pytron.ready;
    pytron.emit("saved", { id: 3, bytes: new Uint8Array([1]) });
    pytron.emit("closed");
    pytron.emit("hi", 1, { to: "other" });
    await settled();
    expect(python.events).toMatchObject([
      { name: "saved", data: { id: 3, bytes: new Uint8Array([1]) } },
      { name: "closed", data: null },
      { name: "hi", data: 1, to: "other" },
    ]);
  });

  test("what JSON cannot hold and names out of bounds throw at once", async () => {
    const { pytron } = pageWith();
    await pytron.ready;
    expect(() => pytron.emit("saved", new Map())).toThrow("data is a Map");
    expect(() => pytron.emit("")).toThrow("1 to 256");
    expect(() => pytron.on("x".repeat(257), () => {})).toThrow("1 to 256");
  });

  test("ten thousand in one frame are told in order, none lost", async () => {
    const { pytron, transport } = pageAlone();
    const heard: unknown[] = [];
    pytron.on("tick", (data: unknown) => heard.push(data));
    await greet(transport);
    const all = Array.from({ length: 10_000 }, (_, data) => ({
      kind: "event",
      name: "tick",
      data,
    }));
    transport.deliver(all);
    expect(heard).toEqual(all.map(({ data }) => data));
  });
});
