// A page's port: what one document and Python send each other, through this process.
import { closeSync, openSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { MessagePortMain } from "electron";
import type { Sender } from "./link.js";
import type { PartFiles } from "./parts.js";

/** What a page may have uploaded for a frame that has not come yet. */
const MOST_UPLOADED = 2 ** 30;

/** What the port of a document tells its window. */
export interface PortOwner {
  /** The page called `window.close()`. */
  pageCloses(): void;
  /** The document has gone. */
  portClosed(port: PagePort): void;
}

interface Upload {
  path: string;
  descriptor: number;
  size: number;
}

/** The port of one document. What comes from it is page content: nothing of it is believed. */
export class PagePort {
  private readonly port: MessagePortMain;
  private readonly window: number;
  private readonly owner: PortOwner;
  private readonly sender: Sender;
  private readonly files: PartFiles;
  private upload: Upload | null = null;
  /** Frames given to the page, and how many of them Python knows as taken. */
  private given = 0;
  private reported = 0;
  private start = 0;
  private isClosed = false;

  constructor(
    port: MessagePortMain,
    window: number,
    owner: PortOwner,
    sender: Sender,
    files: PartFiles,
  ) {
    this.port = port;
    this.window = window;
    this.owner = owner;
    this.sender = sender;
    this.files = files;
    port.on("message", (event) => this.take(event.data));
    port.on("close", () => this.closed());
    port.start();
  }

  /** Gives the page a frame. */
  deliver(text: string, parts: readonly Buffer[]): void {
    this.given += 1;
    this.port.postMessage(parts.length === 0 ? text : [text, ...parts.map(alone)]);
  }

  /** What it was given belongs to a session that has ended: Python counts anew. */
  discard(): void {
    this.reported = this.given;
  }

  /** Ends it from this side. */
  close(): void {
    this.port.close();
    this.closed();
  }

  private take(data: unknown): void {
    if (typeof data === "string") this.sender.frame(this.window, [Buffer.from(data)]);
    else if (typeof data === "number") this.read(data);
    else if (data instanceof ArrayBuffer) this.keep(data);
    else if (Array.isArray(data)) this.takeList(data);
    else if (data === true) this.opened();
    else if (data === false) this.owner.pageCloses();
  }

  /** The client has opened the port, for the first time or anew: it counts from here. */
  private opened(): void {
    this.report(this.given);
    this.start = this.given;
  }

  /** The page has taken so many frames since it opened the port. */
  private read(count: number): void {
    if (Number.isSafeInteger(count)) this.report(Math.min(this.start + count, this.given));
  }

  private report(taken: number): void {
    const count = taken - this.reported;
    if (count <= 0) return;
    this.reported = taken;
    this.sender.send({ kind: "read", window: this.window, count });
  }

  /** A frame with parts, or what was done with parts: `["taken", id]`. */
  private takeList(data: unknown[]): void {
    const [first, second] = data;
    if (first === "taken" && typeof second === "string") {
      this.files.taken(second, this);
      return;
    }
    if (typeof first !== "object" || first === null) return;
    const { text, sizes } = first as { text?: unknown; sizes?: unknown };
    if (typeof text !== "string") return;
    const parts = data.slice(1).filter((part): part is ArrayBuffer => part instanceof ArrayBuffer);
    const frame = Buffer.from(text);
    if (Array.isArray(sizes)) this.sendFile(frame, sizes);
    else this.sender.frame(this.window, [frame, ...parts.map((part) => Buffer.from(part))]);
  }

  /** A frame whose parts lie one after the other in a file. */
  private sendFile(frame: Buffer, sizes: unknown[]): void {
    const upload = this.upload;
    this.upload = null;
    if (upload !== null) closeSync(upload.descriptor);
    const total = sizes.reduce<number>(
      (sum, size) =>
        Number.isSafeInteger(size) && (size as number) >= 0 ? sum + (size as number) : Number.NaN,
      0,
    );
    if (upload === null || upload.size !== total) {
      // Python then refuses the message for the part that is missing.
      if (upload !== null) unlinkSync(upload.path);
      this.sender.frame(this.window, [frame]);
      return;
    }
    const file = { path: upload.path, sizes };
    this.sender.send({ kind: "frame", window: this.window, file }, [frame]);
  }

  private keep(piece: ArrayBuffer): void {
    if (this.upload === null) {
      const path = join(this.files.folder, this.files.newName());
      this.upload = { path, descriptor: openSync(path, "wx", 0o600), size: 0 };
    }
    const { upload } = this;
    if (upload.size + piece.byteLength > MOST_UPLOADED) {
      upload.size = Number.NaN; // too much: the frame arrives without parts
      return;
    }
    const bytes = Buffer.from(piece);
    for (let at = 0; at < bytes.length; ) at += writeSync(upload.descriptor, bytes, at);
    upload.size += bytes.length;
  }

  private closed(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.report(this.given); // nobody will read them
    if (this.upload !== null) {
      closeSync(this.upload.descriptor);
      unlinkSync(this.upload.path);
      this.upload = null;
    }
    this.files.forget(this);
    this.owner.portClosed(this);
  }
}

/** Memory that holds nothing else: all of what a view looks into would be sent. */
function alone(part: Buffer): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = part;
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}
