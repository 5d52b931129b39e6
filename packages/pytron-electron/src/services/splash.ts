// A picture in a window of its own, for as long as the app has nothing else to show.
import { BrowserWindow, nativeImage, screen } from "electron";
import { Refusal, type Service } from "./service.js";

/** Larger ones are made smaller: this share of the screen. */
const MOST = 0.8;

let shown: BrowserWindow | null = null;

const show: Service = async ({ args }) => {
  const bytes = Buffer.from(String(args.picture), "base64");
  const picture = nativeImage.createFromBuffer(bytes);
  if (picture.isEmpty()) throw new Refusal("invalid_arguments", "the picture is none");
  const { width, height } = picture.getSize();
  const area = screen.getPrimaryDisplay().workAreaSize;
  const factor = Math.min(1, (MOST * area.width) / width, (MOST * area.height) / height);
  const window = new BrowserWindow({
    width: Math.round(width * factor),
    height: Math.round(height * factor),
    useContentSize: true,
    center: true,
    frame: false,
    transparent: true,
    hasShadow: false,
    resizable: false,
    movable: false,
    focusable: false,
    skipTaskbar: true,
    alwaysOnTop: true,
    show: false,
    webPreferences: {
      partition: "splash", // in memory, and nothing of the app is served in it
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      javascript: false,
    },
  });
  const data = bytes.toString("base64");
  const style = "margin:0;overflow:hidden;background:transparent";
  const html = `<body style="${style}"><img src="data:image/png;base64,${data}" width="100%">`;
  await window.loadURL(`data:text/html,${encodeURIComponent(html)}`);
  hide();
  shown = window;
  window.showInactive();
  return null;
};

function hide(): null {
  const last = shown;
  shown = null;
  if (last !== null && !last.isDestroyed()) last.destroy();
  return null;
}

export const splash: Readonly<Record<string, Service>> = {
  "splash.show": show,
  "splash.hide": () => hide(),
};
