// Downloads of pages: each waits for Python's word.
import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { copyFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { app, type DownloadItem, type Session, type WebContents } from "electron";
import { type Desk, Refusal, type Service, text } from "./service.js";

const PROGRESS_MS = 100;

interface Waiting {
  item: DownloadItem;
  /** Where it goes at the end; null: nobody has said. */
  path: string | null;
  /** Why it was ended from here. */
  reason: string | null;
  /** Somebody has said where it goes, or that it shall not be. */
  decided(): void;
}

const waiting = new Map<number, Waiting>();
let serial = 0;
let folder: string | null = null;

/** A file that only this user can read, in the profile: what a killed run left there is removed. */
function interim(): string {
  if (folder === null) {
    folder = join(app.getPath("userData"), "pytron-downloads");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { mode: 0o700, recursive: true });
  }
  return join(folder, randomUUID());
}

async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
    await copyFile(from, to); // another disk
    await rm(from, { force: true });
  }
}

function sizeOf(item: DownloadItem): number | null {
  return item.getTotalBytes() || null;
}

/** Tells Python of the downloads of a session. */
export function watchDownloads(
  session: Session,
  desk: Desk,
  windowOf: (contents: WebContents) => number | undefined,
): void {
  session.on("will-download", (_, item, contents) => {
    const key = ++serial;
    let decided = (): void => {};
    const word = new Promise<void>((resolve) => {
      decided = resolve;
    });
    const download: Waiting = { item, path: null, reason: null, decided };
    waiting.set(key, download);
    // Without a path Electron would ask the user itself, and it takes none later.
    const file = interim();
    item.setSavePath(file);
    item.pause();
    const gone = (): void => {
      if (download.path === null) end(download, "the window has closed");
    };
    contents.once("destroyed", gone);
    let last = 0;
    item.on("updated", () => {
      const now = Date.now();
      if (download.path === null || now - last < PROGRESS_MS) return;
      last = now;
      desk.happened("download.progress", {
        key,
        received: item.getReceivedBytes(),
        size: sizeOf(item),
      });
    });
    item.once("done", async (_event, state) => {
      try {
        if (state !== "completed") throw new Error(download.reason ?? state);
        await word; // a small one may be here already
        if (download.reason !== null) throw new Error(download.reason);
        await move(file, download.path ?? "");
        desk.happened("download.finished", { key, path: download.path });
      } catch (error) {
        await rm(file, { force: true });
        desk.happened("download.failed", { key, error: (error as Error).message });
      } finally {
        waiting.delete(key);
        if (!contents.isDestroyed()) contents.removeListener("destroyed", gone);
      }
    });
    desk.happened("download.started", {
      key,
      url: item.getURL(),
      file: item.getFilename(),
      size: sizeOf(item),
      window: windowOf(contents) ?? null,
    });
  });
}

function end(download: Waiting, reason: string): void {
  download.reason = reason;
  download.item.cancel(); // which does nothing to one that is here already
  download.decided();
}

function found(args: Record<string, unknown>): Waiting {
  const download = waiting.get(args.key as number);
  if (download === undefined) throw new Refusal("closed", "the download has ended");
  return download;
}

export const downloads: Record<string, Service> = {
  "download.accept": ({ args }) => {
    const download = found(args);
    download.path = text(args, "path");
    download.decided();
    download.item.resume();
    return null;
  },
  "download.cancel": ({ args }) => {
    end(found(args), "cancelled");
    return null;
  },
};
