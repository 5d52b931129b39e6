import { CREDITS } from "./protocol.js";

interface Waiting<T> {
  resolve: (result: IteratorResult<T, undefined>) => void;
  reject: (error: unknown) => void;
}

const DONE = { done: true, value: undefined } as const;

/** What a call that streams gives to `for await`: items as they come, credits as they are used. */
export class Stream<T> implements AsyncIterableIterator<T, undefined> {
  private items: { item: T; cost: number }[] = [];
  private first = 0;
  private readonly waiting: Waiting<T>[] = [];
  private used = 0;
  private over = false;
  private failure: { error: unknown } | undefined;
  private readonly credit: (count: number) => void;
  private readonly stop: () => void;

  /** `credit` lets the sender go on, `stop` tells it that nobody reads any more. */
  constructor(credit: (count: number) => void, stop: () => void) {
    this.credit = credit;
    this.stop = stop;
  }

  push(item: T, cost = 1): void {
    if (this.over) return;
    const next = this.waiting.shift();
    if (next === undefined) {
      this.items.push({ item, cost });
      return;
    }
    next.resolve({ done: false, value: item });
    this.consumed(cost);
  }

  /** Ends the stream after what has come; with an error that is thrown then. */
  finish(failure?: { error: unknown }): void {
    if (this.over) return;
    this.over = true;
    this.failure = failure;
    for (const next of this.waiting.splice(0)) this.settle(next);
  }

  /** Ends the stream now: what has come and was not read is dropped. */
  abort(error: unknown): void {
    this.items = [];
    this.first = 0;
    this.over = false;
    this.finish({ error });
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.first < this.items.length) {
      const { item, cost } = this.items[this.first] as { item: T; cost: number };
      this.items[this.first++] = undefined as never;
      // Not at each item, for that moves all the others; not never, for a reader may stay behind.
      if (this.first >= CREDITS || this.first === this.items.length) {
        this.items = this.items.slice(this.first);
        this.first = 0;
      }
      this.consumed(cost);
      return Promise.resolve({ done: false, value: item });
    }
    return new Promise((resolve, reject) => {
      if (this.over) this.settle({ resolve, reject });
      else this.waiting.push({ resolve, reject });
    });
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.items = [];
    this.first = 0;
    this.failure = undefined;
    if (!this.over) {
      this.finish();
      this.stop();
    }
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private settle(next: Waiting<T>): void {
    const failure = this.failure;
    this.failure = undefined;
    if (failure === undefined) next.resolve(DONE);
    else next.reject(failure.error);
  }

  /** Half the window at a time: the sender never runs dry, and few messages are sent. */
  private consumed(cost: number): void {
    this.used += cost;
    if (this.used < CREDITS / 2 || this.over) return;
    this.credit(this.used);
    this.used = 0;
  }
}
