import { afterEach, describe, expect, test, vi } from "vitest";
import { greet, pageAlone, pageWith, settled } from "../tests/page.js";

afterEach(() => {
  vi.useRealTimers();
});

const functions = {
  add: (a: number, b: number) => a + b,
  named: ({ a, b }: { a: number; b: number }) => a - b,
  notes: { rename: (id: number, title: string) => `${id}:${title}` },
  fail: () => {
    throw Object.assign(new RangeError("no such note"), { code: "not_found", data: { id: 3 } });
  },
  never: () => new Promise(() => {}),
  *count(to: number) {
    for (let i = 0; i < to; i++) yield i;
  },
  async *broken() {
    yield 1;
    throw new TypeError("half way");
  },
};

async function collect(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("a call", () => {
  test("gives what the function returns, by position, by name and in a namespace", async () => {
    const { pytron, api } = pageWith({ functions });
    expect(await pytron.add(1, 2)).toBe(3);
    expect(await api.add(1, 2)).toBe(3);
    expect(await pytron.call("named", { a: 5, b: 3 })).toBe(2);
    expect(await pytron.call("add", [1, 2])).toBe(3);
    expect(await pytron.notes.rename(1, "x")).toBe("1:x");
    expect(await pytron.call("notes.rename", [2, "y"])).toBe("2:y");
  });

  test("is sent at once, read or not", async () => {
    const { pytron, transport } = pageAlone();
    void pytron.add(1, 2);
    await settled();
    expect(transport.messages.at(-1)).toEqual({ kind: "call", id: 1, name: "add", args: [1, 2] });
  });

  test("leaves out undefined arguments at the end, for which Python has defaults", async () => {
    const { pytron, transport } = pageAlone();
    void pytron.find("x", undefined, 3, undefined, undefined);
    void pytron.find(undefined);
    await settled();
    const sent = transport.messages.filter(({ kind }) => kind === "call").map(({ args }) => args);
    expect(sent).toEqual([["x", null, 3], []]);
  });

  test("reaches a mock by position that knows the names of its parameters", async () => {
    const parameters = { add: ["a", "b"] };
    const { pytron } = pageWith({ functions, parameters });
    expect(await pytron.call("add", { b: 2, a: 40 })).toBe(42);
  });

  test("sends its arguments as they were", async () => {
    const { pytron, transport } = pageAlone();
    const list = [1];
    void pytron.put(list);
    list.push(2);
    await settled();
    expect(transport.messages.at(-1)).toMatchObject({ args: [[1]] });
  });

  test("rejects with what Python raised", async () => {
    const { pytron } = pageWith({ functions });
    const error = await pytron.fail().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: "RangeError",
      code: "not_found",
      message: "no such note",
      data: { id: 3 },
    });
    await expect(pytron.nothing()).rejects.toMatchObject({ code: "unknown_function" });
  });

  test("with an argument that JSON cannot hold rejects and names the place", async () => {
    const { pytron, transport } = pageWith({ functions });
    await pytron.ready;
    const before = transport.sent.length;
    await expect(pytron.add({ a: [1n] })).rejects.toMatchObject({
      code: "encode_failed",
      message: expect.stringContaining("args[0].a[0]"),
    });
    expect(transport.sent.length).toBe(before);
  });

  test("with a call that was not awaited says so", async () => {
    const { pytron } = pageWith({ functions });
    await pytron.ready;
    await expect(pytron.add(pytron.add(1, 2), 3)).rejects.toMatchObject({
      code: "encode_failed",
      message: "args[0] is a Call: await it first",
    });
  });

  test("nested deeper than allowed rejects as too_deep", async () => {
    const { pytron } = pageWith({ functions: { echo: (value: unknown) => value } });
    let value: unknown = 1;
    // The frame, the message and the list of arguments are three of the 128.
    for (let i = 0; i < 125; i++) value = [value];
    expect(await pytron.echo(value)).toEqual(value);
    await expect(pytron.echo([value])).rejects.toMatchObject({ code: "too_deep" });
  });

  test("settles once, whatever comes later", async () => {
    const { pytron, transport } = pageAlone();
    await greet(transport);
    const call = pytron.add(1, 2);
    const error = { name: "E", code: "exception", message: "late" };
    transport.deliver([
      { kind: "result", id: call.id, value: 3 },
      { kind: "error", id: call.id, error },
      { kind: "result", id: call.id, value: 4 },
    ]);
    expect(await call).toBe(3);
    expect(await call).toBe(3);
  });

  test("that nobody reads shows its error as an unhandled rejection", async () => {
    const { pytron } = pageWith({ functions });
    const seen = new Promise((resolve) => {
      const listeners = process.listeners("unhandledRejection");
      process.removeAllListeners("unhandledRejection");
      process.once("unhandledRejection", (reason) => {
        for (const listener of listeners) process.on("unhandledRejection", listener);
        resolve(reason);
      });
    });
    void pytron.fail();
    expect(await seen).toMatchObject({ code: "not_found" });
  });

  test("works with Promise.all, finally and instanceof checks of promises", async () => {
    const { pytron } = pageWith({ functions });
    expect(await Promise.all([pytron.add(1, 2), pytron.add(3, 4)])).toEqual([3, 7]);
    const done = vi.fn();
    expect(await pytron.add(1, 2).finally(done)).toBe(3);
    expect(done).toHaveBeenCalledOnce();
    expect(await Promise.resolve(pytron.add(1, 1))).toBe(2);
  });
});

describe("options", () => {
  test("progress is told in order, before the result", async () => {
    const { withOptions, transport } = pageAlone();
    const told: unknown[] = [];
    const call = withOptions({ onProgress: (...step: unknown[]) => told.push(step) }).copy("x");
    await greet(transport);
    transport.deliver([
      { kind: "progress", id: call.id, value: 1, total: 2 },
      { kind: "progress", id: call.id, value: 2, total: 2, note: "done" },
      { kind: "result", id: call.id, value: "ok" },
      { kind: "progress", id: call.id, value: 3 },
    ]);
    expect(await call).toBe("ok");
    expect(told).toEqual([
      [1, 2, undefined],
      [2, 2, "done"],
    ]);
  });

  test("an abort rejects with the reason and cancels in Python", async () => {
    const { withOptions, transport } = pageWith({ functions });
    const abort = new AbortController();
    const call = withOptions({ signal: abort.signal }).never();
    await settled();
    abort.abort("the user left");
    await expect(call).rejects.toBe("the user left");
    await settled();
    expect(transport.messages.at(-1)).toEqual({ kind: "cancel", id: call.id });
  });

  test("an abort before the call sends nothing", async () => {
    const { withOptions, transport } = pageWith({ functions });
    const call = withOptions({ signal: AbortSignal.abort("too late") }).add(1, 2);
    await expect(call).rejects.toBe("too late");
    await settled();
    expect(transport.messages.some(({ kind }) => kind === "call")).toBe(false);
  });

  test("an abort after the result changes nothing and sends nothing", async () => {
    const { withOptions, transport } = pageWith({ functions });
    const abort = new AbortController();
    const call = withOptions({ signal: abort.signal }).add(1, 2);
    expect(await call).toBe(3);
    abort.abort();
    await settled();
    expect(await call).toBe(3);
    expect(transport.messages.some(({ kind }) => kind === "cancel")).toBe(false);
  });

  test("a time-out rejects, cancels, and is told to Python", async () => {
    vi.useFakeTimers();
    const { pytron, transport } = pageWith({ functions });
    const call = pytron.call("never", [], { timeoutMs: 250.5 });
    const outcome = expect(call).rejects.toMatchObject({ code: "timeout" });
    await vi.advanceTimersByTimeAsync(251);
    await outcome;
    expect(transport.messages).toContainEqual(
      expect.objectContaining({ kind: "call", name: "never", timeout: 251 }),
    );
    expect(transport.messages.at(-1)).toEqual({ kind: "cancel", id: call.id });
  });

  test.each([
    [{ timeoutMs: "x" }, /timeoutMs is the string x: give a number/],
    [{ timeoutMs: Number.NaN }, /timeoutMs is the number NaN/],
    [{ timeoutMs: Number.POSITIVE_INFINITY }, /timeoutMs is the number Infinity/],
    [{ timeout: 50 }, /no option 'timeout'.*timeoutMs/],
    [{ signal: new AbortController() }, /controller\.signal/],
    [{ onProgress: 3 }, /onProgress is no function/],
  ])("wrong options %o are said, and the other calls of the frame live", async (options, said) => {
    const { pytron, transport } = pageWith({ functions });
    const bad = pytron.call("add", [1, 2], options as object);
    const good = pytron.add(3, 4);
    await expect(bad).rejects.toMatchObject({ code: "invalid_arguments" });
    await expect(bad).rejects.toThrow(said);
    expect(await good).toBe(7);
    expect(transport.messages.filter(({ kind }) => kind === "call")).toHaveLength(1);
  });

  test("a time-out longer than a timer can be does not fire at once", async () => {
    vi.useFakeTimers();
    const { pytron } = pageWith({ functions });
    const call = pytron.call("never", [], { timeoutMs: 2 ** 40 });
    call.catch(() => {});
    await vi.advanceTimersByTimeAsync(60_000);
    expect(call.settled).toBe(false);
    expect(await pytron.call("add", [1, 2], { timeoutMs: 2 ** 40 })).toBe(3);
  });

  test("an answer in time leaves no timer behind", async () => {
    vi.useFakeTimers();
    const { pytron } = pageWith({ functions });
    await pytron.ready;
    expect(await pytron.call("add", [1, 2], { timeoutMs: 500 })).toBe(3);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a stream", () => {
  test("gives its items in order and ends", async () => {
    const { pytron } = pageWith({ functions });
    expect(await collect(pytron.count(5))).toEqual([0, 1, 2, 3, 4]);
    expect(await collect(pytron.count(0))).toEqual([]);
  });

  test("longer than its credits goes on as it is read", async () => {
    const { pytron, transport } = pageWith({ functions });
    const all = await collect(pytron.count(1_000));
    expect(all).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
    const credits = transport.messages.filter(({ kind }) => kind === "credit");
    expect(credits.every(({ count }) => count === 32)).toBe(true);
    expect(credits.length).toBeGreaterThanOrEqual(28);
  });

  test("is not read ahead of its reader by more than its credits", async () => {
    const { pytron, transport } = pageAlone();
    await greet(transport);
    const call = pytron.count(1_000);
    const items = call[Symbol.asyncIterator]();
    const deliver = (from: number, to: number) =>
      transport.deliver(
        Array.from({ length: to - from }, (_, i) => ({
          kind: "item",
          id: call.id,
          value: from + i,
        })),
      );
    deliver(0, 64);
    for (let i = 0; i < 31; i++) await items.next();
    await settled();
    expect(transport.messages.some(({ kind }) => kind === "credit")).toBe(false);
    expect(await items.next()).toEqual({ done: false, value: 31 });
    await settled();
    expect(transport.messages.at(-1)).toEqual({ kind: "credit", id: call.id, count: 32 });
  });

  test("throws what the generator raised, after what came before", async () => {
    const { pytron } = pageWith({ functions });
    const items: unknown[] = [];
    const read = async () => {
      for await (const item of pytron.broken()) items.push(item);
    };
    await expect(read()).rejects.toMatchObject({ name: "TypeError", message: "half way" });
    expect(items).toEqual([1]);
  });

  test("that the reader leaves is cancelled", async () => {
    const { pytron, transport } = pageWith({ functions });
    for await (const item of pytron.count(10_000)) if (item === 3) break;
    await settled();
    const call = transport.messages.find(({ kind }) => kind === "call");
    expect(transport.messages.at(-1)).toEqual({ kind: "cancel", id: call?.id });
  });

  test("an abort ends it at once, with the reason", async () => {
    const { withOptions } = pageWith({ functions });
    const abort = new AbortController();
    const items: unknown[] = [];
    const read = async () => {
      for await (const item of withOptions({ signal: abort.signal }).count(10_000)) {
        items.push(item);
        if (items.length === 3) abort.abort("enough");
      }
    };
    await expect(read()).rejects.toBe("enough");
    expect(items).toEqual([0, 1, 2]);
  });

  test("waits to be read when it came before its reader", async () => {
    const { pytron, transport } = pageAlone();
    await greet(transport);
    const call = pytron.tail();
    transport.deliver([
      { kind: "item", id: call.id, value: 1 },
      { kind: "item", id: call.id, value: 2 },
      { kind: "end", id: call.id },
    ]);
    await settled();
    expect(await collect(call)).toEqual([1, 2]);
  });

  test("that is awaited rejects with is_stream and is cancelled", async () => {
    const { pytron, transport } = pageWith({ functions });
    const call = pytron.count(1_000);
    await expect(call).rejects.toMatchObject({ code: "is_stream" });
    await settled();
    expect(transport.messages.at(-1)).toEqual({ kind: "cancel", id: call.id });
    await expect(pytron.count(0)).rejects.toMatchObject({ code: "is_stream" });
  });

  test("that is awaited late rejects with is_stream too", async () => {
    const { pytron, transport } = pageAlone();
    await greet(transport);
    const call = pytron.tail();
    transport.deliver([{ kind: "item", id: call.id, value: 1 }]);
    await settled();
    await expect(call).rejects.toMatchObject({ code: "is_stream" });
    await settled();
    expect(transport.messages.at(-1)).toEqual({ kind: "cancel", id: call.id });
  });

  test("that is none rejects with not_stream, whenever it is read", async () => {
    const { pytron } = pageWith({ functions });
    await expect(collect(pytron.add(1, 2))).rejects.toMatchObject({ code: "not_stream" });
    const call = pytron.add(1, 2);
    await settled();
    await expect(collect(call)).rejects.toMatchObject({ code: "not_stream" });
  });
});

test("a reader that stays behind holds no more than what it has not read", async () => {
  const { pytron, transport } = pageAlone();
  await greet(transport);
  const call = pytron.tail();
  const items = call[Symbol.asyncIterator]();
  const send = (value: number) => transport.deliver([{ kind: "item", id: call.id, value }]);
  for (let i = 0; i < 10; i++) send(i);
  for (let i = 10; i < 10_000; i++) {
    send(i);
    expect((await items.next()).value).toBe(i - 10);
  }
  expect((items as unknown as { items: unknown[] }).items.length).toBeLessThan(200);
});
