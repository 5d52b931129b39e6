/**
 * How Vite finds the app: spec/dev.md, section 1.
 */
import {
  existsSync,
  type FSWatcher,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  watch,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

/** Why Python does not run. */
export interface Failure {
  name: string;
  message: string;
  trace: string;
  file?: string | null;
  line?: number | null;
}

/** What the session file says. */
export interface Session {
  pid: number;
  url: string;
  token: string;
  python: string;
  app: string;
  routes: string[];
  epoch: string;
  error: Failure | null;
}

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);
const NAME = join(".pytron", "dev.json");

/** The folder of the project that Vite's root belongs to. */
export function projectOf(root: string): string {
  for (let folder = root; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "pyproject.toml"))) return folder;
    if (dirname(folder) === folder) return root;
  }
}

/** Where the session file is. */
export function placeOf(root: string): string {
  return process.env.PYTRON_DEV_FILE ?? join(projectOf(root), NAME);
}

/** The session that a file tells of, if its app is alive. */
function readSession(place: string): Session | undefined {
  let found: Partial<Session> & { version?: number };
  try {
    found = JSON.parse(readFileSync(place, "utf-8"));
  } catch {
    return undefined; // none, or none any more
  }
  if (found.version !== 1 || typeof found.pid !== "number" || !isAlive(found.pid)) return undefined;
  const { url = "", token = "", python = "", app = "", epoch = "" } = found;
  if (url !== "" && !isLoopback(url)) return undefined;
  const { pid, routes = [], error = null } = found;
  return { pid, url, token, python, app, epoch, routes, error };
}

function isLoopback(url: string): boolean {
  try {
    const { protocol, hostname } = new URL(url);
    return protocol === "http:" && LOOPBACK.has(hostname);
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // somebody else's, but there
  }
}

/** How long a request waits for a Python that is being started. */
const START_MS = 20_000;

/** Follows the session file; calls back when it changes. */
export class Sessions {
  readonly place: string;
  private readonly watcher: FSWatcher | undefined;
  private readonly changed: () => void;
  private readonly waiting: (() => void)[] = [];

  constructor(place: string, changed: () => void) {
    this.place = place;
    this.changed = changed;
    // The folder, not the file: the file is replaced, and may not be there yet.
    const folder = dirname(place);
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      this.watcher = watch(folder, (_, name) => {
        if (name === basename(place)) this.notice();
      });
    } catch {
      this.watcher = undefined; // a project that may not be written: read at each request
    }
  }

  /** The session as it is now. */
  get current(): Session | undefined {
    return readSession(this.place);
  }

  /** The session once Python has started or cannot; as it is when that takes too long. */
  async settled(): Promise<Session | undefined> {
    const end = Date.now() + START_MS;
    for (;;) {
      const session = this.current;
      const starting = session !== undefined && session.url === "" && session.error === null;
      if (!starting || Date.now() >= end || this.watcher === undefined) return session;
      await new Promise<void>((done) => {
        const timer = setTimeout(done, end - Date.now());
        this.waiting.push(() => {
          clearTimeout(timer);
          done();
        });
      });
    }
  }

  private notice(): void {
    this.changed();
    for (const go of this.waiting.splice(0)) go();
  }

  close(): void {
    this.watcher?.close();
    for (const go of this.waiting.splice(0)) go();
  }
}

/** Tells where Vite listens: spec/dev.md, section 4. */
export class Address {
  private readonly place: string;

  constructor(sessionPlace: string) {
    this.place = join(dirname(sessionPlace), "vite.json");
  }

  write(url: string): void {
    const part = `${this.place}.${process.pid}.part`;
    try {
      mkdirSync(dirname(this.place), { recursive: true, mode: 0o700 });
      writeFileSync(part, JSON.stringify({ version: 1, pid: process.pid, url }));
      renameSync(part, this.place);
    } catch {
      rmSync(part, { force: true }); // nobody is told; a browser tab works all the same
    }
  }

  remove(): void {
    rmSync(this.place, { force: true });
  }
}
