import type { CallOptions } from "./call.js";
import { PytronError } from "./errors.js";

const KNOWN = Object.keys({ signal: 0, timeoutMs: 0, onProgress: 0 } satisfies Record<
  keyof CallOptions,
  0
>);

/** Throws what is wrong with a call's options; a number that is none would spoil the whole frame. */
export function checkOptions(options: CallOptions | undefined): void {
  if (!options) return;
  for (const key of Object.keys(options))
    if (!KNOWN.includes(key)) throw wrong(`there is no option '${key}': there are ${KNOWN}`);
  const { signal, timeoutMs, onProgress } = options;
  if (timeoutMs !== undefined && !(Number.isFinite(timeoutMs) && timeoutMs >= 0))
    throw wrong(`timeoutMs is ${timeoutMs}: give milliseconds, or leave it out`);
  if (signal && typeof signal.addEventListener !== "function")
    throw wrong("signal is no AbortSignal: give controller.signal");
  if (onProgress !== undefined && typeof onProgress !== "function")
    throw wrong("onProgress is no function");
}

const wrong = (message: string) => new PytronError("invalid_arguments", message);
