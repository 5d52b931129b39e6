import { PytronError } from "../errors.js";
import type { Channel, Receiver, Transport } from "./transport.js";

/** What the engine puts into the page (spec/view.md, section 5). */
export interface Port {
  readonly version: number;
  readonly kind: string;
  /** The app's own origin, where parts are: the page may come from a development server. */
  readonly origin?: string;
  /** Bytes that the engine hands over itself; undefined for those that are to be fetched. */
  part?(id: string | number, size: number): Promise<ArrayBuffer> | undefined;
  open(receive: (text: string, parts?: readonly ArrayBuffer[]) => void): {
    send(text: string, parts?: readonly Uint8Array[]): void;
  };
}

/** Larger parts are fetched in pieces, so that no side holds one twice. */
const PIECE = 8 * 2 ** 20;

function lost(id: string | number, cause: string): PytronError {
  return new PytronError("protocol", `part ${id} could not be fetched: ${cause}`);
}

async function fetchPart(home: string, id: string | number, size: number): Promise<ArrayBuffer> {
  const url = `${home}/_pytron/part/${encodeURIComponent(id)}`;
  if (size <= PIECE) {
    const response = await fetch(url);
    if (!response.ok) throw lost(id, `status ${response.status}`);
    const body = await response.arrayBuffer();
    if (body.byteLength !== size) throw lost(id, `${body.byteLength} bytes instead of ${size}`);
    return body;
  }
  const whole = new Uint8Array(size);
  for (let at = 0; at < size; at += PIECE) {
    const end = Math.min(at + PIECE, size);
    const response = await fetch(url, { headers: { range: `bytes=${at}-${end - 1}` } });
    if (!response.ok) throw lost(id, `status ${response.status}`);
    const piece = await response.arrayBuffer();
    if (piece.byteLength !== end - at)
      throw lost(id, `${piece.byteLength} bytes instead of ${end - at}`);
    whole.set(new Uint8Array(piece), at);
  }
  return whole.buffer;
}

/** The port of this page's engine, if it has one. */
export function findPort(scope: object = globalThis): Port | undefined {
  const port = (scope as { __pytron__?: unknown }).__pytron__;
  return typeof port === "object" && port !== null && typeof (port as Port).open === "function"
    ? (port as Port)
    : undefined;
}

/** The transport of engines that put a port into the page. */
export class NativeTransport implements Transport {
  private readonly port: Port;

  constructor(port: Port) {
    this.port = port;
  }

  get home(): string {
    return this.port.origin ?? "";
  }

  open(receiver: Receiver): Channel {
    const { send } = bind(this.port.open((text, parts) => receiver.frame(text, parts)));
    return {
      send: (text, parts) => (parts.length === 0 ? send(text) : send(text, parts)),
      part: (id, size) => this.port.part?.(id, size) ?? fetchPart(this.home, id, size),
    };
  }
}

function bind(link: ReturnType<Port["open"]>): ReturnType<Port["open"]> {
  return { send: link.send.bind(link) };
}
