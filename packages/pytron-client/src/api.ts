import type { Bridge } from "./bridge.js";
import type { Call, CallOptions } from "./call.js";
import { checkKeys } from "./options.js";
import type { Scope } from "./protocol.js";
import type { Store } from "./state.js";
import type {
  Api,
  AppState,
  ArgsOf,
  DataOf,
  EventName,
  FunctionName,
  Loose,
  ResultOf,
  SnapshotAt,
  StatePath,
} from "./types.js";

/** One scope of the state. */
export interface StateScope<S> {
  /** Read and write as a plain object: writes show at once and are rolled back if refused. */
  readonly state: S;
  /**
   * Calls the listener whenever the value at the path changes; gives a function that stops.
   *
   * What the listener gets is a snapshot: equal parts are the same objects, none may be changed.
   */
  subscribe<Path extends StatePath>(
    path: Path,
    listener: (value: SnapshotAt<S, Path>) => void,
  ): () => void;
  /** Changes what depends on what is there: run again when another change came between. */
  update<T>(change: (state: S) => T): Promise<T>;
}

/** The window this page is in, and the state that is its alone. */
export interface PageWindow extends StateScope<Loose> {
  /** Its label in Python; empty before `ready`. */
  readonly label: string;
  /** The present value at a path of this window's state. */
  snapshot(path?: StatePath): Loose;
}

/** What the client has beside the exposed functions; these names are never functions. */
export interface Client extends StateScope<AppState> {
  /** Resolves when Python has answered and the state is here; rejects when there is no backend. */
  readonly ready: Promise<void>;
  /** Calls a function by its name, with arguments by position (an array) or by name. */
  call<Name extends FunctionName>(
    name: Name,
    args?: ArgsOf<Name>,
    options?: CallOptions,
  ): ResultOf<Name>;
  /**
   * Listens to events; a trailing `*` matches any ending. Gives a function that stops.
   *
   * `missed` counts those that were left out before this one because the page was slow; only of
   * events that Python declares so.
   */
  on<Name extends EventName>(
    name: Name,
    listener: (data: DataOf<Name>, name: string, missed: number) => void,
  ): () => void;
  /** Sends an event to Python or, with `to`, to the page of another window (`"*"`: of all). */
  emit<Name extends EventName>(name: Name, data?: DataOf<Name>, options?: { to?: string }): void;
  /** The window this page is in, and the state that is its alone. */
  readonly window: PageWindow;
}

/** The functions, called with these options. */
export type WithOptions = (options: CallOptions) => Api;

type Send = (name: string, args: unknown[]) => Call<unknown>;

/** The name that asks whether something is a promise, and the one that asks how it is written. */
const NEVER_NAMES = new Set(["then", "toJSON"]);

/** The arguments without those at the end that are undefined: Python's defaults hold for them. */
function given(args: unknown[]): unknown[] {
  let count = args.length;
  while (count > 0 && args[count - 1] === undefined) count--;
  return args.slice(0, count);
}

function refuse(_target: object, key: string | symbol): never {
  throw new TypeError(`'${String(key)}' can't be set: change what is in it`);
}

/** A function of this name, and the namespace of this name. */
function functionOf(send: Send, name: string): object {
  const members = new Map<string, object>();
  // An arrow has no `prototype`, which the proxy would have to show.
  return new Proxy(() => {}, {
    apply: (_target, _this, args: unknown[]) => send(name, given(args)),
    get: (_target, key) => member(send, members, `${name}.`, key),
    has: () => false,
    set: refuse,
    deleteProperty: refuse,
    defineProperty: refuse,
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
    has: (target, key) => Object.hasOwn(target, key),
    set: refuse,
    deleteProperty: refuse,
    defineProperty: refuse,
  });
}

function scopeOf<S>(store: Store): StateScope<S> {
  return {
    get state() {
      return store.cursors.root() as S;
    },
    subscribe: (path, listener) => store.subscribe(path, listener as (value: unknown) => void),
    update: (change) => store.update(change as (draft: unknown) => ReturnType<typeof change>),
  };
}

/** The value at a path of the app's state: it never changes, a changed state has other objects. */
export type Snapshot = <Path extends StatePath = "">(path?: Path) => SnapshotAt<AppState, Path>;

/** The public names over a bridge. */
export function createClient(bridge: Bridge): {
  pytron: Client & Api;
  api: Api;
  withOptions: WithOptions;
  snapshot: Snapshot;
} {
  const call = (name: string, args: unknown, options?: CallOptions) =>
    bridge.call(name, args, options);
  const scope = (name: Scope) => scopeOf<AppState>(bridge.stores[name]);
  const window = Object.defineProperties(
    {
      get label() {
        return bridge.window;
      },
      snapshot: (path?: StatePath) => bridge.stores.window.get(path),
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
      emit: (name: string, data?: unknown, options?: { to?: string }) => {
        checkKeys(options, ["to"]);
        bridge.emit(name, data, options?.to);
      },
      window,
    },
    Object.getOwnPropertyDescriptors(scope("app")),
  );
  return {
    pytron: namespace(call, client) as Client & Api,
    api: namespace(call, {}) as Api,
    withOptions: (options) =>
      namespace((name, args) => bridge.call(name, args, options), {}) as Api,
    snapshot: ((path?: StatePath) => bridge.stores.app.get(path)) as Snapshot,
  };
}
