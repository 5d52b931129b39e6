import { report } from "./errors.js";
import type { Frame } from "./frames.js";
import type { Channel } from "./transports/transport.js";

type Part = (index: number) => ArrayBuffer | undefined;

/** A frame that is being taken, and the binary beside it. */
export class Incoming {
  readonly messages: readonly unknown[];
  next = 0;
  private readonly given: readonly ArrayBuffer[] | undefined;
  private readonly fetched: readonly Promise<ArrayBuffer>[];

  constructor(frame: Frame, given: readonly ArrayBuffer[] | undefined, channel: Channel) {
    this.messages = frame.messages;
    this.given = given;
    // All at once and before the messages are looked at: bytes are what takes long.
    this.fetched = (frame.head ?? []).map(([id, size]) => {
      const part =
        channel.part?.(id, size) ??
        Promise.reject(new Error("this transport has no way to fetch binary"));
      // Whoever needs it sees the failure; nobody may.
      part.catch(() => {});
      return part;
    });
  }

  /** These parts: at once when they are here, else as a promise. */
  parts(indexes: readonly number[]): Part | Promise<Part> {
    const { given, fetched } = this;
    if (given !== undefined || fetched.length === 0) return (index) => given?.[index];
    const wanted = new Map<number, ArrayBuffer>();
    return Promise.all(
      indexes.map(async (index) => {
        const part = await fetched[index];
        if (part !== undefined) wanted.set(index, part);
      }),
    ).then(() => (index) => wanted.get(index));
  }
}

/** Takes frames one after the other, also when a message has to wait for its binary. */
export class Inbox {
  private frames: Incoming[] = [];
  private stalled = false;
  private readonly take: (message: unknown, frame: Incoming) => Promise<void> | undefined;
  private readonly done: () => void;

  /** `take` gets each message, `done` is called whenever nothing is left to take. */
  constructor(
    take: (message: unknown, frame: Incoming) => Promise<void> | undefined,
    done: () => void,
  ) {
    this.take = take;
    this.done = done;
  }

  add(frame: Frame, parts: readonly ArrayBuffer[] | undefined, channel: Channel): void {
    this.frames.push(new Incoming(frame, parts, channel));
    if (this.frames.length === 1) this.run();
  }

  clear(): void {
    this.frames = [];
    this.stalled = false;
  }

  private run(): void {
    const { frames } = this;
    // A message may end the session, and with it all that is left of its frames.
    for (let frame = frames[0]; frame !== undefined && !this.stalled; frame = frames[0]) {
      if (frames !== this.frames) return;
      if (frame.next === frame.messages.length) {
        frames.shift();
        continue;
      }
      const wait = this.step(frame.messages[frame.next++], frame);
      if (wait !== undefined) this.stall(wait);
    }
    if (frames === this.frames && !this.stalled) this.done();
  }

  private step(message: unknown, frame: Incoming): Promise<void> | undefined {
    try {
      return this.take(message, frame);
    } catch (error) {
      report(error);
      return undefined;
    }
  }

  private stall(wait: Promise<void>): void {
    const { frames } = this;
    this.stalled = true;
    void wait.catch(report).then(() => {
      if (frames !== this.frames) return;
      this.stalled = false;
      this.run();
    });
  }
}
