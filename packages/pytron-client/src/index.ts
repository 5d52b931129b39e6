/**
 * The page's side of Pytron: call Python, hear from it, share state with it.
 *
 * @packageDocumentation
 */
import { type Client, createClient, type WithOptions } from "./api.js";
import { sharedBridge } from "./connect.js";
import type { Api } from "./types.js";

export type { Client, PageWindow, Snapshot, StateScope, WithOptions } from "./api.js";
export type { Call, CallOptions } from "./call.js";
export { PytronError } from "./errors.js";
export { type Bytes, readable } from "./readable.js";
export type { services } from "./services.js";
export type {
  Api,
  AppState,
  Arguments,
  Events,
  Frozen,
  Functions,
  LooseFunctions,
  Offered,
  SnapshotAt,
  State,
  StatePath,
  ValueAt,
} from "./types.js";

const bridge = sharedBridge();
const client = createClient(bridge);

/** Everything: `pytron.ready`, `pytron.state`, and every exposed function by its name. */
export const pytron: Client & Api = client.pytron;

/** The exposed functions alone. */
export const api: Api = client.api;

/** The exposed functions, called with an abort signal, a time-out or a progress callback. */
export const withOptions: WithOptions = client.withOptions;

/** The value at a path of the app's state, for those who compare by identity. */
export const snapshot = client.snapshot;

/** Settings of the client. */
export function configure(settings: { readyTimeoutMs?: number }): void {
  if (settings.readyTimeoutMs !== undefined) bridge.readyTimeoutMs = settings.readyTimeoutMs;
}

export default pytron;
