// The shell: Electron as a window host of Pytron. It decides nothing; Python does, over the link.
import { app, Menu, protocol } from "electron";
import type { LinkFrame } from "./framing.js";
import { Host } from "./host.js";
import { type Listener, openLink, type Sender } from "./link.js";
import { lockProcess } from "./lockdown.js";
import { PART_SCHEME, SCHEME, type Start } from "./wire.js";

const VERSION = 1;

/** Joins the link, which may bring messages before Electron is ready. */
class Shell implements Listener {
  private readonly early: LinkFrame[] = [];
  private readonly ready: Promise<void>;
  private sender: Sender | null = null;
  private orders: Start | null = null;
  private host: Host | null = null;

  constructor(ready: Promise<void>) {
    this.ready = ready;
  }

  /** Joins the link; `waits`: not before Python has said what for. */
  join(address: string, waits: boolean): void {
    this.sender = openLink(address, this, () => !waits || this.orders !== null);
  }

  /** What it was started for; null until Python has said so. */
  get start(): Start | null {
    return this.orders;
  }

  message(frame: LinkFrame): void {
    if (this.host !== null) this.host.take(frame);
    else if (frame.message.kind === "start") {
      this.orders = frame.message as unknown as Start;
      void this.begin(this.orders);
    } else this.early.push(frame);
  }

  private async begin(start: Start): Promise<void> {
    await this.ready;
    const { sender } = this;
    if (sender === null) return;
    app.setName(start.name);
    const { electron, chrome, node } = process.versions;
    sender.send({
      kind: "ready",
      version: VERSION,
      facts: { electron, chrome, node },
      windows: [],
    });
    // Meanwhile Python makes its side ready.
    this.host = new Host(start, sender);
    for (const frame of this.early.splice(0)) this.host.take(frame);
    sender.begin(); // left to Electron's loop, the first window would be opened later
  }

  ended(): void {
    app.exit(0);
  }
}

function main(): void {
  lockProcess();
  const address = process.env.PYTRON_LINK;
  const known = process.env.PYTRON_PROFILE;
  delete process.env.PYTRON_LINK;
  delete process.env.PYTRON_PROFILE;
  if (address === undefined) {
    console.error("this program is started by Pytron; run your app with PYTRON_ENGINE=chrome");
    app.exit(2);
    return;
  }
  protocol.registerSchemesAsPrivileged([
    {
      scheme: SCHEME,
      privileges: {
        standard: true,
        secure: true,
        supportFetchAPI: true,
        corsEnabled: true,
        stream: true,
        codeCache: true, // Electron 28 and newer
      },
    },
    {
      scheme: PART_SCHEME,
      // The policy of a page is about what it shows, not about how frames reach it.
      privileges: {
        standard: true,
        secure: true,
        supportFetchAPI: true,
        corsEnabled: true,
        bypassCSP: true,
      },
    },
  ]);
  // No menu of Electron's: its accelerators reload pages. macOS needs one to copy and paste.
  if (process.platform !== "darwin") Menu.setApplicationMenu(null);
  app.on("window-all-closed", () => {}); // Python decides when the app ends
  const shell = new Shell(app.whenReady());
  // Started before the app was known, it has nothing to do but wait; and the place of what pages
  // keep must be set before Electron is ready.
  shell.join(address, known === undefined);
  const profile = known ?? shell.start?.profile;
  if (profile === undefined)
    app.exit(0); // Python has gone
  else app.setPath("userData", profile);
}

main();
