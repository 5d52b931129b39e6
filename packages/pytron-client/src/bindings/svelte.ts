/**
 * The state of the app as Svelte stores, read as `$count` in components.
 *
 * @packageDocumentation
 */
import { pytron, snapshot } from "../index.js";
import type { AppState, SnapshotAt, StatePath, ValueAt } from "../types.js";
import { write } from "./value.js";

/** What Svelte takes for a writable store. */
export interface PytronStore<Path extends StatePath> {
  /** Calls the function with the value now and at each change; gives a function that stops. */
  subscribe(run: (value: SnapshotAt<AppState, Path>) => void): () => void;
  set(value: ValueAt<AppState, Path>): void;
  /** Sets what follows from the value that is there; run again if somebody was quicker. */
  update(next: (value: ValueAt<AppState, Path>) => ValueAt<AppState, Path>): void;
}

/** The value at a path of the app's state; before `pytron.ready` it is `undefined`. */
export function pytronStore<const Path extends StatePath>(path: Path): PytronStore<Path> {
  return {
    subscribe(run) {
      const stop = pytron.subscribe(path, run);
      run(snapshot(path));
      return stop;
    },
    set: (value) => write(path, value),
    update: (next) => write(path, next),
  };
}
