import { PytronError } from "./errors.js";
import type { Bin, Path } from "./protocol.js";

/** Binary found in a value: where it stands, and its bytes, which are not copied. */
export interface Attachment {
  at: Path;
  type: string;
  shape: readonly number[] | undefined;
  bytes: Uint8Array;
}

type View = ArrayBufferView & { readonly length: number };

interface ViewMaker {
  new (buffer: ArrayBuffer): View;
  readonly BYTES_PER_ELEMENT: number;
}

const MAKERS: Readonly<Record<string, ViewMaker>> = {
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

/** From what `Object.prototype.toString` says: unlike `instanceof`, it sees through frames. */
const TYPES: Readonly<Record<string, string>> = {
  ArrayBuffer: "bytes",
  SharedArrayBuffer: "bytes",
  DataView: "bytes",
  Int8Array: "int8",
  Uint8Array: "uint8",
  Uint8ClampedArray: "uint8c",
  Int16Array: "int16",
  Uint16Array: "uint16",
  Int32Array: "int32",
  Uint32Array: "uint32",
  BigInt64Array: "int64",
  BigUint64Array: "uint64",
  Float32Array: "float32",
  Float64Array: "float64",
};

/** What is left of `[object Name]`. */
export function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function product(shape: readonly number[]): number {
  return shape.reduce((all, size) => all * size, 1);
}

/**
 * How the value travels beside the JSON, or `undefined` when it is not binary.
 *
 * A typed array may say with a `shape` property that it has more than one dimension.
 */
export function attachment(value: object, tag: string, at: Path): Attachment | undefined {
  const type = TYPES[tag];
  if (type === undefined) return undefined;
  const bytes = ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value as ArrayBuffer);
  const shape = (value as { shape?: unknown }).shape;
  const shaped =
    type !== "bytes" &&
    Array.isArray(shape) &&
    shape.every((size) => Number.isSafeInteger(size) && size >= 0) &&
    product(shape) === (value as View).length;
  return { at, type, shape: shaped ? (shape as number[]) : undefined, bytes };
}

/** A copy of binary with its type and shape, so that later writes don't show. */
export function copyBinary(value: object, tag: string): object {
  const { type, shape, bytes } = attachment(value, tag, []) as Attachment;
  return viewOf(bytes.slice().buffer, type, shape);
}

function refuse(bin: Bin, cause: string): PytronError {
  const where = Array.isArray(bin.at) ? bin.at.join(".") : "";
  return new PytronError("protocol", `binary at "${where}" ${cause}: the message is dropped`);
}

function viewOf(buffer: ArrayBuffer, type: string, shape: readonly number[] | undefined): object {
  if (type === "bytes") return buffer;
  const view = new (MAKERS[type] as ViewMaker)(buffer);
  if (shape !== undefined) Object.defineProperty(view, "shape", { value: shape });
  return view;
}

function checkType(bin: Bin, size: number): void {
  const maker = Object.hasOwn(MAKERS, bin.type) ? MAKERS[bin.type] : undefined;
  if (maker === undefined) {
    if (bin.type !== "bytes") throw refuse(bin, `has the unknown type "${bin.type}"`);
    if (bin.shape !== undefined) throw refuse(bin, "is bytes and has a shape");
    return;
  }
  const count = size / maker.BYTES_PER_ELEMENT;
  if (!Number.isInteger(count)) throw refuse(bin, `ends inside an element of ${bin.type}`);
  if (bin.shape === undefined) return;
  const shape: unknown = bin.shape;
  const whole =
    Array.isArray(shape) && shape.every((n) => Number.isSafeInteger(n) && (n as number) >= 0);
  if (!whole || product(shape as number[]) !== count)
    throw refuse(bin, "has a shape of another size");
}

/** The container that `at` ends in; its last key must hold null. */
function holderOf(message: object, bin: Bin): Record<string | number, unknown> {
  let holder: unknown = message;
  bin.at.forEach((key, index) => {
    const fits = Array.isArray(holder) ? Number.isInteger(key) : typeof key === "string";
    if (typeof holder !== "object" || holder === null || !fits || !Object.hasOwn(holder, key))
      throw refuse(bin, "stands where nothing is");
    if (index < bin.at.length - 1) holder = (holder as Record<string | number, unknown>)[key];
  });
  return holder as Record<string | number, unknown>;
}

/** The one field of a message of each kind that may hold binary. */
const FIELDS: Readonly<Record<string, string>> = {
  call: "args",
  event: "data",
  piece: "data",
  result: "value",
  item: "value",
  snapshot: "value",
  change: "ops",
  patch: "ops",
};

/**
 * Puts a message's binary where it belongs, in the message itself.
 *
 * @throws PytronError `protocol` when a place, a type or a size is wrong.
 */
export function place(
  message: { kind: string },
  bins: readonly Bin[],
  part: (index: number) => ArrayBuffer | undefined,
): void {
  if (!Array.isArray(bins)) throw new PytronError("protocol", '"bin" is not an array');
  for (const bin of bins) {
    if (!Array.isArray(bin.at) || bin.at.length === 0 || bin.at[0] !== FIELDS[message.kind])
      throw refuse(bin, "stands outside the values");
    const buffer = part(bin.part);
    if (buffer === undefined) throw refuse(bin, `names part ${bin.part}, which is not there`);
    checkType(bin, buffer.byteLength);
    const holder = holderOf(message, bin);
    const key = bin.at.at(-1) as string | number;
    if (holder[key] !== null) throw refuse(bin, "stands where a value is");
    holder[key] = viewOf(buffer, bin.type, bin.shape);
  }
}
