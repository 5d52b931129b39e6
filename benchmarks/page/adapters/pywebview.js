// pywebview: `pywebview.api.NAME(...)`; bytes have no way but base64 in a string.
window.receive = () => {};

export const adapter = {
  ready: new Promise((resolve) => {
    if (window.pywebview?.api?.ping) resolve();
    else window.addEventListener("pywebviewready", () => resolve(), { once: true });
  }),
  call: (name, ...args) => window.pywebview.api[name](...args),
  listen: (next) => {
    window.receive = next;
  },
  download: async () => Uint8Array.fromBase64(await window.pywebview.api.download()).buffer,
  upload: (buffer) => window.pywebview.api.upload(new Uint8Array(buffer).toBase64()),
};
