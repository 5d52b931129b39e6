// Large binary between Python and pages: files in a private folder, served to the page that they
// were offered to.
import { randomBytes } from "node:crypto";
import { unlink } from "node:fs";
import { join } from "node:path";
import type { Protocol } from "electron";
import { HOST, PART_SCHEME } from "./wire.js";

const ID = /^[0-9a-f]{32}$/;

/** Files that pages have been told of and not fetched yet. */
export class PartFiles {
  readonly folder: string;
  private readonly offered = new Map<string, object>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** A name that nobody can guess. */
  newName(): string {
    return randomBytes(16).toString("hex");
  }

  /** Lets a page fetch files that Python has written; they are removed when it has, or is gone. */
  offer(ids: readonly string[], owner: object): void {
    for (const id of ids) if (ID.test(id)) this.offered.set(id, owner);
  }

  /** Removes files that no page will fetch. */
  drop(ids: readonly string[]): void {
    for (const id of ids) if (ID.test(id)) unlink(join(this.folder, id), () => {});
  }

  /** A page has fetched a file. */
  taken(id: string, owner: object): void {
    if (this.offered.get(id) !== owner) return;
    this.offered.delete(id);
    this.drop([id]);
  }

  /** A page has gone. */
  forget(owner: object): void {
    for (const [id, of] of this.offered) if (of === owner) this.taken(id, owner);
  }

  /** Serves them. The file protocol is the fastest way into a page. */
  serve(protocol: Protocol, trusts: (origin: string) => boolean): void {
    protocol.registerFileProtocol(PART_SCHEME, (request, answer) => {
      const { host, pathname } = new URL(request.url);
      const id = pathname.slice(1);
      const from = request.headers.Origin ?? request.headers.origin;
      // Chromium names the origin of few requests here; the id is what nobody else can know.
      const known = host === HOST && this.offered.has(id) && (from === undefined || trusts(from));
      if (!known || request.method !== "GET") {
        answer({ error: -10 }); // net::ERR_ACCESS_DENIED
        return;
      }
      const headers = {
        "content-type": "application/octet-stream",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
      };
      answer({ path: join(this.folder, id), headers });
    });
  }
}
