/** Short messages at the edge of the window, and errors said kindly. */
import { PytronError } from "pytron-client";
import { byId, make } from "./dom.ts";

const SHOWN_MS = 6000;

/** Shows a message, perhaps with one thing to do about it. */
export function toast(message: string, action?: { label: string; run: () => void }): void {
  const holder = byId("toasts", HTMLDivElement);
  const box = make("div", "toast", make("span", "", message));
  const timer = setTimeout(() => box.remove(), SHOWN_MS);
  if (action) {
    const button = make("button", "", action.label);
    button.type = "button";
    button.addEventListener("click", () => {
      clearTimeout(timer);
      box.remove();
      action.run();
    });
    box.append(button);
  }
  while (holder.childElementCount > 2) holder.firstElementChild?.remove();
  holder.append(box);
}

/** What went wrong, as one would say it. */
export function said(error: unknown): string {
  if (error instanceof PytronError && error.code === "closed") return "Folio is closing.";
  const message = error instanceof Error ? error.message : String(error);
  return message.charAt(0).toUpperCase() + message.slice(1) + (/[.!?]$/.test(message) ? "" : ".");
}

/** Runs something that the user asked for; a failure is shown, never lost. */
export function attempt(work: () => Promise<void>): void {
  work().catch((error: unknown) => toast(said(error)));
}
