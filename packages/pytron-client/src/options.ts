import type { CallOptions } from "./call.js";
import { PytronError } from "./errors.js";

const KNOWN: readonly string[] = [
  "signal",
  "timeoutMs",
  "onProgress",
] satisfies (keyof CallOptions)[];

/** What is wrong with a call's options; a number that is none would spoil the whole frame. */
export function wrongOption(options: CallOptions | undefined): PytronError | undefined {
  if (!options) return undefined;
  for (const key of Object.keys(options))
    if (!KNOWN.includes(key)) return wrong(`there is no option '${key}': there are ${KNOWN}`);
  const { signal, timeoutMs, onProgress } = options;
  if (timeoutMs !== undefined && !(Number.isFinite(timeoutMs) && timeoutMs >= 0))
    return wrong(`timeoutMs is ${timeoutMs}: give milliseconds, or leave it out`);
  if (signal && typeof signal.addEventListener !== "function")
    return wrong("signal is no AbortSignal: give controller.signal");
  if (onProgress !== undefined && typeof onProgress !== "function")
    return wrong("onProgress is no function");
  return undefined;
}

const wrong = (message: string) => new PytronError("invalid_arguments", message);
