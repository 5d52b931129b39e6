// Dialogs of the system.
import { type BrowserWindow, dialog, type FileFilter } from "electron";
import { prompt } from "./prompt.js";
import { type Asked, type Fields, type Service, text } from "./service.js";

export const dialogs: Record<string, Service> = {
  "dialogs.open": async (asked) => {
    const { args } = asked;
    const kind = text(args, "mode") === "folder" ? "openDirectory" : "openFile";
    const many = text(args, "mode") === "files" ? (["multiSelections"] as const) : [];
    const options = {
      ...common(args),
      properties: [kind, ...many] as ("openFile" | "openDirectory" | "multiSelections")[],
    };
    const parent = parentOf(asked);
    const chosen = await (parent === null
      ? dialog.showOpenDialog(options)
      : dialog.showOpenDialog(parent, options));
    return chosen.canceled ? null : chosen.filePaths;
  },

  "dialogs.save": async (asked) => {
    const { args } = asked;
    const folder = text(args, "folder");
    const name = text(args, "name");
    const place = [folder, name].filter((part) => part !== "").join("/");
    const options = {
      ...common(args),
      ...(place === "" ? {} : { defaultPath: place }),
      properties: ["showOverwriteConfirmation"] as "showOverwriteConfirmation"[],
    };
    const parent = parentOf(asked);
    const chosen = await (parent === null
      ? dialog.showSaveDialog(options)
      : dialog.showSaveDialog(parent, options));
    return chosen.canceled || !chosen.filePath ? null : chosen.filePath;
  },

  "dialogs.message": async (asked) => {
    const { args } = asked;
    const level = text(args, "level");
    const types = ["info", "warning", "error", "question"] as const;
    const cancel = typeof args.cancel === "number" ? args.cancel : null;
    const options = {
      type: types.find((type) => type === level) ?? "none",
      message: text(args, "text"),
      detail: text(args, "detail"),
      title: text(args, "title"),
      buttons: (args.buttons as string[] | undefined) ?? ["OK"],
      defaultId: typeof args.default === "number" ? args.default : 0,
      // Without one, closing it gives what no button has.
      cancelId: cancel ?? -1,
      noLink: true,
    } as const;
    const parent = parentOf(asked);
    const mutable = { ...options, buttons: [...options.buttons] };
    if (parent === null) return buttonOf(await dialog.showMessageBox(mutable), cancel);
    const ending = new AbortController();
    const shown = dialog.showMessageBox(parent, { ...mutable, signal: ending.signal });
    const done = endWith(parent, { ending, shown });
    return buttonOf(await shown.finally(done), cancel);
  },

  "dialogs.prompt": prompt,
};

interface Box {
  readonly ending: AbortController;
  readonly shown: Promise<unknown>;
}

/** The message boxes of each window, as they came. */
const boxes = new WeakMap<BrowserWindow, Box[]>();

/**
 * Ends a message box with its window: Electron leaves it open, and no other dialog gets keys then.
 * Gives what is to be called when it has ended by itself.
 */
function endWith(parent: BrowserWindow, box: Box): () => void {
  let all = boxes.get(parent);
  if (all === undefined) {
    const shown: Box[] = [];
    all = shown;
    boxes.set(parent, shown);
    parent.once("closed", async () => {
      // Only the last one can be closed: it keeps the keys from the others.
      for (let last = shown.pop(); last !== undefined; last = shown.pop()) {
        last.ending.abort();
        await last.shown.catch(() => {});
      }
    });
  }
  const mine = all;
  mine.push(box);
  return () => {
    const place = mine.indexOf(box);
    if (place >= 0) mine.splice(place, 1);
  };
}

function buttonOf({ response }: { response: number }, cancel: number | null): number | null {
  return response < 0 ? cancel : response;
}

function parentOf({ window }: Asked): BrowserWindow | null {
  return window === null ? null : window.frame;
}

function common(args: Fields): { title?: string; defaultPath?: string; filters?: FileFilter[] } {
  const title = text(args, "title");
  const folder = text(args, "folder");
  const filters = args.filters as FileFilter[] | undefined;
  return {
    ...(title === "" ? {} : { title }),
    ...(folder === "" ? {} : { defaultPath: folder }),
    ...(filters === undefined ? {} : { filters }),
  };
}
