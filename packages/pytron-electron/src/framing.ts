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
  private target: Buffer = Buffer.allocUnsafe(8);
  private filled = 0;
  private next: (this: FrameReader) => void = this.gotHead;
  private partCount = 0;
  private message: Record<string, unknown> = {};
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
      const count = Math.min(this.target.length - this.filled, chunk.length - at);
      if (count > 0) chunk.copy(this.target, this.filled, at, at + count);
      at += count;
      this.filled += count;
      if (this.filled < this.target.length) return;
      this.next.call(this);
    }
  }

  private expect(size: number, next: (this: FrameReader) => void): void {
    this.target = Buffer.allocUnsafe(size);
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
    const message: unknown = JSON.parse(this.target.toString("utf8"));
    const { kind } = (message ?? {}) as { kind?: unknown };
    if (typeof kind !== "string") throw new Error("a message is no object with a kind");
    this.message = message as Record<string, unknown>;
    this.parts = [];
    this.more();
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
    this.expect(8, this.gotHead);
    this.done(frame);
  }
}
