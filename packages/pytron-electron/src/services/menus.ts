// Menus of windows, of the pointer, and of the tray.
import { Menu, type MenuItem, type MenuItemConstructorOptions } from "electron";
import type { HostWindow } from "../window.js";
import { checkKeys } from "./keys.js";
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

/** A menu that is shown, and how it is shown anew: Electron cannot rename an item. */
interface Shown {
  items: Fields[];
  menu: Menu;
  build(items: Fields[]): Menu;
  show(menu: Menu): void;
}

/** Gets the id of what the user chose. */
type Chosen = (id: string, item: MenuItem) => void;

/** The place of the menu that every window has which has none of its own. */
const ALL = "windows";

/** By place: an update of an item is for all of them. */
const shown = new Map<string, Shown>();

/** A menu of these items. */
export function menuOf(items: unknown, desk: Desk, chosen: Chosen): Menu {
  check(items);
  const quit = (): void => desk.happened("menu.quit");
  const template = (list: unknown): MenuItemConstructorOptions[] =>
    listed(list).flatMap((item) => entry(item, template, chosen, quit));
  try {
    return Menu.buildFromTemplate(template(items));
  } catch (error) {
    throw new Refusal("invalid_arguments", `this is no menu: ${(error as Error).message}`);
  }
}

function check(items: unknown): void {
  for (const item of listed(items)) {
    if (typeof item.keys === "string") checkKeys(item.keys);
    check(item.items);
  }
}

function listed(items: unknown): Fields[] {
  return Array.isArray(items) ? items : [];
}

function entry(
  item: Fields,
  nested: (items: unknown) => MenuItemConstructorOptions[],
  chosen: Chosen,
  quit: () => void,
): MenuItemConstructorOptions[] {
  const label = typeof item.label === "string" ? { label: item.label } : {};
  if (item.kind === "role") {
    const name = text(item, "role");
    const role = ROLES[name];
    if (role === undefined || (ONLY_MACOS.has(name) && process.platform !== "darwin")) return [];
    // Electron leaves a role's usual keys to the page.
    const keys =
      typeof item.keys === "string" ? { accelerator: item.keys, registerAccelerator: true } : {};
    // Electron's own would end the app without asking the windows.
    if (name === "quit") return [{ label: "Quit", ...label, ...keys, click: quit }];
    return [{ role, ...label, ...keys }];
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
export function clicks(desk: Desk, window: HostWindow | null): Chosen {
  return (id, item) => {
    const checked = item.type === "checkbox" || item.type === "radio";
    desk.happened("menu.click", {
      id,
      ...(checked ? { checked: item.checked } : {}),
      ...(window === null ? {} : { window: window.number }),
    });
  };
}

/** Shows a menu in its place, and remembers it for updates. */
export function place(
  where: string,
  items: unknown,
  build: (items: Fields[]) => Menu,
  show: (menu: Menu) => void,
): void {
  const list = listed(items);
  const menu = build(list);
  show(menu);
  shown.set(where, { items: list, menu, build, show });
}

/** The item of this id among these. */
function find(items: unknown, id: string): Fields | undefined {
  for (const item of listed(items)) {
    const found = item.id === id ? item : find(item.items, id);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Builds a menu anew; what the user has checked stays so. */
function renew(one: Shown): void {
  const { menu: before } = one;
  one.menu = one.build(one.items);
  const carry = (menu: Menu): void => {
    for (const item of menu.items) {
      const old = item.id === undefined ? null : before.getMenuItemById(item.id);
      const checks = item.type === "checkbox" || item.type === "radio";
      if (old != null && checks && (item.type === "checkbox" || old.checked))
        item.checked = old.checked;
      if (item.submenu != null) carry(item.submenu);
    }
  };
  carry(one.menu);
  one.show(one.menu);
}

/** Gives a new window the menu that all windows have. */
export function dress(window: HostWindow): void {
  const menu = shown.get(ALL)?.menu;
  if (menu !== undefined && process.platform !== "darwin") window.frame.setMenu(menu);
}

export const menus: Record<string, Service> = {
  "menu.set": ({ args, window, desk }) => {
    const build = (items: Fields[]): Menu => menuOf(items, desk, clicks(desk, window));
    const where = window === null ? ALL : `window ${window.number}`;
    window?.frame.once("closed", () => shown.delete(where));
    place(where, args.items, build, (menu) => {
      if (process.platform === "darwin") Menu.setApplicationMenu(menu);
      else for (const each of window === null ? desk.windows : [window]) each.frame.setMenu(menu);
    });
    return null;
  },

  "menu.update": ({ args }) => {
    const id = text(args, "id");
    let known = false;
    for (const one of shown.values()) {
      const described = find(one.items, id);
      const item = one.menu.getMenuItemById(id);
      if (described === undefined || item == null) continue;
      known = true;
      if (typeof args.enabled === "boolean") described.enabled = item.enabled = args.enabled;
      if (typeof args.checked === "boolean") described.checked = item.checked = args.checked;
      if (typeof args.label !== "string") continue;
      described.label = args.label;
      renew(one);
    }
    if (!known) throw new Refusal("invalid_arguments", `no menu has an item ${id}`);
    return null;
  },

  "menu.popup": (asked) =>
    new Promise((resolve) => {
      const { args } = asked;
      let chosen: string | null = null;
      const menu = menuOf(args.items, asked.desk, (id) => {
        chosen = id;
      });
      const at =
        typeof args.x === "number" && typeof args.y === "number"
          ? { x: Math.round(args.x), y: Math.round(args.y) }
          : {};
      menu.popup({
        window: windowOf(asked).frame,
        ...at,
        // The click comes after the menu has closed.
        callback: () => setImmediate(() => resolve(chosen)),
      });
    }),
};
