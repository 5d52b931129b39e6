import { describe, expect, test } from "vitest";
import { greet, pageAlone, pageWith, settled } from "../tests/page.js";
import { readable } from "./readable.js";

const MIB = 2 ** 20;

function bytes(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(length).map((_, index) => index % 251);
}

describe("files as arguments", () => {
  test("arrive where they stand, with name and type", async () => {
    const seen: unknown[] = [];
    const { pytron } = pageWith({
      functions: {
        save: async (file: File, more: { blobs: Blob[] }) => {
          seen.push([file.name, file.type, file.size, await more.blobs[1]?.text()]);
          return new Uint8Array(await file.arrayBuffer());
        },
      },
    });
    const file = new File([bytes(3 * MIB + 5)], "a.bin", { type: "application/x-a" });
    const back = await pytron.save(file, { blobs: [new Blob(["x"]), new Blob(["ż"])] });
    expect(seen).toEqual([["a.bin", "application/x-a", 3 * MIB + 5, "ż"]]);
    const got = new Uint8Array(back as ArrayBuffer);
    expect(got.length).toBe(3 * MIB + 5);
    expect(got.every((byte, index) => byte === index % 251)).toBe(true);
  });

  test("are told of in the call and sent in slices when asked for", async () => {
    const { pytron, transport } = pageAlone();
    await greet(transport);
    void pytron.call("save", { file: new File([bytes(10)], "n", { type: "t/t" }) });
    await settled();
    const call = transport.messages.at(-1) as Record<string, unknown>;
    expect(call).toMatchObject({
      args: { file: null },
      uploads: [{ at: ["args", "file"], upload: 2, size: 10, type: "t/t", name: "n" }],
    });
    transport.deliver([{ kind: "pull", id: 2, offset: 4, size: 3 }]);
    await expect
      .poll(() => transport.messages.at(-1))
      .toMatchObject({
        kind: "piece",
        id: 2,
        offset: 4,
        data: null,
        bin: [{ at: ["data"], part: 0, type: "bytes" }],
      });
    expect(transport.sent.at(-1)?.parts).toEqual([new Uint8Array([4, 5, 6])]);
  });

  test("that cannot be read any more are said to be so", async () => {
    const { pytron, transport } = pageAlone();
    await greet(transport);
    const file = new File(["x"], "gone");
    file.slice = () => {
      throw new DOMException("it is gone", "NotReadableError");
    };
    void pytron.save(file);
    await settled();
    transport.deliver([{ kind: "pull", id: 2, offset: 0, size: 1 }]);
    await expect
      .poll(() => transport.messages.at(-1))
      .toMatchObject({
        kind: "piece",
        id: 2,
        offset: 0,
        error: "NotReadableError: it is gone",
      });
  });

  test.each([
    ["a result", [{ kind: "result", id: 1, value: 1 }]],
    ["an error", [{ kind: "error", id: 1, error: { name: "E", code: "exception", message: "" } }]],
    ["the end of a stream", [{ kind: "end", id: 1 }]],
  ])("are let go of by %s", async (_name, ending) => {
    const { pytron, transport } = pageAlone();
    await greet(transport);
    pytron.save(new Blob(["x"])).catch(() => {});
    await settled();
    transport.deliver(ending);
    const sent = transport.messages.length;
    transport.deliver([{ kind: "pull", id: 2, offset: 0, size: 1 }]);
    await settled();
    expect(transport.messages.length).toBe(sent);
  });

  test("are refused in events and state, with the remedy", async () => {
    const { pytron } = pageWith();
    await pytron.ready;
    expect(() => pytron.emit("saved", new Blob([]))).toThrow("as an argument of a call");
    expect(() => {
      pytron.state.file = new File([], "x");
    }).toThrow("as an argument of a call");
  });

  test("with names too long or malformed are told of all the same", async () => {
    const { pytron, transport } = pageAlone();
    await greet(transport);
    void pytron.save(new File([], `${"ż".repeat(400)}.txt`), new File([], "a\ud800b"));
    await settled();
    const { uploads } = transport.messages.at(-1) as { uploads: { name: string }[] };
    expect(uploads[0]?.name).toBe(`${"ż".repeat(252)}.txt`);
    expect(uploads[1]?.name).toBe("a\ufffdb");
  });
});

describe("streams of bytes", () => {
  test("are a ReadableStream", async () => {
    const { pytron } = pageWith({
      functions: {
        *download() {
          yield bytes(3);
          yield new Uint8Array([7, 8, 9]).subarray(1).buffer;
        },
      },
    });
    const all = await new Response(readable(pytron.download())).arrayBuffer();
    expect([...new Uint8Array(all)]).toEqual([0, 1, 2, 7, 8, 9]);
  });

  test("fail as the stream does, and close it when they are cancelled", async () => {
    const closed: string[] = [];
    const { pytron } = pageWith({
      functions: {
        *endless() {
          try {
            for (;;) yield bytes(1);
          } finally {
            closed.push("endless");
          }
        },
        *failing() {
          yield bytes(1);
          throw new Error("boom");
        },
      },
    });
    const reader = readable(pytron.endless()).getReader();
    await reader.read();
    await reader.cancel();
    await expect.poll(() => closed).toEqual(["endless"]);
    await expect(new Response(readable(pytron.failing())).text()).rejects.toThrow("boom");
  });

  test("send no more than the reader has credit for, counted by their size", async () => {
    let made = 0;
    const { pytron } = pageWith({
      functions: {
        *large() {
          for (; made < 40; made++) yield new Uint8Array(MIB);
        },
      },
    });
    const stream = readable(pytron.large());
    await settled();
    await new Promise((done) => setTimeout(done));
    expect(made).toBeLessThan(6); // 64 credits, and one item of 1 MiB costs 17
    let size = 0;
    for (const reader = stream.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
    }
    expect(size).toBe(40 * MIB);
  });
});
