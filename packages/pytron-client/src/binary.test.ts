import { describe, expect, test } from "vitest";
import { greet, pageAlone, pageWith, settled } from "../tests/page.js";

describe("binary", () => {
  test("a large buffer goes out at once, a small one is copied", async () => {
    const { pytron, transport } = pageAlone();
    await greet(transport);
    const small = new Uint8Array(8).fill(1);
    const large = new Uint8Array(100_000).fill(1);
    void pytron.put(small);
    void pytron.put(large);
    small.fill(2);
    large.fill(2);
    await settled();
    expect(transport.sent.at(-1)?.parts.map((part) => part[0])).toEqual([1, 1]);
  });

  test("comes back as it went", async () => {
    const { pytron } = pageWith({ functions: { echo: (value: unknown) => value } });
    const sent = { a: [new Float32Array([1.5, -2])], b: new Uint8Array([1, 2, 3]).buffer };
    expect(await pytron.echo(sent)).toEqual(sent);
  });

  test("only the part of the buffer that a view shows is sent", async () => {
    const { pytron } = pageWith({ functions: { echo: (value: unknown) => value } });
    const view = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
    expect(await pytron.echo(view)).toEqual(new Uint8Array([2, 3]));
  });

  test("a shape travels both ways", async () => {
    const { pytron } = pageWith({ functions: { echo: (value: unknown) => value } });
    const matrix = Object.assign(new Int16Array(6), { shape: [2, 3] });
    expect((await pytron.echo(matrix)).shape).toEqual([2, 3]);
  });

  /** A page whose parts arrive when the test says so. */
  async function pageWithSlowParts() {
    const page = pageAlone();
    const waiting = new Map<string | number, PromiseWithResolvers>();
    page.transport.onPart = (id) =>
      new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    await greet(page.transport);
    return { ...page, waiting };
  }
  interface PromiseWithResolvers {
    resolve: (part: ArrayBuffer) => void;
    reject: (error: Error) => void;
  }
  const bin = (part: number, field = "value") => [{ at: [field], part, type: "bytes" }];

  test("a result that waits for its bytes holds nothing else up", async () => {
    const { pytron, transport, waiting } = await pageWithSlowParts();
    const slow = pytron.image();
    const quick = pytron.add(1, 2);
    transport.deliver([
      { kind: "head", parts: [["p1", 3]] },
      { kind: "result", id: slow.id, value: null, bin: bin(0) },
      { kind: "result", id: quick.id, value: 3 },
    ]);
    expect(await quick).toBe(3);
    waiting.get("p1")?.resolve(new Uint8Array([7, 8, 9]).buffer);
    expect(new Uint8Array(await slow)).toEqual(new Uint8Array([7, 8, 9]));
  });

  test("an event that waits for its bytes keeps its place", async () => {
    const { pytron, transport, waiting } = await pageWithSlowParts();
    const heard: unknown[] = [];
    pytron.on("*", (data: unknown, name: string) => heard.push([name, data]));
    transport.deliver([
      { kind: "head", parts: [["p1", 1]] },
      { kind: "event", name: "first", data: null, bin: bin(0, "data") },
      { kind: "event", name: "second", data: 2 },
    ]);
    transport.deliver([{ kind: "event", name: "third", data: 3 }]);
    await settled();
    expect(heard).toEqual([]);
    waiting.get("p1")?.resolve(new ArrayBuffer(1));
    await settled();
    expect(heard.map((one) => (one as [string])[0])).toEqual(["first", "second", "third"]);
  });

  test("bytes that cannot be had reject the call, and the next frames go on", async () => {
    const { pytron, transport, waiting } = await pageWithSlowParts();
    const call = pytron.image();
    transport.deliver([
      { kind: "head", parts: [["p1", 3]] },
      { kind: "result", id: call.id, value: null, bin: bin(0) },
    ]);
    waiting.get("p1")?.reject(new Error("status 404"));
    await expect(call).rejects.toThrow("status 404");
  });

  test("a snapshot whose bytes are lost is asked for again", async () => {
    const { transport, waiting } = await pageWithSlowParts();
    transport.deliver([
      { kind: "head", parts: [["p1", 3]] },
      { kind: "snapshot", scope: "app", revision: 9, value: null, bin: bin(0) },
    ]);
    waiting.get("p1")?.reject(new Error("status 404"));
    await settled();
    expect(transport.messages.at(-1)).toEqual({ kind: "sync", scope: "app" });
  });

  test("a result that names a part that is not there rejects", async () => {
    const { pytron, transport } = await pageWithSlowParts();
    const call = pytron.image();
    transport.deliver([{ kind: "result", id: call.id, value: null, bin: bin(0) }]);
    await expect(call).rejects.toMatchObject({ code: "protocol" });
  });
});
