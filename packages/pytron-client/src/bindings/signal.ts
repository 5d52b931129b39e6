/**
 * The state of the app as signals of the shape that TC39 discusses.
 *
 * @packageDocumentation
 */
import { pytron, snapshot } from "../index.js";
import type { AppState, SnapshotAt, StatePath } from "../types.js";
import { type Next, write } from "./value.js";

/** What an implementation such as signal-polyfill exports as `Signal`; only `State` is needed. */
export interface SignalImplementation {
  State: new <T>(value: T) => { get(): T; set(value: T): void };
}

/** A value of the state that computed signals and watchers follow. */
export interface PytronSignal<Path extends StatePath> {
  get(): SnapshotAt<AppState, Path>;
  set(next: Next<Path>): void;
  /** Ends its following of the state. */
  stop(): void;
}

/**
 * The value at a path of the app's state as a signal of this implementation.
 *
 * Before `pytron.ready` the value is `undefined`.
 */
export function pytronSignal<const Path extends StatePath>(
  Signal: SignalImplementation,
  path: Path,
): PytronSignal<Path> {
  const state = new Signal.State(snapshot(path));
  const stop = pytron.subscribe(path, (value) => state.set(value));
  return {
    get: () => state.get(),
    set: (next) => {
      write(path, next);
      state.set(snapshot(path));
    },
    stop,
  };
}
