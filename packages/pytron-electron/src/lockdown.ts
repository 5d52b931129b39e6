// What no page may do, whatever a window's options say.
import { app, type Session, type WebContents } from "electron";
import { originOf } from "./wire.js";

/** What a page may do without being asked for: it takes nothing from the machine. */
const HARMLESS = new Set(["fullscreen", "pointer-lock", "clipboard-write"]);

/** Chromium's names of permissions → ours. Those not listed are refused always. */
const NAMES: Readonly<Record<string, string>> = {
  fullscreen: "fullscreen",
  pointerLock: "pointer-lock",
  "clipboard-sanitized-write": "clipboard-write",
  "clipboard-read": "clipboard-read",
  geolocation: "geolocation",
  notifications: "notifications",
  midi: "midi",
  midiSysex: "midi",
  "display-capture": "screen",
  "screen-wake-lock": "wake-lock",
  "idle-detection": "idle",
  "window-management": "screens",
  "window-placement": "screens",
  "speaker-selection": "speakers",
  "storage-access": "storage",
  fileSystem: "files",
};

/**
 * Whether pages are kept in Chromium's sandbox. Only PYTRON_ELECTRON_SANDBOX=0 takes them out: root
 * can have none, and Chromium starts no page's process then that is told to use it.
 */
export const isSandboxed = !process.argv.includes("--no-sandbox");

/** Settings of the whole process; before it is ready. */
export function lockProcess(): void {
  // Whatever started us must not make a helper of ours a plain Node.
  delete process.env.ELECTRON_RUN_AS_NODE;
  delete process.env.NODE_OPTIONS;
  if (isSandboxed) app.enableSandbox();
}

/** The permissions that a request of Chromium's needs; null for one that nobody gets. */
function permissionsFor(permission: string, media: readonly string[]): string[] | null {
  if (permission === "media") {
    const kinds = media.map((kind) => (kind === "video" ? "camera" : "microphone"));
    return kinds.length > 0 ? kinds : ["camera", "microphone"];
  }
  const name = NAMES[permission];
  return name === undefined ? null : [name];
}

/** Answers the permission requests of a session's pages by the app's settings. */
export function lockSession(
  session: Session,
  granted: readonly string[],
  trusts: (contents: WebContents | null, origin: string) => boolean,
): void {
  const mayDo = (permission: string, media: readonly string[]): boolean => {
    const wanted = permissionsFor(permission, media);
    return wanted?.every((name) => HARMLESS.has(name) || granted.includes(name)) ?? false;
  };
  session.setPermissionRequestHandler((contents, permission, answer, details) => {
    const url = (details as { requestingUrl?: string }).requestingUrl ?? contents.getURL();
    const media = (details as { mediaTypes?: string[] }).mediaTypes ?? [];
    answer(trusts(contents, originOf(url) ?? "") && mayDo(permission, media));
  });
  session.setPermissionCheckHandler((contents, permission, origin, details) => {
    const kind = (details as { mediaType?: string }).mediaType;
    const media = kind === "audio" || kind === "video" ? [kind] : [];
    return trusts(contents, originOf(origin) ?? "") && mayDo(permission, media);
  });
  session.setDevicePermissionHandler?.(() => false);
}
