import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SNAPSHOT, welcome } from "../../tests/page.js";
import { createClient } from "../api.js";
import { connect } from "../connect.js";
import { decodeEnvelope, encodeEnvelope } from "../frames.js";
import type { Loose } from "../types.js";

/** A WebSocket whose other end is the test. */
class Socket {
  static made: Socket[] = [];
  binaryType = "";
  closed: number | undefined;
  readonly sent: (string | Uint8Array)[] = [];
  onopen = () => {};
  onmessage = (_event: { data: unknown }) => {};
  onclose = (_event: { code: number }) => {};

  readonly url: string;

  constructor(url: string) {
    this.url = url;
    Socket.made.push(this);
  }

  send(data: string | Uint8Array): void {
    this.sent.push(data);
  }

  close(code = 1005): void {
    this.closed = code;
  }

  get hello(): Loose {
    return JSON.parse(this.sent.find((data) => typeof data === "string") as string);
  }

  /** The messages of all frames that went up over it. */
  get messages(): Loose[] {
    const frames = this.sent.filter((data) => typeof data !== "string") as Uint8Array[];
    return frames.flatMap((frame) => JSON.parse(decodeEnvelope(frame).text));
  }

  control(message: object): void {
    this.onmessage({ data: JSON.stringify(message) });
  }

  frame(...messages: object[]): void {
    this.onmessage({ data: encodeEnvelope(JSON.stringify(messages), []).buffer });
  }

  /** Opens, and takes the session up as a kit does that has not seen it. */
  begin(epoch = "e1", keep = 30): void {
    this.onopen();
    this.control({ kind: "opened", session: this.hello.session, epoch, ticket: "t1", keep });
    this.frame(welcome(this.hello.session, { epoch }), SNAPSHOT);
  }
}

let status = 200;
let body = '{"paired":true}';
let storage: Map<string, string>;

function open() {
  const scope = {
    location: { protocol: "https:", origin: "https://app.example", pathname: "/notes" },
    sessionStorage: {
      getItem: (key: string) => storage.get(key) ?? null,
      setItem: (key: string, value: string) => storage.set(key, value),
    },
    fetch: () => Promise.resolve(new Response(body, { status })),
    WebSocket: Socket,
  };
  const bridge = connect(scope);
  return { bridge, pytron: createClient(bridge).pytron as Loose };
}

async function later(ms = 1): Promise<Socket> {
  await vi.advanceTimersByTimeAsync(ms);
  return Socket.made.at(-1) as Socket;
}

beforeEach(() => {
  vi.useFakeTimers();
  Socket.made = [];
  status = 200;
  body = '{"paired":true}';
  storage = new Map();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a page that came over HTTP", () => {
  test("says hello over a socket of its own origin, and keeps its ticket", async () => {
    const { pytron } = open();
    const call = pytron.add(1, 2);
    const socket = await later();
    expect(socket.url).toBe("wss://app.example/_pytron/socket?window=&page=%2Fnotes");
    socket.begin();
    await pytron.ready;
    expect(socket.hello).toMatchObject({ kind: "hello", connection: 1 });
    expect(socket.hello).not.toHaveProperty("seen");
    await later();
    expect(socket.messages).toMatchObject([{ kind: "call", name: "add" }]);
    socket.frame({ kind: "result", id: call.id, value: 3 });
    expect(await call).toBe(3);
    expect(storage.get("pytron.window")).toBe("t1");
  });

  test("goes on over another connection, and sends again what was not taken", async () => {
    const { pytron } = open();
    const first = await later();
    first.begin();
    await pytron.ready;
    const taken = pytron.add(1, 1);
    await later();
    const lost = pytron.add(2, 2);
    await later();
    first.frame({ kind: "result", id: taken.id, value: 2 });
    expect(await taken).toBe(2);
    first.onclose({ code: 1006 });
    const meanwhile = pytron.add(3, 3);
    const second = await later(200);
    expect(second).not.toBe(first);
    second.onopen();
    expect(second.hello).toMatchObject({ connection: 2, epoch: "e1", seen: 2 });
    expect(second.hello.session).toBe(first.hello.session);
    second.control({ kind: "resumed", session: second.hello.session, seen: 1 });
    expect(second.messages.map(({ id }) => id)).toEqual([lost.id, meanwhile.id]);
    second.frame(
      { kind: "result", id: lost.id, value: 4 },
      { kind: "result", id: meanwhile.id, value: 6 },
    );
    expect(await Promise.all([lost, meanwhile])).toEqual([4, 6]);
  });

  test.each([
    ["e1", "disconnected"],
    ["e2", "restarted"],
  ])("rejects what waits when the kit begins anew in epoch %s: %s", async (epoch, code) => {
    const { pytron } = open();
    const first = await later();
    pytron.on("saved", () => {});
    first.begin();
    await pytron.ready;
    const call = pytron.add(1, 1);
    const rejected = expect(call).rejects.toMatchObject({ code });
    await later();
    first.onclose({ code: 1012 });
    const second = await later(200);
    second.begin(epoch);
    await rejected;
    await later();
    expect(second.messages).toEqual([{ kind: "subscribe", name: "saved" }]);
    const next = pytron.add(2, 2);
    await later();
    second.frame({ kind: "result", id: next.id, value: 4 });
    expect(await next).toBe(4);
  });

  test("gives up after the time that the session is kept, and comes back", async () => {
    const { pytron } = open();
    (await later()).begin("e1", 20);
    await pytron.ready;
    Socket.made.at(-1)?.onclose({ code: 1006 });
    const waits = expect(pytron.add(1, 1)).rejects.toMatchObject({ code: "disconnected" });
    await later(21_000);
    await waits;
    const refused = expect(pytron.add(1, 1)).rejects.toMatchObject({ code: "disconnected" });
    await later();
    await refused;
    for (const socket of Socket.made.slice(1)) socket.onopen();
    const next = await later(100);
    next.begin("e1");
    const call = pytron.add(1, 1);
    await later();
    next.frame({ kind: "result", id: call.id, value: 2 });
    expect(await call).toBe(2);
  });

  test.each([4000, 4001, 4003, 4004, 1009])("does not come back after code %d", async (code) => {
    const { pytron } = open();
    const socket = await later();
    socket.begin();
    await pytron.ready;
    socket.onclose({ code });
    const refused = expect(pytron.add(1, 1)).rejects.toMatchObject({ code: "closed" });
    await later(60_000);
    await refused;
    expect(Socket.made).toHaveLength(1);
  });

  test.each([
    ["not paired", 401, '{"paired":false}', /not paired/],
    ["a server without Pytron", 404, "not found", /no Python behind it/],
    ["a server that answers with its page", 200, "<!doctype html>", /no Python behind it/],
  ])("says why nobody answers: %s", async (_name, answer, text, message) => {
    [status, body] = [answer, text];
    const { pytron } = open();
    const ready = expect(pytron.ready).rejects.toMatchObject({ code: "no_backend", message });
    (await later()).onclose({ code: 1006 });
    await later();
    await ready;
  });

  test("waits for a server that is not there yet", async () => {
    status = 502;
    const { pytron } = open();
    (await later()).onclose({ code: 1006 });
    await later(300);
    expect(Socket.made.length).toBeGreaterThan(1);
    Socket.made.at(-1)?.begin();
    await pytron.ready;
  });

  test("leaves a connection over which nothing comes although frames are under way", async () => {
    const { pytron } = open();
    const socket = await later();
    socket.begin();
    await pytron.ready;
    pytron.emit("saved");
    await later(10_100);
    expect(socket.closed).toBeDefined();
    await later(200);
    expect(Socket.made).toHaveLength(2);
  });

  test("confirms what has come, within a second", async () => {
    open();
    const socket = await later();
    socket.begin();
    await later(1_100);
    expect(socket.sent.at(-1)).toBe('{"kind":"ack","seen":1}');
  });

  test("answers a ping at once", async () => {
    open();
    const socket = await later();
    socket.begin();
    socket.control({ kind: "ping" });
    expect(socket.sent.at(-1)).toBe('{"kind":"ack","seen":1}');
  });
});
