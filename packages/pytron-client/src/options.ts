import type { CallOptions } from "./call.js";
import { PytronError } from "./errors.js";

const KNOWN = ["signal", "timeoutMs", "onProgress"] satisfies (keyof CallOptions)[];

/** @throws PytronError `invalid_arguments` for an option that is none of these. */
export function checkKeys(options: object | undefined, known: readonly string[]): void {
  for (const key of Object.keys(options ?? {}))
    if (!known.includes(key)) throw wrong(`no option '${key}': there are ${known}`);
}

/** @throws PytronError `invalid_arguments` for what can't be called. */
export function checkFunction(given: unknown, name: string): void {
  if (typeof given !== "function") throw wrong(`${name} is no function`);
}

/** Throws what is wrong with a call's options; a number that is none would spoil the whole frame. */
export function checkOptions(options: CallOptions | undefined): void {
  if (!options) return;
  checkKeys(options, KNOWN);
  const { signal, timeoutMs, onProgress } = options;
  if (timeoutMs !== undefined && !(Number.isFinite(timeoutMs) && timeoutMs >= 0))
    throw wrong(`timeoutMs is the ${typeof timeoutMs} ${timeoutMs}: give a number of milliseconds`);
  if (signal && typeof signal.addEventListener !== "function")
    throw wrong("signal is no AbortSignal: give controller.signal");
  if (onProgress !== undefined) checkFunction(onProgress, "onProgress");
}

const wrong = (message: string) => new PytronError("invalid_arguments", message);
