/** What beside the message an error carries; all of it is optional. */
export interface PytronErrorDetails {
  /** The Python class, or `PytronError` when the client itself refuses. */
  name?: string;
  /** What the Python exception's `data` attribute holds. */
  data?: unknown;
  /** The Python traceback; only in development. */
  trace?: string;
  /** Stands in the Python log beside the same error. */
  ref?: string;
}

const MARK = Symbol.for("pytron.error");

/**
 * Whatever goes wrong between the page and Python.
 *
 * `code` is stable and made for programs (spec/ipc.md, section 8), `message` is for people and says
 * the remedy, `name` is the Python class.
 */
export class PytronError extends Error {
  /** By a mark and not by the class: a page may have loaded this package twice. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && MARK in value;
  }

  readonly code: string;
  readonly data: unknown;
  readonly trace: string | undefined;
  readonly ref: string | undefined;

  constructor(code: string, message: string, details: PytronErrorDetails = {}) {
    super(message);
    this.name = details.name ?? "PytronError";
    this.code = code;
    this.data = details.data;
    this.trace = details.trace;
    this.ref = details.ref;
    Object.defineProperty(this, MARK, { value: true });
  }
}

/** Shows an error where the page's developer looks, without breaking what called. */
export function report(error: unknown): void {
  if (typeof globalThis.reportError === "function") globalThis.reportError(error);
  else console.error(error);
}

/**
 * Refuses in a task of its own: a page that tries again at once and for ever still takes answers,
 * draws, and can go away, which none does while its microtasks last.
 */
export function inTask(refuse: () => void): void {
  setTimeout(refuse);
}

/** What the calls of an earlier Python process get. */
export function restartedError(): PytronError {
  return new PytronError("restarted", "Python was restarted before it answered: call again", {
    name: "CallError",
  });
}
