import pytron from "/_pytron/client.js";

let receive = () => {};
pytron.on("tick", (value) => receive(value));

export const adapter = {
  ready: pytron.ready,
  call: (name, ...args) => pytron.call(name, args),
  listen: (next) => {
    receive = next;
  },
  download: () => pytron.call("download", []),
  upload: (buffer) => pytron.call("upload", [buffer]),
};
