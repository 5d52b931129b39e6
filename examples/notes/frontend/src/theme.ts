/** The theme all windows share: as the system has it, light or dark. */
import pytron from "pytron-client";
import { type Shade, state, type Theme } from "./api.ts";
import { byId } from "./dom.ts";
import { type Icon, icon } from "./icons.ts";

const ORDER: readonly Theme[] = ["system", "light", "dark"];
const ICONS: Record<Theme, Icon> = { system: "half", light: "sun", dark: "moon" };
const dark = matchMedia("(prefers-color-scheme: dark)");

/** Which of the two is shown now. */
export function shade(): Shade {
  if (state.theme !== "system") return state.theme;
  return dark.matches ? "dark" : "light";
}

/** How many real pixels a picture needs for each of the page's, at least two for crisp edges. */
export function scale(): number {
  return Math.min(Math.max(2, Math.ceil(devicePixelRatio)), 4);
}

/** Keeps the page in the shared theme; `changed` is called after each change. */
export function followTheme(changed: () => void): void {
  const button = byId("theme", HTMLButtonElement);
  const apply = (): void => {
    document.documentElement.dataset.theme = shade();
    button.replaceChildren(icon(ICONS[state.theme]));
    const label = `Theme: ${state.theme}`;
    button.title = label;
    button.setAttribute("aria-label", `${label}. Change`);
    changed();
  };
  button.addEventListener("click", () => {
    state.theme = ORDER[(ORDER.indexOf(state.theme) + 1) % ORDER.length] ?? "system";
  });
  pytron.subscribe("theme", apply);
  dark.addEventListener("change", apply);
  apply();
}
