import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Attachment, place } from "../src/binary.js";
import { PytronError } from "../src/errors.js";
import { decodeEnvelope, encodeEnvelope, openFrame } from "../src/frames.js";
import { apply, reconcile } from "../src/ops.js";
import { type Bin, checkDown, LIMITS, type Op } from "../src/protocol.js";
import { checkUp, openUp } from "../src/testing/messages.js";
import { clone, encode } from "../src/values.js";
import { greet, pageAlone, pageWith, settled } from "./page.js";

/** A short run with every test; `FUZZ_RUNS=100000 npm test` for a long one. */
const runs = { numRuns: Number(process.env.FUZZ_RUNS ?? 300) };
const LONG = 24 * 60 * 60_000;

/** Text that parses to the same value again: no half surrogate pairs. */
const json = fc.jsonValue({ noUnicodeString: false, maxDepth: 5 });
const key = fc.oneof(
  fc.integer({ min: -1, max: 4 }),
  fc.constantFrom("a", "b", "", "0", "__proto__", "constructor", "length", "toString"),
);
const path = fc.array(key, { maxLength: 4 });
const op = fc.oneof(
  fc.record({ op: fc.constant("set"), path, value: json }),
  fc.record({ op: fc.constant("delete"), path }),
  fc.record({
    op: fc.constant("splice"),
    path,
    index: fc.integer({ min: -1, max: 5 }),
    remove: fc.integer({ min: -1, max: 5 }),
    insert: fc.array(json, { maxLength: 3 }),
  }),
) as fc.Arbitrary<Op>;
const tree = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: "small" },
    fc.integer(),
    fc.dictionary(fc.constantFrom("a", "b", "", "0"), tie("node"), { maxKeys: 4 }),
    fc.array(tie("node"), { maxLength: 4 }),
  ),
})).node;

/** Only our own errors may come out of what strangers send. */
function onlyPytronErrors(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof PytronError)) throw error;
  }
}

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
  expect(Object.keys(Object.prototype)).toEqual([]);
});

describe("decoders take the corpus", () => {
  const corpus = JSON.parse(
    readFileSync(new URL("../../../spec/ipc/corpus.json", import.meta.url), "utf-8"),
  ) as { texts: string[]; envelopes: string[] };

  test.each(corpus.texts)("%.40s", (text) => {
    onlyPytronErrors(() => {
      for (const message of openUp(text).messages) onlyPytronErrors(() => checkUp(message));
    });
    onlyPytronErrors(() => {
      for (const message of openFrame(text).messages) onlyPytronErrors(() => checkDown(message));
    });
  });

  test.each(corpus.envelopes)("%.40s", (hex) => {
    onlyPytronErrors(() => decodeEnvelope(Uint8Array.from(Buffer.from(hex, "hex"))));
  });
});

describe("decoders take anything", () => {
  test("text of frames", { timeout: LONG }, () => {
    const like = fc
      .array(fc.constantFrom(...'[]{}",:0-1eE.\\u \n', '"kind"', "null"))
      .map((all) => all.join(""));
    fc.assert(
      fc.property(fc.oneof(fc.string(), like, fc.json()), (text) => {
        onlyPytronErrors(() => openFrame(text));
        onlyPytronErrors(() => openUp(text, { ...LIMITS, frame: 64, depth: 3 }));
      }),
      runs,
    );
  });

  test("binary frames", { timeout: LONG }, () => {
    const small = fc
      .uint8Array({ maxLength: 4 })
      .map((bytes) => [...bytes, ...Array(4 - bytes.length).fill(0)]);
    const like = fc
      .array(fc.oneof(small, fc.uint8Array()))
      .map((all) => Uint8Array.from(all.flatMap((one) => [...one])));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), like), (bytes) =>
        onlyPytronErrors(() => decodeEnvelope(bytes)),
      ),
      runs,
    );
  });

  test("places of binary", { timeout: LONG }, () => {
    const bin = fc.record({
      at: fc.oneof(
        path.map((keys) => ["value", ...keys]),
        fc.anything(),
      ),
      part: fc.integer({ min: -1, max: 3 }),
      type: fc.constantFrom("bytes", "int8", "float64", "__proto__", "toString"),
      shape: fc.option(fc.oneof(fc.array(fc.integer()), fc.anything()), { nil: undefined }),
    });
    const parts = [new ArrayBuffer(0), new ArrayBuffer(8), new ArrayBuffer(5)];
    fc.assert(
      fc.property(tree, fc.array(bin), (value, bins) => {
        const message = { kind: "result", id: 1, value };
        onlyPytronErrors(() => place(message, bins as Bin[], (index) => parts[index]));
      }),
      runs,
    );
  });

  test("messages, after which calls still settle", { timeout: LONG }, async () => {
    const field = fc.oneof(
      json,
      fc.array(op),
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom("app", "window"),
    );
    const kind = fc.constantFrom(
      "hello",
      "result",
      "error",
      "progress",
      "item",
      "end",
      "event",
      "snapshot",
      "patch",
      "head",
      "later",
    );
    const message = fc.dictionary(
      fc.constantFrom(
        "id",
        "value",
        "error",
        "name",
        "data",
        "scope",
        "revision",
        "ops",
        "bin",
        "session",
        "parts",
      ),
      field,
    );
    const frame = fc.array(
      fc.oneof(
        fc.tuple(kind, message).map(([k, m]) => ({ kind: k, ...m })),
        json,
      ),
      { maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 4 }), async (frames) => {
        const { pytron, transport } = pageAlone();
        await greet(transport);
        const waiting = [pytron.a(), pytron.b()].map((call) => call.catch(() => {}));
        for (const one of frames) transport.deliver(one);
        await settled();
        const last = pytron.c();
        transport.deliver([{ kind: "result", id: last.id, value: "here" }]);
        expect(await last).toBe("here");
        transport.close("over");
        await Promise.all(waiting);
      }),
      { ...runs, numRuns: Math.min(runs.numRuns, 10_000) },
    );
  });

  test("messages one by one", { timeout: LONG }, () => {
    fc.assert(
      fc.property(fc.anything(), (message) => onlyPytronErrors(() => checkDown(message))),
      runs,
    );
  });
});

describe("what is encoded", () => {
  test("decodes to itself", { timeout: LONG }, () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = encode(value, ["args"], 126, []);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(clone(value, ["args"], 126)).toEqual(JSON.parse(text));
      }),
      runs,
    );
  });

  test("is refused or is whole, whatever it is", { timeout: LONG }, () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withNullPrototype: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        onlyPytronErrors(() => {
          const found: Attachment[] = [];
          const text = encode(value, ["args"], 126, found);
          const message = { kind: "call", args: JSON.parse(text) };
          const bins = found.map(({ at, type, shape }, part) => ({
            at,
            part,
            type,
            ...(shape && { shape }),
          }));
          // A value that is binary as a whole has no place in a call, only in its list.
          if (found[0]?.at.length === 1) return;
          place(message, bins, (index) => found[index]?.bytes.slice().buffer as ArrayBuffer);
        });
      }),
      runs,
    );
  });

  test("comes out of a binary frame as it went in", { timeout: LONG }, () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.array(fc.uint8Array()), (text, parts) => {
        const frame = decodeEnvelope(encodeEnvelope(text, parts));
        expect(frame.text).toBe(text);
        expect(frame.parts.map((part) => new Uint8Array(part))).toEqual(parts);
      }),
      runs,
    );
  });
});

describe("state", () => {
  test("ops never change the value before, and never half apply", { timeout: LONG }, () => {
    fc.assert(
      fc.property(tree, fc.array(op, { maxLength: 6 }), (before, ops) => {
        const text = JSON.stringify(before);
        onlyPytronErrors(() => apply(before, ops));
        expect(JSON.stringify(before)).toBe(text);
      }),
      runs,
    );
  });

  test("reconciling gives the new value, and the old one when they are equal", {
    timeout: LONG,
  }, () => {
    fc.assert(
      fc.property(tree, tree, (before, after) => {
        const text = JSON.stringify(after);
        expect(JSON.stringify(reconcile(before, after))).toBe(text);
        expect(JSON.stringify(after)).toBe(text);
        const copy = JSON.parse(JSON.stringify(before));
        expect(Object.is(reconcile(before, copy), before) || Object.is(before, -0)).toBe(true);
      }),
      runs,
    );
  });

  type Step = [name: string, ...args: unknown[]];
  const number = fc.integer({ min: -2, max: 6 });
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.tuple(fc.constantFrom("push", "unshift"), number, number),
    fc.tuple(fc.constantFrom("pop", "shift", "reverse", "sort")),
    fc.tuple(fc.constant("splice"), number, number, number),
    fc.tuple(fc.constant("splice"), number),
    fc.tuple(fc.constant("fill"), number, number, number),
    fc.tuple(fc.constant("copyWithin"), number, number, number),
  );

  test("a list in the page, a plain list and Python's agree", { timeout: LONG }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(number), fc.array(step, { maxLength: 8 }), async (list, steps) => {
        const { pytron, snapshot, python } = pageWith({ state: { list } });
        await pytron.ready;
        const plain = [...list];
        for (const [name, ...args] of steps) {
          const given = (plain as never)[name as never] as unknown as (
            ...all: unknown[]
          ) => unknown;
          const expected = given.apply(plain, args);
          const ours = pytron.state.list[name](...args);
          if (Array.isArray(expected)) expect([...ours]).toEqual(expected);
          else expect(ours).toEqual(expected);
        }
        expect([...pytron.state.list]).toEqual(plain);
        await settled();
        expect(python.state).toEqual({ list: plain });
        expect(snapshot()).toEqual({ list: plain });
      }),
      { ...runs, numRuns: Math.min(runs.numRuns, 10_000) },
    );
  });
});
