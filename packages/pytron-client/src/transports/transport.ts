import type { PytronError } from "../errors.js";

/** Where frames come in. `parts` are there when the transport carries binary itself. */
export interface Receiver {
  frame(text: string, parts?: readonly ArrayBuffer[]): void;
  /** The connection has ended; nothing more comes. */
  closed(cause: string | PytronError): void;
  /** The session could not go on: what waits gets this error, and the kit says hello anew. */
  renewed?(error: PytronError): void;
  /** After `closed`: the kit can be reached again. */
  back?(): void;
}

/** An open connection to the kit. */
export interface Channel {
  /** Sends a frame; the parts' bytes are read before this returns or not changed until then. */
  send(text: string, parts: readonly Uint8Array[]): void;
  /** The bytes that a frame's head names; each can be had once. */
  part?(id: string | number, size: number): Promise<ArrayBuffer>;
  /** Takes the hello by itself, where it is no part of the first frame. */
  greet?(hello: string): void;
  /** Whether so much waits for a kit that cannot be reached that more must not be added. */
  readonly full?: boolean;
  /** Nobody reads any more. */
  close?(): void;
}

/** A way to reach the kit. */
export interface Transport {
  /** The app's own origin, where the page may come from another. */
  readonly home?: string;
  open(receiver: Receiver): Channel;
}
