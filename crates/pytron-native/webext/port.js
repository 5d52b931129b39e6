// The port of the fast path (spec/view.md, sections 5 and 6), made before any page code runs. The
// native functions stay in this closure: same-origin frames can reach the page's globals.
(function (sendNative, listen, origin) {
  "use strict";
  const { isView } = ArrayBuffer;
  const { apply } = Reflect;
  const { ArrayBuffer: Memory, TypeError: Mistake } = window;
  const report = window.reportError || ((error) => console.error(error));
  // WebKit tells of unhandled rejections when its own code leaves JavaScript. `down` is called past
  // it, so a promise rejected there went unnoticed for as long as the page did nothing else.
  const NOTICE_MS = 50;
  const later = window.setTimeout.bind(window);
  let current = null;
  let noticing = false;

  function noticeRejections() {
    if (noticing) return;
    noticing = true;
    later(() => {
      noticing = false;
    }, NOTICE_MS);
  }

  function down(text, ...parts) {
    if (current === null) return;
    try {
      current.receive(text, parts.map((part) => (isView(part) ? part.buffer : part)));
    } catch (error) {
      report(error);
    }
    noticeRejections();
  }

  function open(receive) {
    if (typeof receive !== "function") throw new Mistake("open() takes a function");
    const mine = { receive };
    current = mine;
    listen(down);
    return {
      send(frame, parts) {
        if (current !== mine) throw new Mistake("this port was opened again elsewhere");
        if (typeof frame !== "string") throw new Mistake("a frame is a string");
        if (!parts || parts.length === 0) {
          sendNative(frame);
          return;
        }
        const list = [...parts];
        for (const part of list)
          if (!isView(part) && !(part instanceof Memory)) throw new Mistake("a part is no buffer");
        apply(sendNative, null, [frame, ...list]);
      },
    };
  }

  const port = Object.freeze({ version: 1, kind: "native", transport: "extension", origin, open });
  Object.defineProperty(window, "__pytron__", { value: port });
})
