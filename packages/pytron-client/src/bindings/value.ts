import { PytronError, report } from "../errors.js";
import { pytron } from "../index.js";
import { toPath } from "../ops.js";
import type { AppState, StatePath, ValueAt } from "../types.js";

/** What a value of the state is set to: a new value, or how the new follows from the old. */
export type Next<Path extends StatePath> =
  | ValueAt<AppState, Path>
  | ((before: ValueAt<AppState, Path>) => ValueAt<AppState, Path>);

type Holder = Record<string | number, unknown>;

function assign(state: unknown, path: StatePath, value: unknown): void {
  const keys = [...toPath(path)];
  const last = keys.pop();
  const holder = last === undefined ? undefined : reach(state, keys);
  if (typeof holder !== "object" || holder === null)
    throw new PytronError(
      "invalid_change",
      `the state has no place "${keys.join(".")}" to write to`,
    );
  (holder as Holder)[last as string] = value;
}

/** What stands at the keys, as the proxy that can be written to. */
function reach(state: unknown, keys: readonly (string | number)[]): unknown {
  return keys.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Holder)[key] : undefined,
    state,
  );
}

/**
 * Writes a value of the app's state; a function is an update, run again if somebody was quicker.
 *
 * What Python refuses is rolled back and reported, as with any write to `pytron.state`.
 */
export function write<Path extends StatePath>(path: Path, next: Next<Path>): void {
  if (typeof next !== "function") {
    assign(pytron.state, path, next);
    return;
  }
  const run = next as (before: unknown) => unknown;
  pytron.update((state) => assign(state, path, run(reach(state, toPath(path))))).catch(report);
}
