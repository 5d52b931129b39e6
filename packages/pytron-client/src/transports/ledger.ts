import { PytronError } from "../errors.js";

/** So many frames, or bytes, are taken before an `ack` is due at once. */
const ACK_FRAMES = 64;
const ACK_BYTES = 32 * 2 ** 10;

/**
 * What this side has sent in a session and the other has not yet taken, and what it has taken
 * itself (spec/ipc.md, section 2, "Resuming").
 */
export class Ledger {
  /** The number of the last frame that was sent. */
  sent = 0;
  /** The number of the other side's last frame. */
  taken = 0;
  /** Bytes of the frames that are kept. */
  unseen = 0;
  private kept: Uint8Array[] = [];
  private frames = 0;
  private bytes = 0;

  /** Notes that a frame goes out; its number. */
  send(frame: Uint8Array): number {
    this.kept.push(frame);
    this.unseen += frame.length;
    return ++this.sent;
  }

  /**
   * Forgets what the other side has taken.
   *
   * @throws PytronError `protocol` when the number goes back, or is ahead of what was sent.
   */
  ack(seen: unknown): void {
    const before = this.sent - this.kept.length;
    if (!Number.isSafeInteger(seen) || (seen as number) < before || (seen as number) > this.sent)
      throw new PytronError(
        "protocol",
        `seen=${seen} does not fit: frames ${before + 1} to ${this.sent} are under way`,
      );
    for (const frame of this.kept.splice(0, (seen as number) - before)) this.unseen -= frame.length;
  }

  /** Notes that a frame of the other side has come; whether an `ack` is due. */
  take(size: number): boolean {
    this.taken++;
    this.frames++;
    this.bytes += size;
    return this.frames >= ACK_FRAMES || this.bytes >= ACK_BYTES;
  }

  /** The number for an `ack` that is sent now. */
  acked(): number {
    this.frames = 0;
    this.bytes = 0;
    return this.taken;
  }

  /** Whether frames have been taken that no `ack` has told of. */
  get owes(): boolean {
    return this.frames > 0;
  }

  /** The frames to send again to a side that has taken `seen` of them. */
  resume(seen: unknown): readonly Uint8Array[] {
    this.ack(seen);
    return [...this.kept];
  }
}
