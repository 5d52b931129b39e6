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
