// The windows of this process, and what Python asks of them.
import {
  app,
  type IpcMainEvent,
  ipcMain,
  nativeTheme,
  session,
  type WebContents,
  webContents,
} from "electron";
import { answer, themeName } from "./answers.js";
import { Assets } from "./assets.js";
import type { Drop } from "./dropping.js";
import type { LinkFrame } from "./framing.js";
import type { Sender } from "./link.js";
import { lockSession } from "./lockdown.js";
import { guardOldFrames } from "./navigation.js";
import { PartFiles } from "./parts.js";
import { PagePort } from "./port.js";
import { type Desk, dress, serve, tellOf, watchDownloads, watchPointer } from "./services/index.js";
import { HostWindow } from "./window.js";
import { type Live, type Options, ORIGIN, originOf, type Start } from "./wire.js";

type Message = Record<string, unknown>;

/** All windows of the app. */
export class Host {
  private readonly sender: Sender;
  private readonly start: Start;
  private readonly files: PartFiles;
  private readonly assets: Assets;
  private readonly windows = new Map<number, HostWindow>();
  private readonly byContents = new Map<WebContents, HostWindow>();
  private readonly partitions = new Set<string>();
  private readonly desk: Desk;

  constructor(start: Start, sender: Sender) {
    this.start = start;
    this.sender = sender;
    this.files = new PartFiles(start.files);
    this.assets = new Assets(sender);
    const { windows } = this;
    this.desk = {
      get windows() {
        return windows.values();
      },
      happened: tellOf(sender),
    };
    this.serve(null);
    ipcMain.on("pytron-port", (event) => {
      const window = this.byContents.get(event.sender);
      const [channel] = event.ports;
      if (window === undefined || channel === undefined) return;
      if (speaksFor(window, event))
        window.adopt(new PagePort(channel, window.number, window, sender, this.files));
      else window.tell("refused", { reason: "a page that is not the app's wanted the bridge" });
    });
    ipcMain.on("pytron-drop", (event, drop: unknown) => {
      const window = this.byContents.get(event.sender);
      if (window === undefined || !speaksFor(window, event)) return;
      const fields = dropOf(drop);
      if (fields !== null) this.desk.happened("drop", { window: window.number, ...fields });
    });
    ipcMain.on("pytron-script", (event) => {
      event.returnValue = this.byContents.get(event.sender)?.script ?? "";
    });
    nativeTheme.on("updated", () => {
      for (const window of this.windows.values()) window.tell("theme", { theme: themeName() });
    });
  }

  /** Takes a message from Python. */
  take({ message, parts }: LinkFrame): void {
    switch (message.kind) {
      case "frame":
        this.deliver(message, parts);
        break;
      case "respond":
        this.assets.respond(message, parts);
        break;
      case "chunk":
        this.assets.chunk(message, parts);
        break;
      case "open":
        this.open(message);
        break;
      case "quit":
        for (const window of this.windows.values()) window.destroy();
        app.exit(0);
        break;
      case "query":
        void this.query(message);
        break;
      case "service":
        void this.service(message);
        break;
      default:
        this.command(message);
    }
  }

  private command(message: Message): void {
    const window = this.windows.get(message.window as number);
    if (window === undefined) return;
    switch (message.kind) {
      case "set":
        window.set(message as Live);
        break;
      case "focus":
        window.focus();
        break;
      case "navigate":
        window.load(String(message.url));
        break;
      case "reload":
        window.reload();
        break;
      case "discard":
        window.page?.discard();
        break;
      case "close":
        window.destroy();
        break;
    }
  }

  private deliver(message: Message, parts: readonly Buffer[]): void {
    const window = this.windows.get(message.window as number);
    const ids = (message.files as string[] | undefined) ?? [];
    const page = window?.page;
    const [text, ...rest] = parts;
    if (page == null || text === undefined) {
      this.files.drop(ids);
      window?.tell("read", { count: 1 });
      return;
    }
    this.files.offer(ids, page);
    page.deliver(text.toString("utf8"), rest);
  }

  private open(message: Message): void {
    const number = message.window as number;
    const options = message.options as Options;
    let window: HostWindow;
    try {
      window = new HostWindow(number, options, this.sender, this.partitionFor(options));
    } catch (error) {
      this.sender.send({ kind: "failed", window: number, message: String(error) });
      return;
    }
    const contents = window.frame.webContents;
    this.windows.set(number, window);
    this.byContents.set(contents, window);
    window.frame.on("closed", () => {
      this.windows.delete(number);
      this.byContents.delete(contents);
      this.sender.send({ kind: "closed", window: number });
    });
    dress(window);
    watchPointer(window);
    window.tell("opened");
    if (options.url) window.load(options.url);
  }

  private service(message: Message): Promise<void> {
    const number = message.window as number | null | undefined;
    const window = number == null ? null : this.windows.get(number);
    return serve(message, window, this.desk, this.sender);
  }

  private async query(message: Message): Promise<void> {
    const { id, what } = message;
    const window = this.windows.get(message.window as number);
    let outcome: Message;
    try {
      if (window === undefined) throw new Error("the window has closed");
      outcome = { value: await answer(window, String(what), message) };
    } catch (error) {
      outcome = { error: (error as Error).message };
    }
    this.sender.send({ kind: "answer", id, ...outcome });
  }

  /**
   * Where a window's page keeps things. A window with a foreign page has a place of its own: its
   * requests on the app's origin can be told from the app's only by the place they come from.
   */
  private partitionFor(options: Options): string | null {
    const origin = originOf(options.url ?? "");
    if (origin === null || origin === ORIGIN) return null;
    for (let number = 1; ; number += 1) {
      const partition = `persist:${origin.replace(/[^a-z0-9]+/gi, "-")}-${number}`;
      const taken = [...this.windows.values()].some((window) => window.partition === partition);
      if (taken) continue;
      this.serve(partition);
      return partition;
    }
  }

  /** Serves the app's origin in a partition, and answers its permission requests. */
  private serve(partition: string | null): void {
    const place = partition === null ? session.defaultSession : session.fromPartition(partition);
    const of = (): HostWindow[] =>
      [...this.windows.values()].filter((window) => window.partition === partition);
    if (partition !== null) {
      if (this.partitions.has(partition)) return;
      this.partitions.add(partition);
    }
    const trusts = (origin: string): boolean => of().some((window) => window.trusts(origin));
    const windowOf = (agent: string): number => {
      const windows = of();
      const marked = windows.find((window) => agent.endsWith(window.mark));
      return (marked ?? windows[0])?.number ?? 0;
    };
    this.assets.serve(place.protocol, { trusts, windowOf });
    this.files.serve(place.protocol, trusts);
    watchDownloads(place, this.desk, (contents) => this.byContents.get(contents)?.number);
    const windowWith = (id: number): HostWindow | undefined => {
      const contents = webContents.fromId(id);
      return contents === undefined ? undefined : this.byContents.get(contents);
    };
    guardOldFrames(place, windowWith, this.sender);
    lockSession(place, this.start.permissions, (contents, origin) => {
      const window = contents === null ? undefined : this.byContents.get(contents);
      return window === undefined ? contents === null && trusts(origin) : window.trusts(origin);
    });
  }
}

/** Whether this is the main frame of a trusted origin; the document may have gone meanwhile. */
function speaksFor(window: HostWindow, { senderFrame }: IpcMainEvent): boolean {
  return (
    senderFrame !== null && senderFrame.parent === null && window.trusts(originOf(senderFrame.url))
  );
}

const PHASES: ReadonlySet<unknown> = new Set(["enter", "over", "leave", "drop"]);

/** What a page's process says of a drop, as far as it is well formed. */
function dropOf(said: unknown): Drop | null {
  if (typeof said !== "object" || said === null) return null;
  const { phase, x, y, paths, element } = said as Partial<Record<keyof Drop, unknown>>;
  if (!PHASES.has(phase) || !Number.isFinite(x) || !Number.isFinite(y)) return null;
  const listed = Array.isArray(paths)
    ? { paths: paths.filter((path): path is string => typeof path === "string") }
    : {};
  const named = phase === "drop" ? { element: typeof element === "string" ? element : null } : {};
  return { phase, x, y, ...listed, ...named } as Drop;
}
