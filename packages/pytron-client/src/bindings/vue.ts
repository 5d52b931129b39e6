/**
 * The state and the events of the app for Vue.
 *
 * @packageDocumentation
 */
import {
  computed,
  getCurrentScope,
  onScopeDispose,
  shallowRef,
  type WritableComputedRef,
} from "vue";
import { pytron, snapshot } from "../index.js";
import type { AppState, DataOf, EventName, SnapshotAt, StatePath } from "../types.js";
import { type Next, write } from "./value.js";

function whileHere(stop: () => void): void {
  if (getCurrentScope() !== undefined) onScopeDispose(stop);
}

/**
 * The value at a path of the app's state as a writable ref, for as long as the component is there.
 *
 * Assigning a function updates from what is there. Before `pytron.ready` the value is `undefined`.
 */
export function usePytron<const Path extends StatePath>(
  path: Path,
): WritableComputedRef<SnapshotAt<AppState, Path>, Next<Path>> {
  const value = shallowRef(snapshot(path));
  whileHere(
    pytron.subscribe(path, (next) => {
      value.value = next;
    }),
  );
  return computed({
    get: () => value.value,
    set: (next: Next<Path>) => {
      write(path, next);
      value.value = snapshot(path);
    },
  });
}

/** Calls the listener for events of this name for as long as the component is there. */
export function usePytronEvent<Name extends EventName>(
  name: Name,
  listener: (data: DataOf<Name>, name: string) => void,
): void {
  whileHere(pytron.on(name, listener));
}
