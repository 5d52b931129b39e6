// The port (spec/view.md, section 5). Runs at document start, before any page code, with what the
// host passes. It also runs in documents that must get nothing: it looks where it is first.
(function (secret, origins, home, mode) {
  "use strict";
  const here = location.protocol + "//" + location.host;
  if (window !== window.top || !origins.includes(here)) return;
  // The web process extension was quicker, and its port is too.
  if (Object.hasOwn(window, "__pytron__")) return;

  // The page may replace any of these later; the secret must not reach what it puts there.
  const { apply } = Reflect;
  const { then } = Promise.prototype;
  const { isView } = ArrayBuffer;
  const { fetch, queueMicrotask, ArrayBuffer: Memory, TypeError: Mistake, Promise: Later } = window;
  const { text: bodyText } = Response.prototype;
  const { report } = { report: window.reportError || ((error) => console.error(error)) };
  const all = Later.all.bind(Later);
  const { chrome, ipc, webkit } = window;
  const target = mode === "ipc" || mode === "posted" ? ipc : webkit.messageHandlers.pytron;
  const post = target.postMessage.bind(target);
  const after = (promise, done, failed) => apply(then, promise, [done, failed]);

  const WANTED = 2; // replies outstanding while nothing happens: what the host can push through
  const UNREAD = 65536; // characters read without telling the host
  const FRAMES = 4; // the same for frames where there are no replies

  let current = null; // what `open` was given last
  let uploads = null; // the frame that waits for its parts, and those behind it
  let got = 0;
  let unread = 0;
  let frames = 0;
  let outstanding = 0;

  function up(tag, parts, text) {
    unread = 0;
    frames = 0;
    const promise = post(secret + tag + got + ";" + parts + ";" + text);
    if (mode !== "reply") return;
    outstanding += 1;
    after(promise, replied, lost);
  }

  function lost() {
    outstanding -= 1;
  }

  function replied(text) {
    outstanding -= 1;
    if (!text) return; // none, or the host ends
    down(text);
  }

  function down(text) {
    got += 1;
    frames += 1;
    unread += text.length;
    try {
      if (current) current.receive(text);
    } catch (error) {
      report(error);
    }
    // A frame with a head, `[{"kind":"head"`, is short, but the host counts its parts: without word
    // of it the next one would not be sent. (`hello` has another third letter.)
    const headed = text[10] === "h" && text[12] === "a";
    const due = mode === "reply" ? outstanding < WANTED : frames >= FRAMES || headed;
    if (due || unread > UNREAD) up("p", "", "");
  }

  // Posted at once, so that the page may change the memory afterwards.
  function upload(part) {
    if (!isView(part) && !(part instanceof Memory)) throw new Mistake("a part is no buffer");
    const request = { method: "POST", body: part, headers: { "x-pytron-secret": secret } };
    return after(fetch(home + "/_pytron/part", request), (response) =>
      response.ok ? apply(bodyText, response, []) : "",
    );
  }

  function sendLater(frame, parts) {
    const ids = parts.map(upload);
    const post = (list) => up("f", list.join(","), frame);
    // A part that did not arrive leaves the frame without any: the kit then refuses the message.
    const arrived = after(all(ids), (list) => (list.includes("") ? [] : list), () => []);
    const mine = after(all([arrived, uploads]), ([list]) => {
      if (uploads === mine) uploads = null;
      post(list);
    });
    uploads = mine;
  }

  function open(receive) {
    if (typeof receive !== "function") throw new Mistake("open() takes a function");
    const mine = { receive };
    current = mine;
    got = 0;
    up("o", "", "");
    if (mode === "reply") up("p", "", "");
    return {
      send(frame, parts) {
        if (current !== mine) throw new Mistake("this port was opened again elsewhere");
        if (typeof frame !== "string") throw new Mistake("a frame is a string");
        if (parts?.length > 0) sendLater(frame, [...parts]);
        else if (uploads) sendLater(frame, []);
        else up("f", "", frame);
      },
    };
  }

  // Parts in shared memory: bytes that have come, or whoever waits for them.
  const shared = new Map();

  function share(event) {
    const { part: id } = event.additionalData;
    const mapped = event.getBuffer();
    // A copy, for the page may write into its bytes and give them to workers; a mapping can neither.
    const bytes = mapped.slice(0);
    chrome.webview.releaseBuffer(mapped);
    const waiting = shared.get(id);
    if (typeof waiting === "function") waiting(bytes);
    else shared.set(id, bytes);
  }

  // What the host has shared, if it says that it has: its name then begins with s.
  function part(id) {
    if (typeof id !== "string") return undefined;
    return new Later((done) => {
      const take = (bytes) => {
        shared.delete(id);
        done(bytes);
      };
      const bytes = shared.get(id);
      if (bytes) take(bytes);
      else shared.set(id, take);
    });
  }

  // Files that are dropped: only WebView2 itself can tell their paths, of what the page hands it.
  function drops() {
    const { webview } = chrome;
    const files = webview.postMessageWithAdditionalObjects?.bind(webview);
    if (!files) return; // a runtime older than 2023
    const tell = (phase, event, more, list) =>
      files({ secret, phase, x: event.clientX, y: event.clientY, ...more }, list);
    const carries = (event) => event.dataTransfer?.types.includes("Files");
    let told = 0;
    const over = (event) => {
      if (!carries(event)) return;
      if (!event.defaultPrevented) event.preventDefault(); // else it is shown in the page's place
      if (event.timeStamp - told < 50) return;
      told = event.timeStamp;
      tell("over", event, {}, []);
    };
    const drop = (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      const near = event.composedPath().find((node) => typeof node.id === "string" && node.id);
      tell("drop", event, { element: near?.id ?? null }, event.dataTransfer.files);
    };
    const leave = (event) => {
      if (carries(event) && event.relatedTarget === null) tell("leave", event, {}, []);
    };
    // Last, so that the page's own handlers have had them.
    window.addEventListener("dragover", over);
    window.addEventListener("drop", drop);
    window.addEventListener("dragleave", leave);
  }

  // The engine's own would mark the document as closed even when the app then keeps it open.
  window.close = () => up("c", "", "");
  const port = { version: 1, kind: "native", transport: mode, origin: home, open };
  if (mode === "posted") {
    port.part = part;
    chrome.webview.addEventListener("message", (event) => down(event.data));
    chrome.webview.addEventListener("sharedbufferreceived", share);
    drops();
  }
  Object.defineProperty(window, "__pytron__", { value: Object.freeze(port) });
  if (mode !== "posted" && mode !== "reply")
    Object.defineProperty(window, "__pytron_receive__", { value: down });
})
