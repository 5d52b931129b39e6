/** What the plugin does while Vite serves: the proxy, the types, the overlay. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join as joinPath } from "node:path";
import type { ViteDevServer } from "vite";
import { type Contract, moduleOf, pythonOf, typesOf, writeTypes } from "./contract.js";
import { Overlay } from "./overlay.js";
import { type Hosts, isPythons, join, pass } from "./proxy.js";
import { Address, placeOf, projectOf, type Session, Sessions } from "./session.js";
import { PythonSources } from "./sources.js";

export const VIRTUAL = "virtual:pytron";
export const RESOLVED = `\0${VIRTUAL}`;

export interface DevelopmentOptions {
  app: string | undefined;
  python: string | undefined;
  types: boolean;
  policy: string | undefined;
}

/** The running plugin of one development server. */
export class Development {
  private readonly server: ViteDevServer;
  private readonly options: DevelopmentOptions;
  private readonly project: string;
  private readonly overlay: Overlay;
  private readonly sessions: Sessions;
  private readonly address: Address;
  private sources: PythonSources | undefined;
  private contract: Contract | undefined;
  private told: Promise<void> | undefined;
  private again = false;
  /** Of the app whose types were asked for last. */
  private epoch = "";
  private closed = false;
  /** Where the types of the virtual module go; set when a page first imports it. */
  private wanted = false;

  constructor(server: ViteDevServer, options: DevelopmentOptions) {
    this.server = server;
    this.options = options;
    this.project = projectOf(server.config.root);
    this.overlay = new Overlay(server);
    const place = placeOf(server.config.root);
    this.address = new Address(place);
    this.sessions = new Sessions(place, () => this.follow(this.sessions.current));
    this.follow(this.sessions.current);
    this.serve();
    this.listen();
    if (options.types) {
      this.sources = new PythonSources(this.project, () => {
        // Where `pytron dev` runs, the app that has come up anew is the change; see `follow`.
        if (this.sessions.current === undefined) void this.refresh();
      });
      if (this.sessions.current === undefined) void this.refresh();
    }
  }

  private follow(session: Session | undefined): void {
    if (this.closed) return;
    this.overlay.set("run", session?.error ?? undefined);
    const epoch = session?.epoch ?? "";
    if (epoch === this.epoch) return;
    this.epoch = epoch;
    // Only now: the app must not wait for what looks at its code a second time.
    if (epoch !== "" && this.options.types) void this.refresh();
  }

  private get hosts(): Hosts {
    const { allowedHosts, host } = this.server.config.server;
    if (allowedHosts === true) return true;
    return [...(allowedHosts ?? []), ...(typeof host === "string" ? [host] : [])];
  }

  private serve(): void {
    this.server.middlewares.use((req, res, next) => {
      if (this.options.policy !== undefined && req.headers.accept?.includes("text/html"))
        res.setHeader("Content-Security-Policy", this.options.policy);
      const session = this.sessions.current;
      if (isPythons(req, session?.routes ?? [])) void pass(req, res, this.sessions, this.hosts);
      else next();
    });
  }

  private listen(): void {
    const http = this.server.httpServer;
    if (http === null) return; // Vite inside another server, which has upgrades of its own
    http.on("upgrade", (req: IncomingMessage, socket, head: Buffer) => {
      if (isPythons(req, [])) void join(req, socket, head, this.sessions, this.hosts);
    });
    http.on("listening", () => {
      const found = http.address();
      if (found === null || typeof found === "string") return;
      const { protocol, host } = new URL(this.server.resolvedUrls?.local[0] ?? "http://localhost");
      const name = host.split(":", 1)[0] || "localhost";
      this.address.write(`${protocol}//${name}:${found.port}`);
    });
    http.on("close", () => this.close());
    process.once("exit", this.close);
  }

  /** Asks Python for its types; one at a time, and once more when something changed meanwhile. */
  private refresh(): Promise<void> {
    if (this.told !== undefined) {
      this.again = true;
      return this.told;
    }
    this.told = this.ask().finally(() => {
      this.told = undefined;
      if (this.again && !this.closed) {
        this.again = false;
        void this.refresh();
      }
    });
    return this.told;
  }

  private async ask(): Promise<void> {
    const session = this.sessions.current;
    const python = this.options.python ?? (session?.python || pythonOf(this.project));
    const app = this.options.app ?? (session?.app || undefined);
    const found = await writeTypes(this.project, python, app);
    if (this.closed) return;
    if ("failure" in found) {
      this.overlay.set("types", found.failure);
      this.server.config.logger.error(`pytron: ${found.failure.trace}`, { timestamp: true });
      return;
    }
    this.overlay.set("types", undefined);
    const before = this.contract;
    this.contract = found.contract;
    this.renew();
    this.exchange(before);
    if (found.changed) this.server.config.logger.info("pytron: types written", { timestamp: true });
  }

  /** The source of the virtual module, as soon as Python has told. */
  async source(): Promise<string> {
    this.wanted = true;
    if (this.contract === undefined && this.options.types) void this.refresh();
    await this.told;
    this.renew();
    return moduleOf(this.contract);
  }

  private renew(): void {
    if (this.wanted && this.contract !== undefined)
      writeVirtualTypes(this.server.config.root, this.contract);
  }

  /** Pages that import the virtual module get the functions that are there now. */
  private exchange(before: Contract | undefined): void {
    const module = this.server.moduleGraph.getModuleById(RESOLVED);
    if (module === undefined || moduleOf(before) === moduleOf(this.contract)) return;
    void this.server.reloadModule(module);
  }

  readonly close = (): void => {
    if (this.closed) return;
    this.closed = true;
    process.off("exit", this.close);
    this.sessions.close();
    this.sources?.close();
    this.address.remove();
  };
}

/** Writes the types of the virtual module beside the page's sources. */
export function writeVirtualTypes(root: string, contract: Contract): void {
  const place = joinPath(root, "src", "pytron-virtual.d.ts");
  const types = typesOf(contract);
  try {
    if (!existsSync(place) || readFileSync(place, "utf-8") !== types) writeFileSync(place, types);
  } catch {
    // No such folder: the module works, its functions are not known to the compiler.
  }
}
