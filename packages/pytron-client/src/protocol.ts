import { PytronError } from "./errors.js";

/** The version of spec/ipc.md spoken here. */
export const VERSION = 1;

/** The version of this package, as `hello` tells it. */
export const CLIENT = "1.0.0-dev.0";

/** Items a stream may send before the first `credit`. */
export const CREDITS = 64;

/** An item costs one credit more for each so many bytes of binary. */
export const CREDIT_BYTES = 64 * 2 ** 10;

/** A place in a value: object keys are strings, array indexes are integers. */
export type Path = readonly (string | number)[];

export type Scope = "app" | "window";

/** What a frame may hold; `hello` down brings the kit's own. */
export interface Limits {
  frame: number;
  depth: number;
  pending: number;
  parts: number;
  /** Bytes of a frame's parts together, where a server takes fewer. */
  size?: number;
}

export const LIMITS: Limits = { frame: 64 * 2 ** 20, depth: 128, pending: 100_000, parts: 1024 };

/** The longest name of a function, an event or a subscription. */
export const NAME_LIMIT = 256;

/** Where a binary part of the frame stands in a message. */
export interface Bin {
  at: Path;
  part: number;
  type: string;
  shape?: readonly number[];
}

export type Op =
  | { op: "set"; path: Path; value: unknown }
  | { op: "delete"; path: Path }
  | { op: "splice"; path: Path; index: number; remove: number; insert: readonly unknown[] };

/** An error as it travels. */
export interface WireError {
  name: string;
  code: string;
  message: string;
  data?: unknown;
  trace?: string;
  ref?: string;
}

export interface Hello {
  kind: "hello";
  version: number;
  session: string;
  epoch: string;
  window: string;
  dev: boolean;
  limits: Limits;
  /** Development tools with a part in the page. */
  tools?: readonly string[];
}

/** A message from the kit. */
export type Down =
  | Hello
  | { kind: "result"; id: number; value?: unknown; elements?: number; bin?: Bin[] }
  | { kind: "elements"; id: number; from: number; value: readonly unknown[] }
  | { kind: "error"; id?: number; error: WireError }
  | { kind: "progress"; id: number; value: number; total?: number; note?: string }
  | { kind: "item"; id: number; value: unknown; bin?: Bin[] }
  | { kind: "end"; id: number }
  | { kind: "pull"; id: number; offset: number; size: number }
  | { kind: "event"; name: string; data: unknown; missed?: number; bin?: Bin[] }
  | { kind: "tool"; name: string; data: unknown }
  | { kind: "restart" }
  | { kind: "fault"; message: string; trace: string }
  | { kind: "snapshot"; scope: Scope; revision: number; value: unknown; bin?: Bin[] }
  | { kind: "patch"; scope: Scope; revision: number; id?: number; ops: Op[]; bin?: Bin[] };

/** What `head` says of the parts that travel beside a frame of text. */
export type HeadParts = readonly (readonly [id: string | number, size: number])[];

export function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isCount(value: unknown): value is number {
  return value === 0 || isId(value);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isScope(value: unknown): value is Scope {
  return value === "app" || value === "window";
}

function isWireError(value: unknown): value is WireError {
  return (
    isRecord(value) &&
    typeof value.name === "string" &&
    typeof value.code === "string" &&
    typeof value.message === "string"
  );
}

function isHello(m: Record<string, unknown>): boolean {
  return (
    typeof m.version === "number" &&
    typeof m.session === "string" &&
    typeof m.epoch === "string" &&
    typeof m.window === "string" &&
    isRecord(m.limits) &&
    (m.tools === undefined || Array.isArray(m.tools))
  );
}

function isWellFormed(m: Record<string, unknown>): boolean {
  switch (m.kind) {
    case "event":
      return typeof m.name === "string" && (m.missed === undefined || isId(m.missed));
    case "tool":
      return typeof m.name === "string";
    case "result":
      return isId(m.id) && ("value" in m || isId(m.elements));
    case "elements":
      return isId(m.id) && isCount(m.from) && Array.isArray(m.value);
    case "item":
      return isId(m.id) && "value" in m;
    case "patch":
      return isScope(m.scope) && Number.isSafeInteger(m.revision) && Array.isArray(m.ops);
    case "error":
      return (m.id === undefined || isId(m.id)) && isWireError(m.error);
    case "progress":
      return isId(m.id) && typeof m.value === "number";
    case "end":
      return isId(m.id);
    case "pull":
      return isId(m.id) && isId(m.size) && isCount(m.offset);
    case "snapshot":
      return isScope(m.scope) && Number.isSafeInteger(m.revision);
    case "hello":
      return isHello(m);
    case "restart":
      return true;
    case "fault":
      return typeof m.message === "string" && typeof m.trace === "string";
    default:
      return false;
  }
}

/**
 * The message, once it is known to be one that the kit may send.
 *
 * @throws PytronError `protocol` otherwise.
 */
export function checkDown(message: unknown): Down {
  if (isRecord(message) && isWellFormed(message)) return message as unknown as Down;
  const kind = isRecord(message) ? String(message.kind) : typeof message;
  throw new PytronError("protocol", `the kit sent a malformed message of kind ${kind}: report it`);
}

/** The Python exception as an error of the page. */
export function toError(wire: WireError): PytronError {
  return new PytronError(wire.code, wire.message, wire);
}
