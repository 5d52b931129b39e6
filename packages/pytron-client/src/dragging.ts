import type { Bridge } from "./bridge.js";
import { report } from "./errors.js";

/** What is pressed is itself: a region of the title bar does not take it from the user. */
const CONTROLS = "a,button,input,select,textarea,label,summary,[contenteditable],[role=button]";

/**
 * Frameless windows: what has `data-pytron-drag` moves the window, a double click there maximizes
 * it, `data-pytron-resize="se"` resizes it by that edge; `data-pytron-drag="no"` is left alone.
 */
export function followDragging(bridge: Bridge, page: EventTarget): void {
  const ask = (name: string, ...args: unknown[]): void => {
    Promise.resolve(bridge.call(`services.windows.${name}`, args)).catch(report);
  };
  let held = false;
  page.addEventListener("mousedown", (event) => {
    const { button, detail, target, defaultPrevented } = event as MouseEvent;
    held = false;
    if (button !== 0 || defaultPrevented || !(target instanceof Element)) return;
    const edge = target.closest("[data-pytron-resize]")?.getAttribute("data-pytron-resize");
    if (edge) ask("resize", edge);
    else if (!isHandle(target)) return;
    else if (detail % 2 === 0)
      ask("toggle_maximized"); // a second pair counts on
    else held = true;
    event.preventDefault(); // or the page begins to select text
  });
  // Not before the pointer moves: the window manager keeps it, and would swallow a second click.
  page.addEventListener("mousemove", (event) => {
    if (held && ((event as MouseEvent).buttons & 1) === 1) ask("drag");
    held = false;
  });
}

function isHandle(target: Element): boolean {
  const region = target.closest("[data-pytron-drag]");
  if (region === null || region.getAttribute("data-pytron-drag") === "no") return false;
  const control = target.closest(CONTROLS);
  return control === null || !region.contains(control) || control === region;
}
