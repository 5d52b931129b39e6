/** Where the tab keeps which window it is; a reload is the same one. */
const TICKET = "pytron.window";

/** A browser tab as a window of the app (spec/view.md, section 9). */
export class Tab {
  readonly scope: typeof globalThis;

  constructor(scope: typeof globalThis) {
    this.scope = scope;
  }

  /** Whatever this says, the page goes on without: storage may be forbidden. */
  private get storage(): Storage | undefined {
    try {
      return this.scope.sessionStorage;
    } catch {
      return undefined;
    }
  }

  get ticket(): string {
    return this.storage?.getItem(TICKET) ?? "";
  }

  set ticket(value: string) {
    try {
      this.storage?.setItem(TICKET, value);
    } catch {
      // Full or forbidden: after a reload the tab is another window.
    }
  }

  /** The socket's address. */
  address(): string {
    const { origin, pathname } = this.scope.location;
    const query = new URLSearchParams({ window: this.ticket, page: pathname });
    return `${origin.replace(/^http/, "ws")}/_pytron/socket?${query}`;
  }

  /** Calls back when the network is there again. */
  online(back: () => void): void {
    this.scope.addEventListener?.("online", back);
  }

  forget(back: () => void): void {
    this.scope.removeEventListener?.("online", back);
  }

  /** Whether Pytron answers behind this page's origin. `away` may pass: it is worth trying again. */
  async backend(): Promise<"paired" | "unpaired" | "away" | "none"> {
    try {
      const response = await this.scope.fetch("/_pytron/session", { cache: "no-store" });
      if (response.status >= 500) return "away";
      const { paired } = await response.json();
      if (typeof paired !== "boolean") return "none";
      return paired ? "paired" : "unpaired";
    } catch (error) {
      // A server without Pytron answers with some page, which is no JSON.
      return error instanceof SyntaxError ? "none" : "away";
    }
  }

  /** Does what the kit asks of a window. */
  perform(message: Record<string, unknown>, answer: (text: string) => void): void {
    const { kind, value } = message;
    if (kind === "command") this.command(String(message.do), String(value ?? ""));
    else if (kind === "query")
      answer(JSON.stringify({ kind: "answer", id: message.id, value: this.query(message.what) }));
  }

  private command(what: string, value: string): void {
    const { location, document } = this.scope;
    if (what === "reload") location.reload();
    else if (what === "navigate" && value.startsWith("/")) location.assign(value);
    else if (what === "focus") this.scope.focus();
    else if (what === "title") document.title = value;
    else if (what === "close") {
      this.scope.close();
      // A tab that its user opened stays: it says what has happened.
      location.replace("/_pytron/closed");
    }
  }

  private query(what: unknown): unknown {
    const { document } = this.scope;
    if (what === "bounds") {
      const { screenX: x, screenY: y, innerWidth: width, innerHeight: height } = this.scope;
      return { x, y, width, height };
    }
    if (what === "url") return this.scope.location.href;
    return {
      minimized: false,
      maximized: false,
      fullscreen: document.fullscreenElement !== null,
      visible: document.visibilityState === "visible",
      focused: document.hasFocus(),
    };
  }
}
