/** A Python that the tests can see into: a server, and a session file that tells of it. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type WebSocket, WebSocketServer } from "ws";
import type { Session } from "../src/session.js";

export interface Python {
  url: string;
  requests: IncomingMessage[];
  sockets: WebSocket[];
  close(): Promise<void>;
}

/** Answers every request with what it saw, and echoes on sockets. */
export async function startPython(): Promise<Python> {
  const requests: IncomingMessage[] = [];
  const sockets: WebSocket[] = [];
  const server = createServer((req, res) => {
    requests.push(req);
    res.setHeader("content-type", "text/plain");
    res.end(`python ${req.method} ${req.url}`);
  });
  const wss = new WebSocketServer({ server });
  wss.on("connection", (socket, req) => {
    requests.push(req);
    sockets.push(socket);
    socket.on("message", (data, binary) => socket.send(data, { binary }));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    sockets,
    close: () => closed(server, sockets),
  };
}

function closed(server: Server, sockets: WebSocket[]): Promise<void> {
  for (const socket of sockets) socket.terminate();
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}

/** A project with a page, in a folder of its own. */
export class Project {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "pytron-vite-")));
  readonly root = join(this.folder, "frontend");

  constructor() {
    this.write("pyproject.toml", '[tool.pytron]\napp = "app.py"\n');
    this.write("frontend/index.html", '<script type="module" src="/src/main.js"></script>');
    this.write("frontend/src/main.js", "console.log(1);\n");
  }

  write(name: string, text: string): void {
    const path = join(this.folder, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  }

  get place(): string {
    return join(this.folder, ".pytron", "dev.json");
  }

  tell(session: Partial<Session>): void {
    const whole = {
      version: 1,
      pid: process.pid,
      url: "",
      token: "secret",
      python: "",
      app: "",
      epoch: "1",
      routes: [],
      error: null,
      ...session,
    };
    this.write(".pytron/dev.json", JSON.stringify(whole));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
