// What every service of this host has to do with (spec/view.md, section 8).
import type { Sender } from "../link.js";
import type { HostWindow } from "../window.js";

export type Fields = Record<string, unknown>;

/** What a service is asked with. */
export interface Asked {
  args: Fields;
  /** The window it was asked for, when there is one. */
  window: HostWindow | null;
  desk: Desk;
}

/** A service: what it gives becomes the value of its answer. */
export type Service = (asked: Asked) => unknown;

/** What services share. */
export interface Desk {
  readonly windows: Iterable<HostWindow>;
  /** Tells Python of something that happened by itself. */
  happened(name: string, fields?: Fields): void;
}

/** A refusal with a code of spec/ipc.md. */
export class Refusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** A text among the arguments; empty when it is not there. */
export function text(args: Fields, name: string): string {
  const value = args[name];
  return typeof value === "string" ? value : "";
}

/** The window that a service cannot do without. */
export function windowOf({ window }: Asked): HostWindow {
  if (window === null) throw new Refusal("invalid_arguments", "it needs a window");
  return window;
}

/** Passes on what happens by itself. */
export function tellOf(sender: Sender): Desk["happened"] {
  return (name, fields = {}) => sender.send({ kind: "service", name, ...fields });
}
