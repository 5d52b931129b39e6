// Waiting for an answer in place. Electron's own loop hears of a socket from a second thread, which
// costs more than most functions take; so whoever has asked looks for the answer itself for a moment.
import { readSync } from "node:fs";
import { cpus } from "node:os";

/** So long at most: less than a fiftieth of a frame of the screen. */
const MOMENT_MS = 0.25;
/** After that many vain looks in a row it looks for one question in 256 only. */
const MOST_DOUBLINGS = 8;
const ROOM_BYTES = 64 * 1024;

/** Looks for what comes over a socket, as long as that has been worth it lately. */
export class Patience {
  private readonly descriptor: number;
  private readonly room = Buffer.allocUnsafe(ROOM_BYTES);
  private vain = 0;
  private skipped = 0;

  private constructor(descriptor: number) {
    this.descriptor = descriptor;
  }

  /** For a socket that never blocks. Null on one core: waiting there keeps Python from answering. */
  static of(descriptor: number): Patience | null {
    return cpus().length > 1 ? new Patience(descriptor) : null;
  }

  /** What has come; null when nothing came in time, or it was not worth looking. */
  look(): Buffer | null {
    if (this.skipped > 0) {
      this.skipped -= 1;
      return null;
    }
    const found = this.spin();
    this.vain = found === null ? Math.min(this.vain + 1, MOST_DOUBLINGS) : 0;
    this.skipped = 2 ** this.vain - 1;
    return found;
  }

  /** What comes within a longer moment, where Electron has nothing to do before it has come. */
  spin(moment = MOMENT_MS): Buffer | null {
    const traces = Error.stackTraceLimit;
    Error.stackTraceLimit = 0; // "nothing yet" is an exception each time
    try {
      const end = performance.now() + moment;
      do {
        const count = this.read();
        // The end of the stream is for the socket to see.
        if (count === 0) return null;
        if (count > 0) return Buffer.from(this.room.subarray(0, count));
      } while (performance.now() < end);
      return null;
    } finally {
      Error.stackTraceLimit = traces;
    }
  }

  /** How many bytes came; negative when none are there yet. */
  private read(): number {
    try {
      return readSync(this.descriptor, this.room, 0, ROOM_BYTES, null);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "EAGAIN" ? -1 : 0;
    }
  }
}
