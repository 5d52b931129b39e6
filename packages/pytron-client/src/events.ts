import { PytronError, report } from "./errors.js";
import { checkFunction } from "./options.js";
import { NAME_LIMIT } from "./protocol.js";

/**
 * Called with an event's data, for those who listen to many its name, and how many of that name
 * were left out before it because the page was slow.
 */
export type Listener = (data: unknown, name: string, missed: number) => void;

/** Whether a subscription gets an event: a trailing `*` matches any ending, also none. */
export function matches(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

/** @throws PytronError `protocol` for names the kit would refuse. */
export function checkName(name: string): void {
  if (typeof name !== "string" || name.length === 0 || name.length > NAME_LIMIT)
    throw new PytronError("protocol", `a name has 1 to ${NAME_LIMIT} characters: shorten it`);
}

interface Entry {
  listener: Listener;
}

/** Who listens to what. Lists are replaced, never changed, so that delivery needs no copy. */
export class Events {
  private readonly exact = new Map<string, readonly Entry[]>();
  private readonly wild = new Map<string, readonly Entry[]>();
  private readonly announce: (kind: "subscribe" | "unsubscribe", pattern: string) => void;

  constructor(announce: (kind: "subscribe" | "unsubscribe", pattern: string) => void) {
    this.announce = announce;
  }

  /** All patterns somebody listens to. */
  *patterns(): Iterable<string> {
    yield* this.exact.keys();
    yield* this.wild.keys();
  }

  /** Starts to listen; gives a function that stops. */
  on(pattern: string, listener: Listener): () => void {
    checkName(pattern);
    checkFunction(listener, "the listener");
    const lists = pattern.endsWith("*") ? this.wild : this.exact;
    const entry = { listener };
    const list = lists.get(pattern);
    lists.set(pattern, list === undefined ? [entry] : [...list, entry]);
    if (list === undefined) this.announce("subscribe", pattern);
    return () => {
      const left = lists.get(pattern)?.filter((other) => other !== entry);
      if (left === undefined || left.length === lists.get(pattern)?.length) return;
      if (left.length > 0) {
        lists.set(pattern, left);
        return;
      }
      lists.delete(pattern);
      this.announce("unsubscribe", pattern);
    };
  }

  dispatch(name: string, data: unknown, missed = 0): void {
    const list = this.exact.get(name);
    if (list !== undefined) run(list, data, name, missed);
    if (this.wild.size === 0) return;
    for (const [pattern, listeners] of this.wild)
      if (matches(pattern, name)) run(listeners, data, name, missed);
  }
}

function run(list: readonly Entry[], data: unknown, name: string, missed: number): void {
  for (const { listener } of list) {
    try {
      listener(data, name, missed);
    } catch (error) {
      report(error);
    }
  }
}
