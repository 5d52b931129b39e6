import type { Bridge } from "./bridge.js";
import { report } from "./errors.js";

/**
 * Links with a `download` to the app's own pages and assets: web engines load nothing of an app's
 * scheme outside a page, and would lose the name, so Python saves what it has anyway.
 */
export function followDownloads(bridge: Bridge, page: EventTarget, home: Location): void {
  page.addEventListener("click", (event) => {
    if (event.defaultPrevented || !("composedPath" in event)) return;
    const link = event.composedPath().find((one) => one instanceof HTMLAnchorElement);
    if (!(link instanceof HTMLAnchorElement) || !link.hasAttribute("download")) return;
    if (link.protocol !== home.protocol || link.host !== home.host) return;
    event.preventDefault();
    const options = { name: link.download };
    Promise.resolve(bridge.call("services.downloads.save", [link.href, options])).catch(report);
  });
}
