// What is done with a window's page: printing, a PDF, attention, its storage.
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { app, type Session, session } from "electron";
import { type Fields, Refusal, type Service, windowOf } from "./service.js";

const MM_PER_INCH = 25.4;
const PRINTERS =
  "it was not printed; add a printer in the system's settings (on Linux to CUPS), or write a file with window.pdf";

function number(args: Fields, name: string): number | undefined {
  const value = args[name];
  return typeof value === "number" ? value : undefined;
}

/** Sizes in inches, as Electron takes them since 21. */
function pdfOptions(args: Fields): Electron.PrintToPDFOptions {
  const width = number(args, "width");
  const height = number(args, "height");
  const margin = number(args, "margin");
  const edge = (margin ?? 0) / MM_PER_INCH;
  return {
    printBackground: true,
    landscape: args.landscape === true,
    ...(width === undefined || height === undefined
      ? {}
      : { pageSize: { width: width / MM_PER_INCH, height: height / MM_PER_INCH } }),
    ...(margin === undefined
      ? {}
      : { margins: { top: edge, bottom: edge, left: edge, right: edge } }),
  };
}

/** Where pages keep things: the app's own place, and one for each foreign page shown ever. */
async function places(): Promise<Session[]> {
  const folder = join(app.getPath("userData"), "Partitions");
  const names = await readdir(folder).catch(() => []);
  return [session.defaultSession, ...names.map((name) => session.fromPartition(`persist:${name}`))];
}

export const pages: Record<string, Service> = {
  "window.pdf": async (asked) => {
    const { webContents } = windowOf(asked).frame;
    const bytes = await webContents.printToPDF(pdfOptions(asked.args));
    await writeFile(String(asked.args.path), bytes);
    return null;
  },

  "window.print": (asked) =>
    new Promise((resolve, reject) => {
      windowOf(asked).frame.webContents.print({}, (done, reason) => {
        if (done || /cancel/i.test(reason)) resolve(done);
        else reject(new Refusal("unsupported", `${reason}: ${PRINTERS}`));
      });
    }),

  "window.attention": (asked) => {
    windowOf(asked).frame.flashFrame(asked.args.on === true);
    return null;
  },

  "window.clear": async (asked) => {
    const kinds = (asked.args.kinds as string[] | undefined) ?? [];
    const storages = [
      ...(kinds.includes("cookies") ? (["cookies"] as const) : []),
      ...(kinds.includes("storage")
        ? (["localstorage", "indexdb", "filesystem", "serviceworkers", "cachestorage"] as const)
        : []),
    ];
    for (const place of await places()) {
      if (storages.length > 0) await place.clearStorageData({ storages: [...storages] });
      if (kinds.includes("cache")) await place.clearCache();
    }
    return null;
  },
};
