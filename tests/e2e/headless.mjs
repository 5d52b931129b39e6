// A page without a browser: the client, a page's script and as much around them as the suite's
// pages need. Python is at the other end of two pipes (headless.py).
import { createReadStream, createWriteStream } from "node:fs";
import { pathToFileURL } from "node:url";

const [, , script, address, ...joints] = process.argv;
const [down, up] = joints.map(Number);
const ORIGIN = "pytron://localhost";
const output = createWriteStream("", { fd: up });
const waiting = new Map();
let receive = () => {};
let serial = 0;

/** A message is its length, a head in JSON, and the bodies whose sizes the head has. */
function post(head, bodies = []) {
  const text = Buffer.from(JSON.stringify({ ...head, sizes: bodies.map((body) => body.byteLength) }));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(text.length);
  output.write(Buffer.concat([size, text, ...bodies]));
}

function take(head, bodies) {
  if (head.kind === "frame") {
    const [text, ...parts] = bodies;
    const own = parts.map((part) => part.buffer.slice(part.byteOffset, part.byteOffset + part.length));
    receive(text.toString(), own);
  } else {
    const { id, status, headers } = head;
    const body = [204, 304].includes(status) ? null : bodies[0];
    waiting.get(id)(new Response(body, { status, headers }));
    waiting.delete(id);
  }
}

/** Takes messages from pieces of the size that it asks for. */
function* messages() {
  for (;;) {
    const size = (yield 4).readUInt32LE();
    const head = JSON.parse((yield size).toString());
    const bodies = [];
    for (const length of head.sizes) bodies.push(length === 0 ? Buffer.alloc(0) : yield length);
    take(head, bodies);
  }
}

async function listen() {
  const taking = messages();
  let wanted = taking.next().value;
  let held = [];
  let have = 0;
  for await (const chunk of createReadStream("", { fd: down })) {
    held.push(chunk);
    have += chunk.length;
    while (have >= wanted) {
      const whole = Buffer.concat(held);
      held = [whole.subarray(wanted)];
      have -= wanted;
      wanted = taking.next(whole.subarray(0, wanted)).value;
    }
  }
  process.exit(0); // the window has closed
}

const page = new EventTarget();
Object.assign(globalThis, {
  addEventListener: page.addEventListener.bind(page),
  removeEventListener: page.removeEventListener.bind(page),
  location: {
    href: address,
    origin: ORIGIN,
    reload: () => post({ kind: "reload" }),
  },
  fetch: (target, { method = "GET", headers = {} } = {}) => {
    const id = serial++;
    const { pathname, search } = new URL(target, address);
    post({ kind: "asset", id, method, target: pathname + search, headers });
    return new Promise((answered) => waiting.set(id, answered));
  },
});
Object.defineProperty(globalThis, "__pytron__", {
  value: {
    version: 1,
    kind: "headless",
    origin: ORIGIN,
    open(receiver) {
      receive = receiver;
      return {
        send: (text, parts = []) => post({ kind: "frame" }, [Buffer.from(text), ...parts]),
      };
    },
  },
});
// In browsers neither ends a page.
process.on("unhandledRejection", (reason) => console.error(reason));
globalThis.reportError = (error) => {
  const told = Object.assign(new Event("error", { cancelable: true }), { error });
  if (page.dispatchEvent(told)) console.error(error);
};
void listen();
await import(pathToFileURL(script));
