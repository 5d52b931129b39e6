// One window: Electron's frame around a page, and what the kit is told of it.

import { join } from "node:path";
import { app, BrowserWindow, type BrowserWindowConstructorOptions, nativeTheme } from "electron";
import { offerMenu } from "./context-menu.js";
import type { Sender } from "./link.js";
import { isSandboxed } from "./lockdown.js";
import { guardNavigation } from "./navigation.js";
import type { PagePort, PortOwner } from "./port.js";
import { type Live, type Options, ORIGIN, originOf } from "./wire.js";

/** What a dark page has that says no more than `color-scheme: dark`. */
const NIGHT = "#1e1e1e";
const PAPER = "#ffffff";
const DEFAULT_WIDTH = 800;
const DEFAULT_HEIGHT = 600;
/** What stands for no limit: 0 leaves X11 with the limit before it; sizes there have 16 bits. */
const SMALLEST = 1;
const LARGEST = 32_767;

/** How a window stands on the screen. */
export interface Standing {
  minimized: boolean;
  maximized: boolean;
  fullscreen: boolean;
  visible: boolean;
}

/** The system's material behind a page, where there is one. */
function backdropOf(wanted: Options["backdrop"]): Partial<BrowserWindowConstructorOptions> {
  if (wanted == null) return {};
  if (process.platform === "darwin") return { vibrancy: "under-window" };
  if (process.platform !== "win32" || wanted === "vibrancy") return {};
  return { backgroundMaterial: wanted }; // Electron 24 and newer, Windows 11
}

/** A window of the app. */
export class HostWindow implements PortOwner {
  readonly number: number;
  readonly frame: BrowserWindow;
  /** The origins whose main frame gets the bridge, the app's own first. */
  readonly origins: readonly string[];
  /** Foreign origins that frames inside the page may show. */
  readonly frames: readonly string[];
  readonly script: string | undefined;
  /** The session's partition; null for the app's own. */
  readonly partition: string | null;
  private readonly sender: Sender;
  /** It is being closed: what belongs to it ends without an answer of the user's. */
  ends = false;
  private port: PagePort | null = null;
  private standing: Standing;
  private limits: Live = {};
  private devtools: boolean;
  private zoom: number | undefined;
  private failed = false;

  constructor(number: number, options: Options, sender: Sender, partition: string | null) {
    this.number = number;
    this.sender = sender;
    this.origins = [ORIGIN, ...(options.trust ?? [])];
    this.frames = options.frames ?? [];
    this.script = options.script;
    this.partition = partition;
    this.devtools = options.devtools ?? false;
    if (options.theme !== undefined) nativeTheme.themeSource = options.theme ?? "system";
    this.frame = new BrowserWindow(this.construction(options));
    if (this.night(options)) {
      // The page may have no ground of its own.
      this.frame.webContents.once("did-finish-load", () => this.frame.setBackgroundColor(PAPER));
    }
    this.frame.webContents.setUserAgent(this.frame.webContents.getUserAgent() + this.mark);
    this.zoom = options.zoom;
    // A document has the zoom of its origin, so it is set once that is known.
    this.frame.webContents.on("did-navigate", () => this.applyZoom());
    this.applyLimits(options);
    if (options.maximized === true) this.frame.maximize();
    if (options.minimized === true) this.frame.minimize();
    this.standing = this.state();
    this.checkSpelling(options.spellcheck ?? []);
    offerMenu(this.frame, options.contextmenu ?? "edit", () => this.devtools);
    this.listen();
    guardNavigation(this, sender);
  }

  /** Whether it is dark until its page is there. */
  private night(options: Options): boolean {
    const chosen = options.background != null || options.transparent || options.backdrop != null;
    return !chosen && nativeTheme.shouldUseDarkColors;
  }

  private construction(options: Options): BrowserWindowConstructorOptions {
    const { partition } = this;
    const place = options.x != null && options.y != null ? { x: options.x, y: options.y } : {};
    const words = [`--pytron-origins=${this.origins.join(",")}`];
    if (this.script !== undefined) words.push("--pytron-script");
    return {
      ...place,
      title: options.title ?? "",
      width: Math.round(options.width ?? DEFAULT_WIDTH),
      height: Math.round(options.height ?? DEFAULT_HEIGHT),
      useContentSize: true,
      resizable: options.resizable ?? true,
      show: options.visible ?? true,
      frame: options.decorations ?? true,
      transparent: options.transparent ?? false,
      alwaysOnTop: options.ontop ?? false,
      fullscreen: options.fullscreen ?? false,
      ...(options.background == null ? {} : { backgroundColor: options.background }),
      ...(this.night(options) ? { backgroundColor: NIGHT } : {}),
      ...backdropOf(options.backdrop ?? null),
      webPreferences: {
        preload: join(__dirname, "preload.js"),
        additionalArguments: words,
        ...(partition === null ? {} : { partition }),
        // All of these are Electron's defaults by now; older ones had others.
        sandbox: isSandboxed,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        webviewTag: false,
        navigateOnDragDrop: false,
        spellcheck: options.spellcheck != null, // fetches dictionaries from Google, but on macOS
        autoplayPolicy: "no-user-gesture-required",
      },
    };
  }

  // --- the page ---------------------------------------------------------------------------------

  /** How its requests end their user agent: nothing else in them says whose they are. */
  get mark(): string {
    return ` Pytron/${this.number}`;
  }

  /** Whether a main frame of this origin is the app's. */
  trusts(origin: string | null): boolean {
    return origin !== null && this.origins.includes(origin);
  }

  load(url: string): void {
    this.failed = false;
    // What goes wrong comes as an event, too.
    this.frame.webContents.loadURL(url).catch(() => {});
  }

  reload(): void {
    this.frame.webContents.reload();
  }

  /** A new document has its port. */
  adopt(port: PagePort): void {
    this.port?.close();
    this.port = port;
  }

  portClosed(port: PagePort): void {
    if (this.port === port) this.port = null;
  }

  pageCloses(): void {
    this.tell("closing");
  }

  /** The port of the present document. */
  get page(): PagePort | null {
    return this.port;
  }

  // --- the frame --------------------------------------------------------------------------------

  /** Changes what may change while it is open. */
  set(live: Live): void {
    const { frame } = this;
    if (live.title !== undefined) frame.setTitle(live.title);
    this.applyLimits(live);
    if (live.width !== undefined || live.height !== undefined) {
      const [width = 0, height = 0] = frame.getContentSize();
      frame.setContentSize(Math.round(live.width ?? width), Math.round(live.height ?? height));
    }
    if (live.x != null || live.y != null) {
      const [x = 0, y = 0] = frame.getPosition();
      frame.setPosition(Math.round(live.x ?? x), Math.round(live.y ?? y));
    }
    if (live.resizable !== undefined) frame.setResizable(live.resizable);
    if (live.ontop !== undefined) frame.setAlwaysOnTop(live.ontop);
    if (live.decorations !== undefined) this.tellLog("decorations cannot change while it is open");
    this.place(live);
    this.zoom = live.zoom ?? this.zoom;
    this.applyZoom();
    if (live.theme !== undefined) nativeTheme.themeSource = live.theme ?? "system";
    if (live.devtools !== undefined) this.setDevtools(live.devtools);
    this.notice();
  }

  private applyZoom(): void {
    const { webContents } = this.frame;
    if (this.zoom !== undefined && webContents.getZoomFactor() !== this.zoom) {
      webContents.setZoomFactor(this.zoom);
    }
  }

  private place(live: Live): void {
    const { frame } = this;
    if (live.fullscreen !== undefined) frame.setFullScreen(live.fullscreen);
    if (live.maximized === true) frame.maximize();
    if (live.maximized === false && frame.isMaximized()) frame.unmaximize();
    if (live.minimized === true) frame.minimize();
    if (live.minimized === false && frame.isMinimized()) frame.restore();
    if (live.visible === true) frame.show();
    if (live.visible === false) frame.hide();
  }

  /** Limits are those of the page; Electron's are those of the frame around it. */
  private applyLimits(live: Live): void {
    const names = ["minwidth", "minheight", "maxwidth", "maxheight"] as const;
    if (names.every((name) => live[name] === undefined)) return;
    for (const name of names) if (live[name] !== undefined) this.limits[name] = live[name] ?? null;
    const { minwidth, minheight, maxwidth, maxheight } = this.limits;
    const [outerWidth = 0, outerHeight = 0] = this.frame.getSize();
    const [innerWidth = 0, innerHeight = 0] = this.frame.getContentSize();
    const across = outerWidth - innerWidth;
    const down = outerHeight - innerHeight;
    const size = (value: number | null | undefined, without: number, around: number): number =>
      value == null ? without : Math.round(value) + around;
    this.frame.setMinimumSize(size(minwidth, SMALLEST, across), size(minheight, SMALLEST, down));
    this.frame.setMaximumSize(size(maxwidth, LARGEST, across), size(maxheight, LARGEST, down));
  }

  private checkSpelling(languages: string[]): void {
    if (languages.length === 0 || process.platform === "darwin") return; // there the system knows
    const { session } = this.frame.webContents;
    const available = session.availableSpellCheckerLanguages;
    const known = languages
      .map((language) => language.replace("_", "-"))
      .filter((language) => available.includes(language));
    if (known.length > 0) session.setSpellCheckerLanguages(known);
    else this.tellLog(`there is no dictionary for ${languages.join(", ")}`);
  }

  private setDevtools(on: boolean): void {
    this.devtools = on;
    if (!on) this.frame.webContents.closeDevTools();
  }

  focus(): void {
    const { frame } = this;
    frame.show();
    if (frame.isMinimized()) frame.restore();
    frame.focus();
    frame.webContents.focus();
  }

  /** How it stands on the screen. */
  state(): Standing {
    const { frame } = this;
    return {
      minimized: frame.isMinimized(),
      maximized: frame.isMaximized(),
      fullscreen: frame.isFullScreen(),
      visible: frame.isVisible() && !frame.isMinimized(),
    };
  }

  /** Closes it at once. */
  destroy(): void {
    this.ends = true;
    // Electron leaves them open, and does not survive their end after their parent's.
    for (const child of this.frame.getChildWindows()) child.destroy();
    this.frame.destroy();
  }

  private listen(): void {
    const { frame } = this;
    frame.on("close", (event) => {
      event.preventDefault(); // the kit decides
      this.tell("closing");
    });
    frame.on("closed", () => this.port?.close());
    frame.on("page-title-updated", (event) => event.preventDefault()); // the kit's title stays
    frame.on("resize", () => {
      const [width, height] = frame.getContentSize();
      this.tell("resized", { width, height });
      this.notice();
    });
    frame.on("move", () => {
      const [x, y] = frame.getPosition();
      this.tell("moved", { x, y });
    });
    frame.on("focus", () => this.tell("focused", { focused: true }));
    frame.on("blur", () => this.tell("focused", { focused: false }));
    const notice = (): void => this.notice();
    frame.on("minimize", notice).on("restore", notice).on("maximize", notice);
    frame.on("unmaximize", notice).on("show", notice).on("hide", notice);
    frame.on("enter-full-screen", notice).on("leave-full-screen", notice);
    this.listenToPage();
  }

  private listenToPage(): void {
    const { webContents } = this.frame;
    webContents.on("did-finish-load", () => {
      const url = webContents.getURL();
      if (!this.failed && this.trusts(originOf(url))) this.tell("loaded", { url });
    });
    webContents.on("did-fail-load", (_, code, text, url, isMainFrame) => {
      const aborted = -3; // another navigation took its place, or we refused it
      if (!isMainFrame || code === aborted) return;
      this.failed = true;
      this.tell("failed", { message: `${url} could not be loaded: ${text || code}` });
    });
    webContents.on("render-process-gone", (_, details) => {
      this.port?.close();
      if (details.reason === "launch-failed") {
        this.tellLog("no page can be started any more: the process that starts them has gone");
        this.sender.end(() => app.exit(1));
        return;
      }
      // Without that process nobody knows how a page's ended, and Electron says "clean-exit".
      const reason = details.reason === "clean-exit" ? "killed" : details.reason;
      if (!this.frame.isDestroyed()) this.tell("crashed", { reason });
    });
    webContents.on("before-input-event", (event, input) => {
      if (!this.devtools || input.type !== "keyDown") return;
      const asked =
        input.key === "F12" || ((input.control || input.meta) && input.shift && input.key === "I");
      if (!asked) return;
      event.preventDefault();
      webContents.toggleDevTools();
    });
  }

  /** Tells the kit when it was minimized, maximized, shown… since the last look. */
  private notice(): void {
    const now = this.state();
    const before = this.standing;
    const names = ["minimized", "maximized", "fullscreen", "visible"] as const;
    if (names.every((name) => now[name] === before[name])) return;
    this.standing = now;
    this.tell("state", { ...now });
  }

  tell(kind: string, fields: Record<string, unknown> = {}): void {
    this.sender.send({ kind, window: this.number, ...fields });
  }

  private tellLog(message: string): void {
    this.sender.send({ kind: "log", level: "warning", message: `the chrome engine: ${message}` });
  }
}
