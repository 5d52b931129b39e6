/**
 * For development servers other than Vite: what their launcher needs to pass on what is Python's.
 */
import type { IncomingMessage, RequestListener } from "node:http";
import type { Duplex } from "node:stream";
import { isPythons, join, pass } from "./proxy.js";
import { Sessions } from "./session.js";

type Upgrade = (req: IncomingMessage, socket: Duplex, head: Buffer) => unknown;

/** Puts Python before the handlers of a server: what is not Python's is theirs. */
export function beforeOf(place: string, request: RequestListener, upgrade: Upgrade) {
  const sessions = new Sessions(place, () => {});
  return {
    request: ((req, res) => {
      if (isPythons(req, sessions.current?.routes ?? [])) void pass(req, res, sessions, []);
      else request(req, res);
    }) satisfies RequestListener,
    upgrade: ((req, socket, head) => {
      if (isPythons(req, [])) void join(req, socket, head, sessions, []);
      else upgrade(req, socket, head);
    }) satisfies Upgrade,
  };
}
