import { pytron } from "../../src/index.js";
import { type MockPython, mockPython } from "../../src/testing.js";
import type { Loose } from "../../src/types.js";

export interface Shape {
  count: number;
  items: { text: string; done: boolean }[];
}

/** A fresh Python with this state, connected to the page's `pytron`. */
export async function freshPython(): Promise<MockPython> {
  const items = [{ text: "a", done: false }];
  const python = mockPython({ state: { count: 1, items } });
  await pytron.ready;
  return python;
}

export function set(python: MockPython, path: (string | number)[], value: Loose): void {
  python.change([{ op: "set", path, value }]);
}

/** Lets promises, frameworks' queues and frames run. */
export function drawn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}
