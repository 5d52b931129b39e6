/** The element that shows why Python cannot be started, while that is so. */
let shown: HTMLElement | undefined;

/** By script, which a Content-Security-Policy allows. */
const STYLE =
  "position:fixed;inset:0;z-index:2147483647;overflow:auto;padding:2rem;" +
  "background:#1b1b1fee;color:#f4f4f5;font:14px/1.5 monospace;white-space:pre-wrap";

/** Shows over the page why Python cannot be started; only development sends that. */
export function showFault(message: string, trace: string): void {
  hideFault();
  if (typeof document === "undefined") return;
  shown = document.createElement("pytron-fault");
  shown.style.cssText = STYLE;
  shown.role = "alert";
  shown.attachShadow({
    mode: "open",
  }).textContent = `${message}\n\n${trace}\n\nSave the file without the error to go on.`;
  document.documentElement.append(shown);
}

export function hideFault(): void {
  shown?.remove();
  shown = undefined;
}
