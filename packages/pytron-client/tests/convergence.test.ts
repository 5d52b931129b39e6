import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createClient } from "../src/api.js";
import { Bridge } from "../src/bridge.js";
import type { Op } from "../src/protocol.js";
import { MockPython } from "../src/testing/python.js";
import type { Channel, Receiver, Transport } from "../src/transports/transport.js";
import type { Loose } from "../src/types.js";
import { settled } from "./page.js";

const runs = Number(process.env.FUZZ_RUNS ?? 200);

/** A connection that hands over one frame when told to, either way. */
class SlowTransport implements Transport {
  private readonly inner: Transport;
  private readonly up: (() => void)[] = [];
  private readonly down: (() => void)[] = [];

  constructor(inner: Transport) {
    this.inner = inner;
  }

  open(receiver: Receiver): Channel {
    const channel = this.inner.open({
      frame: (text, parts) => this.down.push(() => receiver.frame(text, parts)),
      closed: (cause) => receiver.closed(cause),
    });
    return { send: (text, parts) => this.up.push(() => channel.send(text, parts)) };
  }

  move(way: "up" | "down"): boolean {
    const frame = this[way].shift();
    frame?.();
    return frame !== undefined;
  }
}

interface Item {
  n: number;
}

interface Shape {
  count: number;
  items: Item[];
}

/** What a page does to the state; it may not fit, for the list may be empty. */
const deeds: Record<string, (state: Shape, n: number) => unknown> = {
  set: (state, n) => {
    state.count = n;
  },
  push: (state, n) => state.items.push({ n }),
  shift: (state) => state.items.shift(),
  splice: (state, n) => state.items.splice(n % 3, 1, { n }),
  edit: (state, n) => {
    const [first] = state.items;
    if (first !== undefined) first.n = n;
  },
  replace: (state, n) => {
    state.items = [{ n }];
  },
  reverse: (state) => state.items.reverse(),
};

/** What happens in Python meanwhile. */
const rivals: ((n: number) => Op)[] = [
  (n) => ({ op: "set", path: ["count"], value: n }),
  (n) => ({ op: "set", path: ["items"], value: [{ n }] }),
  (n) => ({ op: "splice", path: ["items"], index: 0, remove: 0, insert: [{ n }] }),
];

const number = fc.integer({ min: 0, max: 9 });
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constant("write"), fc.constantFrom(...Object.keys(deeds)), number),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constant("update"), fc.constantFrom(...Object.keys(deeds)), number),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constant("rival"), fc.constantFrom("0", "1", "2"), number) },
  { weight: 5, arbitrary: fc.tuple(fc.constant("move"), fc.constantFrom("up", "down"), number) },
);

beforeEach(() => {
  // Changes that Python refuses are reported: here they are expected.
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
});

test("whatever crosses on the way, page and Python agree in the end", {
  timeout: 24 * 60 * 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const python = new MockPython({ state: { count: 0, items: [{ n: 0 }, { n: 1 }] } });
      const line = new SlowTransport(python.transport);
      const bridge = new Bridge();
      bridge.connect(line);
      const { pytron, snapshot } = createClient(bridge) as Loose;
      const move = () => line.move("up") || line.move("down");
      const rest = async () => {
        do {
          for (await settled(); move(); ) await settled();
          // Updates that wait for each other take more turns than that: let all of them come.
          await new Promise((done) => setTimeout(done));
        } while (move());
      };
      await rest();
      const seen: Record<string, unknown> = { count: 0 };
      pytron.subscribe("count", (value: unknown) => Object.assign(seen, { count: value }));
      const updates: Promise<unknown>[] = [];
      for (const [kind, what, n] of steps) {
        const deed = deeds[what] as (state: Shape, n: number) => unknown;
        if (kind === "write") deed(pytron.state, n);
        else if (kind === "update")
          updates.push(pytron.update((state: Shape) => void deed(state, n)));
        else if (kind === "rival") python.change([rivals[Number(what)]?.(n) as Op]);
        else line.move(what as "up" | "down");
        if (kind === "move") await settled();
      }
      await rest();
      for (const { status } of await Promise.allSettled(updates)) expect(status).toBe("fulfilled");
      expect(snapshot()).toEqual(python.state);
      expect(seen.count).toBe((python.state as Shape).count);
    }),
    { numRuns: runs },
  );
});
