import type { Attachment } from "./binary.js";
import { PytronError } from "./errors.js";
import { utf8Length } from "./frames.js";
import { LIMITS, type Limits } from "./protocol.js";
import type { Channel } from "./transports/transport.js";

/** From here on binary is not copied: its frame goes out at once. */
const LARGE = 64 * 2 ** 10;

/** From here on what has been collected goes out before the microtask ends: Python works on it
 * meanwhile. About a thousand calls. */
const MUCH = 192 * 2 ** 10;

/** No unit of a JavaScript string takes more bytes than this in UTF-8. */
const WIDEST = 3;

/** Kept free in every frame, for the brackets and the hello that goes before the first message. */
const RESERVE = 512;

class Collected {
  readonly texts: string[] = [];
  readonly parts: Uint8Array[] = [];
  /** Bytes of the parts. */
  binary = 0;
  /** Bytes of JSON: at most, and exactly only near the limit. */
  size = RESERVE;
}

/** Collects what one microtask sends, and sends it as one frame. */
export class Outbox {
  limits: Limits = LIMITS;
  private readonly beforeFlush: () => void;
  private readonly refused: (error: unknown) => void;
  private channel: Channel | undefined;
  private full: Collected[] = [];
  private current = new Collected();
  private scheduled = false;

  /** `beforeFlush` is asked for what is still to be added, `refused` told when a frame can't go. */
  constructor(beforeFlush: () => void, refused: (error: unknown) => void) {
    this.beforeFlush = beforeFlush;
    this.refused = refused;
  }

  /** Begins to send: first the hello, then, mostly in the same frame, what has been collected. */
  open(channel: Channel, hello: string): void {
    this.channel = channel;
    if (channel.greet !== undefined) channel.greet(hello);
    else (this.full[0] ?? this.current).texts.unshift(hello);
    this.schedule();
  }

  /** Forgets what has not been sent. */
  clear(): void {
    this.full = [];
    this.current = new Collected();
  }

  close(): void {
    this.channel = undefined;
    this.clear();
  }

  schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(() => {
      this.scheduled = false;
      this.beforeFlush();
      this.flush();
    });
  }

  /**
   * Adds a message with the binary that stands in it.
   *
   * @throws PytronError `too_large` when it alone is more than a frame holds.
   */
  add(text: string, found: readonly Attachment[]): void {
    if (found.length === 0) {
      this.put(text);
      if (this.current.size > MUCH) this.flush();
      else this.schedule();
      return;
    }
    const size = found.reduce((sum, { bytes }) => sum + bytes.length + 4, 0);
    const most = this.limits.size ?? Number.MAX_SAFE_INTEGER;
    this.checkParts(found.length);
    if (size > most) throw tooMuchBinary(size, most);
    const { parts, binary } = this.current;
    if (parts.length + found.length > this.limits.parts || binary + size > most) this.seal();
    const first = this.current.parts.length;
    // In another frame the parts count from 0 again.
    this.put(withBin(text, found, first), () => withBin(text, found, 0));
    this.current.binary += size;
    this.attach(found);
  }

  private put(text: string, renumbered: () => string = () => text): void {
    const { frame } = this.limits;
    let size = text.length * WIDEST + 1;
    if (this.current.size + size > frame) {
      size = utf8Length(text) + 1;
      if (size + RESERVE > frame) throw tooLarge(size, frame);
      if (this.current.size + size > frame) {
        this.seal();
        this.current.texts.push(renumbered());
        this.current.size += size;
        return;
      }
    }
    this.current.texts.push(text);
    this.current.size += size;
  }

  private attach(found: readonly Attachment[]): void {
    let large = false;
    for (const { bytes } of found) {
      const direct = bytes.length >= LARGE && this.channel !== undefined;
      large ||= direct;
      this.current.parts.push(direct ? bytes : bytes.slice());
    }
    // At once, so that a later write to the buffer isn't sent in its place.
    if (large) this.flush();
    else this.schedule();
  }

  private checkParts(count: number): void {
    if (count <= this.limits.parts) return;
    throw new PytronError(
      "too_large",
      `the message has ${count} binary parts, ${this.limits.parts} are allowed: join them`,
    );
  }

  private seal(): void {
    this.full.push(this.current);
    this.current = new Collected();
    this.schedule();
  }

  private flush(): void {
    const { channel } = this;
    if (channel === undefined) return;
    const frames = [...this.full, this.current];
    this.full = [];
    this.current = new Collected();
    try {
      for (const { texts, parts } of frames)
        if (texts.length > 0) channel.send(`[${texts.join(",")}]`, parts);
    } catch (error) {
      this.refused(error);
    }
  }
}

function tooLarge(size: number, frame: number): PytronError {
  return new PytronError(
    "too_large",
    `the message has ${size} bytes of JSON, ${frame} are allowed in a frame: send it in pieces or as binary`,
  );
}

function tooMuchBinary(size: number, most: number): PytronError {
  return new PytronError(
    "too_large",
    `the message has ${size} bytes of binary, this server takes ${most}: send it in pieces`,
  );
}

/** The message with its `bin`, whose parts count from `first`. */
function withBin(text: string, found: readonly Attachment[], first: number): string {
  const bin = found.map(({ at, type, shape }, index) => ({ at, part: first + index, type, shape }));
  return `${text.slice(0, -1)},"bin":${JSON.stringify(bin)}}`;
}
