import { PytronError } from "./errors.js";
import { Stream } from "./stream.js";

/** How a call may be stopped and watched. */
export interface CallOptions {
  /** Aborting rejects with `signal.reason` and cancels the function in Python. */
  signal?: AbortSignal;
  /** Rejects with code `timeout` after this long, counted from the call. */
  timeoutMs?: number;
  /** Told of what the function reports with `pytron.current().progress(value, total)`. */
  onProgress?: (value: number, total?: number, note?: string) => void;
}

/** What a call needs of the bridge. */
export interface CallLink {
  cancel(id: number): void;
  credit(id: number, count: number): void;
}

const isStream = (name: string) =>
  new PytronError(
    "is_stream",
    `${name} gives a stream: read it with "for await", not with "await"`,
  );
const notStream = (name: string) =>
  new PytronError("not_stream", `${name} gives one value: read it with "await", not "for await"`);

const incomplete = (name: string) =>
  new PytronError("protocol", `a part of the list that ${name} gives is missing: call again`);

/** A timer of more fires at once; Python's own deadline is counted without it. */
const LONGEST_MS = 2 ** 31 - 1;

type Outcome = { kind: "value"; value: unknown } | { kind: "error"; error: unknown };

/**
 * A call that is on its way: a promise of its result and an async iterable of its items.
 *
 * It has been sent already. Which of the two it is turns out with the first answer; reading it the
 * other way rejects with `is_stream` or `not_stream`.
 */
export class Call<T> implements Promise<T>, AsyncIterable<T> {
  readonly [Symbol.toStringTag] = "Call";
  readonly id: number;
  private readonly link: CallLink;
  private readonly name: string;
  private readonly options: CallOptions | undefined;
  private outcome: Outcome | undefined;
  private promise: Promise<T> | undefined;
  private resolve: ((value: T) => void) | undefined;
  private reject: ((error: unknown) => void) | undefined;
  private stream: Stream<T> | undefined;
  private streams = false;
  private iterated = false;
  private release: (() => void) | undefined;
  /** What has come of the list that is the result. */
  private list: { pieces: (readonly unknown[])[]; length: number } | undefined;

  constructor(link: CallLink, id: number, name: string, options?: CallOptions) {
    this.link = link;
    this.id = id;
    this.name = name;
    this.options = options;
  }

  /** Whether it has ended, well or not. */
  get settled(): boolean {
    return this.outcome !== undefined;
  }

  // biome-ignore lint/suspicious/noThenProperty: a call is awaited; seeing `then` tells how it is read.
  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.awaited().then(onValue, onError);
  }

  catch<B = never>(onError?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.awaited().catch(onError);
  }

  finally(onSettled?: (() => void) | null): Promise<T> {
    return this.awaited().finally(onSettled);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    this.iterated = true;
    const stream = this.open();
    if (!this.streams && this.outcome?.kind === "value")
      stream.finish({ error: notStream(this.name) });
    else if (this.outcome?.kind === "error") stream.finish({ error: this.outcome.error });
    return stream;
  }

  /** For the bridge: elements of the list that is the result. */
  elements(from: number, value: readonly unknown[]): void {
    this.list ??= { pieces: [], length: 0 };
    const { list } = this;
    // Once one is missing no count fits any more.
    list.length = from === list.length ? from + value.length : Number.NaN;
    list.pieces.push(value);
  }

  /** For the bridge: the kit answered with a value, or with the elements that have come. */
  result(value: unknown, elements?: number): void {
    if (elements !== undefined) {
      const { pieces, length } = this.list ?? { pieces: [] };
      if (elements === length) this.result(([] as unknown[]).concat(...pieces));
      else this.error(incomplete(this.name));
      return;
    }
    this.settle({ kind: "value", value });
    this.resolve?.(value as T);
    if (this.iterated) this.stream?.finish({ error: notStream(this.name) });
  }

  /** For the bridge: the call failed, at the other side or on the way. */
  error(error: unknown): void {
    if (this.settled) return;
    this.settle({ kind: "error", error });
    this.stream?.finish({ error });
    this.reject?.(error);
    // Nobody may be listening: this promise exists for its unhandled rejection to be seen.
    if (!this.iterated) this.promise ??= Promise.reject(error);
  }

  /** For the bridge: an item of a stream, and how many credits it has cost. */
  item(value: unknown, cost: number): void {
    this.streams = true;
    if (this.promise !== undefined && !this.iterated) {
      this.misread();
      return;
    }
    if (this.promise !== undefined) this.reject?.(isStream(this.name));
    this.open().push(value as T, cost);
  }

  /** For the bridge: the stream is over. */
  end(): void {
    this.streams = true;
    this.settle({ kind: "value", value: undefined });
    this.reject?.(isStream(this.name));
    this.open().finish();
  }

  /** For the bridge: how far the function is. */
  progress(value: number, total: number | undefined, note: string | undefined): void {
    this.options?.onProgress?.(value, total, note);
  }

  private awaited(): Promise<T> {
    if (this.promise !== undefined) return this.promise;
    const { outcome } = this;
    if (this.streams) {
      this.promise = Promise.reject(isStream(this.name));
      if (!this.iterated && outcome === undefined) this.misread();
    } else if (outcome === undefined) {
      this.promise = new Promise((resolve, reject) => {
        this.resolve = resolve;
        this.reject = reject;
      });
    } else if (outcome.kind === "value") {
      this.promise = Promise.resolve(outcome.value as T);
    } else {
      this.promise = Promise.reject(outcome.error);
    }
    return this.promise;
  }

  /** A stream is being awaited: nothing more of it is wanted. */
  private misread(): void {
    this.link.cancel(this.id);
    this.settle({ kind: "value", value: undefined });
    this.reject?.(isStream(this.name));
  }

  private open(): Stream<T> {
    this.stream ??= new Stream<T>(
      (count) => {
        if (!this.settled) this.link.credit(this.id, count);
      },
      () => {
        if (this.settled) return;
        this.settle({ kind: "value", value: undefined });
        this.link.cancel(this.id);
      },
    );
    return this.stream;
  }

  private settle(outcome: Outcome): void {
    this.outcome ??= outcome;
    this.list = undefined;
    this.release?.();
    this.release = undefined;
  }

  /** For the bridge, which has let it in: from now on its options can end it. */
  watch(): void {
    const { signal, timeoutMs } = this.options ?? {};
    if (signal === undefined && timeoutMs === undefined) return;
    const stop = (error: unknown) => {
      if (this.settled) return;
      this.link.cancel(this.id);
      this.stream?.abort(error);
      this.error(error);
    };
    const onAbort = () => stop(signal?.reason);
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => stop(timedOut(this.name, timeoutMs)), Math.min(timeoutMs, LONGEST_MS));
    signal?.addEventListener("abort", onAbort, { once: true });
    this.release = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
  }
}

function timedOut(name: string, timeoutMs: number): PytronError {
  return new PytronError(
    "timeout",
    `${name} gave no answer within ${timeoutMs} ms: allow more time or make it quicker`,
    { name: "CallError" },
  );
}
