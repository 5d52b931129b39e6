import { Bridge } from "./bridge.js";
import { PytronError } from "./errors.js";
import { forwardErrors } from "./log.js";
import { findPort, NativeTransport } from "./transports/native.js";

const KEY = Symbol.for("pytron.bridge");

const NO_BACKEND =
  "this page has no Python behind it: open it with the app (python app.py) instead of in a browser";

/** Joins the page's life: what waits ends with the page, and a page that comes back asks again. */
function followPage(bridge: Bridge, page: EventTarget): void {
  page.addEventListener("pagehide", () => {
    bridge.close("the page is going away before Python answered");
  });
  page.addEventListener("pageshow", (event) => {
    if ((event as PageTransitionEvent).persisted) bridge.reopen();
  });
  forwardErrors(page, (entry) => bridge.log(entry));
}

/** A bridge over the page's port, or one that says that there is none. */
export function connect(scope: object = globalThis): Bridge {
  const bridge = new Bridge();
  const port = findPort(scope);
  if (port === undefined) bridge.fail(new PytronError("no_backend", NO_BACKEND));
  else bridge.connect(new NativeTransport(port));
  if (port !== undefined && scope instanceof EventTarget) followPage(bridge, scope);
  return bridge;
}

/** The page's one bridge, however many copies of this package it has loaded. */
export function sharedBridge(): Bridge {
  const holder = globalThis as { [KEY]?: Bridge };
  if (holder[KEY] === undefined)
    Object.defineProperty(holder, KEY, { value: connect(), configurable: true });
  return holder[KEY] as Bridge;
}
