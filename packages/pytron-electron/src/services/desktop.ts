// The tray, notifications, shortcuts, the badge, and the user's absence.
import {
  app,
  globalShortcut,
  type Menu,
  Notification,
  nativeImage,
  powerMonitor,
  Tray,
} from "electron";
import { checkKeys } from "./keys.js";
import { clicks, menuOf, place } from "./menus.js";
import { type Asked, type Fields, Refusal, type Service, text, windowOf } from "./service.js";

let tray: Tray | null = null;
const notifications = new Map<number, Notification>();
const shortcuts = new Map<string, string>();

function showTray({ args, desk }: Asked): null {
  const icon = nativeImage.createFromPath(text(args, "icon"));
  if (icon.isEmpty()) throw new Refusal("invalid_arguments", "the icon cannot be read");
  if (tray === null) {
    tray = new Tray(icon);
    tray.on("click", () => desk.happened("tray.click", { button: "left" }));
    tray.on("middle-click", () => desk.happened("tray.click", { button: "middle" }));
  } else tray.setImage(icon);
  tray.setToolTip(text(args, "tooltip"));
  const build = (items: Fields[]): Menu => menuOf(items, desk, clicks(desk, null));
  place("tray", args.items, build, (menu) => tray?.setContextMenu(menu));
  return null;
}

function showNotification({ args, desk }: Asked): null {
  if (!Notification.isSupported())
    throw new Refusal("unsupported", "this desktop shows no notifications");
  const key = args.key as number;
  const actions = (args.actions as { id: string; label: string }[] | undefined) ?? [];
  const icon = text(args, "icon");
  const shown = new Notification({
    title: text(args, "title"),
    body: text(args, "body"),
    urgency: args.urgent === true ? "critical" : "normal",
    actions: actions.map(({ label }) => ({ type: "button", text: label })),
    ...(icon === "" ? {} : { icon }),
  });
  let clicked = false;
  const click = (action: string | null): void => {
    clicked = true;
    desk.happened("notifications.click", { key, action });
  };
  shown.on("click", () => click(null));
  shown.on("action", (_, index) => click(actions[index]?.id ?? null));
  shown.on("close", () => {
    notifications.delete(key);
    if (!clicked) desk.happened("notifications.closed", { key });
  });
  notifications.set(key, shown);
  shown.show();
  return null;
}

export const desktop: Record<string, Service> = {
  "tray.show": showTray,
  "tray.hide": () => {
    tray?.destroy();
    tray = null;
    return null;
  },

  "notifications.show": showNotification,
  "notifications.withdraw": ({ args }) => {
    notifications.get(args.key as number)?.close();
    return null;
  },

  "shortcuts.register": ({ args, desk }) => {
    const id = text(args, "id");
    const keys = text(args, "keys");
    checkKeys(keys); // Electron says of nonsense that another program has it
    const known = shortcuts.get(id);
    if (known === keys) return null;
    let done: boolean;
    try {
      done = globalShortcut.register(keys, () => desk.happened("shortcuts.pressed", { id }));
    } catch (error) {
      throw new Refusal("invalid_arguments", `${keys} is no shortcut: ${(error as Error).message}`);
    }
    if (!done) {
      const reason = `${keys} is taken, by this or another program; choose others`;
      throw new Refusal("unsupported", reason);
    }
    if (known !== undefined) globalShortcut.unregister(known);
    shortcuts.set(id, keys);
    return null;
  },
  "shortcuts.unregister": ({ args }) => {
    const keys = shortcuts.get(text(args, "id"));
    if (keys !== undefined) globalShortcut.unregister(keys);
    shortcuts.delete(text(args, "id"));
    return null;
  },

  "badge.count": ({ args }) => {
    if (!app.setBadgeCount((args.count as number | null) ?? 0))
      throw new Refusal("unsupported", "this desktop has no badges");
    return null;
  },
  "badge.progress": (asked) => {
    const value = asked.args.value as number | null;
    const windows = asked.window === null ? asked.desk.windows : [windowOf(asked)];
    for (const window of windows) window.frame.setProgressBar(value ?? -1);
    return null;
  },
  "system.idle": () => powerMonitor.getSystemIdleTime(),
};
