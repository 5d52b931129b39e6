import { PytronError } from "../errors.js";
import { type Frame, openFrame, utf8Length } from "../frames.js";
import {
  isId,
  isRecord,
  isScope,
  LIMITS,
  type Limits,
  NAME_LIMIT,
  type Path,
  VERSION,
} from "../protocol.js";

type Message = Record<string, unknown>;
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isAny: Check = (value) => value !== undefined;
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isName: Check = (value) =>
  typeof value === "string" && value.length > 0 && [...value].length <= NAME_LIMIT;
const isPath: Check = (value) =>
  Array.isArray(value) &&
  value.every((key) => typeof key === "string" || Number.isSafeInteger(key));
const isPlace: Check = (value) =>
  isPath(value) && (value as Path).length > 0 && (value as Path).length <= LIMITS.depth;
const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const oneOf =
  (...names: string[]): Check =>
  (value) =>
    names.includes(value as string);

/** The fields of messages and ops: those that are not here are dropped. */
type Fields = Readonly<Record<string, Check>>;

const OPS: Readonly<Record<string, Fields>> = {
  set: { op: isText, path: isPath, value: isAny },
  delete: { op: isText, path: isPath },
  splice: { op: isText, path: isPath, index: isAny, remove: isAny, insert: Array.isArray },
};

const TYPES =
  "bytes int8 uint8 uint8c int16 uint16 int32 uint32 int64 uint64 float32 float64".split(" ");

const BIN: Fields = {
  at: isPath,
  part: isCount,
  type: oneOf(...TYPES),
  shape: maybe(listOf(Number.isSafeInteger)),
};

const OFFER: Fields = {
  at: isPath,
  upload: isId,
  size: isCount,
  type: (value) => value === "" || isName(value),
  name: (value) => value === undefined || value === "" || isName(value),
};

function fits(value: unknown, fields: Fields | undefined): boolean {
  return (
    fields !== undefined &&
    isRecord(value) &&
    Object.entries(fields).every(([key, check]) => check(value[key]))
  );
}

const isOp: Check = (op) =>
  isRecord(op) && Object.hasOwn(OPS, String(op.op)) && fits(op, OPS[String(op.op)]);
const bin = maybe(listOf((entry) => fits(entry, BIN)));

const UP: Readonly<Record<string, Fields>> = {
  hello: {
    version: Number.isSafeInteger,
    session: (value) => isText(value) && /^[A-Za-z0-9_-]{16,64}$/.test(value as string),
    client: isText,
  },
  call: {
    id: isId,
    name: isName,
    args: (value) => Array.isArray(value) || isRecord(value),
    timeout: maybe((value) => typeof value === "number" && value >= 0),
    bin,
    uploads: maybe(
      (value) =>
        listOf((entry) => fits(entry, OFFER))(value) && (value as unknown[]).length <= LIMITS.parts,
    ),
  },
  piece: { id: isId, offset: isCount, error: maybe(isText), data: maybe(() => true), bin },
  cancel: { id: isId },
  credit: { id: isId, count: isId },
  event: { name: isName, data: isAny, to: maybe(isText), bin },
  subscribe: { name: isName },
  unsubscribe: { name: isName },
  change: { id: isId, scope: isScope, base: maybe(Number.isSafeInteger), ops: listOf(isOp), bin },
  sync: { scope: isScope },
  watch: { scope: isScope, path: isPlace },
  tool: { name: isName, data: isAny },
  log: { level: oneOf("debug", "info", "warning", "error"), message: isText, stack: maybe(isText) },
};

/**
 * A message from a page as Python understands it: known fields only.
 *
 * @throws PytronError `protocol`, or `version` for a hello of another version.
 */
export function checkUp(message: unknown): Message {
  const kind = isRecord(message) ? String(message.kind) : "";
  const fields = Object.hasOwn(UP, kind) ? UP[kind] : undefined;
  if (fields === undefined || !fits(message, fields))
    throw new PytronError("protocol", `malformed message of kind "${kind}"`);
  const known: Message = { kind };
  for (const key of Object.keys(fields)) {
    const value = (message as Message)[key];
    if (value !== undefined) known[key] = value;
  }
  if (kind === "hello" && known.version !== VERSION)
    throw new PytronError("version", `version ${known.version} is not spoken here`);
  return known;
}

/** The id that the answer to a refused message has to carry, if any. */
export function answerId(message: unknown): number | undefined {
  return isRecord(message) && oneOf("call", "change")(message.kind) && isId(message.id)
    ? message.id
    : undefined;
}

function checkDepth(text: string, most: number): void {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text[i];
    if (quoted) {
      if (unit === "\\") i++;
      else if (unit === '"') quoted = false;
    } else if (unit === '"') quoted = true;
    else if (unit === "]" || unit === "}") depth--;
    else if ((unit === "[" || unit === "{") && ++depth > most)
      throw new PytronError("too_deep", `the frame has more than ${most} levels`);
  }
}

/**
 * A frame from a page, its size and depth checked as Python does.
 *
 * @throws PytronError `protocol`, `too_large` or `too_deep`.
 */
export function openUp(text: string, limits: Limits = LIMITS): Frame {
  if (utf8Length(text) > limits.frame)
    throw new PytronError("too_large", `the frame has more than ${limits.frame} bytes`);
  checkDepth(text, limits.depth);
  return openFrame(text, limits.parts);
}
