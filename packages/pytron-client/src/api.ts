import type { Bridge } from "./bridge.js";
import type { Call, CallOptions } from "./call.js";
import type { Scope } from "./protocol.js";
import type { Store } from "./state.js";
import type {
  Api,
  AppState,
  ArgsOf,
  DataOf,
  EventName,
  Frozen,
  FunctionName,
  Loose,
  ResultOf,
} from "./types.js";

/** One scope of the state. */
export interface StateScope<S> {
  /** Read and write as a plain object: writes show at once and are rolled back if refused. */
  readonly state: S;
  /**
   * Calls the listener whenever the value at the path changes, `items.0.done` or an array of keys.
   * What it gets is a snapshot: equal parts are the same objects, none may be changed.
   */
  subscribe(
    path: string | readonly (string | number)[],
    listener: (value: Loose) => void,
  ): () => void;
  /** Changes what depends on what is there: run again when another change came between. */
  update<T>(change: (state: S) => T): Promise<T>;
  /** The present value at a path as a snapshot, for frameworks that compare by identity. */
  snapshot(path?: string | readonly (string | number)[]): Loose;
}

/** The window this page is in. */
export interface PageWindow extends StateScope<Loose> {
  /** Its label in Python; empty before `ready`. */
  readonly label: string;
}

/** What the client has beside the exposed functions; these names are never functions. */
export interface Client {
  /** Resolves when Python has answered and the state is here; rejects when there is no backend. */
  readonly ready: Promise<void>;
  /** Calls a function by its name, with arguments by position (an array) or by name. */
  call<Name extends FunctionName>(
    name: Name,
    args?: ArgsOf<Name>,
    options?: CallOptions,
  ): ResultOf<Name>;
  /** Listens to events; a trailing `*` matches any ending. Gives a function that stops. */
  on<Name extends EventName>(
    name: Name,
    listener: (data: DataOf<Name>, name: string) => void,
  ): () => void;
  /** Sends an event to Python or, with `to`, to the page of another window (`"*"`: of all). */
  emit<Name extends EventName>(name: Name, data?: DataOf<Name>, options?: { to?: string }): void;
  /** The app's state: read and write as a plain object. */
  readonly state: AppState;
  /** Calls the listener whenever the value at the path changes; gives a function that stops. */
  subscribe(
    path: string | readonly (string | number)[],
    listener: (value: Loose) => void,
  ): () => void;
  /** Changes state that depends on what is there: run again when another change came between. */
  update<T>(change: (state: AppState) => T): Promise<T>;
  /** A value of the state that never changes: a changed state has other objects. */
  snapshot(path?: string | readonly (string | number)[]): Frozen<Loose>;
  /** The window this page is in, and the state that is its alone. */
  readonly window: PageWindow;
}

/** The functions, called with these options. */
export type WithOptions = (options: CallOptions) => Api;

type Send = (name: string, args: unknown[]) => Call<unknown>;

/** The name that asks whether something is a promise, and the one that asks how it is written. */
const NEVER_NAMES = new Set(["then", "toJSON"]);

/** A function of this name, and the namespace of this name. */
function functionOf(send: Send, name: string): object {
  const members = new Map<string, object>();
  // An arrow has no `prototype`, which the proxy would have to show.
  return new Proxy(() => {}, {
    apply: (_target, _this, args: unknown[]) => send(name, args),
    get: (_target, key) => member(send, members, `${name}.`, key),
    set: () => false,
    has: () => false,
    deleteProperty: () => false,
    defineProperty: () => false,
  });
}

function member(send: Send, members: Map<string, object>, prefix: string, key: string | symbol) {
  if (typeof key === "symbol" || NEVER_NAMES.has(key)) return undefined;
  let found = members.get(key);
  if (found === undefined) {
    found = functionOf(send, prefix + key);
    members.set(key, found);
  }
  return found;
}

/** Functions by name, and what stands beside them. */
function namespace(send: Send, own: object): object {
  const members = new Map<string, object>();
  return new Proxy(own, {
    get: (target, key, receiver) =>
      Object.hasOwn(target, key)
        ? Reflect.get(target, key, receiver)
        : member(send, members, "", key),
    set: () => false,
    has: (target, key) => Object.hasOwn(target, key),
    deleteProperty: () => false,
    defineProperty: () => false,
  });
}

function scopeOf<S>(store: Store): StateScope<S> {
  return {
    get state() {
      return store.cursors.root() as S;
    },
    subscribe: (path, listener) => store.subscribe(path, listener),
    update: (change) => store.update((draft) => change(draft as S)),
    snapshot: (path) => store.get(path),
  };
}

/** The public names over a bridge. */
export function createClient(bridge: Bridge): {
  pytron: Client & Api;
  api: Api;
  withOptions: WithOptions;
} {
  const call = (name: string, args: unknown, options?: CallOptions) =>
    bridge.call(name, args, options);
  const scope = (name: Scope) => scopeOf<AppState>(bridge.stores[name]);
  const window = Object.defineProperties(
    {
      get label() {
        return bridge.window;
      },
    },
    Object.getOwnPropertyDescriptors(scope("window")),
  );
  const client = Object.defineProperties(
    {
      get ready() {
        return bridge.ready;
      },
      call,
      on: bridge.events.on.bind(bridge.events),
      emit: (name: string, data?: unknown, options?: { to?: string }) =>
        bridge.emit(name, data, options?.to),
      window,
    },
    Object.getOwnPropertyDescriptors(scope("app")),
  );
  return {
    pytron: namespace(call, client) as Client & Api,
    api: namespace(call, {}) as Api,
    withOptions: (options) =>
      namespace((name, args) => bridge.call(name, args, options), {}) as Api,
  };
}
