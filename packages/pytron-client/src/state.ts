import type { Attachment } from "./binary.js";
import { Cursors, type Source } from "./cursor.js";
import { inTask, PytronError, report } from "./errors.js";
import { reportKnown } from "./log.js";
import { apply, Editor, isContainer, reconcile, toPath, valueAt } from "./ops.js";
import { checkFunction } from "./options.js";
import type { Op, Path, Scope } from "./protocol.js";
import { clone, encode } from "./values.js";

/** What a store needs of the bridge. */
export interface StoreLink {
  /** There is something to send or to tell; `flush` is called before anything else is sent. */
  dirty(): void;
  /** Sends a change; its answer goes to the callbacks. */
  change(change: Change): void;
  sync(scope: Scope): void;
  /** Asks whether anything can ever be at a path; Python speaks up when nothing can. */
  watch(scope: Scope, path: Path): void;
  room(): number;
}

interface Prepared {
  op: Op;
  text: string;
  found: Attachment[];
}

/** Ops on their way to Python, shown in the page already. */
export class Change {
  readonly scope: Scope;
  readonly ops: Op[] = [];
  /** The ops as JSON, and the binary in them. */
  readonly texts: string[] = [];
  readonly found: Attachment[] = [];
  readonly base: number | undefined;
  id = 0;
  private readonly store: Store;
  private readonly settle: (error?: unknown) => void;

  constructor(store: Store, base: number | undefined, settle: (error?: unknown) => void) {
    this.store = store;
    this.scope = store.scope;
    this.base = base;
    this.settle = settle;
  }

  /** The op as it will travel, copied and encoded. Throws `encode_failed` for what JSON can't hold. */
  prepare(op: Op, room: number): Prepared {
    const root = ["ops", this.ops.length];
    const copy = copyOp(op, root, room);
    const found: Attachment[] = [];
    return { op: copy, text: encode(copy, root, room, found), found };
  }

  add({ op, text, found }: Prepared): void {
    this.ops.push(op);
    this.texts.push(text);
    this.found.push(...found);
  }

  result(revision: unknown): void {
    this.store.settled(this, revision);
    this.settle();
  }

  error(error: unknown): void {
    this.store.settled(this, undefined);
    this.settle(error);
  }
}

function copyOp(op: Op, root: Path, room: number): Op {
  if (op.op === "set") return { ...op, value: clone(op.value, [...root, "value"], room - 1) };
  if (op.op === "delete") return op;
  return { ...op, insert: clone(op.insert, [...root, "insert"], room - 1) as unknown[] };
}

interface Subscription {
  path: Path;
  listener: (value: unknown) => void;
  last: unknown;
}

/** More than this in a row means that `update` can never win. */
const MOST_RETRIES = 100;

/**
 * The page's copy of one scope of the state.
 *
 * `base` is what Python said last; `view` is that with the page's own unanswered changes on top.
 * Neither is ever changed in place, so a value that is held stays as it was.
 */
export class Store implements Source {
  readonly scope: Scope;
  readonly cursors = new Cursors(this);
  revision = -1;
  /** Whether what listeners get is frozen, so that writing to it fails loudly. */
  frozen = false;
  private readonly link: StoreLink;
  private base: unknown;
  private view: unknown;
  /** Writes to the view, or applies patches, without copying again what it copied in this turn. */
  private editor: Editor | undefined;
  private patching: Editor | undefined;
  private open: Change | undefined;
  private pending: Change[] = [];
  private readonly subscriptions = new Set<Subscription>();
  private syncing: (() => void)[] | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private updating = 0;
  private idle: (() => void)[] = [];
  private told = true;

  constructor(scope: Scope, link: StoreLink) {
    this.scope = scope;
    this.link = link;
  }

  root(): unknown {
    // Before the first snapshot the state reads as empty.
    return this.revision < 0 ? {} : this.view;
  }

  /** The value at a path, not to be changed; a changed state has other objects there. */
  get(path: string | Path = []): unknown {
    this.release();
    return valueAt(this.view, toPath(path));
  }

  /** Shows the op at once and sends it with the next frame. */
  write(op: Op): void {
    this.checkHere();
    const change = this.open ?? new Change(this, undefined, (error) => this.refused(change, error));
    const prepared = change.prepare(op, this.link.room());
    this.patching = undefined;
    this.editor ??= new Editor(this.view, this.cursors.onCopy);
    // What does not fit throws here, where it was written, and is not sent.
    this.editor.apply(prepared.op);
    change.add(prepared);
    this.open = change;
    this.view = this.editor.root;
    this.touch();
  }

  /** Runs the function on a draft until no other change came between; gives what it returned. */
  update<T>(run: (draft: unknown) => T): Promise<T> {
    const free = this.updating === 0 && this.pending.length === 0 && this.open === undefined;
    this.updating++;
    const turn = free ? this.attempt(run, 0) : this.queue.then(() => this.inTurn(run));
    const done = turn.finally(() => {
      this.updating--;
    });
    this.queue = done.catch(() => {});
    return done;
  }

  /** Calls the listener whenever the value at the path is another one; gives a function to stop. */
  subscribe(path: string | Path, listener: (value: unknown) => void): () => void {
    checkFunction(listener, "the listener");
    const keys = toPath(path);
    const subscription = { path: keys, listener, last: this.get(keys) };
    this.subscriptions.add(subscription);
    if (this.revision >= 0) this.look(subscription);
    return () => {
      this.subscriptions.delete(subscription);
    };
  }

  /** For the bridge: the whole state came. */
  snapshot(revision: number, value: unknown): void {
    this.revision = revision;
    this.base = reconcile(this.base, value);
    this.rebuild();
    for (const subscription of this.subscriptions) this.look(subscription);
    const waiting = this.syncing ?? [];
    this.syncing = undefined;
    for (const go of waiting) go();
  }

  /** For the bridge: the state went one revision on. */
  patch(revision: number, ops: readonly Op[], id: number | undefined): void {
    if (revision <= this.revision || this.syncing !== undefined) return;
    const own = id === undefined ? undefined : this.pending.find((change) => change.id === id);
    if (revision !== this.revision + 1 || !this.advance(ops, own)) {
      this.resync();
      return;
    }
    this.revision = revision;
    if (this.pending.length === 0 && this.open === undefined) {
      this.view = this.base;
      this.touch();
      return;
    }
    if (own !== undefined) this.pending = this.pending.filter((change) => change !== own);
    this.rebuild();
  }

  /** For the bridge: hands over what was written since the last frame. */
  flush(): void {
    const { open } = this;
    this.release();
    if (open === undefined) return;
    this.open = undefined;
    this.pending.push(open);
    this.link.change(open);
  }

  /** For the bridge: tells the listeners, if there is anything to tell. */
  notify(): void {
    if (this.told) return;
    this.told = true;
    this.release();
    for (const subscription of this.subscriptions) this.tell(subscription);
  }

  /** For a change: it was answered; without a revision it is rolled back. */
  settled(change: Change, revision: unknown): void {
    const shown = this.pending.includes(change);
    if (shown) {
      this.pending = this.pending.filter((other) => other !== change);
      this.rebuild();
    }
    // Its patch comes before its result: without it something was lost.
    if (typeof revision === "number" && revision > this.revision) this.resync();
    if (this.pending.length > 0 || this.open !== undefined) return;
    for (const go of this.idle.splice(0)) go();
  }

  /** A path where nothing is may be misspelt: the declared types, which Python has, tell. */
  private look({ path }: Subscription): void {
    if (path.length > 0 && valueAt(this.view, path) === undefined)
      this.link.watch(this.scope, path);
  }

  private tell(subscription: Subscription): void {
    const value = valueAt(this.view, subscription.path);
    const kept = reconcile(subscription.last, value);
    if (Object.is(kept, subscription.last)) return;
    subscription.last = value;
    if (this.frozen) freeze(value);
    try {
      subscription.listener(value);
    } catch (error) {
      report(error);
    }
  }

  /** Applies ops to what Python said last; false when they do not fit. */
  private advance(ops: readonly Op[], own: Change | undefined): boolean {
    // Ops that came back as they went are applied as they went: what the page holds stays valid.
    const same =
      own !== undefined &&
      own.found.length === 0 &&
      JSON.stringify(ops) === `[${own.texts.join(",")}]`;
    this.patching ??= new Editor(this.base, this.cursors.onCopy);
    try {
      for (const op of same ? own.ops : ops) this.patching.apply(op);
      this.base = this.patching.root;
      return true;
    } catch (error) {
      if (!(error instanceof PytronError)) throw error;
      this.release();
      return false;
    }
  }

  /** The view again from the base and what is unanswered. */
  private rebuild(): void {
    const before = this.view;
    let view = this.base;
    const changes = this.open === undefined ? this.pending : [...this.pending, this.open];
    for (const change of changes) {
      try {
        view = apply(view, change.ops, this.cursors.onCopy);
      } catch {
        // It no longer fits what others made of the state; Python is about to refuse it.
      }
    }
    this.view = view === before ? before : reconcile(before, view);
    if (changes.length === 0) this.base = this.view;
    this.release();
    this.touch();
  }

  /** From here on somebody may hold what there is: it is copied again before it changes. */
  private release(): void {
    this.editor = undefined;
    this.patching = undefined;
  }

  private touch(): void {
    this.told = false;
    this.link.dirty();
  }

  private resync(): void {
    if (this.syncing !== undefined) return;
    this.syncing = [];
    this.link.sync(this.scope);
  }

  private refused(change: Change, error: unknown): void {
    if (error === undefined) return;
    const keys = change.ops.map((op) => op.path.join(".")).join(", ");
    const told = new Error(`pytron: "${keys}" is rolled back: ${error}`, { cause: error });
    if (error instanceof PytronError && error.ref !== undefined) reportKnown(told);
    else report(told);
  }

  private async inTurn<T>(run: (draft: unknown) => T): Promise<T> {
    while (this.pending.length > 0 || this.open !== undefined)
      await new Promise<void>((resolve) => this.idle.push(resolve));
    return this.attempt(run, 0);
  }

  private async attempt<T>(run: (draft: unknown) => T, tries: number): Promise<T> {
    checkFunction(run, "the change");
    const base = this.revision;
    let settle: (error?: unknown) => void = () => {};
    const answered = new Promise<unknown>((resolve) => {
      settle = resolve;
    });
    const change = new Change(this, base, settle);
    let given: T;
    try {
      given = this.draft(run, change);
    } catch (error) {
      await new Promise<void>(inTask);
      throw error;
    }
    if (change.ops.length === 0) return given;
    this.pending.push(change);
    this.rebuild();
    this.link.change(change);
    const error = await answered;
    if (error === undefined) return given;
    const conflict = error instanceof PytronError && error.code === "conflict";
    if (!conflict || tries >= MOST_RETRIES) throw error;
    if (this.revision === base) await this.fresh();
    return this.attempt(run, tries + 1);
  }

  /** Runs the function once and collects what it does. */
  private draft<T>(run: (draft: unknown) => T, change: Change): T {
    this.checkHere();
    let over = false;
    const source: Source = {
      root: () => editor.root,
      write: (op) => {
        if (over) throw new PytronError("invalid_change", "this update is over: start another");
        const prepared = change.prepare(op, this.link.room());
        editor.apply(prepared.op);
        change.add(prepared);
      },
    };
    const cursors = new Cursors(source);
    const editor = new Editor(this.view, cursors.onCopy);
    const given = run(cursors.root());
    over = true;
    if (typeof (given as { then?: unknown } | undefined)?.then === "function")
      throw new PytronError(
        "invalid_change",
        "the function of an update must not be async: await first, then update",
      );
    return given;
  }

  private checkHere(): void {
    if (this.revision < 0)
      throw new PytronError(
        "invalid_change",
        "the state is not here yet: await pytron.ready before changing it",
      );
  }

  /** The state as it is now, after a conflict that no patch explains. */
  private fresh(): Promise<void> {
    this.resync();
    return new Promise((resolve) => this.syncing?.push(resolve));
  }
}

function freeze(value: unknown): void {
  if (!isContainer(value) || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
}
