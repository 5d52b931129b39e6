import { PytronError } from "./errors.js";
import type { Op, Path } from "./protocol.js";

type Container = Record<string | number, unknown>;

/** Told of every container that was copied, so that what is known of the old one moves along. */
export type OnCopy = (from: object, to: object) => void;

export function isContainer(value: unknown): value is Container {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function refuse(path: Path, cause: string): PytronError {
  return new PytronError("invalid_change", `the state at "${path.join(".")}" ${cause}`);
}

function checkKey(container: Container, key: string | number, path: Path): void {
  if (Array.isArray(container)) {
    if (!Number.isInteger(key)) throw refuse(path, `is an array, which has no key "${key}"`);
  } else if (typeof key !== "string" || key === "__proto__") {
    throw refuse(path, `is an object, which has no key ${key}`);
  }
}

/** The value under one key, which must be there. */
function child(container: unknown, key: string | number, path: Path): unknown {
  if (!isContainer(container)) throw refuse(path, "is not an object or array");
  checkKey(container, key, path);
  if (!Object.hasOwn(container, key)) throw refuse(path, `has no ${key}`);
  return container[key];
}

/**
 * Applies ops to values that are never changed in place: what an op touches is copied, the rest is
 * shared with the value before.
 */
export class Editor {
  private readonly fresh = new Set<object>();
  private readonly onCopy: OnCopy | undefined;
  root: unknown;

  constructor(root: unknown, onCopy?: OnCopy) {
    this.root = root;
    this.onCopy = onCopy;
  }

  /** @throws PytronError `invalid_change`; the root may then hold a part of the op: drop it. */
  apply(op: Op): void {
    if (!Array.isArray(op.path)) throw refuse([], "cannot change: an op has no path");
    switch (op.op) {
      case "set":
        this.set(op.path, op.value);
        break;
      case "delete":
        this.delete(op.path);
        break;
      case "splice":
        this.splice(op.path, op.index, op.remove, op.insert);
        break;
      default:
        throw refuse((op as Op).path, "cannot change: the op is unknown");
    }
  }

  private set(path: Path, value: unknown): void {
    const key = path.at(-1);
    if (key === undefined) {
      this.root = value;
      return;
    }
    const parent = this.writable(path, path.length - 1);
    checkKey(parent, key, path);
    if (Array.isArray(parent) && !Object.hasOwn(parent, key))
      throw refuse(path, "is past the end: splice to append");
    parent[key] = value;
  }

  private delete(path: Path): void {
    const key = path.at(-1);
    if (key === undefined) throw refuse(path, "is the whole, which can only be set");
    const parent = this.writable(path, path.length - 1);
    child(parent, key, path);
    if (Array.isArray(parent)) throw refuse(path, "is an element: splice to remove it");
    delete parent[key];
  }

  private splice(path: Path, index: number, remove: number, insert: readonly unknown[]): void {
    const array: unknown = this.writable(path, path.length);
    if (!Array.isArray(array)) throw refuse(path, "is not an array");
    const whole = Number.isInteger(index) && Number.isInteger(remove) && Array.isArray(insert);
    if (!whole || index < 0 || remove < 0 || index + remove > array.length)
      throw refuse(path, `has ${array.length} elements: ${remove} at ${index} are not there`);
    // Not array.splice(…insert): arguments have a limit, arrays do not.
    const tail = array.slice(index + remove);
    array.length = index;
    for (const item of insert) array.push(item);
    for (const item of tail) array.push(item);
  }

  /** The container `depth` keys down the path, copied with everything above it. */
  private writable(path: Path, depth: number): Container {
    let container = this.own(this.root, path);
    this.root = container;
    for (let i = 0; i < depth; i++) {
      const key = path[i] as string | number;
      const inner = this.own(child(container, key, path), path);
      container[key] = inner;
      container = inner;
    }
    return container;
  }

  private own(value: unknown, path: Path): Container {
    if (!isContainer(value)) throw refuse(path, "is not inside an object or array");
    if (this.fresh.has(value)) return value;
    const copy = (Array.isArray(value) ? value.slice() : { ...value }) as Container;
    this.fresh.add(copy);
    this.onCopy?.(value, copy);
    return copy;
  }
}

/**
 * The value after the ops; the one before stays as it is.
 *
 * @throws PytronError `invalid_change` when any op does not fit.
 */
export function apply(root: unknown, ops: readonly Op[], onCopy?: OnCopy): unknown {
  const editor = new Editor(root, onCopy);
  for (const op of ops) editor.apply(op);
  return editor.root;
}

/** `items.0.done` as a path; an array stays as it is. */
export function toPath(path: string | Path): Path {
  if (typeof path !== "string") return path;
  return path === "" ? [] : path.split(".");
}

/** What is at the path, or `undefined`; digits reach into arrays too. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const key of path) {
    if (!isContainer(value) || !Object.hasOwn(value, key)) return undefined;
    if (Array.isArray(value) && !/^\d+$/.test(String(key))) return undefined;
    value = value[key];
  }
  return value;
}

/**
 * The new value with every part that equals the old one replaced by the old one, so that comparing
 * by identity tells what changed.
 */
export function reconcile(before: unknown, after: unknown): unknown {
  if (Object.is(before, after) || !isContainer(before) || !isContainer(after)) return after;
  if (Array.isArray(after)) return Array.isArray(before) ? reconcileList(before, after) : after;
  return Array.isArray(before) ? after : reconcileRecord(before, after);
}

/** By index, and quick over what is the same: lists are what is long. */
function reconcileList(before: readonly unknown[], after: readonly unknown[]): unknown {
  let same = before.length === after.length;
  let copy: unknown[] | undefined;
  for (let i = 0; i < after.length; i++) {
    const next = after[i];
    const old = before[i];
    if (Object.is(old, next)) continue;
    const kept = reconcile(old, next);
    if (kept !== next) {
      copy ??= after.slice();
      copy[i] = kept;
    }
    if (!Object.is(kept, old)) same = false;
  }
  return same ? before : (copy ?? after);
}

function reconcileRecord(before: Container, after: Container): unknown {
  const keys = Object.keys(after);
  let same = keys.length === Object.keys(before).length;
  let copy: Container | undefined;
  for (const key of keys) {
    const known = Object.hasOwn(before, key);
    const old = known ? before[key] : undefined;
    const kept = reconcile(old, after[key]);
    if (kept !== after[key]) {
      copy ??= { ...after };
      copy[key] = kept;
    }
    if (!known || !Object.is(kept, old)) same = false;
  }
  return same ? before : (copy ?? after);
}
