/** Finding and making elements. Text is always set as text: no string becomes HTML. */

/** The element with this id; its absence is a mistake in the page, so it throws. */
export function byId<E extends HTMLElement>(id: string, kind: new () => E): E {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return found;
}

/** A new element with a class and children. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = "",
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** Text in pieces of which every second one, from index 1, is a match. */
export function marked(pieces: string[]): (Node | string)[] {
  return pieces.map((piece, index) => (index % 2 ? make("mark", "", piece) : piece));
}

/** Makes a text area as tall as what is written in it. */
export function fit(area: HTMLTextAreaElement): void {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight}px`;
}

const number = new Intl.NumberFormat("en");
const day = new Intl.DateTimeFormat("en", { day: "numeric", month: "short" });
const longDay = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", year: "numeric" });
const clock = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hour12: false });

/** `1,234 notes`, `1 note`. */
export function counted(count: number, thing: string): string {
  return `${number.format(count)} ${thing}${count === 1 ? "" : "s"}`;
}

/** A time (seconds since 1970) as one says it: the hour today, else the day. */
export function spoken(seconds: number): string {
  const then = new Date(seconds * 1000);
  const now = new Date();
  if (then.toDateString() === now.toDateString()) return clock.format(then);
  return (then.getFullYear() === now.getFullYear() ? day : longDay).format(then);
}
