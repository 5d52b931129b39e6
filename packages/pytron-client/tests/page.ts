import { createClient } from "../src/api.js";
import { Bridge } from "../src/bridge.js";
import { type MockOptions, MockPython } from "../src/testing/python.js";
import { MemoryTransport } from "../src/transports/memory.js";
import type { Loose, StatePath } from "../src/types.js";

/** A client whose Python answers by itself. */
export function pageWith(options: MockOptions = {}) {
  const bridge = new Bridge();
  const python = new MockPython(options).connect(bridge);
  return { ...clientOf(bridge), python, transport: python.transport };
}

/** A client whose test says every word of the other side. */
export function pageAlone() {
  const bridge = new Bridge();
  const transport = new MemoryTransport();
  bridge.connect(transport);
  return { ...clientOf(bridge), transport };
}

function clientOf(bridge: Bridge) {
  const { pytron, api, withOptions, snapshot } = createClient(bridge);
  return {
    bridge,
    pytron: pytron as Loose,
    api: api as Loose,
    withOptions: withOptions as Loose,
    snapshot: snapshot as (path?: StatePath) => Loose,
  };
}

/** Lets everything that is due run. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

/** The session that the last hello named. */
export function sessionOf(transport: MemoryTransport): string {
  return transport.messages.filter(({ kind }) => kind === "hello").at(-1)?.session as string;
}

/** The kit's answer to a hello. */
export function welcome(session: string, more: object = {}): object {
  const limits = { frame: 2 ** 26, depth: 128, pending: 100_000, parts: 1024 };
  const hello = { kind: "hello", version: 1, session, epoch: "e1", window: "main", dev: true };
  return { ...hello, limits, ...more };
}

export const SNAPSHOT = { kind: "snapshot", scope: "app", revision: 0, value: { count: 0 } };

/** Answers the hello as a kit with an empty state does. */
export async function greet(transport: MemoryTransport, more: object = {}): Promise<void> {
  await settled();
  transport.deliver([welcome(sessionOf(transport), more), SNAPSHOT]);
  await settled();
}
