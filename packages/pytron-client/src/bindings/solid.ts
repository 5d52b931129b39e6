/**
 * The state and the events of the app for Solid.
 *
 * @packageDocumentation
 */
import { type Accessor, createSignal, getOwner, onCleanup } from "solid-js";
import { pytron, snapshot } from "../index.js";
import type { AppState, DataOf, EventName, SnapshotAt, StatePath } from "../types.js";
import { type Next, write } from "./value.js";

function whileHere(stop: () => void): void {
  if (getOwner() !== null) onCleanup(stop);
}

/**
 * The value at a path of the app's state and a function that sets it, as `createSignal` has them.
 *
 * Before `pytron.ready` the value is `undefined`.
 */
export function createPytron<const Path extends StatePath>(
  path: Path,
): [value: Accessor<SnapshotAt<AppState, Path>>, set: (next: Next<Path>) => void] {
  const [value, show] = createSignal(snapshot(path));
  // As a function: a value that is one itself would be called.
  whileHere(pytron.subscribe(path, (next) => void show(() => next)));
  const set = (next: Next<Path>) => {
    write(path, next);
    show(() => snapshot(path));
  };
  return [value, set];
}

/** Calls the listener for events of this name for as long as its owner is there. */
export function onPytron<Name extends EventName>(
  name: Name,
  listener: (data: DataOf<Name>, name: string) => void,
): void {
  whileHere(pytron.on(name, listener));
}
