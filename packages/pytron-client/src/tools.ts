import { tapConsole, type Written } from "./console.js";
import { report } from "./errors.js";

/** What the module of a development tool is given (spec/ipc.md, section 10). */
export interface ToolPage {
  /** Sends to the kit's part of the tool. */
  send(data: unknown): void;
  /** Hears what the kit's part sends, from the first message on. */
  take(handler: (data: unknown) => void): void;
  /** Lets calls from now on carry where the page made them. */
  trace(): void;
  /** Hears what the page writes to its console, what it wrote before too. */
  console(handler: (written: Written) => void): void;
}

/** The tool that wants to know what the page writes to its console. */
const CONSOLE = "console";

type Tap = ReturnType<typeof tapConsole>;

/** What tools need of the bridge. */
interface Link {
  trace: (() => string) | undefined;
  tell(name: string, data: unknown): void;
}

/** Lines of a stack that are the client's own, where it begins. */
const STACK_LIMIT = 4_096;

class Tool implements ToolPage {
  private readonly link: Link;
  private readonly name: string;
  private readonly tap: Tap | undefined;
  private handler: ((data: unknown) => void) | undefined;
  /** What came before the handler did. */
  private early: unknown[] = [];

  constructor(link: Link, name: string, tap: Tap | undefined) {
    this.link = link;
    this.name = name;
    this.tap = tap;
  }

  send(data: unknown): void {
    this.link.tell(this.name, data);
  }

  take(handler: (data: unknown) => void): void {
    this.handler = handler;
    for (const data of this.early.splice(0)) handler(data);
  }

  trace(): void {
    this.link.trace = () => (new Error().stack ?? "").slice(0, STACK_LIMIT);
  }

  console(handler: (written: Written) => void): void {
    this.tap?.(handler);
  }

  deliver(data: unknown): void {
    if (this.handler === undefined) this.early.push(data);
    else this.handler(data);
  }
}

/** The development tools that the kit has brought into this page. */
export class Tools {
  private readonly link: Link;
  private readonly loaded = new Map<string, Tool>();
  private tap: Tap | undefined;

  constructor(link: Link) {
    this.link = link;
  }

  /** Keeps what the page writes to its console until the kit has said whether it wants it. */
  hear(console: object): void {
    this.tap = tapConsole(console);
  }

  /** Loads those that are not here yet, from the app's origin. */
  load(names: readonly string[], home: string): void {
    if (!names.includes(CONSOLE) && !this.loaded.has(CONSOLE)) this.tap?.();
    for (const name of names) {
      if (this.loaded.has(name)) continue;
      const tool = new Tool(this.link, name, name === CONSOLE ? this.tap : undefined);
      this.loaded.set(name, tool);
      const address = `${home}/_pytron/tools/${encodeURIComponent(name)}.js`;
      import(/* @vite-ignore */ /* webpackIgnore: true */ /* turbopackIgnore: true */ address)
        .then((module) => module.start(tool))
        .catch(report);
    }
  }

  take(name: string, data: unknown): void {
    this.loaded.get(name)?.deliver(data);
  }
}
