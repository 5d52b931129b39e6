// The app's own origin: every request goes to Python, every answer comes from there.
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import type { Protocol, ProtocolRequest, ProtocolResponse } from "electron";
import type { Sender } from "./link.js";
import { HOST, ORIGIN, SCHEME } from "./wire.js";

/** Headers that Python is told (spec/view.md, section 4). */
const TOLD = new Set([
  "range",
  "if-none-match",
  "if-modified-since",
  "accept",
  "origin",
  "referer",
]);
/** Read from a file at once. */
const READ_BYTES = 2 ** 20;

type Answer = (response: NodeJS.ReadableStream | ProtocolResponse) => void;

/** Whose requests arrive at one session's protocol. */
export interface Audience {
  /** The window whose pages have this user agent, 0 when none is left. */
  windowOf(agent: string): number;
  trusts(origin: string): boolean;
}

interface Waiting {
  answer: Answer;
  foreign: string | undefined;
}

/** Asset requests under way. */
export class Assets {
  private readonly sender: Sender;
  private readonly waiting = new Map<number, Waiting>();
  private readonly streams = new Map<number, AssetStream>();
  private serial = 0;

  constructor(sender: Sender) {
    this.sender = sender;
  }

  /** Serves the app's origin to the pages of a session. */
  serve(protocol: Protocol, audience: Audience): void {
    protocol.registerStreamProtocol(SCHEME, (request, answer) =>
      this.ask(request, answer, audience),
    );
  }

  private ask(request: ProtocolRequest, answer: Answer, audience: Audience): void {
    const headers: Record<string, string> = {};
    let agent = "";
    for (const [name, value] of Object.entries(request.headers)) {
      const key = name.toLowerCase();
      if (TOLD.has(key)) headers[key] = value;
      if (key === "user-agent") agent = value;
    }
    if (request.referrer !== "") headers.referer ??= request.referrer;
    const { host, pathname, search } = new URL(request.url);
    const from = headers.origin;
    if (host !== HOST || (from !== undefined && !audience.trusts(from))) {
      answer(plain(403));
      return;
    }
    const foreign = from === undefined || from === ORIGIN ? undefined : from;
    if (request.method === "OPTIONS") {
      answer({ ...plain(204), headers: shared(foreign) });
      return;
    }
    const number = ++this.serial;
    this.waiting.set(number, { answer, foreign });
    this.sender.send({
      kind: "asset",
      request: number,
      window: audience.windowOf(agent),
      method: request.method,
      target: pathname + search,
      headers,
    });
  }

  /** Python's answer to a request. */
  respond(message: Record<string, unknown>, parts: readonly Buffer[]): void {
    const number = message.request as number;
    const waiting = this.waiting.get(number);
    if (waiting === undefined) return;
    this.waiting.delete(number);
    const given = message.headers as [string, string][];
    const headers = { ...grouped(given), ...shared(waiting.foreign) };
    const file = message.file as { path: string; offset: number; length: number } | undefined;
    let data: Readable;
    if (file !== undefined) data = slice(file.path, file.offset, file.length);
    else if (message.stream === true) data = this.stream(number);
    else data = whole(parts[0]);
    waiting.answer({ statusCode: message.status as number, headers, data });
  }

  private stream(number: number): Readable {
    const stream = new AssetStream(number, this.sender, () => this.streams.delete(number));
    this.streams.set(number, stream);
    return stream;
  }

  /** A piece of a body that comes piece by piece. */
  chunk(message: Record<string, unknown>, parts: readonly Buffer[]): void {
    const stream = this.streams.get(message.request as number);
    if (stream === undefined) return;
    // The page must not take half a body for a whole one.
    if (message.failed === true) stream.destroy(new Error("the body ended early"));
    else if (message.end === true) stream.push(null);
    else if (parts[0] !== undefined) stream.piece(parts[0]);
  }
}

/** A body that Python makes while the page reads. It begins with credit for a few pieces. */
class AssetStream extends Readable {
  private readonly number: number;
  private readonly sender: Sender;
  private readonly gone: () => void;
  private owed = 0;

  constructor(number: number, sender: Sender, gone: () => void) {
    super({ highWaterMark: READ_BYTES });
    this.number = number;
    this.sender = sender;
    this.gone = gone;
  }

  piece(bytes: Buffer): void {
    this.owed += 1;
    if (this.push(bytes)) this._read();
  }

  override _read(): void {
    if (this.owed === 0) return;
    this.sender.send({ kind: "credit", request: this.number, count: this.owed });
    this.owed = 0;
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.gone();
    if (!this.readableEnded) this.sender.send({ kind: "drop", request: this.number });
    done(error);
  }
}

function whole(body: Buffer | undefined): Readable {
  const stream = new Readable({ read() {} });
  if (body !== undefined && body.length > 0) stream.push(body);
  stream.push(null);
  return stream;
}

function slice(path: string, offset: number, length: number): Readable {
  if (length === 0) return whole(undefined);
  const end = offset + length - 1;
  return createReadStream(path, { start: offset, end, highWaterMark: READ_BYTES });
}

function plain(statusCode: number): ProtocolResponse {
  return { statusCode, headers: { "content-type": "text/plain" }, data: whole(undefined) as never };
}

function grouped(pairs: readonly (readonly [string, string])[]): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of pairs) {
    const before = headers[name];
    headers[name] = before === undefined ? value : [before, value].flat();
  }
  return headers;
}

/** What lets a trusted page of another origin read an answer. */
function shared(foreign: string | undefined): Record<string, string> {
  if (foreign === undefined) return {};
  return {
    "access-control-allow-origin": foreign,
    "access-control-allow-headers": "range",
    "access-control-expose-headers": "content-range",
  };
}
