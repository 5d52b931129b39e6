import { place } from "./binary.js";
import { Call } from "./call.js";
import { type PytronError, report } from "./errors.js";
import type { Incoming } from "./inbox.js";
import {
  type Bin,
  CREDIT_BYTES,
  checkDown,
  type Down,
  type Hello,
  type Scope,
  toError,
} from "./protocol.js";

/** What waits for an answer. */
export interface Pending {
  /** With `elements` the value is the list of so many that has come. */
  result(value: unknown, elements?: number): void;
  error(error: unknown): void;
}

/** What waits for answers, by id; `gone` is told of each that waits no more. */
export class Waiting extends Map<number, Pending> {
  private readonly gone: (id: number) => void;

  constructor(gone: (id: number) => void) {
    super();
    this.gone = gone;
  }

  override delete(id: number): boolean {
    this.gone(id);
    return super.delete(id);
  }

  override clear(): void {
    for (const id of this.keys()) this.gone(id);
    super.clear();
  }
}

/** Where messages go. */
export interface Destinations {
  readonly pending: Map<number, Pending>;
  readonly stores: Readonly<
    Record<
      Scope,
      {
        patch(revision: number, ops: Extract<Down, { kind: "patch" }>["ops"], id?: number): void;
        snapshot(revision: number, value: unknown): void;
      }
    >
  >;
  readonly events: { dispatch(name: string, data: unknown, missed?: number): void };
  /** Whether this message counts although no hello has come. */
  expects(message: Down): boolean;
  welcome(hello: Hello): void;
  tool(name: string, data: unknown): void;
  /** Another Python process takes over. */
  restart(): void;
  /** Python cannot be started. */
  fault(message: string, trace: string): void;
  /** The state of the app is here. */
  arrived(): void;
  /** An error that speaks of no call. */
  failed(error: PytronError): void;
  /** Tells who watches the state what has changed up to here. */
  notify(): void;
  cancel(id: number): void;
  /** Python wants a slice of a file that a call brought. */
  pull(id: number, offset: number, size: number): void;
  sync(scope: Scope): void;
}

/** Gives each message from the kit to whom it concerns. */
export class Router {
  private readonly to: Destinations;

  constructor(to: Destinations) {
    this.to = to;
  }

  /** Takes one message; a promise when the ones after it have to wait. */
  take(raw: unknown, frame: Incoming): Promise<void> | undefined {
    const message = checkDown(raw);
    if (!this.to.expects(message)) return undefined;
    const bins = "bin" in message ? message.bin : undefined;
    if (bins === undefined) {
      this.deliver(message);
      return undefined;
    }
    const placed = frame.parts(bins.map((bin) => bin.part));
    if (placed instanceof Promise) {
      const later = placed.then(
        (part) => this.deliverPlaced(message, bins, part),
        (error: unknown) => this.undelivered(message, error),
      );
      // Whoever made the call waits for its bytes; nobody else has to.
      return message.kind === "result" ? undefined : later;
    }
    this.deliverPlaced(message, bins, placed);
    return undefined;
  }

  private deliverPlaced(
    message: Down,
    bins: readonly Bin[],
    part: (index: number) => ArrayBuffer | undefined,
  ): void {
    let bytes = 0;
    try {
      place(message, bins, part);
      for (const bin of bins) bytes += part(bin.part)?.byteLength ?? 0;
    } catch (error) {
      this.undelivered(message, error);
      return;
    }
    this.deliver(message, bytes);
  }

  /** A message without its binary must not leave anybody waiting. */
  private undelivered(message: Down, error: unknown): void {
    switch (message.kind) {
      case "item":
        this.broken(message.id, error);
        break;
      case "result":
        this.settle(message.id, (pending) => pending.error(error));
        break;
      case "patch":
      case "snapshot":
        this.to.sync(message.scope);
        break;
      default:
        report(error);
    }
  }

  private broken(id: number, error: unknown): void {
    const call = this.call(id);
    this.to.cancel(id);
    call?.error(error);
  }

  /** Gives a message on; `bytes` of binary came with it. */
  private deliver(message: Down, bytes = 0): void {
    if (message.kind !== "patch" && message.kind !== "snapshot") this.to.notify();
    switch (message.kind) {
      case "event":
        this.to.events.dispatch(message.name, message.data, message.missed);
        break;
      case "tool":
        this.to.tool(message.name, message.data);
        break;
      case "result":
        this.settle(message.id, (pending) => pending.result(message.value, message.elements));
        break;
      case "elements":
        this.call(message.id)?.elements(message.from, message.value);
        break;
      case "error":
        this.failed(message.id, toError(message.error));
        break;
      case "item":
        this.call(message.id)?.item(message.value, 1 + Math.floor(bytes / CREDIT_BYTES));
        break;
      case "end":
        this.end(message.id);
        break;
      case "pull":
        this.to.pull(message.id, message.offset, message.size);
        break;
      case "progress":
        this.call(message.id)?.progress(message.value, message.total, message.note);
        break;
      case "patch":
        this.to.stores[message.scope].patch(message.revision, message.ops, message.id);
        break;
      case "snapshot":
        this.to.stores[message.scope].snapshot(message.revision, message.value);
        if (message.scope === "app") this.to.arrived();
        break;
      case "hello":
        this.to.welcome(message);
        break;
      case "restart":
        this.to.restart();
        break;
      case "fault":
        this.to.fault(message.message, message.trace);
        break;
    }
  }

  private failed(id: number | undefined, error: PytronError): void {
    if (id === undefined) this.to.failed(error);
    else this.settle(id, (pending) => pending.error(error));
  }

  private end(id: number): void {
    const call = this.call(id);
    this.to.pending.delete(id);
    call?.end();
  }

  private call(id: number): Call<unknown> | undefined {
    const pending = this.to.pending.get(id);
    return pending instanceof Call ? pending : undefined;
  }

  /** Answers what waits under the id, if it still does. */
  private settle(id: number, answer: (pending: Pending) => void): void {
    const pending = this.to.pending.get(id);
    if (pending === undefined) return;
    this.to.pending.delete(id);
    answer(pending);
  }
}
