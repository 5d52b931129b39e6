import { describe, expect, test } from "vitest";
import { type Attachment, place } from "../src/binary.js";
import { matches } from "../src/events.js";
import { decodeEnvelope, encodeEnvelope } from "../src/frames.js";
import { apply } from "../src/ops.js";
import { type Bin, checkDown, LIMITS, type Limits, type Op } from "../src/protocol.js";
import { answerId, checkUp, openUp } from "../src/testing/messages.js";
import { Ledger } from "../src/transports/ledger.js";
import { encode } from "../src/values.js";
import { EXPRESSIONS } from "./expressions.js";
import { codeOf, fromHex, toHex, vectors } from "./vectors.js";

interface MessageCase {
  message: unknown;
  normal?: unknown;
  error?: string;
  id?: number;
}

describe("messages from the page", () => {
  test.each(vectors<MessageCase>("up.json"))("%s", (_name, { message, normal, error, id }) => {
    if (error === undefined) {
      expect(checkUp(message)).toEqual(normal ?? message);
    } else {
      expect(codeOf(() => checkUp(message))).toBe(error);
      expect(answerId(message)).toBe(id);
    }
  });
});

describe("messages from the kit", () => {
  test.each(vectors<MessageCase>("down.json"))("%s", (_name, { message, error }) => {
    if (error === undefined) expect(checkDown(message)).toEqual(message);
    else expect(codeOf(() => checkDown(message))).toBe(error);
  });
});

interface FrameCase {
  text: string;
  kinds?: string[];
  parts?: unknown;
  error?: string;
  limits?: Partial<Limits>;
  side?: "kit";
}

describe("frames", () => {
  // JavaScript's strings hold half a surrogate pair, so only Python refuses one.
  const cases = vectors<FrameCase>("frames.json").filter(([, { side }]) => side !== "kit");
  test.each(cases)("%s", (_name, { text, kinds, parts, error, limits }) => {
    const open = () => openUp(text, { ...LIMITS, ...limits });
    if (error !== undefined) {
      expect(codeOf(open)).toBe(error);
      return;
    }
    const { messages, head } = open();
    expect(messages.map((raw) => codeOf(() => checkUp(raw)) ?? checkUp(raw).kind)).toEqual(kinds);
    expect(head).toEqual(parts);
  });
});

interface EnvelopeCase {
  hex: string;
  text: string;
  parts: string[];
  error?: string;
  limits?: Partial<Limits>;
}

describe("binary frames", () => {
  const cases = vectors<EnvelopeCase>("envelope.json");
  test.each(cases)("%s", (_name, { hex, text, parts, error, limits }) => {
    const decode = () => decodeEnvelope(fromHex(hex), { ...LIMITS, ...limits });
    if (error !== undefined) {
      expect(codeOf(decode)).toBe(error);
      return;
    }
    const frame = decode();
    expect(frame.text).toBe(text);
    expect(frame.parts.map((part) => toHex(new Uint8Array(part)))).toEqual(parts);
    expect(toHex(encodeEnvelope(text, parts.map(fromHex)))).toBe(hex);
  });
});

interface BinaryCase {
  message: { kind: string; bin: Bin[] };
  parts: string[];
  placed: Record<string, unknown>;
  error?: string;
  encode?: false;
}

const MAKERS: Record<string, new (buffer: ArrayBuffer) => object> = {
  int8: Int8Array,
  uint8: Uint8Array,
  uint8c: Uint8ClampedArray,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
};

/** A placed value with real binary instead of what stands for it. */
function materialise(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(materialise);
  if (typeof value !== "object" || value === null) return value;
  const { $bin, hex, shape } = value as { $bin?: string; hex: string; shape?: number[] };
  if ($bin === undefined)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, materialise(item)]));
  const buffer = fromHex(hex).buffer as ArrayBuffer;
  if ($bin === "bytes") return buffer;
  const Maker = MAKERS[$bin] as new (buffer: ArrayBuffer) => object;
  return Object.assign(new Maker(buffer), shape && { shape });
}

/** The other way round, to compare by value. */
function describeBinary(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(describeBinary);
  if (value instanceof ArrayBuffer) return { $bin: "bytes", hex: toHex(new Uint8Array(value)) };
  if (ArrayBuffer.isView(value)) {
    const type = Object.keys(MAKERS).find((name) => value.constructor === MAKERS[name]);
    const hex = toHex(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    const { shape } = value as { shape?: number[] };
    return shape === undefined ? { $bin: type, hex } : { $bin: type, hex, shape };
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, describeBinary(item)]),
  );
}

describe("binary in messages", () => {
  const cases = vectors<BinaryCase>("binary.json");
  test.each(cases)("decodes: %s", (_name, { message, parts, placed, error }) => {
    const copy = structuredClone(message);
    const buffers = parts.map((hex) => fromHex(hex).buffer as ArrayBuffer);
    const run = () => {
      checkUpBin(copy);
      place(copy, copy.bin, (index) => buffers[index]);
    };
    if (error !== undefined) {
      expect(codeOf(run)).toBe(error);
      expect(({} as Record<string, unknown>).x).toBeUndefined();
      return;
    }
    run();
    const field = Object.keys(placed)[0] as string;
    expect(describeBinary((copy as unknown as Record<string, unknown>)[field])).toEqual(
      placed[field],
    );
  });

  const encodable = cases.filter(([, one]) => one.error === undefined && one.encode !== false);
  test.each(encodable)("encodes: %s", (_name, { message, parts, placed }) => {
    const [[field, value]] = Object.entries(placed) as [[string, unknown]];
    const found: Attachment[] = [];
    const text = encode(materialise(value), [field], LIMITS.depth, found);
    expect(JSON.parse(text)).toEqual((message as unknown as Record<string, unknown>)[field]);
    const bin = found.map(({ at, type, shape }, part) => ({ at, part, type, shape }));
    expect(JSON.parse(JSON.stringify(bin))).toEqual(message.bin);
    expect(found.map(({ bytes }) => toHex(bytes))).toEqual(parts);
  });
});

/** Shapes of entries are checked before places are: as for any message. */
function checkUpBin(message: { kind: string }): void {
  if (message.kind === "call" || message.kind === "change") checkUp(message);
}

interface OpsCase {
  before: unknown;
  ops: Op[];
  after?: unknown;
  error?: string;
}

describe("ops", () => {
  test.each(vectors<OpsCase>("ops.json"))("%s", (_name, { before, ops, after, error }) => {
    const untouched = JSON.stringify(before);
    if (error === undefined) expect(apply(before, ops)).toEqual(after);
    else expect(codeOf(() => apply(before, ops))).toBe(error);
    expect(JSON.stringify(before)).toBe(untouched);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe("subscriptions", () => {
  const cases = vectors<{ pattern: string; event: string; match: boolean }>("names.json");
  test.each(cases)("%s", (_name, { pattern, event, match }) => {
    expect(matches(pattern, event)).toBe(match);
  });
});

interface ValueCase {
  page?: string;
  wire?: unknown;
  error?: string;
  at?: (string | number)[];
}

describe("values", () => {
  const cases = vectors<ValueCase>("values.json").filter(([, { page }]) => page !== undefined);
  test.each(cases)("%s", (_name, { page, wire, error, at }) => {
    expect(EXPRESSIONS).toHaveProperty([page as string]);
    const value = EXPRESSIONS[page as string]?.();
    const run = () => encode(value, ["value"], LIMITS.depth, []);
    if (error === undefined) {
      expect(JSON.parse(run())).toEqual(wire);
      return;
    }
    expect(codeOf(run)).toBe(error);
    const place = at?.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
    expect(run).toThrow(`value${place ?? ""}`);
  });
});

interface LedgerStep {
  send?: string;
  ack?: number;
  take?: number[];
  resume?: number;
  number?: number;
  again?: string[];
  due?: boolean;
  unseen?: number;
  error?: string;
}

describe("sessions that resume", () => {
  function perform(ledger: Ledger, step: LedgerStep): Partial<LedgerStep> {
    if (step.send !== undefined)
      return { number: ledger.send(new TextEncoder().encode(step.send)) };
    if (step.take !== undefined) {
      const due = step.take.map((size) => ledger.take(size)).at(-1) ?? false;
      if (due) ledger.acked();
      return { due };
    }
    if (step.ack !== undefined) {
      ledger.ack(step.ack);
      return {};
    }
    const again = ledger.resume(step.resume).map((frame) => new TextDecoder().decode(frame));
    return { again };
  }

  test.each(vectors<{ steps: LedgerStep[] }>("resume.json"))("%s", (_name, { steps }) => {
    const ledger = new Ledger();
    for (const step of steps) {
      if (step.error !== undefined) {
        expect(codeOf(() => perform(ledger, step))).toBe(step.error);
        continue;
      }
      const given = { ...perform(ledger, step), unseen: ledger.unseen };
      expect({ ...given, ...step }).toEqual({ ...step, ...given });
    }
  });
});
