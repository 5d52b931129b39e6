import type { Channel, Receiver, Transport } from "./transport.js";

/** A frame that the page sent. */
export interface SentFrame {
  text: string;
  /** The frame's JSON, parsed. */
  messages: Record<string, unknown>[];
  parts: Uint8Array[];
}

/** A transport within the page, for tests: they see what is sent and say what comes. */
export class MemoryTransport implements Transport {
  readonly sent: SentFrame[] = [];
  /** Told of each frame right after it was added to `sent`. */
  onFrame: ((frame: SentFrame) => void) | undefined;
  /** Serves the parts that a delivered frame's head names. */
  onPart: ((id: string | number, size: number) => Promise<ArrayBuffer>) | undefined;
  private receiver: Receiver | undefined;

  open(receiver: Receiver): Channel {
    this.receiver = receiver;
    return {
      send: (text, parts) => {
        const frame = {
          text,
          messages: JSON.parse(text),
          parts: parts.map((part) => part.slice()),
        };
        this.sent.push(frame);
        this.onFrame?.(frame);
      },
      part: (id, size) =>
        this.onPart?.(id, size) ?? Promise.reject(new Error(`nobody serves part ${id}`)),
    };
  }

  /** All messages sent so far, whatever their frame. */
  get messages(): Record<string, unknown>[] {
    return this.sent.flatMap((frame) => frame.messages);
  }

  /** Gives the page a frame. */
  deliver(messages: readonly unknown[] | string, parts?: readonly ArrayBuffer[]): void {
    const text = typeof messages === "string" ? messages : JSON.stringify(messages);
    this.receiver?.frame(text, parts);
  }

  /** Ends the connection. */
  close(cause: string): void {
    this.receiver?.closed(cause);
  }
}
