// The connection to Python: one stream, both ways. When it ends, so does this process.
import { readSync } from "node:fs";
import { connect, Socket } from "node:net";
import { encodeFrame, FrameReader, type LinkFrame } from "./framing.js";
import { Patience } from "./patience.js";

/** Frames up to this size are copied together, so that one write takes them. */
const JOINED_BYTES = 64 * 1024;
/** Larger frames are many calls, or binary: their answer takes longer than a moment. */
const QUICK_BYTES = 4 * 1024;
/** So long Python takes at most to open the first window, unless its app has more to do before. */
const BEGIN_MS = 10;
const ROOM_BYTES = 64 * 1024;

/** What the other side sends. */
export interface Listener {
  message(frame: LinkFrame): void;
  /** Python has gone, or what came is no frame. */
  ended(cause: string): void;
}

/** Sends to Python. */
export interface Sender {
  send(message: Record<string, unknown>, parts?: readonly Uint8Array[]): void;
  /** What a page sent: its text, then its parts. */
  frame(window: number, parts: readonly Uint8Array[]): void;
  /** Takes what Python answers to the first message, if it does so at once. */
  begin(): void;
  /** Leave: Python sees the link end once it has all that was sent. */
  end(left: () => void): void;
}

/**
 * Opens the link that this process was started with: `fd:N`, or `pipe:NAME:TOKEN` on Windows.
 *
 * @param begun - whether what this process waits for has come; until then it is read in place. Only
 * a descriptor can be read so.
 * @throws Error when the address is neither.
 */
export function openLink(address: string, listener: Listener, begun: () => boolean): Sender {
  const [kind, name = "", token = ""] = address.split(":");
  if (kind === "fd") {
    const descriptor = Number(name);
    const reader = new FrameReader((frame) => listener.message(frame));
    let more = true;
    while (more && !begun()) more = readInPlace(descriptor, reader);
    return new Link(new Socket({ fd: descriptor }), reader, listener, Patience.of(descriptor));
  }
  if (kind !== "pipe") throw new Error(`PYTRON_LINK=${kind} is no way to reach Python`);
  const socket = connect(`\\\\.\\pipe\\${name}`);
  socket.write(Buffer.from(token, "hex"));
  const reader = new FrameReader((frame) => listener.message(frame));
  return new Link(socket, reader, listener, null);
}

/** Waits for some bytes; false at the end of the stream, which is for the socket to see. */
function readInPlace(descriptor: number, reader: FrameReader): boolean {
  const room = Buffer.allocUnsafe(ROOM_BYTES);
  try {
    const count = readSync(descriptor, room, 0, ROOM_BYTES, null);
    reader.add(room.subarray(0, count));
    return count > 0;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EINTR";
  }
}

class Link implements Sender {
  private readonly socket: Socket;
  /** The JSON before a frame of each window, the same every time. */
  private readonly heads = new Map<number, Uint8Array>();
  private readonly reader: FrameReader;
  private readonly listener: Listener;
  private readonly patience: Patience | null;

  constructor(socket: Socket, reader: FrameReader, listener: Listener, patience: Patience | null) {
    this.socket = socket;
    this.reader = reader;
    this.listener = listener;
    this.patience = patience;
    socket.on("data", (chunk) => this.take(chunk));
    socket.on("error", () => {}); // "close" follows
    socket.on("close", () => listener.ended("Python has gone"));
  }

  send(message: Record<string, unknown>, parts: readonly Uint8Array[] = []): void {
    this.write(Buffer.from(JSON.stringify(message)), parts);
  }

  frame(window: number, parts: readonly Uint8Array[]): void {
    let head = this.heads.get(window);
    if (head === undefined) {
      head = Buffer.from(JSON.stringify({ kind: "frame", window }));
      this.heads.set(window, head);
    }
    this.write(head, parts);
    const [text] = parts;
    if (this.patience === null || parts.length !== 1 || text === undefined) return;
    if (text.byteLength > QUICK_BYTES || this.socket.writableLength > 0) return;
    const chunk = this.patience.look();
    if (chunk !== null) this.take(chunk);
  }

  begin(): void {
    const chunk = this.patience?.spin(BEGIN_MS) ?? null;
    if (chunk !== null) this.take(chunk);
  }

  end(left: () => void): void {
    this.socket.end(left);
  }

  private take(chunk: Buffer): void {
    try {
      this.reader.add(chunk);
    } catch (error) {
      this.socket.destroy();
      this.listener.ended(`what Python sent cannot be read: ${(error as Error).message}`);
    }
  }

  private write(json: Uint8Array, parts: readonly Uint8Array[]): void {
    const pieces = encodeFrame(json, parts);
    // At once and in one piece: what waits for a later turn waits long in Electron's loop.
    if (pieces.reduce((sum, piece) => sum + piece.byteLength, 0) <= JOINED_BYTES) {
      this.socket.write(Buffer.concat(pieces));
      return;
    }
    this.socket.cork();
    for (const piece of pieces) this.socket.write(piece);
    this.socket.uncork();
  }
}
