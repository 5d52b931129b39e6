import type { Attachment } from "./binary.js";
import { NAME_LIMIT, type Path } from "./protocol.js";

/** A file found in the arguments of a call, and where it stands. */
export interface Offer {
  at: Path;
  blob: Blob;
}

/** What is known of a file that Python may ask for, as long as its call runs. */
interface Offered {
  blob: Blob;
  call: number;
}

/** Whether the value is a file or a blob, of whatever frame. */
export function isBlob(tag: string): boolean {
  return tag === "File" || tag === "Blob";
}

/** Files that calls have brought: read in slices as Python asks for them, never as a whole. */
export class Uploads {
  private readonly offered = new Map<number, Offered>();
  private readonly byCall = new Map<number, number[]>();
  private readonly send: (text: string, found: readonly Attachment[]) => void;

  constructor(send: (text: string, found: readonly Attachment[]) => void) {
    this.send = send;
  }

  /** Remembers the files of a call; what its message says of them. */
  offer(call: number, offers: readonly Offer[], nextId: () => number): string {
    if (offers.length === 0) return "";
    const ids = offers.map(({ blob }) => {
      const id = nextId();
      this.offered.set(id, { blob, call });
      return id;
    });
    this.byCall.set(call, ids);
    const told = offers.map(({ at, blob }, index) => {
      const { name } = blob as { name?: unknown };
      return {
        at,
        upload: ids[index],
        size: blob.size,
        type: short(blob.type),
        ...(typeof name === "string" && { name: short(name) }),
      };
    });
    return `,"uploads":${JSON.stringify(told)}`;
  }

  /** The call has ended: Python asks no more. */
  forget(call: number): void {
    if (this.byCall.size === 0) return;
    for (const id of this.byCall.get(call) ?? []) this.offered.delete(id);
    this.byCall.delete(call);
  }

  /** Python asks for a slice. */
  async pull(id: number, offset: number, size: number): Promise<void> {
    const blob = this.offered.get(id)?.blob;
    if (blob === undefined) return;
    const head = `{"kind":"piece","id":${id},"offset":${offset}`;
    try {
      // The slice and not the blob: WebKitGTK dies of a request with a Blob in it.
      const bytes = new Uint8Array(await blob.slice(offset, offset + size).arrayBuffer());
      if (!this.offered.has(id)) return;
      this.send(`${head},"data":null}`, [{ at: ["data"], type: "bytes", shape: undefined, bytes }]);
    } catch (error) {
      this.send(`${head},"error":${JSON.stringify(String(error))}}`, []);
    }
  }
}

/** As much of the end of a text as a name may have; halves of surrogate pairs become U+FFFD. */
function short(text: string): string {
  const end = [...text].slice(-NAME_LIMIT).join("");
  return end.replace(/[\ud800-\udfff]/gu, "\ufffd");
}
