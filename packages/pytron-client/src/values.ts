import { type Attachment, attachment, copyBinary, tagOf } from "./binary.js";
import { PytronError } from "./errors.js";
import type { Path } from "./protocol.js";
import { isBlob, type Offer } from "./uploads.js";

type Key = string | number;
type Binary = (value: object, tag: string, path: Path) => unknown;

function spell(path: Path): string {
  return path
    .map((key, i) => (typeof key === "number" ? `[${key}]` : i === 0 ? key : `.${key}`))
    .join("");
}

function refuse(path: Path, cause: string, remedy: string): PytronError {
  return new PytronError("encode_failed", `${spell(path)} ${cause}: ${remedy}`);
}

/**
 * Whether `JSON.stringify` alone does the right thing with the value: the cheap look that nearly all
 * values pass. Room is how many levels it may still have, so a cycle ends it too.
 */
function isPlain(value: unknown, room: number): boolean {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value);
    case "object":
      return value === null || isPlainContainer(value, room);
    case "string":
    case "boolean":
    case "undefined":
      return true;
    default:
      return false;
  }
}

/** Texts are seen in here: they are most of what is sent, and a call for each doubles the time. */
function isPlainContainer(value: object, room: number): boolean {
  if (room === 0) return false;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      if (typeof item !== "string" && !isPlain(item, room - 1)) return false;
    }
    return true;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  const record = value as Record<string, unknown>;
  for (const key in record) {
    const item = record[key];
    if (typeof item !== "string" && !isPlain(item, room - 1)) return false;
  }
  return true;
}

const REMEDIES: Readonly<Record<string, string>> = {
  Map: "send Object.fromEntries(map) or an array of pairs",
  Set: "send [...set]",
  Blob: "send await blob.arrayBuffer(), or the blob itself as an argument of a call",
  File: "send await file.arrayBuffer(), or the file itself as an argument of a call",
  Promise: "await it first",
  Call: "await it first",
  Error: "send its message",
};

/** The exact walk: a copy made of JSON only, or an error that names the place. */
class Rewriter {
  private readonly path: Key[];
  private readonly above: object[] = [];
  private readonly room: number;
  private readonly binary: Binary;

  constructor(root: Path, room: number, binary: Binary) {
    this.path = [...root];
    this.room = room;
    this.binary = binary;
  }

  value(value: unknown): unknown {
    switch (typeof value) {
      case "string":
        return this.text(value);
      case "number":
        if (Number.isFinite(value)) return value;
        throw refuse(this.path, `is ${value}, which JSON cannot hold`, "send null or a string");
      case "boolean":
        return value;
      case "undefined":
        return undefined;
      case "object":
        return value === null ? null : this.object(value);
      case "bigint":
        throw refuse(this.path, "is a BigInt, which JSON cannot hold", "send it as a string");
      default:
        throw refuse(this.path, `is a ${typeof value}`, "send data only");
    }
  }

  private text(value: string): string {
    // With the flag u a pair is one character, so only a half left alone matches.
    if (/[\ud800-\udfff]/u.test(value))
      throw refuse(this.path, "holds half a surrogate pair", "cut text between characters");
    return value;
  }

  private object(value: object): unknown {
    const tag = tagOf(value);
    if (tag === "Date" && Number.isNaN((value as Date).getTime()))
      throw refuse(this.path, "is an invalid Date", "send null or a string");
    const binary = this.binary(value, tag, this.path);
    if (binary !== undefined) return binary;
    if (this.above.includes(value))
      throw refuse(this.path, "holds itself", "send ids instead of references");
    if (this.above.length >= this.room)
      throw new PytronError(
        "too_deep",
        `${spell(this.path.slice(0, 4))}… is nested deeper than allowed: send it flatter`,
      );
    this.above.push(value);
    const copy = this.container(value, tag);
    this.above.pop();
    return copy;
  }

  private container(value: object, tag: string): unknown {
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON === "function") return this.value(toJSON.call(value, this.path.at(-1)));
    if (Array.isArray(value))
      return Array.from(value, (item, index) => this.at(index, item) ?? null);
    if (tag === "Number" || tag === "String" || tag === "Boolean")
      return this.value((value as { valueOf(): unknown }).valueOf());
    if (tag !== "Object")
      throw refuse(this.path, `is a ${tag}`, REMEDIES[tag] ?? "send plain objects and arrays");
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      this.text(key);
      const item = this.at(key, (value as Record<string, unknown>)[key]);
      // defineProperty, for a key may be named __proto__.
      if (item !== undefined)
        Object.defineProperty(copy, key, {
          value: item,
          enumerable: true,
          writable: true,
          configurable: true,
        });
    }
    return copy;
  }

  private at(key: Key, item: unknown): unknown {
    this.path.push(key);
    const copy = this.value(item);
    this.path.pop();
    return copy;
  }
}

/**
 * The JSON text of a value; what binary it holds is added to `found` and stands as null.
 *
 * `root` is where the value stands in its message, `room` how many levels it may have. With
 * `offers` files are allowed: they are added there and stand as null.
 *
 * @throws PytronError `encode_failed` naming the place, or `too_deep`.
 */
export function encode(
  value: unknown,
  root: Path,
  room: number,
  found: Attachment[],
  offers?: Offer[],
): string {
  const rewrite = () =>
    new Rewriter(root, room, (inner, tag, path) => {
      if (offers !== undefined && isBlob(tag)) {
        offers.push({ at: [...path], blob: inner as Blob });
        return null;
      }
      const binary = attachment(inner, tag, [...path]);
      if (binary === undefined) return undefined;
      found.push(binary);
      return null;
    }).value(value);
  const text = JSON.stringify(isPlain(value, room) ? value : rewrite()) ?? "null";
  // Half a surrogate pair is written as an escape, which other parsers refuse. A text that spells
  // the escape looks the same here, so the exact walk decides.
  if (text.includes("\\ud")) {
    found.length = 0;
    if (offers !== undefined) offers.length = 0;
    rewrite();
  }
  return text;
}

/**
 * A copy of the value as Python would give it back: dates are text, binary stays binary.
 *
 * @throws PytronError as {@link encode}.
 */
export function clone(value: unknown, root: Path, room: number): unknown {
  if (isPlain(value, room)) return JSON.parse(JSON.stringify(value) ?? "null");
  const copy = new Rewriter(root, room, (inner, tag) =>
    attachment(inner, tag, []) === undefined ? undefined : copyBinary(inner, tag),
  ).value(value);
  return copy === undefined ? null : copy;
}
