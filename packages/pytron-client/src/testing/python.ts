import { type Attachment, place } from "../binary.js";
import type { Bridge } from "../bridge.js";
import { PytronError } from "../errors.js";
import { matches } from "../events.js";
import { apply, valueAt } from "../ops.js";
import {
  type Bin,
  CREDIT_BYTES,
  CREDITS,
  isRecord,
  LIMITS,
  type Limits,
  type Op,
  type Path,
  type Scope,
  VERSION,
  type WireError,
} from "../protocol.js";
import { MemoryTransport, type SentFrame } from "../transports/memory.js";
import { encode } from "../values.js";
import { answerId, checkUp, openUp } from "./messages.js";

/**
 * Functions by name, namespaces as nested objects. Arguments come by position; those that a page
 * gives by name come as one object. May be async or an (async) generator.
 */
export interface MockFunctions {
  // biome-ignore lint/suspicious/noExplicitAny: a test's functions take what they like.
  [name: string]: ((...args: any[]) => unknown) | MockFunctions;
}

/** What the pretended Python is like. */
export interface MockOptions {
  functions?: MockFunctions;
  /** Names of the parameters by function: arguments given by name then come by position as well. */
  parameters?: Readonly<Record<string, readonly string[]>>;
  /** The app's state at the start. */
  state?: unknown;
  /** The label of the page's window. */
  window?: string;
  epoch?: string;
  limits?: Partial<Limits>;
}

type Message = Record<string, unknown>;

/** Bytes of a file that are asked for at once. */
const PIECE = 2 ** 20;

interface Offer {
  at: Path;
  upload: number;
  size: number;
  type: string;
  name?: string;
}

interface Running {
  stopped: boolean;
  credits: number;
  resume: (() => void) | undefined;
}

/** A Python in the page's own process, for tests and for pages shown without an app. */
export class MockPython {
  readonly transport = new MemoryTransport();
  /** What the page logged, and the events it sent, in order. */
  readonly logged: Message[] = [];
  readonly events: { name: string; data: unknown; to?: string }[] = [];
  private readonly options: MockOptions;
  private readonly states: Record<Scope, { revision: number; value: unknown }>;
  private readonly running = new Map<number, Running>();
  private readonly subscriptions = new Set<string>();
  private readonly pulls = new Map<string, (piece: Message) => void>();
  private greeted = false;

  constructor(options: MockOptions = {}) {
    this.options = options;
    this.states = {
      app: { revision: 0, value: options.state ?? {} },
      window: { revision: 0, value: {} },
    };
    this.transport.onFrame = (frame) => this.frame(frame);
  }

  /** Becomes the Python of a bridge. */
  connect(bridge: Bridge): this {
    bridge.connect(this.transport);
    return this;
  }

  /** The app's state as Python has it. */
  get state(): unknown {
    return this.states.app.value;
  }

  /** Sends an event to the page, if it listens; `missed` of that name were left out before it. */
  emit(name: string, data: unknown = null, missed = 0): void {
    if ([...this.subscriptions].some((pattern) => matches(pattern, name)))
      this.send({ kind: "event", name, data, ...(missed > 0 && { missed }) }, "data");
  }

  /** Changes the app's state from Python's side. */
  change(ops: readonly Op[]): void {
    this.patch("app", ops, undefined);
  }

  private frame(frame: SentFrame): void {
    let messages: unknown[];
    try {
      messages = openUp(frame.text, { ...LIMITS, ...this.options.limits }).messages;
    } catch (error) {
      this.refuse(undefined, error);
      return;
    }
    for (const raw of messages) {
      try {
        const message = checkUp(raw);
        const parts = frame.parts.map((part) => part.slice().buffer as ArrayBuffer);
        if (message.bin !== undefined)
          place(message as { kind: string }, message.bin as Bin[], (index) => parts[index]);
        this.take(message);
      } catch (error) {
        this.refuse(answerId(raw), error);
      }
    }
  }

  private take(message: Message): void {
    const id = message.id as number;
    if (!this.greeted && message.kind !== "hello")
      throw new PytronError("protocol", "the first message is hello");
    switch (message.kind) {
      case "hello":
        this.hello(message);
        break;
      case "call":
        this.start(id, message);
        break;
      case "piece":
        this.pulls.get(`${id} ${message.offset}`)?.(message);
        this.pulls.delete(`${id} ${message.offset}`);
        break;
      case "cancel":
        this.stop(id);
        break;
      case "credit":
        this.refill(id, message.count as number);
        break;
      case "change":
        this.changed(id, message);
        break;
      case "sync":
        this.snapshot(message.scope as Scope);
        break;
      case "subscribe":
        this.subscriptions.add(message.name as string);
        break;
      case "unsubscribe":
        this.subscriptions.delete(message.name as string);
        break;
      case "event":
        this.events.push(message as { kind: string; name: string; data: unknown });
        break;
      case "log":
        this.logged.push(message);
        break;
    }
  }

  private hello(message: Message): void {
    const { window = "main", epoch = "mock", limits } = this.options;
    this.greeted = true;
    this.subscriptions.clear();
    for (const id of [...this.running.keys()]) this.stop(id);
    this.transport.deliver([
      {
        kind: "hello",
        version: VERSION,
        session: message.session,
        epoch,
        window,
        dev: true,
        limits: { ...LIMITS, ...limits },
      },
    ]);
    this.snapshot("app");
    this.snapshot("window");
  }

  private snapshot(scope: Scope): void {
    this.send({ kind: "snapshot", scope, ...this.states[scope] }, "value");
  }

  private find(name: string): (...args: unknown[]) => unknown {
    let found: unknown = this.options.functions;
    for (const key of name.split("."))
      found = isRecord(found) && Object.hasOwn(found, key) ? found[key] : undefined;
    if (typeof found === "function") return found as (...args: unknown[]) => unknown;
    throw new PytronError("unknown_function", `no function "${name}" is exposed`, {
      name: "CallError",
    });
  }

  private start(id: number, { name, args, uploads }: Message): void {
    const run = this.find(name as string);
    const running: Running = { stopped: false, credits: CREDITS, resume: undefined };
    this.running.set(id, running);
    const work = async () => {
      for (const offer of (uploads ?? []) as Offer[]) await this.receive(offer, { args });
      const given = await run(...this.byPosition(name as string, args));
      if (isIterator(given)) await this.stream(id, running, given);
      else if (!running.stopped) this.send({ kind: "result", id, value: given }, "value");
    };
    void work()
      .catch((error: unknown) => {
        if (!running.stopped) this.refuse(id, error);
      })
      .finally(() => this.running.delete(id));
  }

  /** Puts a file where it stands among the arguments. */
  private async receive({ at, upload, size, type, name }: Offer, message: object): Promise<void> {
    const pieces: ArrayBuffer[] = [];
    for (let offset = 0; offset < size; offset += PIECE)
      pieces.push(await this.pull(upload, offset, Math.min(PIECE, size - offset)));
    const file = name === undefined ? new Blob(pieces, { type }) : new File(pieces, name, { type });
    const holder = valueAt(message, at.slice(0, -1)) as Record<string | number, unknown>;
    holder[at.at(-1) as string] = file;
  }

  private pull(id: number, offset: number, size: number): Promise<ArrayBuffer> {
    const piece = new Promise<ArrayBuffer>((resolve, reject) => {
      this.pulls.set(`${id} ${offset}`, ({ data, error }) =>
        error === undefined
          ? resolve(data as ArrayBuffer)
          : reject(new PytronError("unreadable", String(error), { name: "CallError" })),
      );
    });
    this.transport.deliver([{ kind: "pull", id, offset, size }]);
    return piece;
  }

  private byPosition(name: string, args: unknown): unknown[] {
    if (Array.isArray(args)) return args;
    const parameters = this.options.parameters?.[name];
    return parameters?.map((key) => (args as Record<string, unknown>)[key]) ?? [args];
  }

  private async stream(
    id: number,
    running: Running,
    items: Iterable<unknown> | AsyncIterable<unknown>,
  ): Promise<void> {
    for await (const value of items) {
      if (running.credits <= 0)
        await new Promise<void>((go) => {
          running.resume = go;
        });
      if (running.stopped) return;
      running.credits -=
        1 + Math.floor(this.send({ kind: "item", id, value }, "value") / CREDIT_BYTES);
    }
    if (!running.stopped) this.transport.deliver([{ kind: "end", id }]);
  }

  private stop(id: number): void {
    const running = this.running.get(id);
    if (running === undefined) return;
    running.stopped = true;
    running.resume?.();
  }

  private refill(id: number, count: number): void {
    const running = this.running.get(id);
    if (running === undefined) return;
    running.credits += count;
    running.resume?.();
    running.resume = undefined;
  }

  private changed(id: number, { scope, base, ops }: Message): void {
    const { revision } = this.states[scope as Scope];
    if (base !== undefined && base !== revision)
      throw new PytronError("conflict", `the state is at ${revision}, not at ${base}`, {
        name: "StateError",
      });
    const next = this.patch(scope as Scope, ops as Op[], id);
    this.transport.deliver([{ kind: "result", id, value: next }]);
  }

  private patch(scope: Scope, ops: readonly Op[], id: number | undefined): number {
    const state = this.states[scope];
    state.value = apply(state.value, ops);
    state.revision++;
    const own = id === undefined ? {} : { id };
    this.send({ kind: "patch", scope, revision: state.revision, ...own, ops }, "ops");
    return state.revision;
  }

  /** Sends a message; how many bytes of binary it has. */
  private send(message: Message, field: string): number {
    const found: Attachment[] = [];
    const { [field]: value, ...rest } = message;
    const text = encode(value, [field], LIMITS.depth, found);
    const bin = found.map(({ at, type, shape }, part) => ({ at, part, type, shape }));
    const parts = found.map(({ bytes }) => bytes.slice().buffer as ArrayBuffer);
    const head = JSON.stringify(bin.length > 0 ? { ...rest, bin } : rest);
    this.transport.deliver(`[${head.slice(0, -1)},"${field}":${text}}]`, parts);
    return parts.reduce((size, part) => size + part.byteLength, 0);
  }

  private refuse(id: number | undefined, error: unknown): void {
    const own = id === undefined ? {} : { id };
    this.transport.deliver([{ kind: "error", ...own, error: wireError(error) }]);
  }
}

function isIterator(value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> {
  if (typeof value !== "object" || value === null) return false;
  const { next } = value as { next?: unknown };
  return typeof next === "function" && (Symbol.iterator in value || Symbol.asyncIterator in value);
}

function wireError(error: unknown): WireError {
  if (!(error instanceof Error))
    return { name: "Exception", code: "exception", message: String(error) };
  const { code, data } = error as { code?: unknown; data?: unknown };
  const wire: WireError = {
    name: error.name,
    code: typeof code === "string" ? code : "exception",
    message: error.message,
  };
  if (data !== undefined) wire.data = data;
  return wire;
}
