import { PytronError, report, restartedError } from "../errors.js";
import { decodeEnvelope, encodeEnvelope } from "../frames.js";
import { isRecord, LIMITS } from "../protocol.js";
import { Ledger } from "./ledger.js";
import { Tab } from "./tab.js";
import type { Channel, Receiver, Transport } from "./transport.js";

/** What is kept for a kit that cannot be reached: past this, calls are refused. */
const FULL_BYTES = 64 * 2 ** 20;
/** An `ack` follows a frame after this at the latest. */
const ACK_MS = 1_000;
/** A connection over which nothing comes although frames are under way is given up. */
const SILENCE_MS = 10_000;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;
/** Frames from Python may have any size: it is this page's own. */
const NO_LIMITS = { ...LIMITS, frame: Number.MAX_SAFE_INTEGER, parts: Number.MAX_SAFE_INTEGER };

/** Close codes after which there is no coming back (spec/view.md, section 9). */
const FINAL: Readonly<Record<number, string>> = {
  4000: "another tab or document has taken over this window",
  4001: "Python and this page did not understand each other: reload the page",
  4003: "this browser is not paired any more: open the address that the app prints",
  4004: "the app has closed this window",
  1009: "the page sent more at once than the server takes: use a stream, or smaller pieces",
};

const NOT_PAIRED =
  "this browser is not paired with the app: open the address that the app prints (with #…), once";
const NO_BACKEND =
  "this page has no Python behind it: open it with the app (python app.py) instead of in a browser";

/** The transport of pages that Pytron's server, or a development server in front of it, serves. */
export class SocketTransport implements Transport {
  private readonly scope: typeof globalThis;

  constructor(scope: typeof globalThis) {
    this.scope = scope;
  }

  open(receiver: Receiver): Channel {
    return new Line(receiver, new Tab(this.scope));
  }
}

/** The transport of a page that came over HTTP. */
export function findSocket(scope: object): SocketTransport | undefined {
  const { location, WebSocket } = scope as Partial<typeof globalThis>;
  if (location === undefined || WebSocket === undefined) return undefined;
  if (location.protocol !== "http:" && location.protocol !== "https:") return undefined;
  return new SocketTransport(scope as typeof globalThis);
}

/** One session's way to the kit, over as many connections as it takes (spec/ipc.md, section 2). */
class Line implements Channel {
  private readonly receiver: Receiver;
  private readonly tab: Tab;
  private ledger = new Ledger();
  private socket: WebSocket | undefined;
  private hello = "";
  private epoch: string | undefined;
  private connection = 0;
  /** Whether frames may go out over this connection. */
  private joined = false;
  private over = false;
  /** The session is lost; what is sought is only whether the kit is there again. */
  private expired = false;
  private attempts = 0;
  private keepMs = 0;
  private expiry: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private acking: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  /** Whether anything has come since `silence` was set. */
  private heard = false;

  constructor(receiver: Receiver, tab: Tab) {
    this.receiver = receiver;
    this.tab = tab;
    tab.online(this.now);
  }

  greet(hello: string): void {
    this.hello = hello;
    // Not at once: a test may be about to put a mocked Python in its place.
    this.retry = setTimeout(() => this.dial());
  }

  get full(): boolean {
    return !this.joined && this.ledger.unseen > FULL_BYTES;
  }

  send(text: string, parts: readonly Uint8Array[]): void {
    const frame = encodeEnvelope(text, parts);
    this.ledger.send(frame);
    if (this.joined) this.transmit(frame);
  }

  close(): void {
    if (!this.expired) this.end();
  }

  private end(): void {
    this.over = true;
    this.tab.forget(this.now);
    for (const timer of [this.retry, this.acking, this.silence, this.expiry]) clearTimeout(timer);
    this.socket?.close(1000);
  }

  private transmit(frame: Uint8Array): void {
    this.socket?.send(frame as Uint8Array<ArrayBuffer>);
    if (this.silence === undefined) this.listen();
  }

  /** Sees whether anything comes while frames are under way. */
  private listen(): void {
    this.heard = false;
    this.silence = setTimeout(() => {
      this.silence = undefined;
      if (this.ledger.unseen === 0) return;
      if (this.heard) this.listen();
      else this.drop();
    }, SILENCE_MS);
  }

  /** Leaves a connection that seems dead, without waiting for the other side to agree. */
  private drop(): void {
    const { socket } = this;
    this.socket = undefined;
    socket?.close();
    if (socket !== undefined) this.lost();
  }

  // --- connections ----------------------------------------------------------------------------

  private readonly now = (): void => {
    if (this.retry === undefined) return;
    clearTimeout(this.retry);
    this.dial();
  };

  private dial(): void {
    this.retry = undefined;
    const socket = new this.tab.scope.WebSocket(this.tab.address());
    let opened = false;
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      opened = true;
      if (this.socket === socket) this.introduce(socket);
    };
    socket.onmessage = ({ data }) => {
      if (this.socket === socket) this.receive(data);
    };
    socket.onclose = ({ code }) => {
      if (this.socket !== socket || this.over) return;
      this.socket = undefined;
      const final = FINAL[code];
      if (final !== undefined) this.fail(new PytronError("closed", final, { name: "CallError" }));
      else if (opened) this.lost();
      else void this.diagnose();
    };
  }

  private introduce(socket: WebSocket): void {
    if (this.expired) {
      this.end();
      this.receiver.back?.();
      return;
    }
    const before =
      this.epoch === undefined ? "" : `,"epoch":"${this.epoch}","seen":${this.ledger.taken}`;
    socket.send(`${this.hello.slice(0, -1)},"connection":${++this.connection}${before}}`);
  }

  private lost(): void {
    this.joined = false;
    clearTimeout(this.silence);
    this.silence = undefined;
    if (this.epoch !== undefined && this.expiry === undefined && !this.expired)
      this.expiry = setTimeout(() => this.expire(), this.keepMs);
    const longest = Math.min(FIRST_RETRY_MS * 2 ** this.attempts++, LAST_RETRY_MS);
    this.retry = setTimeout(() => this.dial(), longest * (0.5 + Math.random() / 2));
  }

  private expire(): void {
    this.expired = true;
    this.receiver.closed(
      new PytronError(
        "disconnected",
        `Python could not be reached for ${this.keepMs / 1000} s: check the network`,
        { name: "CallError" },
      ),
    );
  }

  private fail(error: PytronError): void {
    this.expired = false;
    this.end();
    this.receiver.closed(error);
  }

  /** Why no connection came about: the browser doesn't say, so ask over HTTP. */
  private async diagnose(): Promise<void> {
    const found = await this.tab.backend();
    if (this.over) return;
    if (found === "unpaired") this.fail(new PytronError("no_backend", NOT_PAIRED));
    else if (found === "none" && this.epoch === undefined)
      this.fail(new PytronError("no_backend", NO_BACKEND));
    else this.lost();
  }

  // --- what comes -----------------------------------------------------------------------------

  private receive(data: string | ArrayBuffer): void {
    this.heard = true;
    try {
      if (typeof data === "string") this.control(JSON.parse(data));
      else this.take(new Uint8Array(data));
    } catch (error) {
      report(error);
      this.fail(new PytronError("closed", FINAL[4001] as string, { name: "CallError" }));
    }
  }

  private take(frame: Uint8Array): void {
    const { text, parts } = decodeEnvelope(frame, NO_LIMITS);
    if (this.ledger.take(frame.length)) this.ack();
    else this.acking ??= setTimeout(() => this.ack(), ACK_MS);
    this.receiver.frame(text, parts);
  }

  private ack(): void {
    clearTimeout(this.acking);
    this.acking = undefined;
    if (this.joined) this.socket?.send(`{"kind":"ack","seen":${this.ledger.acked()}}`);
  }

  private control(message: unknown): void {
    if (!isRecord(message)) throw new PytronError("protocol", "a control message is no object");
    switch (message.kind) {
      case "opened":
        this.opened(String(message.epoch), String(message.ticket), Number(message.keep));
        break;
      case "resumed":
        this.join(message.seen);
        break;
      case "ack":
        this.ledger.ack(message.seen);
        break;
      case "ping":
        this.ack();
        break;
      default:
        this.tab.perform(message, (answer) => this.socket?.send(answer));
    }
  }

  private opened(epoch: string, ticket: string, keep: number): void {
    const before = this.epoch;
    this.epoch = epoch;
    this.keepMs = keep * 1000;
    this.tab.ticket = ticket;
    if (before === undefined) {
      this.join(0);
      return;
    }
    this.ledger = new Ledger();
    this.join(0);
    this.receiver.renewed?.(before === epoch ? lostError() : restartedError());
  }

  private join(seen: unknown): void {
    const again = this.ledger.resume(seen);
    this.joined = true;
    this.attempts = 0;
    clearTimeout(this.expiry);
    this.expiry = undefined;
    for (const frame of again) this.transmit(frame);
  }
}

function lostError(): PytronError {
  return new PytronError(
    "disconnected",
    "the connection was away for too long, and whether the call ran is not known: call again",
    { name: "CallError" },
  );
}
