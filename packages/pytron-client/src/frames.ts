import { PytronError } from "./errors.js";
import { type HeadParts, isRecord, LIMITS, type Limits } from "./protocol.js";

/** A frame as it came: messages not looked at yet, and what its head says of its parts. */
export interface Frame {
  messages: unknown[];
  head: HeadParts | undefined;
}

function malformed(cause: string): PytronError {
  return new PytronError("protocol", `the frame ${cause}: it is dropped`);
}

function isHeadParts(parts: unknown, most: number): parts is HeadParts {
  if (!Array.isArray(parts)) return false;
  if (parts.length > most)
    throw new PytronError("too_large", `the frame has ${parts.length} parts, ${most} are allowed`);
  return parts.every(
    (part: unknown) =>
      Array.isArray(part) &&
      part.length === 2 &&
      (typeof part[0] === "string" || Number.isSafeInteger(part[0])) &&
      Number.isSafeInteger(part[1]) &&
      (part[1] as number) >= 0,
  );
}

/**
 * Takes a frame's text apart.
 *
 * @throws PytronError `protocol` for what is no frame, `too_large` for too many parts.
 */
export function openFrame(text: string, mostParts = LIMITS.parts): Frame {
  let messages: unknown;
  try {
    messages = JSON.parse(text);
  } catch (error) {
    throw malformed(`is not JSON (${(error as Error).message})`);
  }
  if (!Array.isArray(messages)) throw malformed("is not an array of messages");
  const first: unknown = messages[0];
  if (!isRecord(first) || first.kind !== "head") return { messages, head: undefined };
  if (!isHeadParts(first.parts, mostParts)) throw malformed("has a malformed head");
  messages.shift();
  return { messages, head: first.parts };
}

/** How many bytes the text has in UTF-8. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    // A surrogate pair is two units and four bytes: two for each half.
    length += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return length;
}

// Made once: a frame is often smaller than they are.
const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A frame for transports that carry bytes (spec/ipc.md, section 1). */
export function encodeEnvelope(text: string, parts: readonly Uint8Array[]): Uint8Array {
  const json = ENCODER.encode(text);
  let size = 4 + json.length;
  for (const part of parts) size += 4 + part.length;
  const frame = new Uint8Array(size);
  const view = new DataView(frame.buffer);
  let at = 0;
  for (const piece of [json, ...parts]) {
    view.setUint32(at, piece.length, true);
    frame.set(piece, at + 4);
    at += 4 + piece.length;
  }
  return frame;
}

/**
 * The text and the parts of a binary frame; the parts are copies.
 *
 * @throws PytronError `protocol` when it is cut short or no UTF-8, `too_large` past the limits.
 */
export function decodeEnvelope(
  frame: Uint8Array,
  limits: Limits = LIMITS,
): { text: string; parts: ArrayBuffer[] } {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const pieces: Uint8Array[] = [];
  let at = 0;
  while (at < frame.length || pieces.length === 0) {
    if (at + 4 > frame.length) throw malformed("is cut short");
    const end = at + 4 + view.getUint32(at, true);
    if (end > frame.length) throw malformed("is cut short");
    pieces.push(frame.subarray(at + 4, end));
    if (pieces.length > limits.parts + 1)
      throw new PytronError("too_large", `the frame has more than ${limits.parts} parts`);
    at = end;
  }
  const [json = new Uint8Array(), ...parts] = pieces;
  if (json.length > limits.frame)
    throw new PytronError("too_large", `the frame has more than ${limits.frame} bytes of JSON`);
  let text: string;
  try {
    text = DECODER.decode(json);
  } catch {
    throw malformed("is not UTF-8");
  }
  return { text, parts: parts.map((part) => part.slice().buffer as ArrayBuffer) };
}
