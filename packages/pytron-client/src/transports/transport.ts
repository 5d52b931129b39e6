/** Where frames come in. `parts` are there when the transport carries binary itself. */
export interface Receiver {
  frame(text: string, parts?: readonly ArrayBuffer[]): void;
  /** The connection has ended; nothing more comes. */
  closed(cause: string): void;
}

/** An open connection to the kit. */
export interface Channel {
  /** Sends a frame; the parts' bytes are read before this returns or not changed until then. */
  send(text: string, parts: readonly Uint8Array[]): void;
  /** The bytes that a frame's head names; each can be had once. */
  part?(id: string | number, size: number): Promise<ArrayBuffer>;
}

/** A way to reach the kit. */
export interface Transport {
  open(receiver: Receiver): Channel;
}
