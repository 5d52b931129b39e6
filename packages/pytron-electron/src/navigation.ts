// Where a window's page may go: the app's own pages and those of trusted origins.
import type { Session, WebContents } from "electron";
import type { Sender } from "./link.js";
import type { HostWindow } from "./window.js";
import { originOf } from "./wire.js";

/** What a page may put into a frame inside itself without anyone's leave. */
const LOCAL = ["about:", "data:", "blob:"];

/** Chromium counts what a page does this long after a click or key as the user's wish. */
const GESTURE_MS = 5000;
const GESTURES: ReadonlySet<string> = new Set([
  ...["mouseDown", "mouseUp", "keyDown", "rawKeyDown", "char"],
  ...["gestureTap", "touchEnd", "pointerUp"],
]);

/** Refuses what a window may not show; the kit hears of it and may open it elsewhere. */
export function guardNavigation(window: HostWindow, sender: Sender): void {
  const { webContents } = window.frame;
  let touched = Number.NEGATIVE_INFINITY;
  webContents.on("input-event", (_, input) => {
    if (GESTURES.has(input.type)) touched = Date.now();
  });
  const external = (url: string): void => {
    const gesture = Date.now() - touched < GESTURE_MS;
    sender.send({ kind: "external", window: window.number, url, gesture });
  };
  const look = (event: { preventDefault(): void }, url: string, isMainFrame: boolean): void => {
    if (mayShow(window, url, isMainFrame)) return;
    event.preventDefault();
    if (isMainFrame) external(url);
    else sender.send({ kind: "refused", window: window.number, reason: `a frame wanted ${url}` });
  };
  webContents.setWindowOpenHandler(({ url }) => {
    external(url);
    return { action: "deny" };
  });
  webContents.on("will-navigate", (event, url) => look(event, url, true));
  webContents.on("will-redirect", (event, url, _, isMainFrame) => look(event, url, isMainFrame));
  webContents.on("will-attach-webview", (event) => event.preventDefault());
  guardFrames(webContents, look);
}

type Look = (event: { preventDefault(): void }, url: string, isMainFrame: boolean) => void;

/** Frames inside the page, of which Electron tells since 25. */
function guardFrames(webContents: WebContents, look: Look): void {
  webContents.on("will-frame-navigate", (event) => {
    if (!event.isMainFrame) look(event, event.url, false);
  });
}

/** Electron 25 tells of frames that navigate. */
const TELLS_OF_FRAMES = 25;

/** The same for an older Electron, which knows of frames only what they load. */
export function guardOldFrames(
  session: Session,
  windowOf: (contents: number) => HostWindow | undefined,
  sender: Sender,
): void {
  if (Number.parseInt(process.versions.electron, 10) >= TELLS_OF_FRAMES) return;
  session.webRequest.onBeforeRequest(
    { urls: ["http://*/*", "https://*/*"] },
    ({ resourceType, webContentsId, url }, answer) => {
      const window = webContentsId === undefined ? undefined : windowOf(webContentsId);
      const refused =
        resourceType === "subFrame" && window !== undefined && !mayShow(window, url, false);
      if (refused)
        sender.send({ kind: "refused", window: window.number, reason: `a frame wanted ${url}` });
      answer({ cancel: refused });
    },
  );
}

function mayShow(window: HostWindow, url: string, isMainFrame: boolean): boolean {
  const origin = originOf(url);
  if (window.trusts(origin)) return true;
  if (isMainFrame) return false;
  return (
    LOCAL.some((scheme) => url.startsWith(scheme)) ||
    (origin !== null && window.frames.includes(origin))
  );
}
