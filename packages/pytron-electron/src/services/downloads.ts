// Downloads of pages: each waits for Python's word.
import type { DownloadItem, Session, WebContents } from "electron";
import { type Desk, Refusal, type Service, text } from "./service.js";

const PROGRESS_MS = 100;

interface Waiting {
  item: DownloadItem;
  path: string | null;
}

const waiting = new Map<number, Waiting>();
let serial = 0;

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
    const download: Waiting = { item, path: null };
    waiting.set(key, download);
    // To a place of Electron's until Python names one; nothing is asked.
    item.pause();
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
    item.once("done", (_event, state) => {
      waiting.delete(key);
      if (state === "completed") desk.happened("download.finished", { key, path: download.path });
      else desk.happened("download.failed", { key, error: state });
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

function found(args: Record<string, unknown>): Waiting {
  const download = waiting.get(args.key as number);
  if (download === undefined) throw new Refusal("closed", "the download has ended");
  return download;
}

export const downloads: Record<string, Service> = {
  "download.accept": ({ args }) => {
    const download = found(args);
    download.path = text(args, "path");
    download.item.setSavePath(download.path);
    download.item.resume();
    return null;
  },
  "download.cancel": ({ args }) => {
    found(args).item.cancel();
    return null;
  },
};
