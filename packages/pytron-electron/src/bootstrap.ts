// The port in the page (spec/view.md, section 5). This one function runs in the page's own world, as
// text, before any page code: it must not refer to anything outside itself.

/** What the preload tells it. */
export interface Given {
  /** Marks the message that brings the channel to Python. */
  token: string;
  origin: string;
  parts: string;
}

type Parts = readonly ArrayBuffer[];

/** Makes `window.__pytron__`. */
export function bootstrap(given: Given): void {
  // A larger frame's parts go up in pieces, which Python's side puts into a file meanwhile.
  const LARGE = 2 ** 20;
  const PIECE = 4 * 2 ** 20;
  const FRAMES = 32; // read without telling the host
  const UNREAD = 65536; // characters, the same
  const REPORT_MS = 20; // and no longer than this

  // The page may replace any of these later.
  const { isView } = ArrayBuffer;
  const { ArrayBuffer: Memory, Uint8Array: Bytes, TypeError: Mistake, Error: Failure } = window;
  const { fetch, setTimeout } = window;
  const report = window.reportError ?? ((error: unknown) => console.error(error));

  let current: { receive(text: string, parts?: Parts): void } | null = null;
  let channel: MessagePort | null = null;
  let early: unknown[] = [];
  let unread = 0;
  let told = 0;
  let got = 0;
  let reporting = false;

  function post(message: unknown): void {
    if (channel === null) early.push(message);
    else channel.postMessage(message);
  }

  function down(event: MessageEvent): void {
    const text: string = typeof event.data === "string" ? event.data : event.data[0];
    got += 1;
    unread += text.length;
    try {
      if (typeof event.data === "string") current?.receive(text);
      else current?.receive(text, event.data.slice(1));
    } catch (error) {
      report(error);
    }
    if (got - told >= FRAMES || unread > UNREAD) tell();
    else if (!reporting) {
      reporting = true;
      setTimeout(tellLater, REPORT_MS);
    }
  }

  function tell(): void {
    told = got;
    unread = 0;
    post(got);
  }

  function tellLater(): void {
    reporting = false;
    if (got > told) tell();
  }

  // First on the window, and ours are the only messages that carry the token.
  window.addEventListener(
    "message",
    function adopt(event: MessageEvent) {
      if (channel !== null || event.source !== window || event.data !== given.token) return;
      event.stopImmediatePropagation();
      window.removeEventListener("message", adopt, true);
      channel = event.ports[0] as MessagePort;
      for (const message of early) channel.postMessage(message);
      early = [];
      channel.onmessage = down;
    },
    true,
  );

  function bytesOf(part: unknown): Uint8Array {
    if (part instanceof Memory) return new Bytes(part);
    if (isView(part)) return new Bytes(part.buffer, part.byteOffset, part.byteLength);
    throw new Mistake("a part is no buffer");
  }

  /** Memory that holds nothing else: all of what a view looks into would be sent. */
  function alone(bytes: Uint8Array): ArrayBufferLike {
    const { buffer, byteLength } = bytes;
    return buffer.byteLength === byteLength && buffer instanceof Memory
      ? buffer
      : bytes.slice().buffer;
  }

  function sendParts(text: string, parts: readonly Uint8Array[]): void {
    const sizes = parts.map((part) => part.byteLength);
    if (sizes.reduce((sum, size) => sum + size, 0) <= LARGE) {
      post([{ text }, ...parts.map(alone)]);
      return;
    }
    for (const part of parts)
      for (let at = 0; at < part.byteLength; at += PIECE) post(part.slice(at, at + PIECE).buffer);
    post([{ text, sizes }]);
  }

  function open(receive: (text: string, parts?: Parts) => void) {
    if (typeof receive !== "function") throw new Mistake("open() takes a function");
    const mine = { receive };
    current = mine;
    got = told = unread = 0;
    post(true);
    return {
      send(frame: string, parts?: Iterable<unknown>) {
        if (current !== mine) throw new Mistake("this port was opened again elsewhere");
        if (typeof frame !== "string") throw new Mistake("a frame is a string");
        const list = parts === undefined ? [] : [...parts].map(bytesOf);
        if (list.length === 0) post(frame);
        else sendParts(frame, list);
      },
    };
  }

  /** The bytes that a frame's head names. */
  async function part(id: string, size: number): Promise<ArrayBuffer> {
    try {
      const bytes = await (await fetch(`${given.parts}/${id}`)).arrayBuffer();
      if (bytes.byteLength !== size)
        throw new Failure(`${bytes.byteLength} bytes instead of ${size}`);
      return bytes;
    } finally {
      post(["taken", id]);
    }
  }

  // The engine's own would close the window without asking anyone.
  window.close = () => post(false);
  const { origin } = given;
  const port = { version: 1, kind: "chrome", transport: "channel", origin, open, part };
  Object.defineProperty(window, "__pytron__", { value: Object.freeze(port) });
}
