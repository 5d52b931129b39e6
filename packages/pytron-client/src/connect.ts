import { Bridge } from "./bridge.js";
import { followDownloads } from "./downloads.js";
import { followDragging } from "./dragging.js";
import { PytronError } from "./errors.js";
import { forwardErrors } from "./log.js";
import { findPort, NativeTransport } from "./transports/native.js";
import { findSocket } from "./transports/socket.js";
import type { Transport } from "./transports/transport.js";

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
  const { console } = page as { console?: object };
  if (console !== undefined) bridge.tools.hear(console);
}

/** The engine's port where there is one; else, for a page that came over HTTP, its server. */
function findTransport(scope: object): Transport | undefined {
  const port = findPort(scope);
  return port === undefined ? findSocket(scope) : new NativeTransport(port);
}

/** A bridge over the page's transport, or one that says that there is none. */
export function connect(scope: object = globalThis): Bridge {
  const bridge = new Bridge();
  const transport = findTransport(scope);
  if (transport === undefined) bridge.fail(new PytronError("no_backend", NO_BACKEND));
  else bridge.connect(transport);
  if (transport !== undefined && scope instanceof EventTarget) {
    followPage(bridge, scope);
    if (transport instanceof NativeTransport) followDragging(bridge, scope);
    // A browser does it itself; so does an engine with a page that came over HTTP.
    const home = (scope as { location?: Location }).location;
    if (home !== undefined && transport instanceof NativeTransport && !/^https?:/.test(home.origin))
      followDownloads(bridge, scope, home);
  }
  return bridge;
}

/** The page's one bridge, however many copies of this package it has loaded. */
export function sharedBridge(): Bridge {
  const holder = globalThis as { [KEY]?: Bridge };
  if (holder[KEY] === undefined)
    Object.defineProperty(holder, KEY, { value: connect(), configurable: true });
  return holder[KEY] as Bridge;
}
