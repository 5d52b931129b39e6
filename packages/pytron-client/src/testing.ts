/**
 * For the tests of pages: a Python that lives in the test.
 *
 * ```ts
 * const python = mockPython({ functions: { add: (a, b) => a + b }, state: { count: 0 } });
 * await pytron.ready;
 * expect(await pytron.add(1, 2)).toBe(3);
 * ```
 *
 * @packageDocumentation
 */
import { sharedBridge } from "./connect.js";
import { type MockOptions, MockPython } from "./testing/python.js";

export { type MockFunctions, type MockOptions, MockPython } from "./testing/python.js";
export { MemoryTransport, type SentFrame } from "./transports/memory.js";

/** Connects this page's `pytron` to a Python that lives here; a new call begins anew. */
export function mockPython(options: MockOptions = {}): MockPython {
  const bridge = sharedBridge();
  bridge.close("another mocked Python takes over");
  return new MockPython(options).connect(bridge);
}
