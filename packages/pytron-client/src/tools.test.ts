import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test, vi } from "vitest";
import { greet } from "../tests/page.js";
import { Bridge } from "./bridge.js";
import { MemoryTransport } from "./transports/memory.js";

const PAGE_PART = `
export function start(page) {
  page.take((data) => page.send({ heard: data }));
  page.trace();
}`;

/** A page of an app whose kit has a tool `echo`, its part being a real module. */
function pageWithTool(source: string) {
  const home = mkdtempSync(join(tmpdir(), "pytron-"));
  mkdirSync(join(home, "_pytron", "tools"), { recursive: true });
  writeFileSync(join(home, "_pytron", "tools", "echo.js"), source);
  const transport = Object.assign(new MemoryTransport(), { home: pathToFileURL(home).href });
  const bridge = new Bridge();
  bridge.connect(transport);
  return { bridge, transport };
}

const sent = (transport: MemoryTransport, kind: string) =>
  transport.messages.filter((message) => message.kind === kind);

test("a tool that hello names is loaded, and hears what came before it", async () => {
  const { bridge, transport } = pageWithTool(PAGE_PART);
  await greet(transport, { tools: ["echo"] });
  transport.deliver([{ kind: "tool", name: "echo", data: 1 }]);
  await vi.waitFor(() => expect(sent(transport, "tool")).toHaveLength(1), 20_000);
  transport.deliver([{ kind: "tool", name: "echo", data: { two: 2 } }]);
  await vi.waitFor(() => expect(sent(transport, "tool")).toHaveLength(2), 20_000);
  expect(sent(transport, "tool").map(({ name, data }) => [name, data])).toEqual([
    ["echo", { heard: 1 }],
    ["echo", { heard: { two: 2 } }],
  ]);
  bridge.call("add", [1, 2]).catch(() => {});
  await vi.waitFor(() => expect(sent(transport, "call")).toHaveLength(1), 20_000);
  expect(sent(transport, "call")[0]?.stack).toContain("tools.test");
});

test("a tool that cannot be loaded is reported, and the page goes on", async () => {
  const reported = vi.spyOn(console, "error").mockImplementation(() => {});
  const { bridge, transport } = pageWithTool("export const start = 1;");
  await greet(transport, { tools: ["echo", "missing"] });
  await vi.waitFor(() => expect(reported).toHaveBeenCalledTimes(2), 20_000);
  const call = bridge.call("add", [1, 2]);
  await vi.waitFor(() => expect(sent(transport, "call")).toHaveLength(1), 20_000);
  transport.deliver([{ kind: "result", id: 1, value: 3 }]);
  expect(await call).toBe(3);
});

test("without tools a call says nothing of where it was made", async () => {
  const { bridge, transport } = pageWithTool(PAGE_PART);
  await greet(transport);
  bridge.call("add", [1, 2]).catch(() => {});
  transport.deliver([{ kind: "tool", name: "echo", data: 1 }]);
  await vi.waitFor(() => expect(sent(transport, "call")).toHaveLength(1), 20_000);
  expect(sent(transport, "call")[0]).not.toHaveProperty("stack");
  expect(sent(transport, "tool")).toEqual([]);
});
