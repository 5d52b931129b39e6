// The floor: WebKit's own message handler with reply, answered in Rust, with the calls of one
// microtask in one message, as any sensible client would send them. Bytes go over the app's scheme.
const port = window.webkit.messageHandlers.floor;
let waiting = [];

async function flush() {
  const batch = waiting;
  waiting = [];
  try {
    const text = await port.postMessage(JSON.stringify(batch.map(({ call }) => call)));
    const answers = JSON.parse(text);
    for (let index = 0; index < batch.length; index++) batch[index].resolve(answers[index]);
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}

let receive = () => {};
window.receive = (values) => {
  for (const value of values) receive(value);
};

export const adapter = {
  ready: Promise.resolve(),
  call: (name, ...args) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) queueMicrotask(flush);
      waiting.push({ call: [name, ...args], resolve, reject });
    }),
  listen: (next) => {
    receive = next;
  },
  download: async () => (await fetch("/download")).arrayBuffer(),
  upload: async (buffer) =>
    Number(await (await fetch("/upload", { method: "POST", body: buffer })).text()),
};
