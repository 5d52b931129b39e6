// Menus of windows, of the pointer, and of the tray.
import { Menu, type MenuItem, type MenuItemConstructorOptions } from "electron";
import type { HostWindow } from "../window.js";
import { type Desk, type Fields, Refusal, type Service, text, windowOf } from "./service.js";

/** Our roles → Electron's. */
const ROLES: Readonly<Record<string, MenuItemConstructorOptions["role"]>> = {
  undo: "undo",
  redo: "redo",
  cut: "cut",
  copy: "copy",
  paste: "paste",
  selectall: "selectAll",
  reload: "reload",
  zoomin: "zoomIn",
  zoomout: "zoomOut",
  zoomreset: "resetZoom",
  fullscreen: "togglefullscreen",
  minimize: "minimize",
  close: "close",
  quit: "quit",
  about: "about",
  services: "services",
  hide: "hide",
  hideothers: "hideOthers",
  showall: "unhide",
};
const ONLY_MACOS = new Set(["services", "hide", "hideothers", "showall"]);
const KINDS: Readonly<Record<string, MenuItemConstructorOptions["type"]>> = {
  check: "checkbox",
  radio: "radio",
  line: "separator",
  menu: "submenu",
};

/** Menus that are shown: an update of an item is for all of them. */
const shown = new Set<Menu>();

/** A menu of these items; `chosen` gets the id of what the user chose. */
export function menuOf(items: unknown, chosen: (id: string, item: MenuItem) => void): Menu {
  const template = (list: unknown): MenuItemConstructorOptions[] =>
    (Array.isArray(list) ? list : []).flatMap((item: Fields) => entry(item, template, chosen));
  return Menu.buildFromTemplate(template(items));
}

function entry(
  item: Fields,
  nested: (items: unknown) => MenuItemConstructorOptions[],
  chosen: (id: string, item: MenuItem) => void,
): MenuItemConstructorOptions[] {
  const label = typeof item.label === "string" ? { label: item.label } : {};
  if (item.kind === "role") {
    const name = text(item, "role");
    const role = ROLES[name];
    if (role === undefined || (ONLY_MACOS.has(name) && process.platform !== "darwin")) return [];
    return [{ role, ...label }];
  }
  const type = KINDS[text(item, "kind")];
  const id = text(item, "id");
  return [
    {
      ...label,
      ...(type === undefined ? {} : { type }),
      ...(id === "" ? {} : { id }),
      ...(typeof item.keys === "string" ? { accelerator: item.keys } : {}),
      ...(item.kind === "menu" ? { submenu: nested(item.items) } : {}),
      enabled: item.enabled !== false,
      checked: item.checked === true,
      click: (clicked) => chosen(id, clicked),
    },
  ];
}

/** Tells Python which item was chosen. */
export function clicks(
  desk: Desk,
  window: HostWindow | null,
): (id: string, item: MenuItem) => void {
  return (id, item) => {
    const checked = item.type === "checkbox" || item.type === "radio";
    desk.happened("menu.click", {
      id,
      ...(checked ? { checked: item.checked } : {}),
      ...(window === null ? {} : { window: window.number }),
    });
  };
}

/** Remembers a menu for updates. */
export function keep(menu: Menu): Menu {
  shown.add(menu);
  return menu;
}

export const menus: Record<string, Service> = {
  "menu.set": ({ args, window, desk }) => {
    const menu = keep(menuOf(args.items, clicks(desk, window)));
    if (process.platform === "darwin") Menu.setApplicationMenu(menu);
    else for (const each of window === null ? desk.windows : [window]) each.frame.setMenu(menu);
    return null;
  },

  "menu.update": ({ args }) => {
    for (const menu of shown) {
      const item = menu.getMenuItemById(text(args, "id"));
      if (item === null || item === undefined) continue;
      if (typeof args.enabled === "boolean") item.enabled = args.enabled;
      if (typeof args.checked === "boolean") item.checked = args.checked;
      if (typeof args.label === "string")
        throw new Refusal("unsupported", "Electron cannot rename an item; set the menu anew");
    }
    return null;
  },

  "menu.popup": (asked) =>
    new Promise((resolve) => {
      const { args } = asked;
      let chosen: string | null = null;
      const menu = menuOf(args.items, (id) => {
        chosen = id;
      });
      const place =
        typeof args.x === "number" && typeof args.y === "number"
          ? { x: Math.round(args.x), y: Math.round(args.y) }
          : {};
      menu.popup({
        window: windowOf(asked).frame,
        ...place,
        // The click comes after the menu has closed.
        callback: () => setImmediate(() => resolve(chosen)),
      });
    }),
};
