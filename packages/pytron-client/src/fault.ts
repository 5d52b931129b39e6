/** The element that shows why Python cannot be started, while that is so. */
let shown: HTMLElement | undefined;

/** By script, which a Content-Security-Policy allows. */
const STYLE =
  "position:fixed;inset:0;z-index:2147483647;overflow:auto;margin:0;padding:2rem;border:0;" +
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
  }).textContent = `${message}\n\n${trace}\n\nThe page goes on when the file is saved without the error.`;
  document.documentElement.append(shown);
}

export function hideFault(): void {
  shown?.remove();
  shown = undefined;
}
