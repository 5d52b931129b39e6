// What Python asks of windows (spec/view.md, sections 1 and 3), as this host reads it.

/** Options that may change while a window lives. Absent ones stay as they are. */
export interface Live {
  title?: string;
  width?: number;
  height?: number;
  x?: number | null;
  y?: number | null;
  minwidth?: number | null;
  minheight?: number | null;
  maxwidth?: number | null;
  maxheight?: number | null;
  resizable?: boolean;
  visible?: boolean;
  decorations?: boolean;
  ontop?: boolean;
  fullscreen?: boolean;
  maximized?: boolean;
  minimized?: boolean;
  zoom?: number;
  devtools?: boolean;
  theme?: "light" | "dark" | null;
}

/** All options of a new window. */
export interface Options extends Live {
  url?: string;
  transparent?: boolean;
  script?: string;
  trust?: string[];
  frames?: string[];
  background?: string | null;
  /** Languages, none for the user's own; null: no spell check. */
  spellcheck?: string[] | null;
  contextmenu?: ContextMenu;
  backdrop?: "mica" | "acrylic" | "vibrancy" | null;
}

/** What the context menu of the host's own offers: all, what is of use in an app, nothing. */
export type ContextMenu = "default" | "edit" | "none";

/** What the host is started with. */
export interface Start {
  name: string;
  dev: boolean;
  /** A folder that only this user can enter, in memory where the system has that. */
  files: string;
  /** Where pages keep what they keep, for a host that was not told when it was started. */
  profile?: string;
  /** What pages may do with the machine: `camera`, `geolocation`, … */
  permissions: string[];
}

/** The one origin that the app's pages have. */
export const SCHEME = "pytron";
export const HOST = "localhost";
export const ORIGIN = `${SCHEME}://${HOST}`;
/** Large binary on its way to a page; a scheme of its own, as a scheme has one kind of handler. */
export const PART_SCHEME = "pytron-part";

/** Scheme, host and port of an address, as `location.origin` has them for our schemes too. */
export function originOf(address: string): string | null {
  try {
    const { protocol, host } = new URL(address);
    return host === "" ? null : `${protocol}//${host}`;
  } catch {
    return null;
  }
}
