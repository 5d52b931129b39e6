// Frames of the link (spec/view.md, section 7): how messages and their binary parts lie in a stream
// of bytes. No I/O here.

/** A message of the link: an object with `kind`, and its parts. */
export interface LinkFrame {
  message: Record<string, unknown>;
  parts: Buffer[];
}

/** The JSON of one message may have this many bytes. Python is trusted, a broken pipe is not. */
const MOST_JSON = 64 * 2 ** 20;
const MOST_PARTS = 1025;
const MOST_PART = 2 ** 30;
const HEAD_BYTES = 8;
const NOTHING = Buffer.alloc(0);

/** The bytes of a frame, as pieces to be written one after the other. */
export function encodeFrame(json: Uint8Array, parts: readonly Uint8Array[]): Uint8Array[] {
  const head = Buffer.allocUnsafe(8);
  head.writeUInt32LE(json.length, 0);
  head.writeUInt32LE(parts.length, 4);
  const pieces: Uint8Array[] = [head, json];
  for (const part of parts) {
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32LE(part.byteLength, 0);
    pieces.push(length, part);
  }
  return pieces;
}

/** Puts frames together again from the pieces in which a stream brings them. */
export class FrameReader {
  private readonly done: (frame: LinkFrame) => void;
  /** What is being filled: a head, the JSON, a length or a part. */
  private target: Buffer = NOTHING;
  private size = HEAD_BYTES;
  private filled = 0;
  private next: (this: FrameReader) => void = this.gotHead;
  private partCount = 0;
  private message: Record<string, unknown> = {};
  private usual: Buffer | null = null;
  private parts: Buffer[] = [];

  constructor(done: (frame: LinkFrame) => void) {
    this.done = done;
  }

  /**
   * Takes bytes.
   *
   * @throws Error when they are no frames: nothing after them can be trusted.
   */
  add(chunk: Buffer): void {
    let at = 0;
    for (;;) {
      // What is here as a whole needs no copy: nobody writes into a chunk again.
      if (this.filled === 0 && chunk.length - at >= this.size) {
        this.target = chunk.subarray(at, at + this.size);
        at += this.size;
        this.next.call(this);
        continue;
      }
      if (chunk.length === at) return;
      if (this.filled === 0) this.target = Buffer.allocUnsafe(this.size);
      const count = chunk.copy(this.target, this.filled, at);
      at += count;
      this.filled += count;
      if (this.filled < this.size) return;
      this.next.call(this);
    }
  }

  private expect(size: number, next: (this: FrameReader) => void): void {
    this.size = size;
    this.filled = 0;
    this.next = next;
  }

  private gotHead(): void {
    const size = this.target.readUInt32LE(0);
    this.partCount = this.target.readUInt32LE(4);
    if (size > MOST_JSON || this.partCount > MOST_PARTS)
      throw new Error(`a frame of ${size} bytes and ${this.partCount} parts is too large`);
    this.expect(size, this.gotJson);
  }

  private gotJson(): void {
    if (this.usual === null || !this.target.equals(this.usual))
      this.message = this.parsed(this.target);
    this.parts = [];
    this.more();
  }

  private parsed(json: Buffer): Record<string, unknown> {
    const message: unknown = JSON.parse(json.toString("utf8"));
    const { kind } = (message ?? {}) as { kind?: unknown };
    if (typeof kind !== "string") throw new Error("a message is no object with a kind");
    // Before the frames of one page it is the same every time, and nobody changes it.
    this.usual = kind === "frame" ? Buffer.from(json) : null;
    return message as Record<string, unknown>;
  }

  private gotLength(): void {
    const size = this.target.readUInt32LE(0);
    if (size > MOST_PART) throw new Error(`a part of ${size} bytes is too large`);
    this.expect(size, this.gotPart);
  }

  private gotPart(): void {
    this.parts.push(this.target);
    this.more();
  }

  private more(): void {
    if (this.parts.length < this.partCount) {
      this.expect(4, this.gotLength);
      return;
    }
    const frame = { message: this.message, parts: this.parts };
    this.expect(HEAD_BYTES, this.gotHead);
    this.done(frame);
  }
}
