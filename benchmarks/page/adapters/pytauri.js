// PyTauri: `pyInvoke(NAME, body)` with one body, JSON or bytes. Events come by a channel, which is
// what Tauri's documentation advises for many of them; each push needs a new one.
const { Channel } = window.__TAURI__.core;
const { pyInvoke } = window.__TAURI__.pytauri;

let receive = () => {};

function push(count, group) {
  const channel = new Channel();
  channel.onmessage = (value) => receive(value);
  return pyInvoke("push", { channel, count, group });
}

/** A function of several arguments takes them as one list, which the app's body type names. */
function body(args) {
  if (args.length === 0) return undefined;
  return args.length === 1 ? args[0] : args;
}

export const adapter = {
  ready: Promise.resolve(),
  call: (name, ...args) => (name === "push" ? push(...args) : pyInvoke(name, body(args))),
  listen: (next) => {
    receive = next;
  },
  download: () => pyInvoke("download"),
  upload: (buffer) => pyInvoke("upload", buffer),
};
