import { describe, expect, test, vi } from "vitest";
import {
  greet,
  pageAlone,
  pageWith,
  SNAPSHOT,
  sessionOf,
  settled,
  welcome,
} from "../tests/page.js";
import { connect } from "./connect.js";
import type { PytronError } from "./errors.js";
import { encodeEnvelope } from "./frames.js";

async function failure(call: unknown): Promise<string> {
  try {
    await (call as Promise<unknown>);
  } catch (error) {
    return (error as PytronError).code;
  }
  return "nothing";
}

/** What makes each code that only the client knows; tests/architecture/test_codes.py counts them. */
const CAUSES: Record<string, () => Promise<string>> = {
  is_stream: async () => {
    const { pytron } = pageWith({
      functions: {
        *count() {
          yield 1;
        },
      },
    });
    return failure(pytron.count());
  },
  not_stream: async () => {
    const { pytron } = pageWith({ functions: { one: () => 1 } });
    return failure(
      (async () => {
        for await (const _ of pytron.one());
      })(),
    );
  },
  no_backend: async () => {
    const bridge = connect({});
    return failure(bridge.call("add", [1, 2]));
  },
  restarted: async () => {
    const { pytron, transport } = pageAlone();
    await greet(transport);
    const call = pytron.add(1, 2);
    await settled();
    transport.deliver([welcome(sessionOf(transport), { epoch: "another" }), SNAPSHOT]);
    return failure(call);
  },
  disconnected: async () => {
    vi.useFakeTimers();
    try {
      const bridge = connect({ ...TAB, WebSocket: Socket });
      const call = failure(bridge.call("add", [1, 2]));
      await vi.advanceTimersByTimeAsync(50);
      const [socket] = Socket.made;
      socket?.onopen();
      socket?.onmessage({ data: '{"kind":"opened","epoch":"e","ticket":"t","keep":30}' });
      const { session } = JSON.parse(socket?.sent[0] as string);
      const frame = encodeEnvelope(JSON.stringify([welcome(session), SNAPSHOT]), []);
      socket?.onmessage({ data: frame.buffer });
      socket?.onclose({ code: 1006 });
      await vi.advanceTimersByTimeAsync(31_000); // longer than the kit keeps a session
      return await call;
    } finally {
      vi.useRealTimers();
    }
  },
};

/** As much of a tab as a transport over a socket looks at. */
const TAB = {
  location: { protocol: "http:", origin: "http://localhost:1", pathname: "/" },
  fetch: () => Promise.reject(new TypeError("no network")),
};

/** A connection that does what the test says. */
class Socket {
  static readonly made: Socket[] = [];
  binaryType = "";
  readonly sent: unknown[] = [];
  onopen = () => {};
  onmessage = (_event: { data: unknown }) => {};
  onclose = (_event: { code: number }) => {};

  constructor() {
    Socket.made.push(this);
  }

  send(data: unknown): void {
    this.sent.push(data);
  }

  close(): void {}
}

describe("codes of the client", () => {
  test.each(Object.keys(CAUSES))("%s", async (code) => {
    expect(await CAUSES[code]?.()).toBe(code);
  });
});
