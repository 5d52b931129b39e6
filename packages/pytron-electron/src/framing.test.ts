import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { encodeFrame, FrameReader, type LinkFrame } from "./framing.js";

interface Case {
  name: string;
  hex: string;
  messages?: { message: Record<string, unknown>; parts: string[] }[];
  error?: "cut" | "protocol";
}

const { cases } = JSON.parse(
  readFileSync(new URL("../../../spec/view/link.json", import.meta.url), "utf8"),
) as { cases: Case[] };

function read(bytes: Buffer, piece: number): LinkFrame[] {
  const found: LinkFrame[] = [];
  const reader = new FrameReader((frame) => found.push(frame));
  for (let at = 0; at < bytes.length; at += piece) reader.add(bytes.subarray(at, at + piece));
  return found;
}

const plain = (frames: LinkFrame[]) =>
  frames.map(({ message, parts }) => ({
    message,
    parts: parts.map((part) => part.toString("hex")),
  }));

describe.each(cases)("$name", ({ hex, messages = [], error }) => {
  const bytes = Buffer.from(hex, "hex");

  test.each([1, 3, 7, bytes.length])("in pieces of %i bytes", (piece) => {
    if (error === "protocol") expect(() => read(bytes, piece)).toThrow();
    else expect(plain(read(bytes, piece))).toEqual(messages);
  });

  test.skipIf(error !== undefined)("is written the same", () => {
    const written = messages.flatMap(({ message, parts }) =>
      encodeFrame(
        Buffer.from(JSON.stringify(message)),
        parts.map((part) => Buffer.from(part, "hex")),
      ),
    );
    expect(Buffer.concat(written).toString("hex")).toBe(hex);
  });
});

describe("frames of one page", () => {
  const head = Buffer.from('{"kind":"frame","window":1}');
  const frame = (json: Uint8Array, text: string) =>
    Buffer.concat(encodeFrame(json, [Buffer.from(text)]));

  test("have the same message, and each its own parts", () => {
    const other = Buffer.from('{"kind":"frame","window":2}');
    const frames = [frame(head, "a"), frame(head, "b"), frame(other, "c"), frame(head, "d")];
    const found = plain(read(Buffer.concat(frames), 5));
    expect(found.map(({ message, parts }) => [message.window, parts[0]])).toEqual([
      [1, "61"],
      [1, "62"],
      [2, "63"],
      [1, "64"],
    ]);
  });

  test("do not lend their message to one that is empty", () => {
    const bytes = Buffer.concat([frame(head, "a"), frame(Buffer.alloc(0), "b")]);
    expect(() => read(bytes, bytes.length)).toThrow();
  });
});
