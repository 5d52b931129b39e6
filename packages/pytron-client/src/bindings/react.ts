/**
 * The state and the events of the app as React hooks.
 *
 * @packageDocumentation
 */
import { useCallback, useEffect, useRef, useSyncExternalStore } from "react";
import { pytron, snapshot } from "../index.js";
import type { AppState, DataOf, EventName, SnapshotAt, StatePath } from "../types.js";
import { type Next, write } from "./value.js";

/**
 * The value at a path of the app's state and a function that sets it, as `useState` has them.
 *
 * The component is drawn again when the value changes, and only then; equal values are the same
 * objects. Before `pytron.ready` the value is `undefined`.
 */
export function usePytron<const Path extends StatePath>(
  path: Path,
): [value: SnapshotAt<AppState, Path>, set: (next: Next<Path>) => void] {
  // A path given as an array is another array at each drawing.
  const key = JSON.stringify(path);
  const follow = useCallback(
    (changed: () => void) => pytron.subscribe(JSON.parse(key) as StatePath, changed),
    [key],
  );
  const read = () => snapshot(path);
  const value = useSyncExternalStore(follow, read, read);
  const set = useCallback((next: Next<Path>) => write(JSON.parse(key) as Path, next), [key]);
  return [value, set];
}

/** Calls the listener for events of this name for as long as the component is there. */
export function usePytronEvent<Name extends EventName>(
  name: Name,
  listener: (data: DataOf<Name>, name: string) => void,
): void {
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => pytron.on(name, (data, full) => latest.current(data, full)), [name]);
}
