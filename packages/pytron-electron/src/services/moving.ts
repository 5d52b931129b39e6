// What the user moves with the button held: the window, one of its edges, files out of it.
import { access } from "node:fs/promises";
import { app, type NativeImage, nativeImage, type Point, type Rectangle, screen } from "electron";
import type { HostWindow } from "../window.js";
import { type Asked, Refusal, type Service, text, windowOf } from "./service.js";

const EDGES: ReadonlySet<string> = new Set(["n", "ne", "e", "se", "s", "sw", "w", "nw"]);
/** A drag shows something; where the system has no icons this is a grey square. */
const ICON_SIZE = 16;
const GREY = 0x99;

type Moved = (before: Rectangle, across: number, down: number) => Rectangle;

/** The last press of a button over a window: where, how the window stood, and where it was let go. */
interface Press {
  begin: Point;
  bounds: Rectangle;
  end: Point | null;
}

const presses = new WeakMap<HostWindow, Press>();

/** Remembers where the user presses: what follows is asked for a moment later. */
export function watchPointer(window: HostWindow): void {
  const { frame } = window;
  frame.webContents.on("input-event", (_, { type }) => {
    const press = presses.get(window);
    if (type === "mouseDown") {
      const begin = screen.getCursorScreenPoint();
      presses.set(window, { begin, bounds: frame.getBounds(), end: null });
    } else if (type === "mouseUp" && press !== undefined) press.end = screen.getCursorScreenPoint();
  });
}

/** Sets a window's bounds after the pointer for as long as the user holds the button. */
function follow(window: HostWindow, moved: Moved): null {
  const { frame } = window;
  if (waylandOnly())
    throw new Refusal(
      "unsupported",
      "Wayland tells no program where the pointer is; use CSS `app-region: drag`",
    );
  const press = presses.get(window);
  if (press === undefined || frame.isMaximized() || frame.isFullScreen()) return null;
  const { begin, bounds: before } = press;
  const place = ({ x, y }: Point): void => {
    const bounds = moved(before, x - begin.x, y - begin.y);
    const same = bounds.width === before.width && bounds.height === before.height;
    if (same) frame.setPosition(bounds.x, bounds.y);
    else frame.setBounds(bounds);
  };
  place(press.end ?? screen.getCursorScreenPoint());
  if (press.end !== null) return null; // a quick hand: it has let go already
  const { webContents } = frame;
  const look = (_: unknown, { type }: Electron.InputEvent): void => {
    if (type === "mouseMove" || type === "mouseUp") place(screen.getCursorScreenPoint());
    if (type === "mouseDown" || type === "mouseUp") end();
  };
  const end = (): void => {
    webContents.removeListener("input-event", look);
    frame.removeListener("blur", end);
  };
  webContents.on("input-event", look);
  frame.once("blur", end);
  return null;
}

/** Whether only Wayland shows windows here. */
function waylandOnly(): boolean {
  return process.argv.includes("--ozone-platform=wayland");
}

/** The bounds with one edge or corner moved; the opposite one stays. */
function resized(window: HostWindow, edge: string): Moved {
  const [leastWidth = 0, leastHeight = 0] = window.frame.getMinimumSize();
  const [mostWidth = 0, mostHeight = 0] = window.frame.getMaximumSize();
  const within = (size: number, least: number, most: number): number =>
    Math.max(size, least, 1) > most && most > 0 ? most : Math.max(size, least, 1);
  return (before, across, down) => {
    const bounds = { ...before };
    if (/[ew]/.test(edge)) {
      const by = edge.includes("w") ? -across : across;
      bounds.width = within(before.width + by, leastWidth, mostWidth);
      if (edge.includes("w")) bounds.x = before.x + before.width - bounds.width;
    }
    if (/[ns]/.test(edge)) {
      const by = edge.includes("n") ? -down : down;
      bounds.height = within(before.height + by, leastHeight, mostHeight);
      if (edge.includes("n")) bounds.y = before.y + before.height - bounds.height;
    }
    return bounds;
  };
}

async function iconOf(path: string): Promise<NativeImage> {
  const found = await app.getFileIcon(path).catch(() => nativeImage.createEmpty());
  if (!found.isEmpty()) return found;
  const pixels = Buffer.alloc(ICON_SIZE * ICON_SIZE * 4, GREY);
  return nativeImage.createFromBitmap(pixels, { width: ICON_SIZE, height: ICON_SIZE });
}

async function carry(asked: Asked): Promise<null> {
  const { webContents } = windowOf(asked).frame;
  const files = (asked.args.paths as string[] | undefined) ?? [];
  const [first] = files;
  if (first === undefined) throw new Refusal("invalid_arguments", "there are no files to carry");
  for (const path of files)
    await access(path).catch(() => {
      throw new Refusal("invalid_arguments", `${path} is not there`);
    });
  const icon = await iconOf(first);
  // After the answer: until the files are dropped, Electron's loop reads nothing.
  setImmediate(() => {
    if (!webContents.isDestroyed()) webContents.startDrag({ file: first, files, icon });
  });
  return null;
}

export const moving: Record<string, Service> = {
  "window.drag": (asked) =>
    follow(windowOf(asked), (before, across, down) => ({
      ...before,
      x: before.x + across,
      y: before.y + down,
    })),

  "window.edge": (asked) => {
    const window = windowOf(asked);
    const edge = text(asked.args, "edge");
    if (!EDGES.has(edge)) throw new Refusal("invalid_arguments", `a window has no edge ${edge}`);
    return window.frame.isResizable() ? follow(window, resized(window, edge)) : null;
  },

  "window.files": carry,
};
