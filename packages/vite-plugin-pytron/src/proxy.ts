/**
 * Passing on to Python what is Python's: spec/dev.md, section 2.
 *
 * Not a library's proxy: the target changes while it runs, and what may pass is decided here.
 */
import {
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
  type ServerResponse,
} from "node:http";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import type { Session, Sessions } from "./session.js";

const TOKEN = "pytron-token";
const OWN = "/_pytron/";

/** Whether Python answers this request. */
export function isPythons(req: IncomingMessage, routes: readonly string[]): boolean {
  const path = pathOf(req.url ?? "/");
  if (path.startsWith(OWN)) return true;
  return (
    (req.method === "GET" || req.method === "HEAD") && routes.some((route) => fits(path, route))
  );
}

function pathOf(target: string): string {
  return target.split(/[?#]/, 1)[0] ?? "/";
}

/** Whether a path fits a pattern of `@app.asset`: literals, `{name}`, and `{rest:path}` at the end. */
export function fits(path: string, pattern: string): boolean {
  const names = path.split("/").filter((name) => name !== "");
  const parts = pattern.split("/").filter((part) => part !== "");
  const open = parts.at(-1)?.endsWith(":path}") === true;
  if (open) parts.pop();
  if (open ? names.length < parts.length : names.length !== parts.length) return false;
  return parts.every((part, index) => matcher(part).test(names[index] ?? ""));
}

function matcher(part: string): RegExp {
  const literals = part
    .split(/\{[^}]*\}/)
    .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${literals.join("[^/]+")}$`);
}

/** Names besides those of this machine that Vite answers to: its `server.allowedHosts`. */
export type Hosts = true | readonly string[];

/** Why a request must not speak for the app, or undefined. */
export function refusal(req: IncomingMessage, hosts: Hosts, upgrade: boolean): string | undefined {
  const { headers } = req;
  if (!isHere(req.socket.remoteAddress ?? ""))
    return "the app answers only browsers of this machine; pytron serve is for others";
  // A name that was rebound to this machine has pages whose origin is that name's, too.
  if (!isKnown(headers.host ?? "", hosts))
    return `${headers.host} is no name of this server; add it to Vite's server.allowedHosts`;
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none")
    return "a page of another site asks for what is the app's";
  if (headers.origin === undefined) return upgrade ? "a browser would send an Origin" : undefined;
  try {
    const { host, protocol } = new URL(headers.origin);
    if (host === headers.host && /^https?:$/.test(protocol)) return undefined;
  } catch {
    // "null" and the like
  }
  return `${headers.origin} is not the origin of this page`;
}

/** Whether an address is this machine's loopback. */
function isHere(address: string): boolean {
  return /^(::ffff:)?127\./.test(address) || address === "::1";
}

/** Whether a Host is a name that nobody else can give to this machine. */
export function isKnown(host: string, hosts: Hosts): boolean {
  const name = host
    .replace(/:\d+$/, "")
    .replace(/^\[(.*)\]$/, "$1")
    .toLowerCase();
  if (hosts === true || isIP(name) !== 0) return true;
  return ["localhost", ".localhost", ...hosts].some((known) =>
    known.startsWith(".") ? name === known.slice(1) || name.endsWith(known) : name === known,
  );
}

function headersFor(req: IncomingMessage, session: Session): OutgoingHttpHeaders {
  const { host, [TOKEN]: _, ...rest } = req.headers;
  return {
    ...rest,
    host: new URL(session.url).host,
    [TOKEN]: session.token,
    ...originFor(req, session),
  };
}

/** Python sees its own origin: it knows nothing of Vite's, and the check was made here. */
function originFor(req: IncomingMessage, session: Session): OutgoingHttpHeaders {
  return req.headers.origin === undefined ? {} : { origin: new URL(session.url).origin };
}

/** Answers a request from Python. */
export async function pass(
  req: IncomingMessage,
  res: ServerResponse,
  sessions: Sessions,
  hosts: Hosts,
): Promise<void> {
  const reason = refusal(req, hosts, false);
  if (reason !== undefined) {
    deny(res, 403, "not_allowed", reason);
    return;
  }
  const session = await sessions.settled();
  if (session === undefined || session.url === "") {
    deny(res, 503, "no_backend", absent(session));
    return;
  }
  const up = request(
    new URL(req.url ?? "/", session.url),
    { method: req.method ?? "GET", headers: headersFor(req, session) },
    (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    },
  );
  up.on("error", () => {
    if (res.headersSent) res.destroy();
    else deny(res, 503, "no_backend", "Python does not answer; it may be starting again");
  });
  res.on("close", () => up.destroy());
  req.pipe(up);
}

function absent(session: Session | undefined): string {
  if (session === undefined) return "no app runs in this project; start it with: pytron dev";
  return session.error === null
    ? "Python is starting"
    : `Python does not run: ${session.error.name}: ${session.error.message}`;
}

function deny(res: ServerResponse, status: number, code: string, message: string): void {
  res.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  res.end(JSON.stringify({ code, message }));
}

/** Joins a WebSocket to Python. */
export async function join(
  req: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  sessions: Sessions,
  hosts: Hosts,
): Promise<void> {
  const reason = refusal(req, hosts, true);
  if (reason !== undefined) {
    hangUp(socket, "403 Forbidden");
    return;
  }
  socket.on("error", () => socket.destroy());
  const session = await sessions.settled();
  if (session === undefined || session.url === "") {
    hangUp(socket, "503 Service Unavailable");
    return;
  }
  const up = request(new URL(req.url ?? "/", session.url), { headers: headersFor(req, session) });
  up.on("upgrade", (answer, python, rest) => {
    const lines = [`HTTP/1.1 101 ${answer.statusMessage ?? "Switching Protocols"}`];
    for (let at = 0; at + 1 < answer.rawHeaders.length; at += 2)
      lines.push(`${answer.rawHeaders[at]}: ${answer.rawHeaders[at + 1]}`);
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    if (rest.length > 0) socket.write(rest);
    if (head.length > 0) python.write(head);
    for (const [from, to] of [
      [python, socket],
      [socket, python],
    ] as const) {
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => to.destroy());
    }
  });
  up.on("response", (answer) => hangUp(socket, `${answer.statusCode} ${answer.statusMessage}`));
  up.on("error", () => hangUp(socket, "503 Service Unavailable"));
  socket.on("close", () => up.destroy());
  if (socket.destroyed) up.destroy();
  up.end();
}

function hangUp(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
