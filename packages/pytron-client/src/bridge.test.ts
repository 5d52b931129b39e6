import { afterEach, describe, expect, test, vi } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { greet, pageAlone, SNAPSHOT, sessionOf, settled, welcome } from "../tests/page.js";
import { createClient } from "./api.js";
import { Bridge } from "./bridge.js";
import { PytronError } from "./errors.js";
import type { Loose } from "./types.js";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("the session", () => {
  test("hello comes first and names a random session", async () => {
    const first = pageAlone();
    const second = pageAlone();
    await settled();
    expect(first.transport.messages[0]).toMatchObject({ kind: "hello", version: 1 });
    expect(sessionOf(first.transport)).toMatch(/^[A-Za-z0-9_-]{16,64}$/);
    expect(sessionOf(first.transport)).not.toBe(sessionOf(second.transport));
  });

  test("calls made before follow hello in the same frame", async () => {
    const { pytron, transport } = pageAlone();
    void pytron.add(1, 2);
    void pytron.add(3, 4);
    await settled();
    expect(transport.sent).toHaveLength(1);
    expect(transport.messages.map(({ kind }) => kind)).toEqual(["hello", "call", "call"]);
  });

  test("ready waits for hello and the first snapshot", async () => {
    const { pytron, transport } = pageAlone();
    const ready = vi.fn();
    void pytron.ready.then(ready);
    await settled();
    transport.deliver([welcome(sessionOf(transport))]);
    await settled();
    expect(ready).not.toHaveBeenCalled();
    transport.deliver([SNAPSHOT]);
    await settled();
    expect(ready).toHaveBeenCalledOnce();
    expect(pytron.window.label).toBe("main");
  });

  test("what comes before the hello of this session is ignored", async () => {
    const { pytron, transport } = pageAlone();
    const heard = vi.fn();
    pytron.on("saved", heard);
    const answer = pytron.add(1, 2);
    await settled();
    transport.deliver([
      { kind: "event", name: "saved", data: 1 },
      { kind: "result", id: answer.id, value: "of the old page" },
      welcome("the-session-of-the-old-page"),
      { kind: "event", name: "saved", data: 2 },
    ]);
    await greet(transport);
    transport.deliver([
      { kind: "event", name: "saved", data: 3 },
      { kind: "result", id: answer.id, value: 3 },
    ]);
    expect(await answer).toBe(3);
    expect(heard.mock.calls).toEqual([[3, "saved", 0]]);
  });

  test("another protocol version rejects ready and the calls", async () => {
    const { pytron, transport } = pageAlone();
    const answer = pytron.add(1, 2);
    await settled();
    const error = { name: "ProtocolError", code: "version", message: "update pytron-client" };
    transport.deliver([{ kind: "error", error }]);
    await expect(pytron.ready).rejects.toMatchObject({ code: "version" });
    await expect(answer).rejects.toMatchObject({ code: "version" });
  });

  test("without an answer ready and the calls reject after the time-out", async () => {
    vi.useFakeTimers();
    const { bridge, pytron } = pageAlone();
    bridge.readyTimeoutMs = 500;
    const outcome = Promise.allSettled([pytron.ready, pytron.add(1, 2)]);
    await vi.advanceTimersByTimeAsync(499);
    let over = false;
    void outcome.then(() => {
      over = true;
    });
    await settled();
    expect(over).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    for (const one of await outcome)
      expect(one).toMatchObject({ status: "rejected", reason: { code: "timeout" } });
  });

  test("an answer after the time-out makes everything work", async () => {
    vi.useFakeTimers();
    const { pytron, transport } = pageAlone();
    pytron.on("early", () => {});
    const outcome = Promise.allSettled([pytron.ready, pytron.add(1, 2)]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect((await outcome).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    const refused = expect(pytron.add(1, 2)).rejects.toMatchObject({ code: "timeout" });
    await vi.advanceTimersByTimeAsync(1);
    await refused;
    pytron.on("meanwhile", () => {});
    await greet(transport);
    await pytron.ready;
    const call = pytron.add(1, 2);
    transport.deliver([{ kind: "result", id: call.id, value: 3 }]);
    expect(await call).toBe(3);
    const subscribed = transport.messages.filter(({ kind }) => kind === "subscribe");
    expect(subscribed.map(({ name }) => name)).toEqual(["early", "early", "meanwhile"]);
  });

  test("a port that does not open is no backend", async () => {
    const bridge = new Bridge();
    bridge.connect({
      open: () => {
        throw new TypeError("taken");
      },
    });
    await expect(bridge.ready).rejects.toMatchObject({ code: "no_backend" });
    await expect(bridge.call("add", [])).rejects.toThrow("taken");
  });

  test.each(["call", "stream", "update"])(
    "a page that tries again at once can still do other things: %s",
    async (way) => {
      const { bridge, pytron, transport } = pageAlone();
      await greet(transport);
      bridge.close("the page is going away");
      const attempts: Loose = {
        call: () => pytron.add(1, 2),
        stream: () => pytron.count(3)[Symbol.asyncIterator]().next(),
        update: () => pytron.update((state: Loose) => void state.count++),
      };
      let others = false;
      setTimeout(() => {
        others = true;
      });
      for (let tries = 0; tries < 1_000 && !others; tries++)
        await expect(attempts[way]()).rejects.toMatchObject({ code: "closed" });
      expect(others).toBe(true);
    },
  );

  test("a frame that cannot be sent leaves no call waiting", async () => {
    const bridge = new Bridge();
    bridge.connect({
      open: () => ({
        send: () => {
          throw new TypeError("opened again elsewhere");
        },
      }),
    });
    const call = bridge.call("add", []);
    await expect(call).rejects.toMatchObject({ code: "closed" });
    await expect(bridge.ready).rejects.toThrow("opened again elsewhere");
  });

  test("hello tells the version of this package", async () => {
    const { transport } = pageAlone();
    await settled();
    expect(transport.messages[0]?.client).toBe(manifest.version);
  });

  test("a new epoch rejects what waits and listens again", async () => {
    const { pytron, transport } = pageAlone();
    pytron.on("saved", () => {});
    pytron.on("notes.*", () => {});
    await greet(transport);
    const answer = pytron.add(1, 2);
    await settled();
    transport.deliver([welcome(sessionOf(transport), { epoch: "e2" }), SNAPSHOT]);
    await expect(answer).rejects.toMatchObject({ code: "restarted" });
    await settled();
    const last = transport.sent.at(-1)?.messages;
    expect(last).toEqual([
      { kind: "subscribe", name: "saved" },
      { kind: "subscribe", name: "notes.*" },
    ]);
  });

  test("a closed connection rejects what waits and what comes", async () => {
    const { pytron, transport } = pageAlone();
    await greet(transport);
    const answer = pytron.add(1, 2);
    transport.close("the window has closed");
    await expect(answer).rejects.toMatchObject({ code: "closed" });
    await expect(pytron.add(1, 2)).rejects.toMatchObject({ code: "closed" });
    expect(() => pytron.emit("saved")).toThrow("the window has closed");
  });

  test("a page that comes back opens a new session and listens again", async () => {
    const { bridge, pytron, transport } = pageAlone();
    pytron.on("saved", () => {});
    await greet(transport);
    const old = sessionOf(transport);
    bridge.close("the page is going away");
    bridge.reopen();
    await greet(transport);
    await pytron.ready;
    expect(sessionOf(transport)).not.toBe(old);
    expect(transport.sent.at(-1)?.messages.map(({ kind }) => kind)).toEqual(["hello", "subscribe"]);
  });

  test("no backend is said by ready and by each call, without noise", async () => {
    const bridge = new Bridge();
    bridge.fail(new PytronError("no_backend", "open it with the app"));
    const { pytron } = createClient(bridge);
    await settled();
    await expect(pytron.ready).rejects.toMatchObject({ code: "no_backend" });
    await expect(pytron.call("add", [1, 2])).rejects.toMatchObject({ code: "no_backend" });
  });
});

describe("frames", () => {
  test("what one microtask sends is one frame", async () => {
    const { pytron, transport } = pageAlone();
    await greet(transport);
    const before = transport.sent.length;
    for (let i = 0; i < 500; i++) void pytron.add(i, i);
    pytron.emit("saved", 1);
    await settled();
    expect(transport.sent.length - before).toBe(1);
    expect(transport.sent.at(-1)?.messages).toHaveLength(501);
  });

  test("much is sent while more is made, in order", async () => {
    const { pytron, transport } = pageAlone();
    await greet(transport);
    const before = transport.sent.length;
    for (let i = 0; i < 5_000; i++) void pytron.add(i, i);
    expect(transport.sent.length - before).toBeGreaterThan(1);
    pytron.emit("saved", 1);
    await settled();
    const messages = transport.sent.slice(before).flatMap((frame) => frame.messages);
    expect(messages.slice(0, -1).map(({ args }) => (args as unknown[])[0])).toEqual(
      Array.from({ length: 5_000 }, (_, i) => i),
    );
    expect(messages.at(-1)).toMatchObject({ kind: "event" });
  });

  test("a full frame is followed by another, in order", async () => {
    const { pytron, transport } = pageAlone();
    await greet(transport, { limits: { frame: 2_000, depth: 128, pending: 1_000, parts: 4 } });
    const before = transport.sent.length;
    for (let i = 0; i < 30; i++) void pytron.put(i, "x".repeat(100));
    await settled();
    const frames = transport.sent.slice(before);
    expect(frames.length).toBeGreaterThan(1);
    for (const { text } of frames) expect(text.length).toBeLessThanOrEqual(2_000);
    const order = frames.flatMap(({ messages }) =>
      messages.map(({ args }) => (args as unknown[])[0]),
    );
    expect(order).toEqual(Array.from({ length: 30 }, (_, i) => i));
  });

  test("a message larger than a frame rejects alone", async () => {
    const { pytron, transport } = pageAlone();
    await greet(transport, { limits: { frame: 2_000, depth: 128, pending: 1_000, parts: 4 } });
    const large = pytron.put("ż".repeat(1_500));
    const small = pytron.put("x");
    await expect(large).rejects.toMatchObject({ code: "too_large" });
    transport.deliver([{ kind: "result", id: small.id, value: 1 }]);
    expect(await small).toBe(1);
  });

  test("more parts than a frame may have go into several", async () => {
    const { pytron, transport } = pageAlone();
    await greet(transport, { limits: { frame: 2e6, depth: 128, pending: 1_000, parts: 4 } });
    const before = transport.sent.length;
    for (let i = 0; i < 6; i++) void pytron.put(Uint8Array.of(i), Uint8Array.of(i + 100));
    await settled();
    const frames = transport.sent.slice(before);
    expect(frames.map(({ parts }) => parts.length)).toEqual([4, 4, 4]);
    for (const { messages, parts } of frames)
      for (const { bin } of messages as { bin: { at: []; part: number }[] }[])
        expect(bin.map(({ part }) => parts[part]?.[0])).toEqual([
          expect.any(Number),
          (parts[bin[0]?.part as number]?.[0] as number) + 100,
        ]);
    const many = pytron.put(...Array.from({ length: 5 }, () => new ArrayBuffer(1)));
    await expect(many).rejects.toMatchObject({ code: "too_large" });
  });

  test("more calls than may wait are busy", async () => {
    const { pytron, transport } = pageAlone();
    await greet(transport, { limits: { frame: 2e6, depth: 128, pending: 3, parts: 4 } });
    const calls = [pytron.a(), pytron.a(), pytron.a()];
    await expect(pytron.a()).rejects.toMatchObject({ code: "busy" });
    transport.deliver(calls.map(({ id }) => ({ kind: "result", id, value: 0 })));
    await Promise.all(calls);
    const next = pytron.a();
    transport.deliver([{ kind: "result", id: next.id, value: 1 }]);
    expect(await next).toBe(1);
  });

  test.each([
    ["no JSON", "[{"],
    ["no array", "{}"],
    ["a malformed message", '[{"kind":"result"}]'],
    ["an unknown kind", '[{"kind":"later","id":1}]'],
    ["an unknown id", '[{"kind":"result","id":999,"value":1},{"kind":"end","id":998}]'],
  ])("%s from the kit harms nothing", async (_name, text) => {
    const reported = vi.spyOn(console, "error").mockImplementation(() => {});
    const { pytron, transport } = pageAlone();
    await greet(transport);
    const answer = pytron.add(1, 2);
    transport.deliver(text);
    transport.deliver([{ kind: "result", id: answer.id, value: 3 }]);
    expect(await answer).toBe(3);
    expect(reported.mock.calls.length).toBe(text.includes("999") ? 0 : 1);
  });

  test("an error about no call is shown and ends none", async () => {
    const reported = vi.spyOn(console, "error").mockImplementation(() => {});
    const { pytron, transport } = pageAlone();
    await greet(transport);
    const answer = pytron.add(1, 2);
    const error = { name: "ProtocolError", code: "protocol", message: "malformed event" };
    transport.deliver([
      { kind: "error", error },
      { kind: "result", id: answer.id, value: 3 },
    ]);
    expect(await answer).toBe(3);
    expect(reported).toHaveBeenCalledWith(expect.objectContaining({ message: "malformed event" }));
  });
});
