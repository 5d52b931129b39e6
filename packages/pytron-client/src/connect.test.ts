import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildSync } from "esbuild";
import { afterEach, describe, expect, test, vi } from "vitest";
import { sessionOf, settled, welcome } from "../tests/page.js";
import { createClient } from "./api.js";
import { connect, sharedBridge } from "./connect.js";
import { mockPython } from "./testing.js";
import type { Loose } from "./types.js";

interface Sent {
  text: string;
  parts: readonly Uint8Array[] | undefined;
}

/** A page with a port, as the engine makes it; `receive` is what the engine would call. */
class Page extends EventTarget {
  readonly sent: Sent[] = [];
  opened = 0;
  receive: (text: string, parts?: readonly ArrayBuffer[]) => void = () => {};
  readonly __pytron__ = {
    version: 1,
    kind: "native",
    origin: "pytron://localhost",
    open: (receive: (text: string) => void) => {
      this.receive = receive;
      this.opened++;
      return {
        send: (text: string, parts?: readonly Uint8Array[]) => this.sent.push({ text, parts }),
      };
    },
  };

  get messages(): Record<string, unknown>[] {
    return this.sent.flatMap(({ text }) => JSON.parse(text));
  }

  async greet(): Promise<void> {
    await settled();
    const session = sessionOf({ messages: this.messages } as Loose);
    const snapshot = { kind: "snapshot", scope: "app", revision: 0, value: {} };
    this.receive(JSON.stringify([welcome(session), snapshot]));
    await settled();
  }
}

function open() {
  const page = new Page();
  const bridge = connect(page);
  return { page, bridge, pytron: createClient(bridge).pytron as Loose };
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("a page with a port", () => {
  test("talks over it", async () => {
    const { page, pytron } = open();
    await page.greet();
    await pytron.ready;
    const call = pytron.add(1, 2);
    await settled();
    expect(page.sent.at(-1)).toEqual({
      text: `[{"kind":"call","id":${call.id},"name":"add","args":[1,2]}]`,
      parts: undefined,
    });
    page.receive(JSON.stringify([{ kind: "result", id: call.id, value: 3 }]));
    expect(await call).toBe(3);
  });

  test("hands binary to the port and takes what the port gives", async () => {
    const { page, pytron } = open();
    await page.greet();
    const call = pytron.put(new Uint8Array([1, 2]));
    await settled();
    expect(page.sent.at(-1)?.parts).toEqual([new Uint8Array([1, 2])]);
    const bin = [{ at: ["value"], part: 0, type: "uint8" }];
    const result = { kind: "result", id: call.id, value: null, bin };
    page.receive(JSON.stringify([result]), [new Uint8Array([7]).buffer]);
    expect(await call).toEqual(new Uint8Array([7]));
  });

  /** Serves parts as the engine does, and says which ranges were asked for. */
  function serve(bytes: Uint8Array): (string | undefined)[] {
    const ranges: (string | undefined)[] = [];
    vi.stubGlobal("fetch", (url: string, options?: { headers: { range: string } }) => {
      expect(url).toBe("pytron://localhost/_pytron/part/a%2Fb");
      const range = options?.headers.range;
      ranges.push(range);
      const [from = 0, to = bytes.length - 1] = range?.slice(6).split("-").map(Number) ?? [];
      return Promise.resolve(new Response(bytes.slice(from, to + 1)));
    });
    return ranges;
  }

  async function fetched(size: number): Promise<Uint8Array> {
    const { page, pytron } = open();
    await page.greet();
    const call = pytron.image();
    const bin = [{ at: ["value"], part: 0, type: "uint8" }];
    page.receive(
      JSON.stringify([
        { kind: "head", parts: [["a/b", size]] },
        { kind: "result", id: call.id, value: null, bin },
      ]),
    );
    return call;
  }

  test("fetches what a head names", async () => {
    const ranges = serve(new Uint8Array([1, 2, 3]));
    expect(await fetched(3)).toEqual(new Uint8Array([1, 2, 3]));
    expect(ranges).toEqual([undefined]);
  });

  test("fetches what is large in pieces", async () => {
    const bytes = new Uint8Array(9 * 2 ** 20).map((_, i) => i % 251);
    const ranges = serve(bytes);
    const given = await fetched(bytes.length);
    expect(Buffer.compare(given, bytes)).toBe(0);
    expect(ranges).toEqual([`bytes=0-${2 ** 23 - 1}`, `bytes=${2 ** 23}-${9 * 2 ** 20 - 1}`]);
  });

  test("bytes that are gone or too few reject the call", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response("", { status: 404 })));
    await expect(fetched(3)).rejects.toMatchObject({ code: "protocol", message: /404/ });
    serve(new Uint8Array([1]));
    await expect(fetched(3)).rejects.toThrow("1 bytes instead of 3");
    serve(new Uint8Array(2 ** 23));
    await expect(fetched(2 ** 23 + 5)).rejects.toThrow("0 bytes instead of 5");
  });

  test("ends what waits when the page goes, and opens the port again when it comes back", async () => {
    const { page, pytron } = open();
    pytron.on("saved", () => {});
    await page.greet();
    const call = pytron.add(1, 2);
    page.dispatchEvent(new Event("pagehide"));
    await expect(call).rejects.toMatchObject({ code: "closed" });
    page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: false }));
    expect(page.opened).toBe(1);
    page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
    expect(page.opened).toBe(2);
    await page.greet();
    await pytron.ready;
    expect(page.messages.at(-1)).toEqual({ kind: "subscribe", name: "saved" });
  });

  test("tells Python's log of the page's errors", async () => {
    const { page } = open();
    await page.greet();
    page.dispatchEvent(Object.assign(new Event("error"), { error: new Error("boom") }));
    await settled();
    expect(page.messages.at(-1)).toMatchObject({
      kind: "log",
      level: "error",
      message: "Error: boom",
    });
  });
});

describe("a page without a port", () => {
  test("says so, with the remedy, and makes no noise by itself", async () => {
    const pytron = createClient(connect(new EventTarget())).pytron as Loose;
    await settled();
    await expect(pytron.ready).rejects.toMatchObject({
      code: "no_backend",
      message: expect.stringContaining("python app.py"),
    });
    await expect(pytron.add(1, 2)).rejects.toMatchObject({ code: "no_backend" });
    expect(() => pytron.emit("saved")).toThrow("no Python behind it");
    expect(pytron.on("saved", () => {})).toBeTypeOf("function");
    expect(pytron.state.count).toBeUndefined();
  });
});

describe("several copies of this package", () => {
  /** The client as a page without Node loads it. */
  function bundled(): Promise<Loose> {
    const outfile = join(mkdtempSync(join(tmpdir(), "pytron-")), "client.mjs");
    const entry = fileURLToPath(new URL("./index.ts", import.meta.url));
    buildSync({ entryPoints: [entry], outfile, bundle: true, minify: true, format: "esm" });
    return import(pathToFileURL(outfile).href);
  }

  test("share one bridge", async () => {
    const copies = await Promise.all([import("./index.js"), bundled()]);
    mockPython({ functions: { add: (a: number, b: number) => a + b }, state: { count: 1 } });
    for (const { default: pytron } of copies as Loose[]) {
      await pytron.ready;
      expect(await pytron.add(1, 2)).toBe(3);
      expect(pytron.state.count).toBe(1);
    }
    copies[1].default.state.count = 2;
    expect((copies[0].default as Loose).state.count).toBe(2);
    expect(sharedBridge()).toBe(sharedBridge());
    const error = await (copies[1].default as Loose).nothing().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(copies[0].PytronError);
    expect(error).toBeInstanceOf(copies[1].PytronError);
    expect(new Error("x")).not.toBeInstanceOf(copies[0].PytronError);
  });

  test("mockPython takes over from another mocked Python", async () => {
    const { default: pytron, snapshot } = (await import("./index.js")) as Loose;
    mockPython({ functions: { who: () => "first" } });
    expect(await pytron.who()).toBe("first");
    mockPython({ functions: { who: () => "second" }, state: { count: 9 } });
    expect(await pytron.who()).toBe("second");
    await pytron.ready;
    expect(snapshot()).toEqual({ count: 9 });
  });
});
