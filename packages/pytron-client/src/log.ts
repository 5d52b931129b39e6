import { report } from "./errors.js";

/** What the page tells Python's log. */
export interface LogEntry {
  level: "debug" | "info" | "warning" | "error";
  message: string;
  stack?: string;
}

const MOST = 20;
const WINDOW_MS = 10_000;
const LONGEST = 8_192;

/** Lets so many entries pass in a while; what was held back is counted and told with the next. */
export class LogGate {
  private since = 0;
  private passed = 0;
  private dropped = 0;

  /** How many were held back before this one, or `undefined` when it is held back itself. */
  admit(now: number): number | undefined {
    if (now - this.since >= WINDOW_MS) {
      this.since = now;
      this.passed = 0;
    }
    if (this.passed >= MOST) {
      this.dropped++;
      return undefined;
    }
    this.passed++;
    const { dropped } = this;
    this.dropped = 0;
    return dropped;
  }
}

function entryOf(error: unknown, fallback: string): LogEntry {
  if (typeof error !== "object" || error === null)
    return { level: "error", message: error === undefined ? fallback : String(error) };
  const { name, message, stack, ref } = error as Partial<Error> & { ref?: string };
  const text = `${name ?? "Error"}: ${message ?? fallback}${ref ? ` [${ref}]` : ""}`;
  const entry: LogEntry = { level: "error", message: text.slice(0, LONGEST) };
  if (typeof stack === "string") entry.stack = stack.slice(0, LONGEST);
  return entry;
}

/** What Python has in its log already, under the same `ref`. */
const known = new WeakSet<Error>();

/** Shows an error that Python has told of and nobody here waits for. */
export function reportKnown(error: Error): void {
  known.add(error);
  report(error);
}

/** Sends the page's uncaught errors to Python; gives a function that stops. */
export function forwardErrors(target: EventTarget, send: (entry: LogEntry) => void): () => void {
  const gate = new LogGate();
  const forward = (entry: LogEntry) => {
    const dropped = gate.admit(Date.now());
    if (dropped === undefined) return;
    if (dropped > 0) entry.message += ` (and ${dropped} errors before it)`;
    send(entry);
  };
  const onError = (event: Event) => {
    const { error, message } = event as ErrorEvent;
    if (known.has(error)) return;
    forward(entryOf(error ?? undefined, message ?? "error"));
  };
  const onRejection = (event: Event) => {
    const { reason } = event as PromiseRejectionEvent;
    const entry = entryOf(reason, "unhandled rejection");
    forward({ ...entry, message: `unhandled rejection: ${entry.message}` });
  };
  target.addEventListener("error", onError);
  target.addEventListener("unhandledrejection", onRejection);
  return () => {
    target.removeEventListener("error", onError);
    target.removeEventListener("unhandledrejection", onRejection);
  };
}
