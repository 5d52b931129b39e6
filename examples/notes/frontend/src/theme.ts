/** The theme all windows share: as the system has it, light or dark. */
import pytron, { type State } from "pytron-client";
import { byId } from "./dom.ts";
import { type Icon, icon } from "./icons.ts";

type Theme = State["theme"];
type Shade = Exclude<Theme, "system">;

const ORDER: readonly Theme[] = ["system", "light", "dark"];
const ICONS: Record<Theme, Icon> = { system: "half", light: "sun", dark: "moon" };
const dark = matchMedia("(prefers-color-scheme: dark)");

/** Which of the two is shown now. */
export function shade(): Shade {
  if (pytron.state.theme !== "system") return pytron.state.theme;
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
    button.replaceChildren(icon(ICONS[pytron.state.theme]));
    const label = `Theme: ${pytron.state.theme}`;
    button.title = label;
    button.setAttribute("aria-label", `${label}. Change`);
    changed();
  };
  button.addEventListener("click", () => {
    pytron.state.theme = ORDER[(ORDER.indexOf(pytron.state.theme) + 1) % ORDER.length] ?? "system";
  });
  pytron.subscribe("theme", apply);
  dark.addEventListener("change", apply);
  apply();
}
