// Answers to questions about windows (spec/view.md, section 1).
import { writeFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { type NativeImage, nativeTheme, screen } from "electron";
import type { HostWindow } from "./window.js";

/** Counting stops here: a page with that many colours is not blank. */
const MOST_COLOURS = 256;
/** A page that does not draw, for it is covered, busy or dead, is taken as it was. */
const DRAW_TIMEOUT_MS = 1_000;
/** A world of its own, in which pages cannot have changed what a name means. */
const OWN_WORLD = 1_900;
/** The first frame may have begun before the page's last change. */
const DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))";

/**
 * Answers a query.
 *
 * @throws Error with what is to be told when there is no answer.
 */
export async function answer(
  window: HostWindow,
  what: string,
  details: Record<string, unknown>,
): Promise<unknown> {
  const { frame } = window;
  switch (what) {
    case "bounds": {
      const [x, y] = frame.getPosition();
      const [width, height] = frame.getContentSize();
      return { x, y, width, height };
    }
    case "state":
      return { ...window.state(), focused: frame.isFocused(), theme: themeName() };
    case "url":
      return frame.webContents.getURL();
    case "screens":
      return screens();
    case "screenshot":
      return screenshot(window, String(details.path));
    case "pixels":
      return pixels(window);
    default:
      throw new Error(`the chrome engine knows no ${what}`);
  }
}

/** The theme that pages see. */
export function themeName(): "light" | "dark" {
  return nativeTheme.shouldUseDarkColors ? "dark" : "light";
}

function screens(): unknown {
  const primary = screen.getPrimaryDisplay().id;
  return screen.getAllDisplays().map((display) => ({
    name: display.label === "" || display.label === undefined ? null : display.label,
    ...display.bounds,
    scale: display.scaleFactor,
    primary: display.id === primary,
  }));
}

/** What the page shows now: Chromium would give the last frame that it has put together. */
async function capture({ frame }: HostWindow): Promise<NativeImage> {
  if (frame.isVisible() && !frame.isMinimized()) {
    const drawn = frame.webContents.executeJavaScriptInIsolatedWorld(OWN_WORLD, [{ code: DRAWN }]);
    await Promise.race([drawn.catch(() => {}), setTimeout(DRAW_TIMEOUT_MS)]);
  }
  return frame.webContents.capturePage();
}

async function screenshot(window: HostWindow, path: string): Promise<unknown> {
  const image = await capture(window);
  const { width, height } = image.getSize();
  if (width === 0) throw new Error("the window shows nothing: is it visible?");
  await writeFile(path, image.toPNG());
  return { path, width, height };
}

async function pixels(window: HostWindow): Promise<unknown> {
  const image = await capture(window);
  const { width, height } = image.getSize();
  const bitmap = image.toBitmap();
  const found = new Set<number>();
  const step = 4;
  for (let at = 0; at + step <= bitmap.length && found.size < MOST_COLOURS; at += step)
    found.add(bitmap.readUInt32LE(at));
  return { width, height, colours: found.size };
}
