// Runs in the main frame of every document, in a world of its own and in Chromium's sandbox. It gives
// the app's pages their port and nothing else.
import { ipcRenderer, webFrame } from "electron";
import { bootstrap, type Given } from "./bootstrap.js";
import { followFiles } from "./dropping.js";

const ORIGINS = "--pytron-origins=";
const SCRIPT = "--pytron-script";

/** Opens the channel and puts the port into the page. */
function join(origins: readonly string[]): void {
  const token = crypto.randomUUID();
  const { port1, port2 } = new MessageChannel();
  const given: Given = { token, origin: origins[0] ?? "", parts: "pytron-part://localhost" };
  // At once: a script that runs at document start is evaluated before this returns.
  void webFrame.executeJavaScript(`(${bootstrap})(${JSON.stringify(given)})`);
  window.postMessage(token, "*", [port1]);
  ipcRenderer.postMessage("pytron-port", null, [port2]);
  followFiles((drop) => ipcRenderer.send("pytron-drop", drop));
  if (process.argv.includes(SCRIPT))
    void webFrame.executeJavaScript(String(ipcRenderer.sendSync("pytron-script")));
}

const given = process.argv.find((word) => word.startsWith(ORIGINS));
const origins = given === undefined ? [] : given.slice(ORIGINS.length).split(",");
// Not `location`: a sandboxed document has the app's address and nobody's origin. The host looks at
// the sender again before it listens.
if (window.top === window && origins.includes(self.origin)) join(origins);
