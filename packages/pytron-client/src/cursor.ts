import { PytronError } from "./errors.js";
import { isContainer, type OnCopy, valueAt } from "./ops.js";
import type { Op, Path } from "./protocol.js";

/** What proxies read from and write to: the page's state, or the draft of an update. */
export interface Source {
  root(): unknown;
  /** Takes the op over; its values become copies. */
  write(op: Op): void;
}

/**
 * One object or array of the state as its user holds it.
 *
 * Below an object it follows its key, in an array it follows the element: when another element is
 * removed before it, it moves along, and when its own is removed, it is detached.
 */
class Cursor {
  readonly proxy: object;
  parent: Cursor | undefined;
  key: string | number;
  private last: object;

  constructor(tree: Cursors, parent: Cursor | undefined, key: string | number, value: object) {
    this.parent = parent;
    this.key = key;
    this.last = value;
    const target = Array.isArray(value) ? [] : {};
    this.proxy = new Proxy(target, new Handler(tree, this));
  }

  /** The present value, or the last one known when it is no longer in the state. */
  value(tree: Cursors): object {
    return this.find(tree) ?? this.last;
  }

  /** @throws PytronError `invalid_change` when it is no longer in the state. */
  path(tree: Cursors): (string | number)[] {
    if (this.find(tree) === undefined)
      throw new PytronError(
        "invalid_change",
        "this object is no longer in the state: read it from pytron.state again",
      );
    return this.parent === undefined ? [] : [...this.parent.path(tree), this.key];
  }

  private find(tree: Cursors): object | undefined {
    const found = this.parent === undefined ? tree.source.root() : this.below(tree, this.parent);
    if (!isContainer(found) || Array.isArray(found) !== Array.isArray(this.last)) return undefined;
    this.last = found;
    return found;
  }

  private below(tree: Cursors, parent: Cursor): unknown {
    const container = parent.find(tree);
    if (!Array.isArray(container))
      return container === undefined ? undefined : valueAt(container, [this.key]);
    const at: unknown = container[this.key as number];
    if (tree.known(at) === this) return at;
    const moved = container.findIndex((item) => tree.known(item) === this);
    if (moved < 0) return undefined;
    this.key = moved;
    return container[moved];
  }
}

/** The proxies of one source; an object has the same proxy for as long as it lives. */
export class Cursors {
  readonly source: Source;
  private readonly byValue = new WeakMap<object, Cursor>();
  private top: Cursor | undefined;

  constructor(source: Source) {
    this.source = source;
  }

  /** For the editor: a changed copy goes on as the same object. */
  readonly onCopy: OnCopy = (from, to) => {
    const cursor = this.byValue.get(from);
    if (cursor !== undefined) this.byValue.set(to, cursor);
  };

  /** The whole as a proxy; what is no object or array is given as it is. */
  root(): unknown {
    const value = this.source.root();
    if (!isContainer(value)) return value;
    if (this.top === undefined || Array.isArray(this.top.proxy) !== Array.isArray(value))
      this.top = new Cursor(this, undefined, "", value);
    return this.top.proxy;
  }

  known(value: unknown): Cursor | undefined {
    return typeof value === "object" && value !== null ? this.byValue.get(value) : undefined;
  }

  /** A value inside as its user may have it. */
  wrap(parent: Cursor, key: string | number, value: unknown): unknown {
    if (!isContainer(value)) return value;
    let cursor = this.byValue.get(value);
    if (cursor === undefined) {
      cursor = new Cursor(this, parent, key, value);
      this.byValue.set(value, cursor);
    } else {
      cursor.parent = parent;
      cursor.key = key;
    }
    return cursor.proxy;
  }
}

/** An own string key as the path has it: an index in arrays. */
function keyIn(container: object, key: string): string | number {
  return Array.isArray(container) && /^(0|[1-9]\d*)$/.test(key) ? Number(key) : key;
}

class Handler implements ProxyHandler<object> {
  private readonly tree: Cursors;
  private readonly cursor: Cursor;

  constructor(tree: Cursors, cursor: Cursor) {
    this.tree = tree;
    this.cursor = cursor;
  }

  get(_target: object, key: string | symbol): unknown {
    const value = this.cursor.value(this.tree);
    if (typeof key === "string" && Object.hasOwn(value, key))
      return this.tree.wrap(
        this.cursor,
        keyIn(value, key),
        (value as Record<string, unknown>)[key],
      );
    if (!Array.isArray(value)) return undefined;
    return Object.hasOwn(CHANGERS, key)
      ? changer(key as string, this.tree, this.cursor)
      : Reflect.get(Array.prototype, key);
  }

  set(_target: object, key: string | symbol, item: unknown): boolean {
    if (typeof key === "symbol") return false;
    const container = this.cursor.value(this.tree);
    const path = this.cursor.path(this.tree);
    const { source } = this.tree;
    if (!Array.isArray(container)) {
      source.write({ op: "set", path: [...path, key], value: item });
    } else if (key === "length") {
      const length = item as number;
      if (length > container.length) return false;
      source.write(splice(path, length, container.length - length, []));
    } else {
      const index = keyIn(container, key);
      if (index === container.length) source.write(splice(path, index, 0, [item]));
      else source.write({ op: "set", path: [...path, index], value: item });
    }
    return true;
  }

  deleteProperty(_target: object, key: string | symbol): boolean {
    if (typeof key === "symbol") return false;
    const container = this.cursor.value(this.tree);
    if (!Object.hasOwn(container, key)) return true;
    // As null: an array of the state has no holes.
    const path = [...this.cursor.path(this.tree), keyIn(container, key)];
    this.tree.source.write(
      Array.isArray(container) ? { op: "set", path, value: null } : { op: "delete", path },
    );
    return true;
  }

  has(_target: object, key: string | symbol): boolean {
    const value = this.cursor.value(this.tree);
    return Array.isArray(value) ? Reflect.has(value, key) : Object.hasOwn(value, key);
  }

  ownKeys(): ArrayLike<string | symbol> {
    return Reflect.ownKeys(this.cursor.value(this.tree));
  }

  getOwnPropertyDescriptor(target: object, key: string | symbol): PropertyDescriptor | undefined {
    const value = this.cursor.value(this.tree);
    if (!Object.hasOwn(value, key)) return undefined;
    if (Array.isArray(target) && key === "length")
      return { ...Reflect.getOwnPropertyDescriptor(target, key), value: Reflect.get(value, key) };
    return { value: this.get(target, key), writable: true, enumerable: true, configurable: true };
  }

  defineProperty(target: object, key: string | symbol, descriptor: PropertyDescriptor): boolean {
    // Reflect.set and class fields come here; accessors have no place in JSON.
    return "value" in descriptor && this.set(target, key, descriptor.value);
  }

  setPrototypeOf(): boolean {
    return false;
  }

  preventExtensions(): boolean {
    return false;
  }
}

function splice(path: Path, index: number, remove: number, insert: readonly unknown[]): Op {
  return { op: "splice", path, index, remove, insert };
}

/** A range as the array methods read their arguments. */
function clamp(value: number | undefined, length: number, fallback: number): number {
  const whole = Math.trunc(value ?? fallback) || 0;
  return whole < 0 ? Math.max(length + whole, 0) : Math.min(whole, length);
}

interface Target {
  path: Path;
  items: readonly unknown[];
  /** An element as its user may have it. */
  wrap: (index: number) => unknown;
  write: (op: Op) => void;
}

type Changer = (target: Target, args: never[]) => unknown;

/** Rearranges a copy of the whole array: one op, however many elements moved. */
function rearrange(name: "sort" | "reverse" | "fill" | "copyWithin"): Changer {
  return ({ path, items, write }, args) => {
    const copy: unknown[] = items.slice();
    (copy[name] as (...values: never[]) => unknown)(...args);
    write({ op: "set", path, value: copy });
  };
}

/** Array methods that change: each becomes one op instead of one for every element it moves. */
const CHANGERS: Readonly<Record<string, Changer>> = {
  push: ({ path, items, write }, args) => {
    // Counted first: a list that was written to in this turn is changed in place.
    const length = items.length + args.length;
    write(splice(path, items.length, 0, args));
    return length;
  },
  unshift: ({ path, items, write }, args) => {
    const length = items.length + args.length;
    write(splice(path, 0, 0, args));
    return length;
  },
  pop: ({ path, items, wrap, write }) => {
    const last = wrap(items.length - 1);
    if (items.length > 0) write(splice(path, items.length - 1, 1, []));
    return last;
  },
  shift: ({ path, items, wrap, write }) => {
    const first = wrap(0);
    if (items.length > 0) write(splice(path, 0, 1, []));
    return first;
  },
  splice: ({ path, items, wrap, write }, args: unknown[]) => {
    const index = clamp(args[0] as number | undefined, items.length, 0);
    const rest = items.length - index;
    const all = args.length === 1 ? rest : 0;
    const remove = Math.min(Math.max(Math.trunc((args[1] as number) ?? all) || 0, 0), rest);
    const removed = Array.from({ length: remove }, (_, i) => wrap(index + i));
    if (args.length > 0) write(splice(path, index, remove, args.slice(2)));
    return removed;
  },
  sort: rearrange("sort"),
  reverse: rearrange("reverse"),
  fill: rearrange("fill"),
  copyWithin: rearrange("copyWithin"),
};

function changer(name: string, tree: Cursors, cursor: Cursor): (...args: never[]) => unknown {
  return (...args) => {
    const items = cursor.value(tree) as readonly unknown[];
    const given = (CHANGERS[name] as Changer)(
      {
        path: cursor.path(tree),
        items,
        wrap: (index) => tree.wrap(cursor, index, items[index]),
        write: (op) => tree.source.write(op),
      },
      args,
    );
    return given === undefined && name !== "pop" && name !== "shift" ? cursor.proxy : given;
  };
}
