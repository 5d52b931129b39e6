// The services of this host, by name.
import type { Sender } from "../link.js";
import type { HostWindow } from "../window.js";
import { clipboards } from "./clipboard.js";
import { desktop } from "./desktop.js";
import { dialogs } from "./dialogs.js";
import { downloads } from "./downloads.js";
import { menus } from "./menus.js";
import { moving } from "./moving.js";
import { pages } from "./pages.js";
import { type Desk, type Fields, Refusal, type Service } from "./service.js";
import { splash } from "./splash.js";

export { watchDownloads } from "./downloads.js";
export { dress } from "./menus.js";
export { watchPointer } from "./moving.js";
export { type Desk, tellOf } from "./service.js";

const SERVICES: Readonly<Record<string, Service>> = {
  ...dialogs,
  ...clipboards,
  ...menus,
  ...desktop,
  ...pages,
  ...moving,
  ...downloads,
  ...splash,
};

/** Answers one service. */
export async function serve(
  message: Fields,
  window: HostWindow | null | undefined,
  desk: Desk,
  sender: Sender,
): Promise<void> {
  const { id } = message;
  const name = String(message.name);
  try {
    const service = Object.hasOwn(SERVICES, name) ? SERVICES[name] : undefined;
    if (service === undefined)
      throw new Refusal("unsupported", `the chrome engine has no service ${name}`);
    if (window === undefined) throw new Refusal("closed", "the window has closed");
    const args = (message.args as Fields | undefined) ?? {};
    const outcome = Promise.resolve(service({ args, window, desk }));
    const value = await (window === null ? outcome : Promise.race([outcome, gone(window)]));
    sender.send({ kind: "answer", id, value: value ?? null });
  } catch (error) {
    const code = error instanceof Refusal ? error.code : "unsupported";
    sender.send({ kind: "answer", id, error: (error as Error).message, code });
  }
}

/** What waits for the user ends with its window. */
function gone(window: HostWindow): Promise<never> {
  return new Promise((_, reject) => {
    window.frame.once("closed", () => reject(new Refusal("closed", "the window has closed")));
  });
}
